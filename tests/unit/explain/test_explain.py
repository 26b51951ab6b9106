"""What a name means in a graph, and what is said of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

import miner
from miner.errors import UsageError
from miner.explain.account import Account, explain
from miner.explain.subject import find
from miner.model.evidence import Evidence
from miner.model.node import (
    Advice,
    Constraint,
    Declaration,
    Edge,
    EnvironmentVariable,
    Export,
    Flag,
    Implementation,
    Node,
    Otherwise,
    Package,
    Requirement,
)
from miner.model.option_use import OptionUse
from miner.store.graph_reader import Graph

SAMPLE = Path(__file__).parents[3] / "output" / "sample"
TEXT = "x"


def place(line: int) -> tuple[Evidence, ...]:
    """An evidence of one byte on a line."""
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    return (
        Evidence(
            role="site",
            path="kit/a.py",
            blob="0" * 40,
            start_line=line,
            end_line=line,
            start_byte=0,
            end_byte=1,
            sha256=digest,
            text=TEXT,
        ),
    )


def implementation(qualname: str, *exports: str, kind: Any = "class") -> Implementation:
    """An object, offered by some packages under its own name."""
    name = qualname.rpartition(".")[2]
    return Implementation(
        id=f"implementation:{qualname}",
        name=name,
        evidence=place(1),
        qualname=qualname,
        kind=kind,
        exports=tuple(Export(module=module, name=name) for module in exports),
    )


def parameter(name: str) -> dict[str, Any]:
    """The atom that an argument is true."""
    return {"param": name, "of": "kit.a.Options"}


NODES: tuple[Node, ...] = (
    implementation("kit.a.Options", "kit", "kit.a"),
    implementation("kit.a.Options.check", kind="method"),
    implementation("kit.b.Options", "kit.b"),
    implementation("kit.a.fit", kind="function"),
    implementation("kit.b.fit", kind="function"),
    Package(
        id="package:slate",
        name="slate",
        evidence=place(2),
        import_names=("slate_core",),
        declared=(Declaration(specifier=">=1", place="metadata"),),
    ),
    Requirement(
        id="requirement:kit.a.Options.check#slate/raise",
        name="r",
        evidence=place(9),
        owner="kit.a.Options.check",
        needs={"package": "slate", "version": [[">=", "1"]]},
        when=parameter("self.fast"),
        otherwise=Otherwise(effect="raise", exception="ValueError"),
        origin="runtime-gate",
        enforced=True,
    ),
    Requirement(
        id="requirement:kit.b.fit#cuda/raise",
        name="r",
        evidence=place(3),
        owner="kit.b.fit",
        needs={"all": [{"device": "cuda"}, {"compute_capability": [[">=", "8.0"]]}, {"env": "KIT_FAST"}]},
        when=True,
        otherwise=Otherwise(effect="raise"),
        origin="runtime-gate",
        enforced=True,
    ),
    Constraint(
        id="constraint:kit.a.Options#depth",
        name="c",
        evidence=place(5),
        owner="kit.a.Options",
        parameters=("self.depth",),
        when={"not": parameter("self.depth")},
        otherwise=Otherwise(effect="raise"),
    ),
    Advice(
        id="advice:kit.a.Options#fast/trade-off",
        name="a",
        evidence=place(4),
        owner="kit.a.Options",
        kind="trade-off",
        origin="documentation",
        subject="fast",
        when=True,
        message="faster",
    ),
    Advice(
        id="advice:kit.b.fit#fast/warning",
        name="a",
        evidence=place(6),
        owner="kit.b.fit",
        kind="warning",
        origin="warning",
        subject="fast",
        when=True,
    ),
    EnvironmentVariable(
        id="environment-variable:kit.b#KIT_FAST",
        name="KIT_FAST",
        evidence=place(7),
        variable="KIT_FAST",
        owner="kit.b.fit",
    ),
)
EDGES = (Edge(source="requirement:kit.a.Options.check#slate/raise", relation="about", target="package:slate"),)
GRAPH = Graph(miner.load(SAMPLE).manifest, {node.id: node for node in NODES}, EDGES, ())


def account(name: str) -> Account:
    """What the graph says of a name."""
    return explain(GRAPH, find(GRAPH, name))


def ids(told: Account) -> list[str]:
    """The ids of the statements, without their kinds."""
    listed = (*told.requirements, *told.constraints, *told.advice, *told.variables)
    return [node.id.partition(":")[2] for node in listed]


@pytest.mark.parametrize(
    ("name", "kind", "subject"),
    [
        ("kit.Options", "object", "kit.a.Options"),
        ("kit.a.Options", "object", "kit.a.Options"),
        ("implementation:kit.a.fit", "object", "kit.a.fit"),
        ("Options", "object", "kit.a.Options"),
        ("Options.check", "object", "kit.a.Options.check"),
        ("kit.Options.check", "object", "kit.a.Options.check"),
        ("kit.Options.fast", "option", "fast"),
        ("Options.depth", "option", "depth"),
        ("fast", "option", "fast"),
        ("slate", "package", "slate"),
        ("slate_core", "package", "slate"),
        ("cuda", "device", "cuda"),
        ("compute_capability", "device", "compute_capability"),
        ("KIT_FAST", "variable", "KIT_FAST"),
    ],
)
def test_what_a_name_means(name, kind, subject):
    found = find(GRAPH, name)
    assert (found.kind, found.name) == (kind, subject)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fit", "'fit' is the name of 2 objects, say which: kit.a.fit, kit.b.fit"),
        ("Options.dept", "Options has no option 'dept'; nearest: depth"),
        ("Optoins", "nearest: Options"),
    ],
)
def test_a_name_that_means_nothing_or_too_much(name, said):
    with pytest.raises(UsageError, match=said.replace("?", "[?]")):
        find(GRAPH, name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kit.Options", ["kit.a.Options.check#slate/raise", "kit.a.Options#depth", "kit.a.Options#fast/trade-off"]),
        ("Options.fast", ["kit.a.Options.check#slate/raise", "kit.a.Options#fast/trade-off"]),
        ("fast", ["kit.a.Options.check#slate/raise", "kit.a.Options#fast/trade-off", "kit.b.fit#fast/warning"]),
        ("slate", ["kit.a.Options.check#slate/raise"]),
        ("cuda", ["kit.b.fit#cuda/raise"]),
        ("KIT_FAST", ["kit.b.fit#cuda/raise", "kit.b#KIT_FAST"]),
    ],
)
def test_what_is_said_of_it(name, said):
    assert ids(account(name)) == said


def test_a_predicate_of_the_sample_and_who_uses_it():
    graph = miner.load(SAMPLE)
    told = explain(graph, find(graph, "is_slate_available"))
    assert told.subject.kind == "predicate"
    assert {node.owner for node in told.requirements} >= {"tinyml.report.Report.draw"}


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Recording_Options", [18, 21]),
        ("loud", [18, 21]),
        ("Booth.loud", [18, 21]),
        ("Booth.record.loud", [18, 21]),
        ("Booth", []),
    ],
)
def test_where_an_option_takes_effect(name, lines):
    """Of a heuristic, of an option of whatever object, and of one of an object or its methods."""
    graph = miner.load(SAMPLE)
    assert [use.evidence[0].start_line for use in explain(graph, find(graph, name)).uses] == lines


def test_the_flags_of_a_class_and_those_of_its_bases() -> None:
    """The nearest class that says it; another's is told with its name."""
    flagged = {
        "kit.a.Base": ((), {"supports_a": True, "supports_b": True}),
        "kit.a.Middle": (("kit.a.Base",), {"supports_b": False}),
        "kit.a.Model": (("kit.a.Middle", "kit.a.Base"), {"supports_c": True}),
    }
    nodes = {
        f"implementation:{name}": msgspec.structs.replace(
            implementation(name),
            bases=bases,
            flags=tuple(Flag(name=flag, value=is_set) for flag, is_set in flags.items()),
        )
        for name, (bases, flags) in flagged.items()
    }
    graph = Graph(GRAPH.manifest, nodes, (), ())
    found = explain(graph, find(graph, "kit.a.Model")).flags
    assert {name: (flag.value, owner) for name, (flag, owner) in found.items()} == {
        "supports_c": (True, None),
        "supports_b": (False, "kit.a.Middle"),
        "supports_a": (True, "kit.a.Base"),
    }


