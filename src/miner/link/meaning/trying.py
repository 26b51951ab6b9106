"""try statements: which handler takes which exception."""

from __future__ import annotations

from miner.link.meaning.context import Context, Frame, Guard
from miner.link.meaning.outcome import Branch, Fall, Outcome, Throw, branch
from miner.link.meaning.value import External, Unknown
from miner.model import expression as ex
from miner.model import statement as st

FAILURE = "RuntimeError"
"""What a call that is not understood may raise."""

_PARENTS = {
    "PackageNotFoundError": "ModuleNotFoundError",
    "ModuleNotFoundError": "ImportError",
    "DistributionNotFound": "ResolutionError",
    "InvalidVersion": "ValueError",
    "FileNotFoundError": "OSError",
    "IOError": "OSError",
    "EnvironmentError": "OSError",
    "KeyError": "LookupError",
    "IndexError": "LookupError",
    "NotImplementedError": "RuntimeError",
    "RecursionError": "RuntimeError",
    "JSONDecodeError": "ValueError",
    "UnicodeDecodeError": "ValueError",
    "CalledProcessError": "SubprocessError",
}
_SAME = {"IOError": "OSError", "EnvironmentError": "OSError", "DistributionNotFound": "PackageNotFoundError"}


def attempt(context: Context, statement: st.Try, frame: Frame) -> Outcome:
    """Return the outcome of a try statement."""
    takes = any(h.types is None or catches(names(context, h.types, frame), FAILURE) for h in statement.handlers)
    context.tries.append(Guard(takes))
    outcome = context.executor.block(statement.body, frame.fork())
    context.tries.pop()
    outcome = _handled(context, outcome, statement, frame)
    if not statement.finalbody:
        return outcome
    return context.executor.then(outcome, frame, lambda rest: context.executor.block(statement.finalbody, rest))


def _handled(context: Context, outcome: Outcome, statement: st.Try, frame: Frame) -> Outcome:
    if isinstance(outcome, Branch):
        with context.assume(outcome.test):
            then = _handled(context, outcome.then, statement, frame)
        with context.assume(outcome.test, holds=False):
            orelse = _handled(context, outcome.orelse, statement, frame)
        return branch(outcome.test, then, orelse) or then
    if isinstance(outcome, Fall) and statement.orelse:
        inner = frame.fork()
        inner.scope = dict(outcome.scope)
        return context.executor.block(statement.orelse, inner)
    if not isinstance(outcome, Throw):
        return outcome
    for handler in statement.handlers:
        if handler.types is None or catches(names(context, handler.types, frame), outcome.exception):
            inner = frame.fork()
            inner.scope = dict(outcome.scope)
            if handler.name:
                inner.scope[handler.name] = Unknown(handler.name, "an exception")
            result = context.executor.block(handler.body, inner)
            return _reraised(result, outcome.exception)
    return outcome


def _reraised(result: Outcome, exception: str) -> Outcome:
    if isinstance(result, Throw) and result.exception == "Exception":
        return Throw(exception, result.scope)
    return result


def catches(handled: list[str], exception: str) -> bool:
    """Say whether a clause for the classes `handled` takes `exception`; classes of the library are only themselves."""
    known = {_SAME.get(name, name) for name in handled}
    if known & {"Exception", "BaseException"}:
        return True
    current: str | None = _SAME.get(exception, exception)
    while current is not None:
        if current in known:
            return True
        current = _PARENTS.get(current)
    return False


def names(context: Context, node: ex.Expression, frame: Frame) -> list[str]:
    """Return the last components of the exception classes that `node` names."""
    if isinstance(node, ex.Sequence):
        return [exception_name(context, item, frame) for item in node.items]
    return [exception_name(context, node, frame)]


def exception_name(context: Context, node: ex.Expression, frame: Frame) -> str:
    """Return the last component of the class that `node` names, as it was defined."""
    value = context.evaluator.evaluate(node, frame)
    path = value.path if isinstance(value, External) else ex.dotted(node)
    return path.rpartition(".")[2] if path else "Exception"


def is_suppressing(context: Context, node: ex.Expression, frame: Frame) -> bool:
    """Say whether a context manager swallows exceptions."""
    if not isinstance(node, ex.Call):
        return False
    return context.evaluator.evaluate(node.function, frame) == External("contextlib.suppress")


def suppress(context: Context, statement: st.With, node: ex.Expression, frame: Frame) -> Outcome:
    """Return the outcome of `with suppress(...)`."""
    arguments = node.arguments if isinstance(node, ex.Call) else ()
    types = ex.Sequence("tuple", tuple(argument.value for argument in arguments))
    handler = st.Handler(statement.span, types, None, ())
    return attempt(context, st.Try(statement.span, statement.body, (handler,), (), ()), frame)
