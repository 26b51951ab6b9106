"""What the library tells its user while it runs: calls that warn.

**Finds** calls, for their effect alone, of the functions that the vocabulary says warn (`warnings.warn`,
`logger.warning`, `logger.warning_once`), with the path condition, the message, the category, and what the same branch
sets beside the call.

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
    """Yield the site of one statement that is a call which warns."""
    if item is None or is_type_checking(item, file.outline):
        return
    head = file.outline.source(item.span).partition("(")[0]
    if head.rpartition(".")[2].strip() not in _last_names(file.idioms):
        return
    call = file.expression(item.span)
    name = ex.dotted(call.function) if isinstance(call, ex.Call) else None
    if not isinstance(call, ex.Call) or name is None:
        return
    found = file.idioms.primitive(name)
    message = _argument(call, 0, "message", "msg")
    if found is None or found[0].kind != "warn" or message is None:
        return
    category = ex.dotted(_argument(call, 1, "category") or ex.Constant(None)) or ""
    conditions = file.conditions(item)
    scope = file.scope(item, *(guard.test for guard in conditions), message)
    beside = list(_beside(file, item))
    spans = {f"action {number}": each.span for number, each in enumerate(beside, start=1)}
    action = "; ".join(_SPACE.sub(" ", file.outline.source(each.span)) for each in beside)
    names = (name, category.rpartition(".")[2] if name.startswith("warnings.") else "", action)
    owner = qualname(owning(item))
    yield Site(ID, "call", item.span, owner, conditions, {"message": message}, spans, names, scope=scope)


def _argument(call: ex.Call, position: int, *keywords: str) -> ex.Expression | None:
    named = next((argument.value for argument in call.arguments if argument.keyword in keywords), None)
    placed = [argument.value for argument in call.arguments if argument.keyword is None and not argument.star]
    return named if named is not None else placed[position] if position < len(placed) else None


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
def _names(idioms: Idioms) -> tuple[bytes, ...]:
    return tuple(name.encode() for item in idioms.probe.primitives if item.kind == "warn" for name in item.names)


def _last_names(idioms: Idioms) -> frozenset[str]:
    return frozenset(name.decode().rpartition(".")[2] for name in _names(idioms))


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return minimal(b"." + name.rpartition(b".")[2] + b"(" for name in _names(idioms))


DETECTOR = Detector(ID, 1, frozenset({"expression"}), _words, find, deep=True)