def test_an_option_that_one_class_alone_has_is_asked_for_elsewhere_too() -> None:
    """By what takes an object of it: its own needs, and those of what it calls then."""
    fit, tune = (implementation(f"kit.a.{name}", kind="function") for name in ("fit", "tune"))
    holder = msgspec.structs.replace(implementation("kit.a.Options", "kit"), fields=("fast",))
    own = msgspec.structs.replace(
        next(node for node in NODES if isinstance(node, Requirement)),
        id="requirement:kit.a.fit#slate/raise",
        owner="kit.a.fit",
        when={"param": "options.fast", "of": "kit.a.fit"},
    )
    called = msgspec.structs.replace(own, id="requirement:kit.a.tune#slate/raise", owner="kit.a.tune", when=True)
    edges = (
        Edge(source=fit.id, relation="calls", target=tune.id, when={"param": "options.fast", "of": "kit.a.fit"}),
        Edge(source=tune.id, relation="states", target=called.id),
    )
    nodes: dict[str, Node] = {node.id: node for node in (fit, tune, holder, own, called, *NODES[-3:-1])}
    graph = Graph(GRAPH.manifest, nodes, edges, ())
    told = explain(graph, find(graph, "kit.Options.fast"))
    assert [node.id for node in told.requirements] == [own.id]
    assert [node.id for _, node in told.reached] == [called.id]
    twice = implementation("kit.b.Others", "kit.b")
    shared = {**nodes, twice.id: msgspec.structs.replace(twice, fields=("fast",))}
    graph = Graph(GRAPH.manifest, shared, edges, ())
    assert not explain(graph, find(graph, "kit.Options.fast")).reached
    use = OptionUse(
        option="fast", owner=twice.qualname, way="set", code="self.fast = 1", when=True, evidence=twice.evidence
    )
    held = {**nodes, twice.id: msgspec.structs.replace(twice, uses=(use,))}  # set there without being a field
    graph = Graph(GRAPH.manifest, held, edges, ())
    told = explain(graph, find(graph, "kit.Options.fast"))
    assert (told.reached, told.uses) == ([], [])


