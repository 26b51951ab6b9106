"""Decisions: choosing between values, and formulas that stay short while doing so."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from miner.formula.atom import Opaque
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction, negation
from miner.link.meaning.fact import Facts, implies
from miner.link.meaning.value import Choice, Raised, Release, Subject, Truth, Unknown, Value

MOST_CASES = 200
"""What one value can be; the largest of the libraries surveyed has 30 cases."""

MOST_ATOMS = 400
"""Atoms of one condition; the largest of the libraries surveyed has 130."""


DEEPEST = 50
"""Nesting of one condition; the deepest of the libraries surveyed has 25 levels."""


def choose(test: Formula, then: Value, orelse: Value) -> Value:
    """Return `then` where `test` holds, else `orelse`."""
    if isinstance(test, bool):
        return then if test else orelse
    if then is orelse or then == orelse:
        return then
    if isinstance(test, Not):
        return choose(test.part, orelse, then)
    if isinstance(then, Truth) and isinstance(orelse, Truth):
        return Truth(decide(test, then.formula, orelse.formula))
    if isinstance(then, Release) and isinstance(orelse, Release):
        joined = _join(then, orelse)
        if joined is not None:
            return joined
    size = _cases(then) + _cases(orelse)
    return Choice(test, then, orelse, size) if size <= MOST_CASES else Unknown("a value", "too many cases")


def _cases(value: Value) -> int:
    return value.size if isinstance(value, Choice) else 1


def decide(test: Formula, then: Formula, orelse: Formula) -> Formula:
    """Return the formula that is `then` where `test` holds, else `orelse`, as short as can be seen."""
    found = _decided(test, then, orelse)
    return found if is_short(found) else Opaque(opaque="a condition", reason="too large to follow")


def is_short(formula: Formula) -> bool:
    """Say whether a formula has no more atoms, and no deeper nesting, than is followed."""
    waiting, count = [(formula, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, All | Any):
            waiting.extend((inner, depth + 1) for inner in part.parts)
        elif isinstance(part, Not):
            waiting.append((part.part, depth))
        else:
            count += 1
        if count > MOST_ATOMS or depth > DEEPEST:
            return False
    return True


def _decided(test: Formula, then: Formula, orelse: Formula) -> Formula:
    if isinstance(test, bool):
        return then if test else orelse
    if then == orelse:
        return then
    if isinstance(test, Not):
        return _decided(test.part, orelse, then)
    then = Facts().with_fact(test).simplify(then)
    orelse = Facts().with_fact(test, holds=False).simplify(orelse)
    if then is True:
        return disjunction(test, orelse)
    if orelse is True:
        return disjunction(opposite(test), then)
    if orelse is False:
        return both(test, then)
    if then is False:
        return both(opposite(test), orelse)
    if implies(orelse, then):
        return disjunction(both(test, then), orelse)
    if implies(then, orelse):
        return disjunction(then, both(opposite(test), orelse))
    return disjunction(both(test, then), both(opposite(test), orelse))


def opposite(formula: Formula) -> Formula:
    """Return the negation, moved inwards where that leaves fewer of them."""
    if isinstance(formula, All | Any) and any(isinstance(part, Not) for part in formula.parts):
        join = disjunction if isinstance(formula, All) else conjunction
        return join(*(opposite(part) for part in formula.parts))
    return negation(formula)


def inwards(formula: Formula, *, holds: bool = True) -> Formula:
    """Return the formula, or its negation, with negation moved to the atoms."""
    if isinstance(formula, Not):
        return inwards(formula.part, holds=not holds)
    if isinstance(formula, All | Any):
        join = conjunction if isinstance(formula, All) is holds else disjunction
        return join(*(inwards(part, holds=holds) for part in formula.parts))
    return formula if holds else negation(formula)


def both(test: Formula, then: Formula) -> Formula:
    """Return the conjunction, without `test` where `then` says it already."""
    return then if implies(then, test) else conjunction(test, then)


def _join(then: Release, orelse: Release) -> Release | None:
    """The version under one name or the other of the same project is the version of the module."""
    if (then.view, then.count, then.base) != (orelse.view, orelse.count, orelse.base):
        return None
    kinds = {then.subject.kind, orelse.subject.kind}
    if not kinds <= {"module", "package"} or _key(then.subject) != _key(orelse.subject):
        return None
    return then if then.subject.kind == "module" else orelse


def _key(subject: Subject) -> str:
    return str(canonicalize_name(subject.name.replace(".", "-")))


def leaves(value: Value) -> Iterator[Value]:
    """Yield every value that `value` can be."""
    if isinstance(value, Choice):
        yield from leaves(value.then)
        yield from leaves(value.orelse)
    else:
        yield value


def restrict(value: Value, facts: Facts) -> Value:
    """Return `value` without the arms that the facts rule out."""
    if not facts:
        return value
    if isinstance(value, Truth):
        formula = facts.simplify(value.formula)
        return value if formula is value.formula else Truth(formula)
    if not isinstance(value, Choice):
        return value
    test = facts.simplify(value.test)
    if isinstance(test, bool):
        return restrict(value.then if test else value.orelse, facts)
    then, orelse = restrict(value.then, facts), restrict(value.orelse, facts)
    if test is value.test and then is value.then and orelse is value.orelse:
        return value
    return choose(test, then, orelse)


def raising(value: Value) -> Formula:
    """Return when `value` is an exception."""
    if isinstance(value, Choice):
        return decide(value.test, raising(value.then), raising(value.orelse))
    return isinstance(value, Raised)


def reaching(value: Value, end: Value) -> Formula:
    """Return when `value` is `end`."""
    if isinstance(value, Choice):
        return decide(value.test, reaching(value.then, end), reaching(value.orelse, end))
    return value == end


def without_raised(value: Value) -> Value | None:
    """Return `value` where it is no exception; None when it always is."""
    if isinstance(value, Raised):
        return None
    if not isinstance(value, Choice):
        return value
    then, orelse = without_raised(value.then), without_raised(value.orelse)
    if then is None or orelse is None:
        return orelse if then is None else then
    return choose(value.test, then, orelse)


def only_raised(value: Value) -> Value | None:
    """Return the exceptions that `value` can be; None when it is none."""
    if isinstance(value, Raised):
        return value
    if not isinstance(value, Choice):
        return None
    then, orelse = only_raised(value.then), only_raised(value.orelse)
    if then is None or orelse is None:
        return orelse if then is None else then
    return choose(value.test, then, orelse)
