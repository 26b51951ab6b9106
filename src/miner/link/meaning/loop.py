"""Loops: over known collections unrolled, others once with an unknown item."""

from __future__ import annotations

from miner.formula.atom import Opaque
from miner.link.meaning.context import Context, Frame
from miner.link.meaning.outcome import Fall, Leave, Outcome, branch, exits, relabelled, scope_after
from miner.link.meaning.sequence import LONGEST
from miner.link.meaning.value import DistributionOf, Distributions, Series, Unknown, Value
from miner.link.meaning.wording import render
from miner.model import expression as ex
from miner.model import statement as st


def leave(kind: str, frame: Frame) -> Outcome:
    """Return the outcome of `break` or `continue`."""
    return Leave(kind, frame.scope)


def each(context: Context, statement: st.For, frame: Frame) -> Outcome:
    """Return the outcome of a `for` loop."""
    iterable = context.here(context.evaluator.evaluate(statement.iterable, frame))
    items: tuple[Value, ...] | None = None
    if isinstance(iterable, Series) and iterable.whole and len(iterable.items) <= LONGEST:
        items = iterable.items
    elif isinstance(iterable, Distributions):
        items = (DistributionOf(iterable.module),)
    if items is None:
        source = f"for {render(statement.target)} in {render(statement.iterable)}"
        return _abstract(context, source, statement.target, statement.body, statement.orelse, frame)
    return relabelled(_unrolled(context, statement, items, frame), _after_break)


def repeat(context: Context, statement: st.While, frame: Frame) -> Outcome:
    """Return the outcome of a `while` loop."""
    return _abstract(context, f"while {render(statement.test)}", None, statement.body, statement.orelse, frame)


def _unrolled(context: Context, statement: st.For, items: tuple[Value, ...], frame: Frame) -> Outcome:
    if not items or context.steps < 0:
        return context.executor.block(statement.orelse, frame)
    context.executor.assign(statement.target, items[0], frame)
    outcome = relabelled(context.executor.block(statement.body, frame), _after_continue)
    return context.executor.then(outcome, frame, lambda rest: _unrolled(context, statement, items[1:], rest))


def _after_continue(end: Outcome) -> Outcome:
    return Fall(end.scope) if isinstance(end, Leave) and end.kind == "continue" else end


def _after_break(end: Outcome) -> Outcome:
    return Fall(end.scope) if isinstance(end, Leave) else end


def _abstract(
    context: Context,
    source: str,
    target: ex.Expression | None,
    body: tuple[st.Statement, ...],
    orelse: tuple[st.Statement, ...],
    frame: Frame,
) -> Outcome:
    """Run the body once; what it binds is unknown afterwards, what it returns depends on the loop."""
    inner = frame.fork()
    if target is not None:
        context.executor.assign(target, Unknown(source, "an item of a collection that is not known"), inner)
    outcome = relabelled(context.executor.block(body, inner), _after_break)
    after = dict(frame.scope)
    for name, value in (scope_after(outcome) or {}).items():
        if frame.scope.get(name) is not value:
            after[name] = Unknown(name, "bound in a loop that is not followed")
    left = exits(outcome)
    frame.scope = after
    rest = context.executor.block(orelse, frame)
    if left is None:
        return rest
    test = Opaque(opaque=source, reason="a loop that is not followed")
    return branch(test, left, rest) or rest