@pytest.mark.parametrize(
    ("holder", "owner", "when", "is_told"),
    [
        ("kit.a.Options", "kit.a.fit", {"param": "options.fast", "of": "kit.a.fit"}, True),
        ("kit.a.Options", "kit.deep.fit", {"opaque": "options.fast", "reason": "bound twice"}, True),
        ("kit.Options", "kit.fit", {"param": "options.fast", "of": "kit.fit"}, True),
        ("kit.a.Options", "kit.a.fit", {"param": "fast", "of": "kit.a.fit"}, False),
        ("kit.a.Options", "kit.a.fit", {"opaque": "len(options.fast)", "reason": "a call"}, False),
        ("kit.a.Options", "kit.a.fit", {"opaque": "len(config.fast) > 2", "reason": "a call"}, True),
        ("kit.a.Options", "kit.a.fit", {"opaque": "len(config.faster) > 2", "reason": "a call"}, False),
        ("kit.a.Options", "other.a.fit", {"param": "options.fast", "of": "other.a.fit"}, False),
    ],
)
def test_what_refuses_an_option_that_one_class_alone_has(holder: str, owner: str, when: Any, is_told: bool) -> None:
    """By its field, in the package of the class; what is only warned of elsewhere is not told."""
    options = msgspec.structs.replace(implementation(holder, "kit"), fields=("fast",))
    base = next(node for node in NODES if isinstance(node, Advice) and node.owner == "kit.a.Options")
    base = msgspec.structs.replace(base, owner=holder)
    refusal, warned = (
        msgspec.structs.replace(base, id=f"advice:{origin}", owner=owner, origin=origin, when=when)
        for origin in ("gate", "warning")
    )
    graph = Graph(GRAPH.manifest, {node.id: node for node in (options, base, refusal, warned)}, (), ())
    told = {node.id for node in explain(graph, find(graph, "kit.Options.fast")).advice}
    assert told == ({base.id, refusal.id} if is_told else {base.id})


@pytest.mark.parametrize(("signature", "is_told"), [("(self, config: Options)", True), ("(self, config: More)", False)])
def test_what_refuses_an_option_that_several_classes_have(signature: str, is_told: bool) -> None:
    """What is made with an object of this class, by its signature, in the package of the class."""
    held = [
        msgspec.structs.replace(implementation(f"kit.a.{name}", "kit"), fields=("fast",))
        for name in ("Options", "More")
    ]
    model = msgspec.structs.replace(implementation("kit.a.Model", "kit"), signature=signature)
    base = next(node for node in NODES if isinstance(node, Advice) and node.owner == "kit.a.Options")
    when = {"opaque": "config.fast % 2", "reason": "an expression"}
    refusal = msgspec.structs.replace(base, id="advice:gate", owner="kit.a.Model.__init__", origin="gate", when=when)
    graph = Graph(GRAPH.manifest, {node.id: node for node in (*held, model, base, refusal)}, (), ())
    told = {node.id for node in explain(graph, find(graph, "kit.Options.fast")).advice}
    assert (refusal.id in told) is is_told


def test_a_device_is_meant_before_a_method_of_its_name() -> None:
    """But not before an object of just that name."""
    method = implementation("kit.a.Model.cuda", kind="method")
    graph = Graph(GRAPH.manifest, {**GRAPH.nodes, method.id: method}, (), ())
    assert find(graph, "cuda").kind == "device"
    assert find(graph, "Model.cuda").kind == "object"
