"""Comments that speak of options, in functions that name them: the lines, and the statement that they stand above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from miner.detect.file import File
from miner.detect.routine_text import statements_of
from miner.model.span import Span
from miner.syntax.outline import Item

_BLOCK = re.compile(rb"^[ \t]*(#[^\n]*(?:\n[ \t]*#[^\n]*)*)\n\s*", re.MULTILINE)
_MARK = re.compile(rb"\s*#+[ \t]*")
_WORD = re.compile(rb"[A-Za-z][\w']+")
_CODE = re.compile(
    rb"[,(\[{=:)\]}\\]\s*$|^[\w.\"'\[\]]+\s*(?:=|\+=)(?!=)|^(?:return|if|for|def|class|import|from|raise)\b.*[:()]"
)
"""What a line looks like that was code: how it ends, or begins."""
_RULE = re.compile(rb"[-=*~#]{4,}\s*$", re.MULTILINE)
_FEWEST = 4  # words
_MOST_LINES = 12
_PLAIN = frozenset({"do", "is", "has", "use", "with", "enable", "should", "return"})
"""Words that an option begins with, and a sentence that is not about it."""


@dataclass(frozen=True)
class Comment:
    """A comment that names an option, and the statement below it."""

    option: str
    span: Span
    item: Item


def comments(file: File, function: Item, options: frozenset[str]) -> Iterator[Comment]:
    """Yield the comments of a function that name options, in code or in words; those that hold code are none."""
    data, whole = file.data, function.span
    names = _names(options)
    if b"#" not in data[whole.start_byte : whole.end_byte] or not names.search(data, whole.start_byte, whole.end_byte):
        return
    found = [
        match
        for match in _BLOCK.finditer(data, whole.start_byte, whole.end_byte)
        if names.search(match[1]) is not None and match[1].count(b"\n") < _MOST_LINES and _is_prose(match[1], names)
    ]
    if not found:
        return
    below: dict[int, Item] = {}
    for item in statements_of(function):
        below.setdefault(item.span.start_byte, item)
    for match in found:
        at = below.get(match.end())
        if at is not None:
            start, end = match.span(1)
            end = start + len(match[1].rstrip())
            first = file.outline.line(start)
            span = Span(start, end, first, first + data.count(b"\n", start, end))
            named = (option_named(each, options) for each in names.finditer(match[1]))
            yield from (Comment(option, span, at) for option in dict.fromkeys(filter(None, named)))


def option_named(match: re.Match[bytes], options: frozenset[str]) -> str | None:
    """Return the option that a name in a comment stands for."""
    name = re.sub(rb"[ -]", b"_", match[0].strip(b"`")).decode("utf-8", "replace")
    return name if name in options else name.lower() if name.lower() in options else None


def words_of(comment: str) -> str:
    """Return what a comment says, on one line and without its marks."""
    return " ".join(" ".join(line.strip().lstrip("#") for line in comment.split("\n")).split())


@lru_cache(maxsize=256)
def _names(options: frozenset[str]) -> re.Pattern[bytes]:
    """Return what finds options in a comment: their names, or the words of them; a name of one word in quotes."""
    found: list[str] = []
    for option in sorted(options, key=lambda each: (-len(each), each)):
        words = [re.escape(word) for word in option.split("_")]
        if len(words) > 1:
            found.append(re.escape(option))
            if all(words) and words[0] not in _PLAIN:
                found.append(f"(?i:{'[ -]'.join(words)})")
        else:
            found.append(f"`{re.escape(option)}`")
    return re.compile(rf"(?<![\w.])(?:{'|'.join(found)})(?!\w)".encode())


def _is_prose(comment: bytes, names: re.Pattern[bytes]) -> bool:
    """Say whether the lines of a comment that name options are sentences, and no code that was left out."""
    lines = [_MARK.sub(b"", line, count=1) for line in comment.split(b"\n")]
    naming = [line for line in lines if names.search(line)]
    return (
        sum(len(_WORD.findall(line)) for line in lines) >= _FEWEST
        and not any(map(_CODE.search, naming))
        and _RULE.search(comment) is None
    )
