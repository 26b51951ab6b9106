"""The inventory of a file: its definitions, imports, constants and `__all__`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from miner.detect.file import File, is_type_checking, items
from miner.model import expression as ex
from miner.model.site import Definition, ExportRow, ImportRow
from miner.model.span import Span
from miner.syntax.literal import LiteralError, string
from miner.syntax.outline import Item
from miner.syntax.rows import entries

_LONGEST_DEFAULT = 100  # characters
_SPACE = re.compile(r"\s+")
_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n\r]*')
_NO_SUMMARY = re.compile(
    r"(?:Args?|Arguments|Parameters|Attributes|Examples?|Returns?|Raises|Usage|Notes?)\b[^.]{0,20}:"
    r"|[\w, ]+ \(`|```|>>>|<"
)
"""A docstring that starts with a section, a parameter or code has no summary."""
_LONGEST_SIGNATURE = 2_000
_LONGEST_NAME = 120
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_LONGEST_CONSTANT = 300
_LONGEST_STRING = 4_000
_LONGEST_SUMMARY = 400
_PARAGRAPH = re.compile(r"\n\s*\n")
_BELOW = re.compile(
    r"\n\s*(?=(?:Args?|Arguments|Parameters|Attributes|Examples?|Returns?|Raises|Usage|Yields?)\s*:|```|>>>|<Tip"
    r"|\.\. |:(?:param|returns?|rtype|raises|type)\b)"
)
"""Where a paragraph ends without an empty line."""
_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\s\d)(?<!\betc)[.!?](?=\s|$)")
_GLOBAL = re.compile(rb"^[ \t]+global[ \t]+([\w, \t]+)", re.MULTILINE)
_PLAIN_NAMES = re.compile(r"\[(?:\s*\"[A-Za-z0-9_]+\"\s*,)*(?:\s*\"[A-Za-z0-9_]+\")?\s*\]", re.ASCII)
_PLAIN_NAME = re.compile(r"\"[A-Za-z0-9_]+\"", re.ASCII)
_CONSTANT_START = re.compile(rb"""[\[({"'\d]|r["']|(?:\w+\.)*(?:parse|Version|compile)\(""")


def definitions(file: File) -> Iterator[Definition]:
    """Yield what the module defines at its top level, also under conditions, and the variables it binds there."""
    for item in items(file.outline.items):
        if item.kind == "class":
            yield _class(file, item)
        elif item.kind == "function":
            yield _function(file, item, item.name, "function")
        elif item.kind == "assign":
            yield from _variables(file, item)


def nested(file: File, item: Item, name: str) -> Definition:
    """Return the definition of a method, or of a class in a class, under its name within the module."""
    if item.kind == "class":
        return msgspec.structs.replace(_class(file, item), name=name)
    return _function(file, item, name, "method" if item.parent is not None else "function")


def imports(file: File) -> Iterator[ImportRow]:
    """Yield the import statements of module level, also under conditions."""
    for item in items(file.outline.items):
        if item.kind == "import":
            hidden = is_type_checking(item, file.outline)
            is_nested = item.parent is not None
            yield ImportRow(item.span, item.bindings, item.modules, item.level, item.star, hidden, is_nested)


def constants(file: File) -> dict[str, ex.Expression]:
    """Return the short literals, and versions and patterns made of them, that the module binds once at top level."""
    found: dict[str, ex.Expression] = {}
    again: set[str] = set()
    for item in file.outline.items:
        value = item.text("value") if item.kind == "assign" else None
        names = [file.outline.source(target) for target in item.all_texts("target")] if value is not None else []
        names = [name for name in names if name.isidentifier() and name != "__all__"]
        constant = _constant(file, value, names) if value is not None and names else None
        if constant is None:
            continue
        again.update(name for name in names if name in found)
        found.update(dict.fromkeys(names, constant))
    again |= rebound_names(file.data)
    return {name: value for name, value in found.items() if name not in again}


def rebound_names(data: bytes) -> set[str]:
    """Return the names that functions in some source declare `global`: they may be bound anew at any time."""
    if b"global " not in data:
        return set()
    return {name.strip().decode("utf-8", "replace") for row in _GLOBAL.findall(data) for name in row.split(b",")}


def _constant(file: File, value: Span, names: list[str]) -> ex.Expression | None:
    """Return a short literal as an expression; a plain string needs no parser, others are read for upper-case names."""
    length = value.end_byte - value.start_byte
    if file.data[value.start_byte : value.start_byte + 1] in {b'"', b"'"} and length <= _LONGEST_STRING:
        try:
            return ex.Constant(string(file.outline.source(value)))
        except LiteralError:
            pass
    if not any(name.isupper() for name in names):
        return None
    if length > _LONGEST_CONSTANT or not _CONSTANT_START.match(file.data, value.start_byte):
        return None
    return file.expression(value)


def exports(file: File) -> tuple[ExportRow, ...] | None:
    """Return the module's `__all__`: the last assignment at top level, and what is added to it afterwards."""
    if b"__all__" not in file.data:
        return None
    rows: list[ExportRow] | None = None
    for item in items(file.outline.items):
        value = _all_value(file, item)
        if value is None:
            continue
        found = _strings(file, value)
        if found is None:
            file.unread("dynamic: __all__")
            continue
        rows = [*(rows or []), *found] if item.kind != "assign" else found
    return None if rows is None else tuple(rows)


def _all_value(file: File, item: Item) -> Span | None:
    """Return the value that a statement gives or adds to `__all__`."""
    if item.kind in {"assign", "augment"} and any(
        file.data[span.start_byte : span.end_byte] == b"__all__" for span in item.all_texts("target")
    ):
        return item.text("value")
    if item.kind == "expression" and file.data.startswith(
        (b"__all__.extend(", b"__all__.append("), item.span.start_byte
    ):
        return item.span
    return None


def _strings(file: File, span: Span) -> list[ExportRow] | None:
    """Return the strings of a list display (or of the argument of extend or append) with their places."""
    text = file.outline.source(span)
    offset = text.find("[") if not text.startswith("(") else 0
    if text.startswith("__all__.append("):
        offset = text.index("(")
    if offset == -1:
        return None
    rows = []
    base = span.start_byte + len(text[:offset].encode())
    if _PLAIN_NAMES.fullmatch(text, offset):
        return [_row(file, match, base - offset) for match in _PLAIN_NAME.finditer(text, offset)]
    for start, end in entries(text[offset:]):
        try:
            name = string(text[offset + start : offset + end])
        except LiteralError:
            return None
        first = base + len(text[offset : offset + start].encode())
        line = file.outline.line(first)
        rows.append(ExportRow(name, Span(first, first + len(text[offset + start : offset + end].encode()), line, line)))
    return rows


def _row(file: File, match: re.Match[str], base: int) -> ExportRow:
    line = file.outline.line(base + match.start())
    return ExportRow(match[0][1:-1], Span(base + match.start(), base + match.end(), line, line))


def _class(file: File, item: Item) -> Definition:
    arguments = item.text("arguments")
    first, initialiser = item.opening("__init__")
    has_fields = initialiser is None and item.text("decorator") is not None
    fields = dict(_fields(file, item)) if has_fields else {}
    return Definition(
        item.name,
        "class",
        item.span,
        _head(file, item, arguments),
        _signature(file, initialiser) if initialiser else None,
        _summary(file, first),
        _bases(file, arguments),
        is_type_checking(item, file.outline),
        item.functions(),
        tuple(fields),
        {name: default for name, default in fields.items() if default} or None,
    )


def _fields(file: File, item: Item) -> Iterator[tuple[str, str]]:
    """Yield the names that the body of a class annotates, each with its default as it is written, if that is short."""
    for statement in item.blocks["body"]:
        if statement.kind == "assign" and statement.text("annotation") is not None:
            value = statement.text("value")
            is_short = value is not None and value.end_byte - value.start_byte <= _LONGEST_DEFAULT
            default = _SPACE.sub(" ", file.outline.source(value)) if value is not None and is_short else ""
            yield from ((file.outline.source(target), default) for target in statement.all_texts("target"))


def _function(file: File, item: Item, name: str, kind: str) -> Definition:
    return Definition(
        name,
        kind,  # type: ignore[arg-type]
        item.span,
        _head(file, item, item.text("returns") or item.text("parameters")),
        _signature(file, item),
        _summary(file, item.opening("")[0]),
        (),
        is_type_checking(item, file.outline),
    )


def _variables(file: File, item: Item) -> Iterator[Definition]:
    other = _other_name(file, item.text("value"))
    for target in item.all_texts("target"):
        name = file.outline.source(target)
        if name.isidentifier() and name != "__all__":
            hidden = is_type_checking(item, file.outline)
            yield Definition(name, "variable", item.span, item.span, bases=other, type_checking=hidden)


def _other_name(file: File, value: Span | None) -> tuple[str, ...]:
    """Return the name, also a dotted one, that is all of a value."""
    if value is None or value.end_byte - value.start_byte > _LONGEST_NAME:
        return ()
    text = file.outline.source(value)
    return (text,) if _DOTTED.fullmatch(text) and text not in {"None", "True", "False"} else ()


def _head(file: File, item: Item, last: Span | None) -> Span:
    start = item.text("definition") or item.span
    if last is None:
        line_end = file.data.find(b":", start.start_byte)
        return Span(start.start_byte, line_end, start.start_line, file.outline.line(line_end))
    return Span(start.start_byte, last.end_byte, start.start_line, last.end_line)


def _signature(file: File, item: Item) -> str | None:
    parameters, returns = item.text("parameters"), item.text("returns")
    if parameters is None:
        return None
    text = file.outline.source(parameters)
    if returns is not None:
        text += f" -> {file.outline.source(returns)}"
    text = (
        _SPACE.sub(" ", _COMMENT.sub(_without_comment, text)).replace("( ", "(").replace(", )", ")").replace(" )", ")")
    )
    return text if len(text) <= _LONGEST_SIGNATURE else None


def _without_comment(match: re.Match[str]) -> str:
    return "" if match[0].startswith("#") else match[0]


def _bases(file: File, arguments: Span | None) -> tuple[str, ...]:
    if arguments is None:
        return ()
    text = file.outline.source(arguments)
    bases = [text[start:end] for start, end in entries(text)]
    return tuple(base for base in bases if base.replace(".", "").isidentifier())


def _summary(file: File, first: Item | None) -> str | None:
    """Return the first paragraph of the docstring, when that is the first statement of a body, up to a full sentence.

    One that says what is deprecated says nothing of what the object does: then the next one is taken.
    """
    if first is None or first.kind != "expression":
        return None
    text = file.outline.source(first.span)
    if not text.startswith(('"', "'", "r", "R", "u", "U")):
        return None
    try:
        docstring = string(text).strip()
    except LiteralError:
        return None
    opening, *others = _PARAGRAPH.split(docstring, maxsplit=2)
    if others and "deprecated" in opening and (other := _paragraph(others[0])):
        return other
    return _paragraph(opening)


def _paragraph(text: str) -> str | None:
    """Return the prose that a paragraph begins with, without what a heading, code or markup begins below it."""
    text = text.strip()
    if _NO_SUMMARY.match(text):
        return None
    prose = _SPACE.sub(" ", _BELOW.split(text, maxsplit=1)[0]).strip()
    if len(prose) > _LONGEST_SUMMARY:
        ends = [match.end() for match in _SENTENCE_END.finditer(prose, 0, _LONGEST_SUMMARY)]
        prose = prose[: ends[-1]] if ends else ""
    return prose or None
