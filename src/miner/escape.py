"""One escape function for each format in which a mined string is shown to a person or a program."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~&!$@:#{}]")
_WWW = re.compile(r"(www)\.", re.IGNORECASE)


def visible(text: str) -> str:
    """Return `text` with every control, format, bidirectional, surrogate or unassigned character written as an escape.

    What is left is one line, moves no cursor, changes no colour and reads in the order in which it is stored.
    """
    if text.isprintable():  # nothing of the categories in question, nor any space but the plain one
        return text
    return "".join(_escape(char) if unicodedata.category(char) in _INVISIBLE else char for char in text)


def one_line(text: str, longest: int) -> str:
    """Return `text` on one line, cut to `longest` characters, the last of which then is an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}\u2026"


def markdown_cell(text: str) -> str:
    """Return `text` as one cell of a Markdown table: no markup, link, mention or further cell comes of it."""
    escaped = _WWW.sub(r"\1\\.", _MARKDOWN.sub(r"\\\g<0>", visible(text)))
    start = len(escaped) - len(escaped.lstrip())
    end = max(start, len(escaped.rstrip()))
    return _entities(escaped[:start]) + escaped[start:end] + _entities(escaped[end:])


def json_text(document: Any) -> str:
    """Return `document` as indented ASCII JSON, keys sorted: whatever is invisible is a JSON escape."""
    import msgspec  # noqa: PLC0415  (help must not load it)

    try:  # the standard library indents in Python, which takes thrice as long
        text = msgspec.json.format(json.dumps(document, sort_keys=True), indent=2)
    except msgspec.DecodeError:  # half of a surrogate pair, as in the name of a file that is no UTF-8
        text = json.dumps(document, indent=2, sort_keys=True)
    return text.replace("\x7f", "\\u007f")


def _entities(spaces: str) -> str:
    return "".join(f"&#{ord(space)};" for space in spaces)


def _escape(char: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    if named is not None:
        return named
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
