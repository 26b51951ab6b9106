"""The comments of a fixture: what a detector must find, must not find, and is known to miss.

A comment speaks of the next line that holds no such comment, or of the line that it names itself (`line=1`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

from miner.link.meaning.wording import render
from miner.model import statement as st
from miner.model.site import Site

_COMMENT = re.compile(r"^\s*# (expect|ok|todo-expect): (\S+)(.*)$")


class Annotation(NamedTuple):
    """One comment: its kind, the detector, the line that it speaks of, and the fields that it states."""

    kind: str
    detector: str
    line: int
    fields: dict[str, str]


def annotations(text: str) -> Iterator[Annotation]:
    """Yield the annotations of a source."""
    lines = text.split("\n")
    for position, line in enumerate(lines):
        match = _COMMENT.match(line)
        if match is None:
            continue
        fields = _fields(match[3])
        about = next(n for n in range(position, len(lines)) if not _COMMENT.match(lines[n])) + 1
        yield Annotation(match[1], match[2], int(fields.pop("line", about)), fields)


def _fields(text: str) -> dict[str, str]:
    """Read `key=value key=value`; a value runs up to the next key."""
    parts = re.split(r"\s+([a-z_\d]+)=(?=\S)", text)
    assert not parts[0].strip(), f"not a field: {parts[0]!r}"
    return {key: shlex.split(value)[0] if value.startswith('"') else value.strip() for key, value in _pairs(parts[1:])}


def _pairs(parts: list[str]) -> Iterator[tuple[str, str]]:
    yield from zip(parts[::2], parts[1::2], strict=True)


def said(site: Site, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return what a site says under each of the field names that an annotation uses."""
    return tuple((name, _said(site, name)) for name in names)


def _said(site: Site, name: str) -> str:
    if name in site.expressions:
        return render(site.expressions[name])
    match name:
        case "form" | "owner":
            return str(getattr(site, name))
        case "names":
            return "|".join(site.names)
        case "spans":
            return "|".join(sorted(site.spans))
        case "when":
            return "; ".join(_guard(guard) for guard in site.conditions)
        case "defines":
            return "|".join(sorted(_defined(site.statements)))
        case _:
            return ""


def _guard(guard: Any) -> str:
    word = "" if guard.kind == "if" else f"{guard.kind} "
    return f"{word}{'' if guard.holds else 'not '}({render(guard.test)})"


def _defined(statements: tuple[st.Statement, ...]) -> set[str]:
    """Return the functions whose bodies a site carries."""
    return {
        s.name
        for s in statements
        if isinstance(s, st.Function)
        and not any(isinstance(inner, st.Unread) and "body" in inner.kind for inner in s.body)
    }
