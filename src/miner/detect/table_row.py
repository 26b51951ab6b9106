"""Calls of a function with one row of a table as its arguments: a gate that is written once, and many times in data.

**Finds** module-level tables under upper-case names that hold predicates which are not called there, and the calls, for
their effect or their result, that take a row of such a table by its key: `self.check(**TABLE[key])`.

**Misses** rows that are bound to a name first, and tables that are filled step by step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.detect.detector import Detector
from miner.detect.file import File, owning, qualname
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.outline import Item

ID = "table-row"
_ROW = re.compile(rb"[( ]\*\*[A-Z][A-Z0-9_]*\[")
_OPENED = re.compile(rb"= \{")
_TABLE = re.compile(rb"[A-Z][A-Z0-9_]*[ \t]*(?::[^=\n]+)?= \{")
_UNCALLED = re.compile(r"\b([A-Za-z_]\w*)\s*[,)\]}]")


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of a table of predicates, or of a statement that calls something with a row of a table."""
    span = item.text("value") if item is not None else None
    if item is None or span is None:
        return
    if file.data[span.start_byte : span.start_byte + 1] == b"{":
        yield from _table(file, item, span)
    elif _ROW.search(file.data, span.start_byte, span.end_byte):
        yield from _call(file, item, span)


def _table(file: File, item: Item, span: Span) -> Iterator[Site]:
    names = [file.outline.source(target) for target in item.all_texts("target")]
    if owning(item) is not None or len(names) != 1 or not names[0].isupper():
        return
    if any(file.idioms.is_predicate_name(name) for name in _UNCALLED.findall(file.outline.source(span))):
        table = file.expression(span)
        if isinstance(table, ex.Mapping):
            yield Site(ID, "table", span, "", (), {"table": table}, {}, (names[0],))


def _call(file: File, item: Item, span: Span) -> Iterator[Site]:
    call = file.expression(span)
    if not isinstance(call, ex.Call) or row_of(call) is None:
        return
    conditions = file.conditions(item)
    scope = file.scope(item, *(guard.test for guard in conditions), *(argument.value for argument in call.arguments))
    name = ex.dotted(call.function) or ""
    yield Site(ID, "call", span, qualname(owning(item)), conditions, {"call": call}, {}, (name,), scope=scope)


def row_of(call: ex.Expression) -> ex.Subscript | None:
    """Return the row of a table that a call unpacks as its arguments: the table and the key that chooses it."""
    for argument in call.arguments if isinstance(call, ex.Call) else ():
        if argument.star == "**" and isinstance(argument.value, ex.Subscript):
            return argument.value
    return None


def _words(_: Idioms) -> tuple[bytes, ...]:
    return (b"(**", b" **")


def _tables(file: File) -> tuple[bytes, ...]:
    """Return the heads of the tables of a file."""
    starts = (file.data.rfind(b"\n", 0, opened.start()) + 1 for opened in _OPENED.finditer(file.data))
    heads = (_TABLE.match(file.data, start) for start in starts)
    return tuple(sorted({head[0] for head in heads if head is not None}))


DETECTOR = Detector(ID, 1, frozenset({"expression", "assign"}), _words, find, deep=True, more=_tables)
