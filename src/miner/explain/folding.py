"""Conditions in the words of the library: what one of its predicates means is called by the predicate's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from miner.formula import atom as fa
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction, negation
from miner.formula.disjunctive import atoms, disjunctive, substitute
from miner.formula.gate import divided_atom
from miner.formula.notation import from_json, text
from miner.formula.text import HANDLED, render
from miner.model.node import Predicate
from miner.store.graph_reader import Graph

_FEWEST = 2
_SEVERAL = 3
_SHORTEST = 48
"""A name stands for several parts, or for a few that are longer than this: others are clearer as they are."""


class _Meaning(NamedTuple):
    """What a predicate, or its negation, means: its parts and its conjunctions, as text, and what stands for them."""

    connective: type[All] | type[Any]
    parts: frozenset[str]
    terms: frozenset[frozenset[str]]
    name: Formula


class Folding:
    """Says formulas in the predicates of a library."""

    def __init__(self, graph: Graph) -> None:
        """Know the predicates of a graph that ask for nothing that is not understood."""
        self._graph = graph
        self._known: dict[str, Formula] = {}

    def __call__(self, formula: Formula) -> Formula:
        """Return the shorter equivalent of a formula: as it is, or as alternatives, each with names for parts."""
        key = text(formula)
        if key not in self._known:
            alike = substitute(formula, _as_said)
            told = _without_implied(min(self._forms(alike), key=lambda each: len(render(each))))
            self._known[key] = _told_apart(told)
        return self._known[key]

    def inside(self, formula: Formula) -> Formula:
        """Return what a predicate means, with names for parts, but none for the whole."""
        return _told_apart(self._folded(canonical(formula), {}, is_part=False))

    @cached_property
    def _meanings(self) -> list[_Meaning]:
        """The meanings that are known, those that say most first."""
        return sorted(_meanings(self._graph), key=lambda each: (-len(each.parts), text(each.name)))

    def _forms(self, formula: Formula) -> Iterator[Formula]:
        written = canonical(formula)
        yield self._folded(written, {})
        terms = disjunctive(written)
        if not terms:
            return
        left = {frozenset(map(text, term)): term for term in terms}
        named: list[Formula] = []
        for meaning in self._meanings:
            if len(meaning.terms) >= _FEWEST and meaning.terms <= left.keys():
                named.append(meaning.name)
                left = {key: term for key, term in left.items() if key not in meaning.terms}
        expanded = canonical(disjunction(*(conjunction(*term) for term in left.values())))
        yield disjunction(*named, self._folded(expanded, {}))

    def _folded(self, formula: Formula, given: Mapping[str, Formula], *, is_part: bool = True) -> Formula:
        """Return a formula with names in it; `given` are parts of conjunctions around it, which hold there.

        Of one that is no part of another no name stands for all.
        """
        if isinstance(formula, Not):
            return negation(self._folded(formula.part, {}))
        if isinstance(formula, fa.Predicate):
            return fa.Predicate(predicate=formula.predicate.rpartition(".")[2], args=formula.args)
        if not isinstance(formula, All | Any):
            return formula
        left = {text(part): part for part in formula.parts}
        named: list[Formula] = []
        settled = given.keys() if isinstance(formula, All) else {text(negation(part)) for part in given.values()}
        for meaning in self._meanings:
            own = meaning.parts & left.keys()
            is_all = meaning.connective is type(formula) and meaning.parts <= own | settled
            is_all = is_all and (is_part or len(own) < len(formula.parts))
            if is_all and _is_long([left[key] for key in own]):
                named.append(meaning.name)
                left = {key: part for key, part in left.items() if key not in own}
        plain = {text(part): part for part in formula.parts if not isinstance(part, All | Any)}
        within = {**given, **plain, **left} if isinstance(formula, All) else given  # what a name stands for holds too
        inner = [
            self._folded(part, {name: held for name, held in within.items() if name != key})
            for key, part in left.items()
        ]
        parts = sorted((*named, *inner), key=lambda each: isinstance(each, All | Any))  # what is simple is read first
        return (conjunction if isinstance(formula, All) else disjunction)(*parts)


def _told_apart(formula: Formula) -> Formula:
    """Return a formula in which a distribution does not look like the module of its name: `metadata of slate`."""
    modules = {atom.module for atom in atoms(formula) if isinstance(atom, fa.Module)}

    def named(atom: fa.Atom) -> Formula:
        if isinstance(atom, fa.Package) and atom.package in modules:
            return msgspec.structs.replace(atom, package=f"metadata of {atom.package}")
        return atom

    return substitute(formula, named)


def _as_said(atom: fa.Atom) -> Formula:
    """Return what is not understood by its words alone: why it is not says nothing, but that something is handled."""
    is_handled = isinstance(atom, fa.Opaque) and atom.reason.endswith(HANDLED)
    return fa.Opaque(opaque=atom.opaque, reason="") if isinstance(atom, fa.Opaque) and not is_handled else atom


def _signed(means: Formula, name: fa.Predicate) -> Iterator[tuple[Formula, Formula]]:
    yield means, name
    yield negation(means), Not(name)


def _without_implied(formula: Formula) -> Formula:
    """Return a condition without what an argument is not, where it also says what the argument is."""
    match formula:
        case All(parts):
            inner = tuple(map(_without_implied, parts))
            said = [part for part in inner if isinstance(part, fa.Parameter)]
            return conjunction(*(part for part in inner if not any(_excludes(each, part) for each in said)))
        case Any(parts):
            return disjunction(*map(_without_implied, parts))
    return formula


def _excludes(said: fa.Parameter, part: Formula) -> bool:
    """Say whether an argument that has a value, or is true, cannot have the one that a part says it has not."""
    other = part.part if isinstance(part, Not) else None
    if not isinstance(other, fa.Parameter) or (other.param, other.of, other.op) != (said.param, said.of, "=="):
        return False
    return not other.value if said.op is None else said.op == "==" and other.value != said.value


def _is_long(parts: Sequence[Formula]) -> bool:
    """Say whether a name is clearer than the parts that it stands for."""
    return len(parts) >= _SEVERAL or (len(parts) >= _FEWEST and sum(len(render(part)) for part in parts) >= _SHORTEST)


def _meanings(graph: Graph) -> Iterator[_Meaning]:
    for node in graph.of_type(Predicate):
        means = from_json(node.means)
        if node.called is not None or node.name.startswith("_"):
            continue
        if any(isinstance(atom, fa.Opaque | fa.Parameter) for atom in atoms(means)):
            continue
        named = fa.Predicate(predicate=node.name)
        written = dict.fromkeys((means, substitute(means, divided_atom)))  # an upper bound as it is, and as a need is
        for stated, name in ((canonical(part), of) for form in written for part, of in _signed(form, named)):
            if isinstance(stated, All | Any) and len(stated.parts) >= _FEWEST:
                terms = frozenset(frozenset(map(text, term)) for term in disjunctive(stated) or ())
                yield _Meaning(type(stated), frozenset(map(text, stated.parts)), terms, name)
