"""Literals, atoms and negated atoms: which implies which, and the conjunction of many of them merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, Union

from miner.formula.atom import Atom
from miner.formula.connective import Not
from miner.formula.notation import text
from miner.formula.region import FULL, Region, constraint_lists, intersection, is_subset, union
from miner.formula.subject import Facet, constrained, facet, normal, spell

Literal = Union[Atom, Not]  # noqa: UP007


@dataclass(frozen=True)
class Sign:
    """A literal taken apart: its polarity and the facet of its atom."""

    literal: Literal
    positive: bool
    facet: Facet


def sign(literal: Literal) -> Sign:
    """Return the literal taken apart; `literal` is an atom or the negation of one."""
    if isinstance(literal, Not):
        assert not isinstance(literal.part, bool)
        return Sign(literal, False, facet(literal.part))  # type: ignore[arg-type]
    return Sign(literal, True, facet(literal))


def implies(left: Sign, right: Sign) -> bool:
    """Return whether `left` alone implies `right`: sound, and complete for two literals of one subject that may be
    absent.
    """
    if left.positive and right.positive:
        return _includes(left.facet, right.facet)
    if not left.positive and not right.positive:
        return _includes(right.facet, left.facet)
    if left.positive:
        return left.facet.key == right.facet.key and not intersection(left.facet.region, right.facet.region)
    return False


def refutes(left: Sign, right: Sign) -> bool:
    """Return whether `left` alone implies the negation of `right`."""
    return implies(left, Sign(right.literal, not right.positive, right.facet))


def merge(literals: Iterable[Literal]) -> tuple[Literal, ...] | None:
    """Return the conjunction of `literals` with versions merged as intervals, sorted; None when they contradict."""
    groups: dict[str, list[Sign]] = {}
    for each in map(sign, literals):
        groups.setdefault(each.facet.key, []).append(each)
    merged: list[Literal] = []
    for group in groups.values():
        alone = group[0].literal if len(group) == 1 else None
        pieces = _alone(text(alone), alone) if alone is not None else _merge_subject(group)
        if pieces is None:
            return None
        merged.extend(pieces)
    if len(merged) == 1:
        return (merged[0],)
    return _independent([sign(literal) for literal in sorted(merged, key=text)])


@lru_cache(maxsize=16_384)
def _alone(_: str, literal: Literal) -> list[Literal] | None:
    """Return what is left of a literal whose subject no other one speaks of: so most are."""
    return _merge_subject([sign(literal)])


def joined(left: tuple[Literal, ...], right: tuple[Literal, ...]) -> tuple[Literal, ...] | None:
    """Return the conjunction of two merged conjunctions; quick where they speak of different subjects."""
    mine, yours = _spoken_of(left), _spoken_of(right)
    if mine.isdisjoint(yours):
        return tuple(sorted((*left, *right), key=text))
    return merge((*left, *right))


@lru_cache(maxsize=8_192)
def _spoken_of(term: tuple[Literal, ...]) -> frozenset[str]:
    """Return the keys of the subjects of a conjunction, and of those whose presence they imply."""
    facets = [sign(literal).facet for literal in term]
    return frozenset(key for each in facets for key in (each.key, *each.weaker))


def _includes(left: Facet, right: Facet) -> bool:
    if left.key == right.key:
        return is_subset(left.region, right.region)
    return right.region == FULL and right.key in left.weaker


def _merge_subject(group: list[Sign]) -> list[Literal] | None:
    spelled: dict[Any, str] = {}
    for each in group:
        for value, written in each.facet.spelling.items():
            spelled[value] = spell((written, spelled.get(value, written)))
    subject = group[0].facet.subject
    required: Region = reduce(intersection, (each.facet.region for each in group if each.positive), FULL)
    excluded: Region = union(*(each.facet.region for each in group if not each.positive))
    literals: list[Literal] = []
    if any(each.positive for each in group):
        if not required:
            return None
        (only,) = constraint_lists(required, spelled)
        holding = normal(constrained(subject, only) if only else subject)
        if not isinstance(holding, bool):
            literals.append(holding)
    for listed in constraint_lists(excluded, spelled):
        failing = normal(constrained(subject, listed) if listed else subject)
        if isinstance(failing, bool):
            return None
        literals.append(Not(failing))
    return literals


def _independent(signs: list[Sign]) -> tuple[Literal, ...] | None:
    """Return the literals that no other one implies, in order; None when one refutes another.

    The negative literals of one subject are disjoint already and are not compared with each other.
    """
    of: dict[str, list[Sign]] = {}
    implying: dict[str, list[Sign]] = {}
    for each in signs:
        of.setdefault(each.facet.key, []).append(each)
        for key in each.facet.weaker:
            implying.setdefault(key, []).append(each)
    if len(of) == len(signs) and of.keys().isdisjoint(implying):  # each speaks of something else
        return tuple(each.literal for each in signs)
    holding = {key: [each for each in same if each.positive] for key, same in of.items()}
    dropped: set[int] = set()
    for each in reversed(signs):
        key, weaker = each.facet.key, each.facet.weaker
        same = (of if each.positive else holding)[key]
        near = [*same, *implying.get(key, ()), *(other for name in weaker for other in of.get(name, ()))]
        if any(refutes(other, each) for other in near):
            return None
        if any(other is not each and id(other) not in dropped and implies(other, each) for other in near):
            dropped.add(id(each))
    return tuple(each.literal for each in signs if id(each) not in dropped)
