"""Places at which code refuses to go on: what must hold to reach them says what is needed.

**Finds** `raise`, `assert`, and `return False, "reason"` under any condition, at any depth, whatever the exception: the
tests around them, earlier tests whose bodies leave, handlers of failed imports, match cases, and the statements that
bind the locals in those tests. Which of them speak of the environment, and which of parameters alone, the linker says.

Of a function that raises under no condition they are the tests that it is defined under.

**Misses** bare re-raises, other raises under no condition, locals that are bound more than once (they stay opaque),
code that leaves through a function that never returns, and locals bound to a flag whose name is not like one, in a
function that says nothing else of the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.detect import soft_use
from miner.detect.cue import may_tell
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
_ABSENT = frozenset({"missing", "program"})
_DOTTED = re.compile(r"\w+(?:\.\w+)*")
_PRIVATE = re.compile(r"(?:^|\.)_(?!_)")
_TEXT = re.compile(r"['\"]")


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of one statement."""
    if item is None or is_type_checking(item, file.outline):
        return
    conditions = file.conditions(item)
    if item.kind == "assert" and (test := item.text("test")) is not None:
        conditions = (*conditions, Guard(test, "if", file.expression(test), holds=False))
    is_stand_in = not conditions and item.kind == "raise"
    if is_stand_in:
        conditions = _defined_under(file, item)
    if not conditions:
        return
    is_beyond = _is_beyond(file, item, conditions) and not _is_told(file, item)
    found = _stated(file, item, is_read=not is_beyond)
    if found is None:
        return
    if is_beyond:
        file.unread("gate: a condition over arguments alone")
        return
    form, expressions, spans = found
    scope = file.scope(item, *(guard.test for guard in conditions), *expressions.values())
    form = "stand-in" if is_stand_in else form
    yield Site(ID, form, item.span, qualname(owning(item)), conditions, expressions, spans, scope=scope)


_Stated = tuple[str, dict[str, ex.Expression], dict[str, Span]]


def _stated(file: File, item: Item, *, is_read: bool) -> _Stated | None:
    """Return the form of a gate with what it says, unless it is none; nothing is read when `is_read` is false."""
    if item.kind == "assert":
        message = file.outline.read(item, "message") if is_read else None
        return "assert", {"message": message} if message is not None else {}, {}
    if item.kind == "return":
        reason = _reason(file, item)
        return ("reason", {"message": reason}, {}) if reason is not None else None
    span = item.text("exception")
    if span is None:
        return None
    raised, caught = _class_of(file, item, span)
    if _is_reraise(item, file.outline.source(span)) or _is_caught(file, item, raised):
        return None
    if not is_read:
        return "raise", {}, {}
    exception = file.expression(span)
    spans: dict[str, Span] = {}
    if caught is not None and isinstance(exception, ex.Call):
        exception, spans["class"] = ex.Call(file.expression(caught), exception.arguments), caught
    if isinstance(exception, ex.Call) and exception.arguments and exception.arguments[0].keyword is None:
        first, *others = exception.arguments
        text = file.text_at(item, first.value)
        if text is not None:
            said, spans["text"] = text
            exception = ex.Call(exception.function, (ex.Argument(said, None, first.star), *others))
    return "raise", {"exception": exception}, spans


def _defined_under(file: File, item: Item) -> tuple[Guard, ...]:
    """Return the tests around the function, or its class, that does nothing but raise: the stand-in for another."""
    found = definition(item.parent)
    while found is not None:
        conditions = file.conditions(found)
        if conditions:
            return conditions
        found = definition(found.parent)
    return ()


def _is_beyond(file: File, item: Item, conditions: tuple[Guard, ...]) -> bool:
    """Say whether a condition is over arguments and locals alone, where nothing asks the environment, and too involved.

    Of such a one the linker could only quote it.
    """
    function = definition(item.parent)
    if function is None or function.kind != "function" or any(guard.kind in _ABSENT for guard in conditions):
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


def _is_told(file: File, item: Item) -> bool:
    """Say whether the words of a gate are told: those of what is public, of all else such as seem to be advice."""
    said = file.outline.source(item.span)
    is_public = _PRIVATE.search(qualname(owning(item))) is None
    return (is_public and _TEXT.search(said) is not None) or may_tell(said, file.idioms.cues, ("default-override",))


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


def _is_reraise(item: Item, exception: str) -> bool:
    """Say whether a handler raises again what it was given."""
    return any(each.kind == "except" and each.name and exception == each.name for each in _around(item))


def _class_of(file: File, item: Item, exception: Span) -> tuple[str, Span | None]:
    """Return the name of what is raised; of a handler's own class, raised by the handler's name, also its place."""
    head, _, rest = file.outline.source(exception).partition("(")
    name = rest.partition(")")[0].strip() if head.strip() == "type" else head.strip().removesuffix(".__class__")
    if name == head.strip():
        return name, None
    handler = next((each for each in _around(item) if each.kind == "except" and each.name == name), None)
    span = handler.text("type") if handler is not None else None
    if span is None or not _DOTTED.fullmatch(file.outline.source(span)):
        return head.strip(), None
    return file.outline.source(span), span


def _around(item: Item) -> Iterator[Item]:
    """Yield the statements around `item` within its definition, innermost first."""
    parent = item.parent
    while parent is not None and parent.kind not in {"function", "class"}:
        yield parent
        parent = parent.parent


def _is_caught(file: File, item: Item, name: str) -> bool:
    """Say whether a handler around a raise of the class `name` takes it and goes on."""
    child = item
    for parent in _around(item):
        if parent.kind == "try" and child.arm == "body":
            for handler in parent.blocks["handlers"]:
                span = handler.text("type")
                classes = ex.names_in(file.expression(span)) if span is not None else {"Exception"}
                is_taken = name in classes or bool(classes & _GENERAL) or classes & _PARENTS.get(name, frozenset())
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


DETECTOR = Detector(ID, 6, frozenset({"raise", "assert", "return"}), _words, find, deep=True)
