"""Places at which code refuses to go on: what must hold to reach them says what is needed.

**Finds** `raise`, `assert`, and `return False, "reason"` under any condition, at any depth, whatever the exception: the
tests around them, earlier tests whose bodies leave, handlers of failed imports, match cases, and the statements that
bind the locals in those tests. Which of them speak of the environment, and which of parameters alone, the linker says.

**Misses** bare re-raises, raises under no condition, locals that are bound more than once (they stay opaque), code that
leaves through a function that never returns, and locals bound to a flag whose name is not like one, in a function that
says nothing else of the environment.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect import soft_use
from miner.detect.detector import Detector
from miner.detect.file import File, definition, is_type_checking, owning, qualname
from miner.detect.idiom import Idioms
from miner.detect.trigger import is_within
from miner.flow.condition import leaves
from miner.flow.scope import is_bound
from miner.model import expression as ex
from miner.model.site import Guard, Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "runtime-gate"


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of one statement."""
    if item is None or is_type_checking(item, file.outline):
        return
    if item.kind == "raise":
        exception, caught = _class_of(file, item, file.outline.read(item, "exception"))
        if exception is not None and not _is_reraise(item, exception) and not _is_caught(file, item, exception):
            yield from _site(file, item, "raise", {"exception": exception}, (), caught)
    elif item.kind == "assert":
        test = item.text("test")
        message = file.outline.read(item, "message")
        if test is not None:
            guard = Guard(test, "if", file.expression(test), holds=False)
            yield from _site(file, item, "assert", {"message": message} if message is not None else {}, (guard,))
    elif (reason := _reason(file, item)) is not None:
        yield from _site(file, item, "reason", {"message": reason}, ())


def _site(
    file: File,
    item: Item,
    form: str,
    expressions: dict[str, ex.Expression],
    more: tuple[Guard, ...],
    caught: Span | None = None,
) -> Iterator[Site]:
    conditions = (*file.conditions(item), *more)
    if not conditions:
        return
    if _is_beyond(file, item, conditions):
        file.unread("gate: a condition over arguments alone")
        return
    scope = file.scope(item, *(guard.test for guard in conditions), *expressions.values())
    spans = {"class": caught} if caught is not None else {}
    yield Site(ID, form, item.span, qualname(owning(item)), conditions, expressions, spans, scope=scope)


def _is_beyond(file: File, item: Item, conditions: tuple[Guard, ...]) -> bool:
    """Say whether a condition is over arguments and locals alone, where nothing asks the environment, and too involved.

    Of such a one the linker could say nothing; there are thousands in a library of models.
    """
    function = definition(item.parent)
    if function is None or function.kind != "function" or any(guard.kind == "missing" for guard in conditions):
        return False
    whole = owning(item)
    if whole is None or is_within(file.triggers.get(soft_use.ID, ()), whole.span):
        return False
    mentioned = set().union(*(ex.names_in(guard.test) for guard in conditions)) - ex.INERT
    names = file.names(function)
    outside = mentioned.difference(names.parameters)
    if any(not is_bound(name, names, file.outline) for name in outside):
        return False
    return bool(outside) or any(guard.kind == "case" or not _is_plain(guard.test) for guard in conditions)


def _is_plain(test: ex.Expression) -> bool:
    """Say whether a test compares arguments and their fields with constants, or takes them for true."""
    match test:
        case ex.Not(operand=operand):
            return _is_plain(operand)
        case ex.Boolean(values=values):
            return all(map(_is_plain, values))
        case ex.Compare(left=left, comparators=comparators):
            sides = (left, *comparators)
            return all(isinstance(side, ex.Constant | ex.Sequence) or ex.dotted(side) is not None for side in sides)
    return ex.dotted(test) is not None


def _is_reraise(item: Item, exception: ex.Expression) -> bool:
    """Say whether a handler raises again what it was given."""
    return any(each.kind == "except" and each.name and exception == ex.Name(each.name) for each in _around(item))


def _class_of(file: File, item: Item, exception: ex.Expression | None) -> tuple[ex.Expression | None, Span | None]:
    """Return what is raised, with the class of a handler's own exception by its name, and where that name stands."""
    if not isinstance(exception, ex.Call):
        return exception, None
    match exception.function:
        case ex.Call(function=ex.Name(name="type"), arguments=(ex.Argument(value=ex.Name(name=name)),)):
            pass
        case ex.Attribute(value=ex.Name(name=name), name="__class__"):
            pass
        case _:
            return exception, None
    handler = next((each for each in _around(item) if each.kind == "except" and each.name == name), None)
    span = handler.text("type") if handler is not None else None
    caught = file.expression(span) if span is not None else None
    if not isinstance(caught, ex.Name | ex.Attribute):
        return exception, None
    return ex.Call(caught, exception.arguments), span


def _around(item: Item) -> Iterator[Item]:
    """Yield the statements around `item` within its definition, innermost first."""
    parent = item.parent
    while parent is not None and parent.kind not in {"function", "class"}:
        yield parent
        parent = parent.parent


def _is_caught(file: File, item: Item, exception: ex.Expression) -> bool:
    """Say whether a handler around a raise takes it and goes on."""
    name = ex.dotted(exception.function if isinstance(exception, ex.Call) else exception)
    child = item
    for parent in _around(item):
        if parent.kind == "try" and child.arm == "body":
            for handler in parent.blocks["handlers"]:
                span = handler.text("type")
                classes = ex.names_in(file.expression(span)) if span is not None else {"Exception"}
                is_taken = (
                    name in classes or bool(classes & _GENERAL) or classes & _PARENTS.get(name or "", frozenset())
                )
                if is_taken:
                    return not leaves(handler.blocks["body"], frozenset({"raise"}))
        child = parent
    return False


_GENERAL = frozenset({"Exception", "BaseException"})
_PARENTS = {"ModuleNotFoundError": frozenset({"ImportError"}), "NotImplementedError": frozenset({"RuntimeError"})}


def _reason(file: File, item: Item) -> ex.Expression | None:
    """Return the reason that is given with False, as in `return False, "why"`."""
    span = item.text("value")
    if span is None or not file.outline.source(span).lstrip("( ").startswith("False"):
        return None
    value = file.expression(span)
    if not isinstance(value, ex.Sequence) or len(value.items) != 2 or value.items[0] != ex.Constant(False):
        return None
    is_text = isinstance(value.items[1], ex.Formatted) or (
        isinstance(value.items[1], ex.Constant) and isinstance(value.items[1].value, str)
    )
    return value.items[1] if is_text else None


def _words(_: Idioms) -> tuple[bytes, ...]:
    return b"raise ", b"assert ", b"assert(", b"return False,", b"return (False,"


DETECTOR = Detector(ID, 1, frozenset({"raise", "assert", "return"}), _words, find, deep=True)
