"""Examples in pages of a project: what of its library the Python code below a heading calls, in order.

**Finds** code in fences of Markdown (`python`, `py`, or no language) that is whole, below a heading; the calls in it
whose names are imported there, and methods of objects that such a call makes (`model = Model(...)`, `Model.load(...)`).

**Misses** doctest prompts, code that is indented as a whole, reStructuredText, notebooks, and what a call returns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from miner.detect.file import items
from miner.model import expression as ex
from miner.model.span import Span
from miner.syntax.decoding import RefusedError
from miner.syntax.outline import Item, LineTable, Outline, ParseError

_HEADING = re.compile(rb"^#{1,6}[ \t]+(.+?)[ \t#]*$")
_FENCE = re.compile(rb"^(```|~~~)[ \t]*(\w*)")
_PYTHON = frozenset({b"python", b"py", b"python3", b""})
_MARKUP = re.compile(r"<[^>]*>|!?\[([^\]]*)\]\([^)]*\)|[*_`]|:\w+:")


class ExampleCall(NamedTuple):
    """A call: the absolute name of what is called, as imported there, and the statement that it stands in."""

    name: str
    place: Span


class Example(NamedTuple):
    """The code below one heading: its title, the place of that, and the calls in order."""

    title: str
    place: Span
    calls: tuple[ExampleCall, ...]


def examples(data: bytes, read: Callable[[bytes], Outline]) -> Iterator[Example]:
    """Yield the examples of a page; `read` gives the outline of Python code."""
    lines = LineTable(data)
    title, heading = "", Span(0, 0, 1, 1)
    calls: list[ExampleCall] = []
    names: dict[str, str] = {}
    start = -1
    language = b""
    offset = 0
    for line in data.split(b"\n"):
        fence = _FENCE.match(line)
        if fence is not None and start < 0:
            start, language = offset + len(line) + 1, fence[2].lower()
        elif fence is not None:
            if language in _PYTHON:
                calls.extend(_calls(data[start:offset], start, lines, read, names))
            start = -1
        elif start < 0 and (found := _HEADING.match(line)) is not None:
            if calls:
                yield Example(title, heading, tuple(calls))
            calls, names = [], {}
            title = " ".join(_MARKUP.sub(r"\1", found[1].decode("utf-8", "replace")).split())
            heading = lines.span(offset, offset + len(line.rstrip()))
        offset += len(line) + 1
    if calls:
        yield Example(title, heading, tuple(calls))


def _calls(
    block: bytes, start: int, lines: LineTable, read: Callable[[bytes], Outline], names: dict[str, str]
) -> Iterator[ExampleCall]:
    """Yield the calls of one fence; `names` are those bound in the fences before it below the same heading."""
    try:
        outline = read(block)
    except (ParseError, RefusedError, RecursionError):
        return
    for item in items(outline.items):
        if item.kind == "import" and not item.level:
            names.update({binding.name: binding.target for binding in item.bindings})
            continue
        made: str | None = None
        for call in _in_statement(item, outline):
            path = ex.dotted(call.function)
            head, dot, rest = (path or "").partition(".")
            if head in names:
                name = f"{names[head]}{dot}{rest}"
                yield ExampleCall(name, lines.span(start + item.span.start_byte, start + item.span.end_byte))
                made = made or name
        targets = item.all_texts("target") if item.kind == "assign" else ()
        if made is not None and len(targets) == 1:
            names[outline.source(targets[0])] = _object(made)
    outline.release()


def _in_statement(item: Item, outline: Outline) -> Iterator[ex.Call]:
    spans = [span for role, span in item.texts if role != "target"]
    if not spans and item.kind == "expression":
        spans = [item.span]
    for span in spans:
        yield from (part for part in ex.walk(outline.expression(span)) if isinstance(part, ex.Call))


def _object(made: str) -> str:
    """Return the class of what a call makes: `Model` of `kit.Model(...)` and of `kit.Model.load(...)`."""
    parts = made.split(".")
    while len(parts) > 1 and not parts[-1][:1].isupper() and any(part[:1].isupper() for part in parts):
        parts.pop()
    return ".".join(parts)
