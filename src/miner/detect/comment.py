"""Comments on the lines right above a statement."""

from __future__ import annotations

import re

from miner.detect.file import File
from miner.model.span import Span
from miner.syntax.outline import Item

_RULE = re.compile(rb"(?:[-=*~#]{4,}|(?:\xe2[\x94\x95][\x80-\xbf])+)\s*$")
"""How a comment ends that divides a file, or heads a part of it."""


def comment_above(file: File, item: Item) -> tuple[str, Span | None]:
    """Return the text of the comment on the lines right above a statement, without its marks, and its place."""
    found: list[tuple[int, int]] = []
    end = file.data.rfind(b"\n", 0, item.span.start_byte)
    while end > 0:
        start = file.data.rfind(b"\n", 0, end) + 1
        line = file.data[start:end].strip()
        if not line.startswith(b"#") or _RULE.search(line):
            break
        at = file.data.index(b"#", start)
        found.insert(0, (at, at + len(line)))
        end = start - 1
    if not found:
        return "", None
    text = " ".join(file.data[a:b].decode("utf-8", "replace").strip("# ") for a, b in found)
    first, last = found[0][0], found[-1][1]
    return text, Span(first, last, file.outline.line(first), file.outline.line(last - 1))
