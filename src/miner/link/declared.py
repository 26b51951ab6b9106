"""Requirements that a project declares: what its metadata, build files and tables say, row by row."""

from __future__ import annotations

import configparser
import email
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from miner.link.place import Place
from miner.model.node import DeclaredPlace
from miner.model.span import Span

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_EXTRA = re.compile(r"""\s*(?:and\s+)?\(?\s*extra\s*==\s*["']([^"']+)["']\s*\)?\s*""")
_LONGEST = 300_000  # bytes: the largest metadata surveyed, with a long description, has 0.1 MB


class DeclarationError(ValueError):
    """The file is not what its name says, or is too large."""


@dataclass(frozen=True)
class Declared:
    """One declared requirement; `package` is canonical, or `python`; `text` is the row as it is written."""

    package: str
    specifier: str
    extra: str
    marker: str
    place: DeclaredPlace
    text: str
    evidence: Place


def declared_rows(text: str, extra: str, marker: str, place: DeclaredPlace, evidence: Place) -> Iterator[Declared]:
    """Yield the row that a requirement string states; none when it is no requirement (a path, an option, a URL)."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return
    own = str(requirement.marker or "")
    named = _EXTRA.search(own)
    if named is not None and not extra:
        extra = named[1]
        own = re.sub(r"^\s*and\s+|\s+and\s*$", "", _EXTRA.sub(" ", own)).strip()
    markers = [each for each in (own, marker) if each]
    yield Declared(
        canonicalize_name(requirement.name),
        str(requirement.specifier),
        canonicalize_name(extra) if extra else "",
        " and ".join(markers),
        place,
        text,
        evidence,
    )


def declared_python(specifier: str, place: DeclaredPlace, evidence: Place) -> Declared:
    """Return the row that says which Python is needed."""
    return Declared("python", specifier, "", "", place, specifier, evidence)


def is_declaration(path: str) -> bool:
    """Say whether a file that is no Python source declares requirements of the whole project."""
    return any(fnmatchcase(path, pattern) for pattern in _READERS) and path.count("/") <= 1


def read_declaration(path: str, data: bytes) -> tuple[Declared, ...]:
    """Return the rows of a file for which `is_declaration` holds; raises DeclarationError."""
    if len(data) > _LONGEST:
        raise DeclarationError(f"larger than {_LONGEST} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise DeclarationError(f"not UTF-8 at byte {problem.start}") from None
    reader = next(reader for pattern, reader in _READERS.items() if fnmatchcase(path, pattern))
    try:
        return tuple(reader(path, text, _Lines(path, data)))
    except RecursionError:
        raise DeclarationError("nested too deep") from None


class _Lines:
    """Finds rows in a file again, from the place of the last one on: the same row may stand under several extras."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
        self._data = data

    def place(self, text: str, after: int = 0) -> Place:
        """Return the line, or lines, that `text` stands on."""
        at = max(self._data.find(text.encode(), after), 0)
        start = self._data.rfind(b"\n", 0, at) + 1
        end = self._data.find(b"\n", at + len(text.encode()))
        end = len(self._data) if end == -1 else end
        first, last = self._data.count(b"\n", 0, start) + 1, self._data.count(b"\n", 0, end) + 1
        return Place(self._path, Span(start, end, first, last), "declaration")

    def find(self, text: str) -> int:
        """Return where `text` begins, or the start of the file."""
        return max(self._data.find(text.encode()), 0)


def _metadata(_: str, text: str, lines: _Lines) -> Iterator[Declared]:
    message = email.message_from_string(text)
    if message.get("Requires-Python"):
        python = str(message["Requires-Python"])
        yield declared_python(python, "metadata", lines.place(f"Requires-Python: {python}"))
    for row in message.get_all("Requires-Dist") or ():
        yield from declared_rows(str(row), "", "", "metadata", lines.place(f"Requires-Dist: {row}"))


def _pyproject(_: str, text: str, lines: _Lines) -> Iterator[Declared]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise DeclarationError(f"not TOML: {str(problem).splitlines()[0]}") from None
    project = _table(document, "project")
    if isinstance(project.get("requires-python"), str):
        python = project["requires-python"]
        yield declared_python(python, "build-script", lines.place(python, lines.find("requires-python")))
    yield from _listed(project.get("dependencies"), "", lines, lines.find("dependencies"))
    for extra, rows in _table(project, "optional-dependencies").items():
        yield from _listed(rows, extra, lines, lines.find(f"{extra} ="))


def _listed(rows: Any, extra: str, lines: _Lines, after: int) -> Iterator[Declared]:
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, str):
            yield from declared_rows(row, extra, "", "build-script", lines.place(row, after))


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _configuration(_: str, text: str, lines: _Lines) -> Iterator[Declared]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as problem:
        raise DeclarationError(f"not a configuration file: {str(problem).splitlines()[0]}") from None
    if parser.has_option("options", "python_requires"):
        python = parser.get("options", "python_requires").strip()
        yield declared_python(python, "build-script", lines.place(python, lines.find("python_requires")))
    required = {"": parser.get("options", "install_requires", fallback="")}
    if parser.has_section("options.extras_require"):
        required.update(parser.items("options.extras_require"))
    for extra, rows in required.items():
        for row in rows.splitlines():
            if row.strip():
                yield from declared_rows(row.strip(), extra, "", "build-script", lines.place(row.strip()))


def _requirements(path: str, text: str, lines: _Lines) -> Iterator[Declared]:
    name = path.rpartition("/")[2].removesuffix(".txt")
    extra = "" if name == "requirements" else name.removeprefix("requirements").strip("-_.")
    for line in text.splitlines():
        row = line.partition(" #")[0].strip()
        if row and not row.startswith(("#", "-")):
            yield from declared_rows(row, extra, "", "requirements-file", lines.place(line))


_READERS: dict[str, Callable[[str, str, _Lines], Iterator[Declared]]] = {
    "PKG-INFO": _metadata,
    "*.dist-info/METADATA": _metadata,
    "pyproject.toml": _pyproject,
    "setup.cfg": _configuration,
    "requirements*.txt": _requirements,
}
