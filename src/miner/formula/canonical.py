"""The canonical form of a formula: equal for equal statements however they were written down.

Negation stands on atoms, nested connectives of one kind are one, versions of one subject are merged as intervals, and
what follows from a sibling is dropped. Disjunctions are treated as negated conjunctions of the negated parts, so that
each rule is stated once. There is no expansion: the result never has more atoms than the formula.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from miner.formula.atom import Atom
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction, negation
from miner.formula.literal import Literal, Sign, implies, merge, refutes, sign
from miner.formula.notation import text
from miner.formula.subject import normal

_MAX_ROUNDS = 50
# Parts are compared in pairs for absorption, up to this many comparisons of literals in one connective.
_MAX_COMPARISONS = 20_000


def canonical(f: Formula) -> Formula:
    """Return the canonical form of `f`: equivalent, idempotent, the same for every order of the parts.

    `not torch>=2.6` stays a negation, since it also holds where torch is absent. Equal versions keep one of the
    spellings that occur in `f`. (major, minor) pairs are expected to be merged already.
    """
    current = _simplify(_inward(f, positive=True))
    for _ in range(_MAX_ROUNDS):
        again = _simplify(current)
        if text(again) == text(current):
            break
        current = again
    return current


def _inward(f: Formula, *, positive: bool) -> Formula:
    match f:
        case bool():
            return f is positive
        case Not(part):
            return _inward(part, positive=not positive)
        case All(parts) | Any(parts):
            join = conjunction if isinstance(f, All) is positive else disjunction
            return join(*(_inward(part, positive=positive) for part in parts))
        case _:
            stated = normal(f)
            return stated if positive else negation(stated)


def _simplify(f: Formula) -> Formula:
    if isinstance(f, bool):
        return f
    if isinstance(f, All | Any):
        return _simplified(text(f), f)
    return _junction(All((f,)), All)


@functools.lru_cache(maxsize=16_384)
def _simplified(_: str, f: All | Any) -> Formula:
    """Return a connective with its parts simplified; what predicates mean comes again and again."""
    join = conjunction if isinstance(f, All) else disjunction
    return _junction(join(*map(_simplify, f.parts)), type(f))


def _junction(f: Formula, kind: type[All] | type[Any]) -> Formula:
    """Return `f` with its literals merged, and its other parts simplified under them and absorbed."""
    if isinstance(f, bool):
        return f
    parts = f.parts if isinstance(f, kind) else (f,)
    merged = merge(_turned(part, kind) for part in parts if not isinstance(part, All | Any))
    if merged is None:
        return kind is Any
    known = _Known(merged)
    others = [known.assume(part) for part in sorted(parts, key=text) if isinstance(part, All | Any)]
    join = conjunction if kind is All else disjunction
    joined = join(*(_turned(literal, kind) for literal in merged), *others)
    if not isinstance(joined, kind):
        return joined
    return join(*_absorb(sorted(joined.parts, key=text), kind))


def _turned(literal: Formula, kind: type[All] | type[Any]) -> Literal:
    """Return the literal as it stands in a conjunction: itself, or in a disjunction its negation (and back)."""
    turned = literal if kind is All else negation(literal)
    assert not isinstance(turned, bool | All | Any)
    return turned


class _Known:
    """Literals that hold, by the subjects they speak of."""

    def __init__(self, literals: Sequence[Literal]) -> None:
        self._by_key: dict[str, list[Sign]] = {}
        for each in map(sign, literals):
            for key in (each.facet.key, *each.facet.weaker):
                self._by_key.setdefault(key, []).append(each)

    def assume(self, f: Formula) -> Formula:
        """Return `f` with every literal replaced that the known ones decide."""
        match f:
            case bool():
                return f
            case All(parts):
                return conjunction(*map(self.assume, parts))
            case Any(parts):
                return disjunction(*map(self.assume, parts))
            case _:
                return self._decide(f)

    def _decide(self, literal: Not | Atom) -> Formula:
        asked = sign(literal)
        for key in (asked.facet.key, *asked.facet.weaker):
            for each in self._by_key.get(key, ()):
                if implies(each, asked):
                    return True
                if refutes(each, asked):
                    return False
        return literal


def _absorb(parts: list[Formula], kind: type[All] | type[Any]) -> list[Formula]:
    """Return `parts` without those that follow from another (conjunction) or that another follows from."""
    compounds = [(part, _signs(part)) for part in parts if isinstance(part, All | Any)]
    size = sum(len(signs) for _, signs in compounds)
    if size * size > _MAX_COMPARISONS:
        return parts
    dropped: set[int] = set()
    implication = _Implication({key: each for _, signs in compounds for key, each in signs.items()})
    for part, _ in reversed(compounds):
        for other, _ in compounds:
            if other is part or id(other) in dropped:
                continue
            stronger, weaker = (other, part) if kind is All else (part, other)
            if implication.holds(stronger, weaker):
                dropped.add(id(part))
                break
    return [part for part in parts if id(part) not in dropped]


_Signs = dict[int, Sign]


def _signs(f: Formula) -> _Signs:
    match f:
        case bool():
            return {}
        case All(parts) | Any(parts):
            return {key: found for part in parts for key, found in _signs(part).items()}
        case _:
            return {id(f): sign(f)}


class _Implication:
    """Whether one formula implies another by their shape alone; each pair of parts is compared once.

    `signs` holds the literals of both. Parts are told apart by identity, and not by equality, for which
    `Parameter(value=True)` and `Parameter(value=1)` are one.
    """

    def __init__(self, signs: _Signs) -> None:
        self._signs = signs
        self._memo: dict[tuple[int, int], bool] = {}

    def holds(self, left: Formula, right: Formula) -> bool:
        """Return whether `left` implies `right`."""
        key = (id(left), id(right))
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._compare(left, right)
        return known

    def _compare(self, left: Formula, right: Formula) -> bool:
        match left, right:
            case Any(parts), _:
                return all(self.holds(part, right) for part in parts)
            case _, All(parts):
                return all(self.holds(left, part) for part in parts)
            case All(parts), Any(others):
                return any(self.holds(part, right) for part in parts) or any(
                    self.holds(left, other) for other in others
                )
            case All(parts), _:
                return any(self.holds(part, right) for part in parts)
            case _, Any(parts):
                return any(self.holds(left, part) for part in parts)
            case _:
                return implies(self._signs[id(left)], self._signs[id(right)])
