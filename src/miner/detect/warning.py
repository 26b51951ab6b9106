"""What the library tells its user while it runs: calls that warn.

**Finds** calls, for their effect alone, of the functions that the vocabulary says warn (`warnings.warn`,
`logger.warning`, `logger.warning_once`), with the path condition, the message, the category, and what the same branch
sets beside the call. Of a text that grows on the way, the beginning. Also texts that are kept by the name of an option
in a mapping that the vocabulary says collects them (`issues["top_k"] = "..."`), to be told together.

**Misses** wrappers of such functions under other names, and what a branch does besides assignments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.detect.detector import Detector, minimal, remembered
from miner.detect.file import File, is_type_checking, owning, qualname
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.syntax.outline import Item

ID = "warning"
_MOST = 3  # assignments beside a call that are kept
_LONGEST = 200  # characters of one
_SPACE = re.compile(r"\s+")


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of one statement that is a call which warns, or keeps what is to be told."""
    if item is None or is_type_checking(item, file.outline):
        return
    if item.kind == "assign":
        yield from _kept(file, item)
        return
    call = call_that_warns(file, item)
    message = message_of(call) if call is not None else None
    if call is None or message is None:
        return
    name = ex.dotted(call.function) or ""
    given = tuple(argument.value for argument in call.arguments[1:] if argument.keyword is None and not argument.star)
    if given and not name.startswith("warnings.") and isinstance(message, ex.Constant):
        message = ex.Binary(message, "%", ex.Sequence("tuple", given))
    category = ex.dotted(ex.argument_of(call, 1, "category") or ex.Constant(None)) or ""
    conditions = file.conditions(item)
    scope = file.scope(item, *(guard.test for guard in conditions), message)
    beside = list(_beside(file, item))
    spans = {f"action {number}": each.span for number, each in enumerate(beside, start=1)}
    text = file.text_at(item, message)
    if text is not None:
        message, spans["text"] = text
    action = "; ".join(_SPACE.sub(" ", file.outline.source(each.span)) for each in beside)
    names = (name, category.rpartition(".")[2] if name.startswith("warnings.") else "", action)
    owner = qualname(owning(item))
    yield Site(ID, "call", item.span, owner, conditions, {"message": message}, spans, names, scope=scope)


def _kept(file: File, item: Item) -> Iterator[Site]:
    """Yield the site of an assignment that keeps a text by the name of an option in a mapping of such."""
    target, value = item.text("target"), item.text("value")
    if target is None or value is None:
        return
    head = file.outline.source(target).partition("[")[0]
    if head not in file.idioms.options.issues:
        return
    match file.expression(target):
        case ex.Subscript(index=ex.Constant(value=str(option))):
            message = file.expression(value)
            conditions = file.conditions(item)
            scope = file.scope(item, *(guard.test for guard in conditions), message)
            said = {"message": message, "option": ex.Constant(option)}
            yield Site(ID, "kept", item.span, qualname(owning(item)), conditions, said, {}, (head, "", ""), scope=scope)


def call_that_warns(file: File, item: Item) -> ex.Call | None:
    """Return the call that a statement is, when the vocabulary says that it warns."""
    head = file.outline.source(item.span).partition("(")[0].rpartition(".")[2].strip()
    call = file.expression(item.span) if head.encode() in _last_names(file.idioms) else None
    if not isinstance(call, ex.Call):
        return None
    found = file.idioms.primitive(ex.dotted(call.function) or "")
    return call if found is not None and found[0].kind == "warn" else None


def message_of(call: ex.Call) -> ex.Expression | None:
    """Return the argument of a call that warns which holds what it says."""
    return ex.argument_of(call, 0, "message", "msg")


def _beside(file: File, item: Item) -> Iterator[Item]:
    """Yield the short assignments in the branch that a call stands in; a whole function is no branch."""
    if item.parent is None or item.parent.kind in {"function", "class"}:
        return
    kept = 0
    for other in item.siblings(file.outline.items):
        if other.kind == "assign" and other.span.end_byte - other.span.start_byte <= _LONGEST and kept < _MOST:
            kept += 1
            yield other


@remembered
def _last_names(idioms: Idioms) -> tuple[bytes, ...]:
    names = (name for item in idioms.probe.primitives if item.kind == "warn" for name in item.names)
    return tuple(dict.fromkeys(name.rpartition(".")[2].encode() for name in names))


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    calls = (b"." + name + b"(" for name in _last_names(idioms))
    return minimal((*calls, *(name.encode() + b"[" for name in idioms.options.issues)))


DETECTOR = Detector(ID, 3, frozenset({"expression", "assign"}), _words, find, deep=True)
