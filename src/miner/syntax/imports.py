"""The names that an import statement binds."""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.model.statement import Binding

_COMMENT = re.compile(r"#[^\n\r]*")
_DOTS = re.compile(r"from([\s.]*)")


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
    for module, alias in _names(text.removeprefix("import")):
        modules.append(module)
        bindings.append(Binding(alias, module) if alias else Binding(module.split(".")[0], module.split(".")[0]))
    return ReadImport(tuple(bindings), tuple(modules), 0, star=False)


def _from(text: str) -> ReadImport:
    dots = _DOTS.match(text)
    level = dots[1].count(".") if dots else 0
    rest = text[dots.end() :] if dots else text
    module, _, names = rest.partition("import") if level and rest.startswith("import") else _split(rest)
    prefix = module.strip()
    if names.strip() == "*":
        return ReadImport((), (prefix,), level, star=True)
    bindings = tuple(
        Binding(alias or name, f"{prefix}.{name}" if prefix else name) for name, alias in _names(names.strip(" ()\n\r\t"))
    )
    return ReadImport(bindings, (prefix,), level, star=False)


def _split(rest: str) -> tuple[str, str, str]:
    match = re.match(r"([\w.]+)\s+import\b(.*)|([\w.]+)\s+import(\(.*|\*)", rest, re.DOTALL)
    if match is None:
        return rest, "", ""
    return match[1] or match[3], "import", match[2] if match[1] else match[4]


def _names(text: str) -> list[tuple[str, str]]:
    found = []
    for part in text.split(","):
        words = part.split()
        if len(words) == 1:
            found.append((words[0], ""))
        elif len(words) == 3 and words[1] == "as":
            found.append((words[0], words[2]))
    return found
