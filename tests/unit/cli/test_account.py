"""What `miner explain` tells of an account, entry by entry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import msgspec

import miner
from miner.app.explain import Checks, Explained, Folding
from miner.cli.account import told
from miner.cli.effect import _WAYS
from miner.cli.head import head
from miner.cli.render import Listing
from miner.explain.account import explain
from miner.explain.subject import find
from miner.model.evidence import Evidence
from miner.model.mention import Way
from miner.model.node import (
    Advice,
    Constraint,
    Edge,
    Effect,
    EnvironmentVariable,
    Flag,
    Node,
    Otherwise,
    Predicate,
    Requirement,
)
from miner.model.option_use import OptionUse
from miner.store.graph_reader import Graph
from tests.unit.explain.test_explain import SAMPLE, implementation, place

NPU = {"device": "npu"}


def at(line: int, path: str = "kit/a.py") -> tuple[Evidence, ...]:
    """A line of a file."""
    return tuple(
        msgspec.structs.replace(each, path=path, start_byte=10 * line, end_byte=10 * line + 9) for each in place(line)
    )


def requirement(number: int, owner: str, needs: Any, effect: Effect, says: str, line: int, **more: Any) -> Requirement:
    """A need of an object."""
    is_hard = effect == "raise"
    return Requirement(
        id=f"requirement:{owner}#{number}/{effect}",
        name="something is needed",
        evidence=at(line, more.pop("path", "kit/a.py")),
        owner=owner,
        needs=needs,
        when=more.pop("when", True),
        otherwise=Otherwise(effect=effect, message=says if is_hard else None, action=None if is_hard else says),
        origin="runtime-gate",
        enforced=is_hard,
    )


def sections(name: str, *nodes: Node) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """What is told of a name, by the headings."""
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {node.id: node for node in nodes}, (), ())
    fold = Folding(graph)
    found = Explained(explain(graph, find(graph, name)), fold, Checks(graph, fold), None, ())
    listings = (part for part in told(found) if isinstance(part, Listing))
    return {part.heading: [(entry.lines, entry.details) for entry in part.entries] for part in listings}


def test_what_is_raised_in_several_places_is_told_once() -> None:
    """With what keeps it off, each with its place."""
    found = sections(
        "kit.a.Model",
        implementation("kit.a.Model"),
        requirement(1, "kit.a.Model.load", {"module": "slate"}, "raise", "install it", 3),
        requirement(2, "kit.a.Model.save", {"module": "chalk"}, "raise", "install it", 5),
    )
    (entry,) = found.pop("needs: 2")
    assert entry == (("raise: install it, unless",), ("slate, at load, kit/a.py:3", "chalk, at save, kit/a.py:5"))
    assert not found


def test_what_must_not_be_there_is_refused() -> None:
    """And so is what a gate says whose condition is not understood; what a docstring says is advice."""
    refused = requirement(1, "kit.a.Model.load", {"not": NPU}, "raise", "no NPU", 3, when={"os": "linux"})
    advice = [
        Advice(
            id=f"advice:kit.a.Model.load#{number}",
            name="load",
            evidence=tuple(msgspec.structs.replace(each, text=text) for each in at(line)),
            owner="kit.a.Model.load",
            kind="limitation",
            origin=origin,  # type: ignore[arg-type]  # one of two
            subject="load",
            when=True,
            message=message,
        )
        for number, (origin, line, message, text) in enumerate(
            (
                ("gate", 5, "not twice", "raise errors.Twice('not twice')"),
                ("gate", 6, "not here", "return False, 'not here'"),
                ("documentation", 7, "It is slow.", None),
            )
        )
    ]
    assert sections("kit.a.Model", implementation("kit.a.Model"), refused, *advice) == {
        "refuses: 3": [
            (("when npu and linux",), ("raise: no NPU", "load, kit/a.py:3")),
            (("always",), ("raise errors.Twice: not twice", "load, kit/a.py:5")),
            (("always",), ("refused: not here", "load, kit/a.py:6")),
        ],
        "advice: 1": [(("load: limitation",), ("It is slow.", "kit/a.py:7"))],
    }


def test_softer_uses_of_a_device_are_told_by_file() -> None:
    """Each need once; those of tests are counted."""
    soft = [
        requirement(number, owner, NPU, "fallback", "on the CPU", line, path=path)
        for number, (owner, path, line) in enumerate(
            (
                ("kit.a.load", "kit/a.py", 3),
                ("kit.a.save", "kit/a.py", 5),
                ("kit.b.load", "kit/b.py", 3),
                ("tests.a.test_load", "tests/a.py", 9),
            )
        )
    ]
    assert sections("npu", *soft) == {
        "asked for, or goes another way: 4": [
            (
                ("npu",),
                (
                    "load, kit/a.py:3 and 1 more of this file, else fallback: on the CPU",
                    "load, kit/b.py:3, else fallback: on the CPU",
                ),
            ),
            (("and 1 that tests ask for; --format json has them",), ()),
        ]
    }


def test_every_way_to_use_an_option_has_its_place() -> None:
    """What decides most is told first."""
    assert sorted(_WAYS) == sorted(get_args(Way))


def predicate(number: int, name: str, means: Any) -> Predicate:
    """A predicate of the library."""
    return Predicate(
        id=f"predicate:kit.a.{name}",
        name=name,
        evidence=at(number),
        qualname=f"kit.a.{name}",
        means=means,
        kind="function",
    )


def test_predicates_that_mean_the_same_are_told_together() -> None:
    found = sections(
        "npu",
        requirement(9, "kit.a.go", NPU, "raise", "no NPU", 9),
        predicate(1, "is_a", NPU),
        predicate(2, "is_b", NPU),
        predicate(3, "is_c", {"any": [NPU, {"os": "linux"}]}),
    )
    said = [lines for lines, _ in found["means: 3"]]
    assert said == [("kit.a.is_a, is_b mean npu",), ("kit.a.is_c means npu or linux",)]


def test_tests_of_a_predicate_are_told_as_they_are_written() -> None:
    """With what follows, and where it does: of what comes after one in a chain only how many there are."""
    asked = predicate(1, "is_npu_there", NPU)
    uses = [
        (requirement(2, "kit.a.go", NPU, "fallback", "use the CPU", 3), "is_npu_there()"),
        (requirement(3, "kit.a.rest", NPU, "fallback", "elif is_cpu_fast()", 4), "is_npu_there()"),
        (requirement(4, "kit.a.halt", {"not": NPU}, "skip", "without: go()", 5), "not is_npu_there()"),
        (requirement(5, "kit.a.go", {"device": "cuda"}, "fallback", "use it", 6, when={"not": NPU}), "is_cuda_there()"),
    ]
    nodes = [
        msgspec.structs.replace(
            each, evidence=tuple(msgspec.structs.replace(one, text=text, role="guard") for one in each.evidence)
        )
        for each, text in uses
    ]
    graph = Graph(
        miner.load(Path(SAMPLE)).manifest,
        {node.id: node for node in (asked, *nodes)},
        tuple(Edge(source=node.id, relation="uses_predicate", target=asked.id) for node in nodes),
        (),
    )
    fold = Folding(graph)
    chained = msgspec.structs.replace(
        nodes[3], evidence=(*nodes[3].evidence, msgspec.structs.replace(nodes[0].evidence[0], text="is_npu_there()"))
    )
    graph = replace(graph, nodes={**graph.nodes, chained.id: chained})
    parts = list(told(Explained(explain(graph, find(graph, "is_npu_there")), fold, Checks(graph, fold), None, ())))
    (listing,) = (part for part in parts if isinstance(part, Listing))
    assert [(entry.lines, entry.details) for entry in listing.entries] == [
        (
            ("[is_npu_there()]",),
            (
                "go, kit/a.py:3, where the predicate does not hold, fallback: use the CPU",
                "rest, kit/a.py:4, where the predicate does not hold, goes on to test is_cpu_fast()",
            ),
        ),
        (("[not is_npu_there()]",), ("halt, kit/a.py:5, where the predicate holds, goes on without: go()",)),
        (("and 1 that come after it, where it is not there; --format json has them",), ()),
    ]


def test_what_is_needed_where_a_device_is() -> None:
    """Apart from what asks for it; not what only has to be where it is missing."""
    both = {"any": [NPU, {"device": "cuda"}]}
    found = sections(
        "npu",
        requirement(1, "kit.a.go", NPU, "raise", "no NPU", 1),
        requirement(2, "kit.a.fast", {"module": "slate"}, "raise", "no slate", 2, when=both),
        requirement(3, "kit.a.slow", {"module": "chalk"}, "raise", "no chalk", 3, when={"not": NPU}),
    )
    assert [entry[0] for entry in found["asked for: 1"]] == [("npu",)]
    assert [entry[0] for entry in found["needs where it is there: 1"]] == [("slate, when cuda or npu",)]


def test_what_names_a_variable_is_told_of_it() -> None:
    """In the message of a refusal, or in a docstring."""
    refusal = Constraint(
        id="constraint:kit.a.go#1",
        name="remote",
        evidence=at(3),
        owner="kit.a.go",
        parameters=("remote",),
        when={"of": "kit.a.go", "param": "remote", "op": "==", "value": None},
        otherwise=Otherwise(effect="raise", exception="ValueError", message="KIT_REMOTE has to be set"),
    )
    marked = msgspec.structs.replace(implementation("kit.a.far"), summary="Runs where `KIT_REMOTE` says.")
    read = EnvironmentVariable(
        id="variable:KIT_REMOTE", name="KIT_REMOTE", evidence=at(2), variable="KIT_REMOTE", owner="kit.a.go"
    )
    found = sections("KIT_REMOTE", refusal, marked, read)
    assert [entry[0] for entry in found["refuses: 1"]] == [("when remote == None",)]
    assert [entry[0] for entry in found["named by: 1"]] == [("kit.a.far: Runs where `KIT_REMOTE` says.",)]


def test_the_fields_of_a_class_have_their_defaults() -> None:
    """But for those that a statement tells."""
    advice = Advice(
        id="advice:kit.a.Model#depth",
        name="depth",
        evidence=at(3),
        owner="kit.a.Model",
        kind="default",
        origin="code",
        subject="depth",
        when=True,
        action="depth = 2",
    )
    model = msgspec.structs.replace(
        implementation("kit.a.Model"), fields=("depth", "width", "kind"), defaults={"depth": "2", "width": "3"}
    )
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {node.id: node for node in (model, advice)}, (), ())
    assert dict(head(explain(graph, find(graph, "kit.a.Model")), Folding(graph)))["fields"] == "depth, width = 3, kind"


def test_a_test_of_an_option_that_only_raises_is_a_refusal() -> None:
    """And the condition of what is done with an option is told."""
    ways: list[tuple[Way, str, str | None, Any]] = [
        ("tested", "ways % 2", 'raise ValueError("odd")', {"os": "linux"}),
        ("passed", "go(ways)", None, {"os": "linux"}),
    ]
    uses = tuple(
        OptionUse(
            option="ways",
            owner="kit.a.Model.load",
            way=way,
            code=code,
            then=then,
            when=when,
            to=None,
            evidence=at(line),
        )
        for line, (way, code, then, when) in enumerate(ways, 3)
    )
    found = sections(
        "kit.a.Model.ways", msgspec.structs.replace(implementation("kit.a.Model"), uses=uses, fields=("ways",))
    )
    assert found["refuses: 1"] == [
        (("when [ways % 2] and linux",), ('raise ValueError("odd")', "kit.a.Model.load, kit/a.py:3"))
    ]
    assert found["takes effect: 1"] == [(("kit.a.Model.load, kit/a.py",), ("4: ways passed: go(ways), when linux",))]


def test_what_is_declared_to_be_accepted_refuses_nothing() -> None:
    """What is refused is told as that; a message that leaves room for the name of a class is told with it."""
    when = {"not": {"of": "kit.a.Model", "param": "mode", "op": "==", "value": "fast"}}
    stated = [
        Constraint(
            id=f"constraint:kit.a.Model#{effect}",
            name="mode",
            evidence=at(3),
            owner="kit.a.Model",
            parameters=("mode",),
            when=when,
            otherwise=Otherwise(effect=effect, exception="ValueError", message="{0} is fast"),
        )
        for effect in ("unchecked", "raise")
    ]
    found = sections("kit.a.Model", implementation("kit.a.Model"), *stated)
    assert found["accepts, as declared: 1"] == [(("mode == 'fast'",), ("kit/a.py:3",))]
    assert found["refuses: 1"] == [(("when not (mode == 'fast')",), ("raise ValueError: Model is fast", "kit/a.py:3"))]


def test_flags_of_a_base_of_another_package_are_so_by_default() -> None:
    base = msgspec.structs.replace(implementation("kit.core.Base"), flags=(Flag(name="supports_a", value=True),))
    model = msgspec.structs.replace(
        implementation("kit.one.a.Model"), bases=("kit.core.Base",), flags=(Flag(name="supports_b", value=False),)
    )
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {node.id: node for node in (base, model)}, (), ())
    rows = dict(head(explain(graph, find(graph, "kit.one.a.Model")), Folding(graph)))
    assert (rows["does not"], rows["by default"]) == ("supports_b", "supports_a (Base)")


def test_a_method_is_there_where_its_class_is() -> None:
    need = requirement(1, "kit.a.Model", {"module": "slate"}, "raise", "{0} needs slate", 3)
    need = msgspec.structs.replace(need, otherwise=msgspec.structs.replace(need.otherwise, effect="placeholder"))
    method = msgspec.structs.replace(implementation("kit.a.Model.load"), kind="method")
    found = sections("kit.a.Model.load", implementation("kit.a.Model"), method, need)
    assert found["needs: 1"] == [(("slate",), ("else placeholder: Model needs slate", "kit.a.Model, kit/a.py:3"))]


def test_the_default_that_a_class_declares_is_told_of_an_option_where_nothing_else_says_it() -> None:
    options = msgspec.structs.replace(
        implementation("kit.a.Options"), fields=("depth", "wide"), defaults={"depth": "3", "wide": "False"}
    )
    said = Advice(
        id="advice:kit.a.Options#wide",
        name="wide",
        evidence=at(4),
        owner="kit.a.Options",
        kind="default",
        origin="code",
        subject="wide",
        when=True,
        message="Widely.",
        action="wide = False",
    )
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {node.id: node for node in (options, said)}, (), ())
    depth, wide = (
        dict(head(explain(graph, find(graph, f"Options.{name}")), Folding(graph))) for name in ("depth", "wide")
    )
    assert depth["default"].startswith("3, as Options declares it, kit/a.py:")
    assert "default" not in wide


def test_the_comments_on_flags_and_variables_are_told() -> None:
    flag = Flag(name="_is_wide", value=True, comment="No mask fits.")
    graph = Graph(
        miner.load(Path(SAMPLE)).manifest,
        {"implementation:kit.a.Model": msgspec.structs.replace(implementation("kit.a.Model"), flags=(flag,))},
        (),
        (),
    )
    rows = dict(head(explain(graph, find(graph, "kit.a.Model")), Folding(graph)))
    assert (rows["says it is"], rows["comment"]) == ("_is_wide", "on _is_wide: No mask fits.")
    read = EnvironmentVariable(
        id="environment-variable:kit.a#KIT",
        name="KIT",
        evidence=at(5),
        variable="KIT",
        owner="kit.a",
        comment="Where kits are kept.",
    )
    assert sections("KIT", read) == {"comments: 1": [(("KIT: Where kits are kept.",), ("kit/a.py:5",))]}


def test_what_the_module_of_an_object_imports_in_any_case() -> None:
    """Unless a need on the page is of that; and what a class extends."""
    module = msgspec.structs.replace(
        implementation("kit.a", kind="module"),
        imports=("slate", "chalk"),
        evidence=(
            *at(1),
            *(msgspec.structs.replace(each, text="import slate") for each in at(2)),
            *(msgspec.structs.replace(each, text="import chalk") for each in at(3)),
        ),
    )
    model = msgspec.structs.replace(implementation("kit.a.Model"), bases=("kit.b.Base",))
    need = requirement(1, "kit.a.Model", {"module": "chalk"}, "raise", "no chalk", 5)
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {node.id: node for node in (module, model, need)}, (), ())
    told_first = list(head(explain(graph, find(graph, "kit.a.Model")), Folding(graph)))
    assert ("extends", "kit.b.Base") in told_first
    assert [text for heading, text in told_first if heading == "its module"] == [
        "imports slate in any case, kit/a.py:2"
    ]
