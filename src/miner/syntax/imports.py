"""The names that an import statement binds."""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.model.statement import Binding

_COMMENT = re.compile(r"#[^\n\r]*")
_DOT = re.compile(r"\s*\.\s*")
_FROM = re.compile(r"from\s*((?:\.\s*)*)((?:\w+(?:\s*\.\s*\w+)*)?)\s*(?<!\w)import(?!\w)\s*(.*)", re.DOTALL)


class ReadImport(NamedTuple):
    """What one import statement says; see `miner.model.statement.Import`."""

    bindings: tuple[Binding, ...]
    modules: tuple[str, ...]
    level: int
    star: bool


def read_import(text: str) -> ReadImport:
    """Read an import statement from its text."""
    text = _COMMENT.sub("", text).replace("\\\n", " ").replace("\\\r\n", " ")
    if text.startswith("from"):
        return _from(text)
    bindings, modules = [], []
    for module, alias in _names(_DOT.sub(".", text.removeprefix("import"))):
        modules.append(module)
        bindings.append(Binding(alias, module) if alias else Binding(module.split(".")[0], module.split(".")[0]))
    return ReadImport(tuple(bindings), tuple(modules), 0, star=False)


def _from(text: str) -> ReadImport:
    match = _FROM.match(text)
    if match is None:
        return ReadImport((), (), 0, star=False)
    level, prefix, names = match[1].count("."), "".join(match[2].split()), match[3].strip(" ()\n\r\t")
    if names == "*":
        return ReadImport((), (prefix,), level, star=True)
    bindings = tuple(Binding(alias or name, f"{prefix}.{name}" if prefix else name) for name, alias in _names(names))
    return ReadImport(bindings, (prefix,), level, star=False)


def _names(text: str) -> list[tuple[str, str]]:
    found = []
    for part in text.split(","):
        words = part.split()
        if len(words) == 1:
            found.append((words[0], ""))
        elif len(words) == 3 and words[1] == "as":
            found.append((words[0], words[2]))
    return found
