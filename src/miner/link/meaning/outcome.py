"""How a block of statements ends: a decision between falling through, returning, raising and leaving a loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Union

from miner.formula.connective import Formula
from miner.link.meaning.tree import choose, decide
from miner.link.meaning.value import Raised, Value

Scope = dict[str, Value]
_UNBOUND = Raised("NameError")


@dataclass(frozen=True, eq=False)
class Fall:
    """Execution goes on after the block, with these names bound."""

    scope: Scope


@dataclass(frozen=True, eq=False)
class Return:
    """The function returns."""

    value: Value


@dataclass(frozen=True, eq=False)
class Throw:
    """An exception leaves the block."""

    exception: str
    scope: Scope


@dataclass(frozen=True, eq=False)
class Leave:
    """`break` or `continue`."""

    kind: str
    scope: Scope


@dataclass(frozen=True, eq=False)
class Branch:
    """`then` where `test` holds, else `orelse`."""

    test: Formula
    then: Outcome
    orelse: Outcome


Outcome = Union[Fall, Return, Throw, Leave, Branch]  # noqa: UP007


def branch(test: Formula, then: Outcome | None, orelse: Outcome | None) -> Outcome | None:
    """Return the decision; an arm of None cannot happen."""
    if isinstance(test, bool):
        return then if test else orelse
    if then is None or orelse is None:
        return orelse if then is None else then
    return then if then is orelse else Branch(test, then, orelse)


def falls(outcome: Outcome) -> Formula:
    """Return when execution falls through."""
    if isinstance(outcome, Branch):
        return decide(outcome.test, falls(outcome.then), falls(outcome.orelse))
    return isinstance(outcome, Fall)


def scope_after(outcome: Outcome) -> Scope | None:
    """Return the names bound where execution falls through; None when it never does."""
    if isinstance(outcome, Fall):
        return outcome.scope
    if not isinstance(outcome, Branch):
        return None
    then, orelse = scope_after(outcome.then), scope_after(outcome.orelse)
    if then is None or orelse is None:
        return orelse if then is None else then
    return _joined(outcome.test, then, orelse)


def _joined(test: Formula, then: Scope, orelse: Scope) -> Scope:
    if then is orelse:
        return then
    joined: Scope = {}
    for name in {**then, **orelse}:
        first, second = then.get(name, _UNBOUND), orelse.get(name, _UNBOUND)
        joined[name] = first if first is second else choose(test, first, second)
    return joined


def exits(outcome: Outcome) -> Outcome | None:
    """Return the ways in which the block does not fall through; None when there are none."""
    if isinstance(outcome, Fall):
        return None
    if not isinstance(outcome, Branch):
        return outcome
    return branch(outcome.test, exits(outcome.then), exits(outcome.orelse))


def relabelled(outcome: Outcome, change: Callable[[Outcome], Outcome]) -> Outcome:
    """Return the outcome with every end of it changed."""
    if not isinstance(outcome, Branch):
        return change(outcome)
    then, orelse = relabelled(outcome.then, change), relabelled(outcome.orelse, change)
    return branch(outcome.test, then, orelse) or then
