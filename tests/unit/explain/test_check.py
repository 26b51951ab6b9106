"""What a place asks for, of the requirements that it states."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

import miner
from miner.explain.check import Checks
from miner.explain.folding import Folding
from miner.formula import atom as fa
from miner.formula.connective import conjunction, disjunction, negation
from miner.formula.disjunctive import atoms, substitute
from miner.formula.evaluate import value
from miner.formula.notation import from_json, text
from miner.formula.text import render
from miner.model.evidence import Evidence
from miner.model.node import Edge, Otherwise, Predicate, Requirement
from miner.store.graph_reader import Graph
from tests.unit.explain.test_explain import SAMPLE, place

FAST = {"any": [{"all": [{"module": "quick"}, {"device": "cuda"}]}, {"device": "npu"}]}
CLEAR = {"all": [{"module": "pane"}, {"env": "CLEAR"}]}
OPTION = {"of": "kit.fit", "param": "speedy"}
OTHER = {"of": "kit.fit", "param": "wide"}


def predicate(name: str, means: Any) -> Predicate:
    """A predicate of the library."""
    return Predicate(
        id=f"predicate:kit.{name}",
        name=name,
        evidence=place(1),
        qualname=f"kit.{name}",
        means=means,
        kind="function",
    )


PREDICATES = (predicate("is_fast_available", FAST), predicate("is_clear", CLEAR))


def requirement(number: int, needs: Any, when: Any, test: str, line: int = 7) -> Requirement:
    """A need that a test on a line brings."""
    (site,) = (msgspec.structs.replace(each, start_byte=10 * line, end_byte=10 * line + 9) for each in place(line))
    guard: Evidence = msgspec.structs.replace(site, role="guard", text=test)
    return Requirement(
        id=f"requirement:kit.fit#{number}/raise",
        name="kit.fit needs something",
        evidence=(site, guard),
        owner="kit.fit",
        needs=needs,
        when=when,
        otherwise=Otherwise(effect="raise", exception="ImportError"),
        origin="runtime-gate",
        enforced=True,
    )


def told(*stated: Requirement) -> list[tuple[str, str]]:
    """What the checks of a graph with these requirements are, in words."""
    edges = [Edge(source=each.id, relation="uses_predicate", target=used.id) for each in stated for used in PREDICATES]
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {n.id: n for n in (*PREDICATES, *stated)}, tuple(edges), ())
    checks = Checks(graph, Folding(graph))
    found = {id(check): check for each in stated for check in checks.of(each)}
    return [(render(check.needs), render(check.when)) for check in found.values()]


def split(test: str) -> tuple[Requirement, ...]:
    """What `if speedy and not is_fast_available()` needs, as two requirements."""
    return (
        requirement(1, {"any": [{"device": "npu"}, {"device": "cuda"}]}, {"all": [OPTION, {"module": "quick"}]}, test),
        requirement(2, {"any": [{"device": "npu"}, {"module": "quick"}]}, OPTION, test),
    )


def test_needs_of_one_test_are_one_check() -> None:
    """In the predicate that the test names."""
    assert told(*split("speedy and not is_fast_available()")) == [("is_fast_available()", "speedy")]


def test_a_predicate_that_the_test_does_not_name_says_nothing_of_it() -> None:
    """The same needs, of a test that asks otherwise."""
    assert told(*split("speedy and not quickly()")) == [
        ("cuda or npu", "quick and speedy"),
        ("npu or quick", "speedy"),
    ]


def test_needs_of_other_places_are_others() -> None:
    """Each place states its own."""
    here, there = split("not is_fast_available()")
    moved = requirement(2, there.needs, there.when, "not is_fast_available()", line=9)
    assert ("is_fast_available()", "speedy") not in told(here, moved)


def test_what_is_left_of_a_check_is_told_by_itself() -> None:
    """A test of two predicates in two arms: each is told, with its own condition."""
    test = "speedy and not is_fast_available() or wide and not is_clear()"
    others = [requirement(3, {"module": "pane"}, OTHER, test), requirement(4, {"env": "CLEAR"}, OTHER, test)]
    assert told(*split(test), *others) == [("is_fast_available()", "speedy"), ("is_clear()", "wide")]


def test_one_need_in_several_cases_is_told_once() -> None:
    """With what the cases share first."""
    cases = [requirement(n, {"os": "linux"}, {"all": [OPTION, {"device": d}]}, "x") for n, d in enumerate(("a", "b"))]
    assert told(*cases) == [("linux", "speedy and (a or b)")]


def test_a_short_need_stays_as_it_is() -> None:
    """A name would say less."""
    (alone,) = (requirement(1, {"module": "pane"}, True, "is_pane()"),)
    assert told(alone) == [("pane", "always")]


@pytest.mark.parametrize(
    ("first", "when", "is_covered"),
    [({"module": "pane"}, OPTION, True), ({"module": "pane"}, OTHER, False), ({"module": "glass"}, OPTION, False)],
)
def test_a_need_that_is_less_than_another_of_its_object(first: Any, when: Any, is_covered: bool) -> None:
    """One of its alternatives is needed anyway, whenever it is."""
    other = requirement(1, first, when, "not is_pane()", line=5)
    less = requirement(2, {"any": [{"module": "pane"}, {"device": "cuda"}]}, {"all": [OPTION, {"os": "linux"}]}, "x")
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {node.id: node for node in (other, less)}, (), ())
    checks = Checks(graph, Folding(graph))
    assert [checks.is_covered(check) for node in (other, less) for check in checks.of(node)] == [False, is_covered]


@pytest.mark.parametrize("test", ["speedy and not is_fast_available()", "x"])
def test_a_check_asks_what_its_requirements_ask(test: str) -> None:
    """Where one is not met, another check is not: on every machine, for every argument."""
    stated = split(test)
    edges = [Edge(source=each.id, relation="uses_predicate", target=PREDICATES[0].id) for each in stated]
    graph = Graph(miner.load(Path(SAMPLE)).manifest, {n.id: n for n in (*PREDICATES, *stated)}, tuple(edges), ())
    checks = Checks(graph, Folding(graph)).of(stated[0])

    def meant(atom: fa.Atom) -> Any:
        return from_json(FAST) if isinstance(atom, fa.Predicate) else atom

    before = disjunction(*(conjunction(from_json(n.when), negation(from_json(n.needs))) for n in stated))
    after = substitute(disjunction(*(conjunction(each.when, negation(each.needs)) for each in checks)), meant)
    asked = [text(atom) for atom in atoms(before)]
    for values in product((False, True), repeat=len(asked)):
        truths = dict(zip(asked, values, strict=True))
        assert value(before, lambda atom: truths[text(atom)]) == value(after, lambda atom: truths[text(atom)])  # noqa: B023


def test_a_predicate_that_leads_to_a_place_is_no_need_of_it() -> None:
    """Where it holds, the needs are others."""
    test = "speedy and is_fast_available() and not is_clear()"
    when = {"all": [FAST, OPTION]}
    needs = (requirement(1, {"module": "pane"}, when, test), requirement(2, {"env": "CLEAR"}, when, test))
    assert told(*needs) == [("is_clear()", "is_fast_available() and speedy")]
