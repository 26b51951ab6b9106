"""Machines at which a formula shows what it says: each atom flipped alone, and the extremes of each subject."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from miner.formula.atom import Atom
from miner.formula.connective import Formula, Not, affirmed, conjunction, negation
from miner.formula.disjunctive import atoms, disjunctive, substitute
from miner.formula.evaluate import value
from miner.formula.notation import text
from miner.formula.text import render
from miner.verify.state import Distributions, Entity, State, entities, simulation_of

_CONTEXTS = 4096
"""How many combinations of the states of the other entities are looked through for a pair."""

_TERMS = 64
_STEPS = 2048
"""How many steps are taken to find the states of the others in which two states of an entity differ."""


@dataclass(frozen=True)
class Point:
    """A machine and what the formula says there."""

    machine: dict[str, Any]
    words: str
    expected: bool


@dataclass(frozen=True)
class Pair:
    """Two points, by index, between which the formula flips because one atom does; `alone`: no other atom flips."""

    atom: str
    low: int
    high: int
    alone: bool


@dataclass(frozen=True)
class Trial:
    """What to try of a formula: points, the pairs among them, and the atoms without a pair.

    `masked` atoms cannot decide the formula in any state; of `missing` ones no pair was found within the search.
    `is_shadowed`: something else brings the effect about wherever the formula would.
    """

    points: tuple[Point, ...]
    pairs: tuple[Pair, ...]
    masked: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_shadowed: bool = False
    ways: int = 0
    """How many of the points, the last, show a way each in which the formula is true, or false, and no other."""

    @property
    def decisive(self) -> frozenset[int]:
        """The points between which the formula flips; all, where it never does."""
        found = frozenset(point for pair in self.pairs for point in (pair.low, pair.high))
        return found or frozenset(range(len(self.points)))


def trial(formula: Formula, distributions: Distributions, condition: Formula = True) -> Trial | str:
    """Return the points to try `formula` at, all where `condition` holds; a sentence where there can be none."""
    asked = atoms(conjunction(formula, condition)) if condition is not True else atoms(formula)
    if not asked:
        return Trial((Point({}, "any machine", bool(formula)),), ())
    found = entities(asked, distributions)
    if isinstance(found, str):
        return found
    return _Search(formula, condition, found).run()


def _agrees(state: State, wanted: dict[Formula, bool]) -> bool:
    return all(state.holds[atom] is wanted[atom] for atom in state.holds if atom in wanted)


def _distinct(entity: Entity) -> list[State]:
    """Return one state of an entity for each combination of what holds in it, those with more that holds first."""
    found: dict[tuple[bool | None, ...], State] = {}
    for state in reversed(entity.states):
        found.setdefault(tuple(state.holds.values()), state)
    return sorted(found.values(), key=lambda state: -sum(map(bool, state.holds.values())))


def _known(states: Iterable[State]) -> dict[Atom, bool | None]:
    found: dict[Atom, bool | None] = {}
    for state in states:
        found.update(state.holds)
    return found


def _left(formula: Formula, known: Mapping[Atom, bool | None]) -> Formula:
    """Return what is left of a formula where some atoms are known."""

    def decided(atom: Atom) -> Formula:
        found = known.get(atom)
        return atom if found is None else found

    return substitute(formula, decided)


class _Search:
    def __init__(self, formula: Formula, condition: Formula, of: list[Entity]) -> None:
        self._formula = formula
        self._condition = condition
        self._entities = of
        self._wanted = atoms(formula)
        self._distinct = [_distinct(entity) for entity in of]
        self._points: dict[str, int] = {}
        self._made: list[Point] = []
        self._left = _STEPS

    def run(self) -> Trial | str:
        pairs: dict[str, Pair] = {}
        is_whole = True
        for index, entity in enumerate(self._entities):
            others = self._distinct[:index] + self._distinct[index + 1 :]
            seen: Iterable[tuple[State, ...]] = self._open(others)
            if math.prod(map(len, others)) > _CONTEXTS:
                is_whole = False
                seen = itertools.chain(self._decisive(others), self._sought(entity, others), seen)
            self._entity(index, entity, seen, pairs)
        if any(pair.alone for pair in pairs.values()):
            pairs = {key: pair for key, pair in pairs.items() if pair.alone}
        left = [atom for atom in self._wanted if text(atom) not in pairs]
        if not self._made:
            return "no machine was found on which it makes a difference"
        masked = [render(atom) for atom in left if is_whole or self._is_masked(atom)]
        swept = len(self._made)
        for states in self._alone():
            if self._value(states) is not None:
                self._point(states)
        return Trial(
            tuple(self._made),
            tuple(pairs.values()),
            masked=tuple(masked),
            missing=tuple(each for each in map(render, left) if each not in masked),
            ways=len(self._made) - swept,
        )

    def _entity(
        self, index: int, entity: Entity, contexts: Iterable[tuple[State, ...]], pairs: dict[str, Pair]
    ) -> None:
        """Find pairs for the atoms of one entity, and keep its every state in the context of the first."""
        swept = False
        mine = [atom for atom in self._wanted if atom in entity.states[0].holds]
        for context in contexts:
            if swept and all(text(atom) in pairs and pairs[text(atom)].alone for atom in mine):
                return
            row = [(*context[:index], state, *context[index:]) for state in entity.states]
            values = [self._value(states) for states in row]
            if len({each for each in values if each is not None}) < 2:
                continue
            for low, high in self._flips(values):
                changed = [
                    atom for atom in mine if entity.states[low].holds[atom] is not entity.states[high].holds[atom]
                ]
                for atom in changed:
                    known = pairs.get(text(atom))
                    if known is None or (len(changed) == 1 and not known.alone):
                        pairs[text(atom)] = Pair(
                            render(atom), self._point(row[low]), self._point(row[high]), len(changed) == 1
                        )
            if not swept:
                swept = True
                for states, found in zip(row, values, strict=True):
                    if found is not None:
                        self._point(states)

    def _open(self, others: list[list[State]]) -> Iterator[tuple[State, ...]]:
        """Yield those of the first combinations that neither decide the formula nor rule out the condition."""
        rest = [math.prod(map(len, others[depth:])) for depth in range(len(others) + 1)]
        waiting: list[tuple[State, ...]] = [()]
        left = _CONTEXTS
        while waiting and left > 0:
            chosen = waiting.pop()
            known = _known(chosen)
            if value(self._formula, known.get) is not None or value(self._condition, known.get) is False:
                left -= rest[len(chosen)]
            elif len(chosen) < len(others):
                waiting.extend((*chosen, state) for state in reversed(others[len(chosen)]))
            else:
                left -= 1
                yield chosen

    def _decisive(self, others: list[list[State]]) -> Iterator[tuple[State, ...]]:
        """Yield for each way in which the formula is true, and false, the states in which that way stays open alone."""
        for wanted in self._ways:
            chosen = [[state for state in states if _agrees(state, wanted)] or states for states in others]
            yield tuple(states[-1] for states in chosen)
            yield tuple(states[0] for states in chosen)

    def _alone(self) -> Iterator[tuple[State, ...]]:
        """Yield for each way in which the formula is true, and false, states in which as little else holds as may."""
        for wanted in self._ways:
            chosen = [[state for state in states if _agrees(state, wanted)] for states in self._distinct]
            if all(chosen):
                yield tuple(states[-1] for states in chosen)

    def _sought(self, entity: Entity, others: list[list[State]]) -> Iterator[tuple[State, ...]]:
        """Yield for pairs of states of an entity those of the others with which the formula tells them apart."""
        whole = conjunction(self._condition, self._formula)
        for pair in itertools.pairwise(_distinct(entity)):
            self._left = _STEPS
            found = self._telling(tuple(state.holds for state in pair), whole, dict(enumerate(others)))
            if found is not None:
                yield tuple(found.get(index, states[-1]) for index, states in enumerate(others))

    def _is_masked(self, atom: Atom) -> bool:
        """Say whether an atom cannot decide the formula by itself: no states tell apart two that differ in it alone."""
        whole = conjunction(self._condition, self._formula)
        index = next(index for index, each in enumerate(self._entities) if atom in each.states[0].holds)
        others = {other: states for other, states in enumerate(self._distinct) if other != index}
        for pair in itertools.combinations(self._distinct[index], 2):
            changed = [each for each in self._wanted if pair[0].holds.get(each) is not pair[1].holds.get(each)]
            self._left = _STEPS
            if changed == [atom] and self._telling(tuple(state.holds for state in pair), whole, others) is not None:
                return False
            if self._left < 0:
                return False
        return True

    def _telling(
        self, pair: tuple[Mapping[Atom, bool | None], ...], formula: Formula, others: Mapping[int, list[State]]
    ) -> dict[int, State] | None:
        """Return states of the other entities with which what is left of a formula differs between two; None: none."""
        self._left -= 1
        left = frozenset(atoms(formula))
        values = [value(formula, holds.get) for holds in pair]
        if None not in values or left.isdisjoint(pair[0]) or self._left < 0:
            return {} if None not in values and len(set(values)) > 1 else None
        index = next((index for index, states in others.items() if not left.isdisjoint(states[0].holds)), None)
        rest = {each: states for each, states in others.items() if each != index}
        for state in others[index] if index is not None else ():
            found = self._telling(pair, _left(formula, state.holds), rest)
            if found is not None and index is not None:
                return {index: state, **found}
        return None

    @cached_property
    def _ways(self) -> list[dict[Formula, bool]]:
        """The atoms that decide the formula together, each with its truth: every way to be true, then to be false."""
        terms = (
            term for formula in (self._formula, negation(self._formula)) for term in disjunctive(formula, _TERMS) or ()
        )
        return [{affirmed(literal): not isinstance(literal, Not) for literal in term} for term in terms]

    def _flips(self, values: list[bool | None]) -> Iterator[tuple[int, int]]:
        pairs = itertools.combinations(range(len(values)), 2)
        for low, high in sorted(pairs, key=lambda pair: pair[1] - pair[0]):  # neighbours show most
            if values[low] is not None and values[high] is not None and values[low] is not values[high]:
                yield low, high

    def _value(self, states: tuple[State, ...]) -> bool | None:
        known = _known(states)
        return value(self._formula, known.get) if value(self._condition, known.get) is True else None

    def _point(self, states: tuple[State, ...]) -> int:
        words = ", ".join(state.words for state in states)
        if words not in self._points:
            self._points[words] = len(self._made)
            self._made.append(Point(simulation_of(states), words, bool(self._value(states))))
        return self._points[words]
