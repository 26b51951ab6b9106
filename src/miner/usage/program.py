"""The files of a program: scripts, packages and notebooks, below the paths that are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Union

import msgspec

from miner.errors import SourceError
from miner.model.use import Use
from miner.syntax.decoding import RefusedError, decode
from miner.syntax.index import read_outline
from miner.syntax.limits import LIMITS
from miner.syntax.outline import ParseError
from miner.syntax.snippet import SnippetReader
from miner.usage.module import Modules
from miner.usage.scan import Scanner
from miner.usage.scope import Held, Scope

_SUFFIXES = frozenset({".py", ".ipynb"})
_NOT_CODE = ("%", "!", "?")
"""How a line of a notebook begins that is meant for the notebook and not for Python."""


class _Cell(msgspec.Struct):
    cell_type: str
    source: Union[str, list[str]] = ""  # noqa: UP007  evaluated by msgspec on 3.10


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


@dataclass
class Scanned:
    """The uses in a program, the files that were looked at, and why some of them, or some cells, were not read.

    `imported` are the other modules that were asked for and are imported somewhere.
    """

    uses: list[Use] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)


def scan(
    paths: Iterable[Path],
    roots: Iterable[str],
    variables: Iterable[str] = (),
    version: str | None = None,
    others: Iterable[str] = (),
) -> Scanned:
    """Return the uses of a library, by the top-level names it is imported by, in files and in all files of folders; and
    where some environment variables are set, and which of some `others` are imported. With a `version`, what is run
    with other releases only is left out.

    Hidden folders, virtual environments and links are not entered. Raises SourceError when a path is not there, or when
    nothing at all can be read. A program that has a package of such a name itself imports that.
    """
    found = Scanned()
    snippets = SnippetReader()
    given = list(paths)
    files = list(dict.fromkeys(file for each in given for file in _files(each)))
    roots = _not_own(list(roots), given, files, found)
    scanner = Scanner(roots, version)
    reader = _Reader(found, scanner, snippets, _quoted(variables))
    words = tuple(root.encode() for root in roots)
    scanner.modules = Modules((str(file) for file in files if file.suffix == ".py"), partial(_names, reader, words))
    sought = _imports(others)
    left: dict[Path, bytes] = {}
    for path in files:
        found.files.append(str(path))
        data = reader.bytes_of(path)
        if data is None:
            continue
        found.imported |= {name.decode() for name in sought.findall(data)} if sought is not None else set()
        if any(word in data for word in words) or reader.sets_variable(data):
            reader.read(path, data)
        elif path.suffix == ".py":
            left[path] = data
    while left and scanner.derived:
        known = _any_of(scanner.derived)
        scanner.derived = set()
        for path in [path for path, data in left.items() if known.search(data)]:
            reader.read(path, left.pop(path))
    if not found.files:
        raise SourceError(f"no Python file or notebook in {', '.join(map(str, given))}")
    return found


def _not_own(roots: list[str], given: list[Path], files: list[Path], found: Scanned) -> list[str]:
    """Return the top-level names that are not those of a package of the program itself; of the others it is noted."""
    places = {place for path in given for place in (path, path / "src", path.parent)}
    own = {
        file.parent.name: file.parent
        for file in files
        if file.name == "__init__.py" and file.parent.name in roots and file.parent.parent in places
    }
    found.skipped.update({str(path): f"the program has {name} itself" for name, path in own.items()})
    return [root for root in roots if root not in own]


class _Reader:
    """Reads the files of a program into what is found of it."""

    def __init__(
        self, found: Scanned, scanner: Scanner, snippets: SnippetReader, quoted: re.Pattern[bytes] | None
    ) -> None:
        self._found = found
        self._scanner = scanner
        self._snippets = snippets
        self._quoted = quoted

    def bytes_of(self, path: Path) -> bytes | None:
        """Return what a file holds; None, and why is noted, where it cannot be read."""
        try:
            return path.read_bytes()
        except OSError as problem:
            self._found.skipped[str(path)] = problem.strerror or "cannot be read"
            return None

    def sets_variable(self, data: bytes) -> bool:
        """Say whether one of the variables may be set in a file."""
        return self._quoted is not None and self._quoted.search(data) is not None

    def read(self, path: Path, data: bytes) -> None:
        """Add the uses in a file."""
        scope = Scope()
        try:
            parts = _parts(path, data)
        except (RefusedError, RecursionError, msgspec.DecodeError) as problem:
            self._found.skipped[str(path)] = str(problem)
            return
        for label, source in parts:
            try:
                outline = read_outline(decode(source).data, self._snippets)
                self._found.uses.extend(self._scanner.uses(outline, label, scope))
                self._found.uses.extend(_variables(source, label, self._quoted))
                outline.release()
            except (ParseError, RefusedError, RecursionError) as problem:
                self._found.skipped[label] = str(problem) or "nested too deeply"

    def names(self, path: str, data: bytes) -> Mapping[str, Held | None]:
        """Return what the imports and classes at the top of a file bind; what is wrong with it is told at its turn."""
        try:
            outline = read_outline(decode(data).data, self._snippets)
            found = self._scanner.names(outline, path)
            outline.release()
        except (ParseError, RefusedError, RecursionError):
            return {}
        return found


def _names(reader: _Reader, words: tuple[bytes, ...], path: str) -> Mapping[str, Held | None]:
    """Return what a module binds, where it names the library or is the face of a package."""
    data = reader.bytes_of(Path(path))
    if data is None or not (path.endswith("__init__.py") or any(word in data for word in words)):
        return {}
    return reader.names(path, data)


def _any_of(names: Iterable[str]) -> re.Pattern[bytes]:
    """Return what finds one of some names."""
    return re.compile(rb"\b(?:" + b"|".join(re.escape(name.encode()) for name in sorted(names)) + rb")\b")


def _imports(names: Iterable[str]) -> re.Pattern[bytes] | None:
    """Return what finds the imports of some modules, and yields their names."""
    listed = b"|".join(re.escape(name.encode()) for name in sorted(names))
    return re.compile(rb"^\s*(?:import|from)\s+(" + listed + rb")(?![\w])", re.MULTILINE) if listed else None


def _quoted(variables: Iterable[str]) -> re.Pattern[bytes] | None:
    """Return what finds the places where one of some environment variables is set."""
    names = b"|".join(re.escape(name.encode()) for name in sorted(variables))
    head, tail = rb"(?:environ\[|(?:setdefault|putenv|setenv)\()", rb"(?:\]\s*=(?!=)|,)"
    return re.compile(head + rb"\s*([\"'])(" + names + rb")\1\s*" + tail) if names else None


def _variables(source: bytes, label: str, quoted: re.Pattern[bytes] | None) -> Iterator[Use]:
    for match in quoted.finditer(source) if quoted is not None else ():
        line = source.count(b"\n", 0, match.start(2)) + 1
        yield Use(kind="variable", name=match[2].decode(), path=label, line=line)


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise SourceError(f"{str(path)!r} is not there: name a script, a notebook or a folder")
    if path.is_file():
        yield path
        return
    for inner in sorted(path.iterdir()):
        if inner.is_symlink() or inner.name.startswith("."):
            continue
        if inner.is_dir():
            if inner.name not in {"__pycache__", "node_modules"} and not (inner / "pyvenv.cfg").exists():
                yield from _files(inner)
        elif inner.suffix in _SUFFIXES:
            yield inner


def _parts(path: Path, data: bytes) -> list[tuple[str, bytes]]:
    """Return what is read of a file, each part with its label: all of a script, or the cells of a notebook."""
    if len(data) > LIMITS.file_bytes:
        raise RefusedError(f"larger than {LIMITS.file_bytes} bytes: taken for generated")
    return list(_cells(str(path), data)) if path.suffix == ".ipynb" else [(str(path), data)]


def _cells(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the code cells of a notebook, with lines for the notebook itself left empty; those of magics are none."""
    number = 0
    for cell in msgspec.json.decode(data, type=_Notebook).cells:
        if cell.cell_type != "code":
            continue
        number += 1
        text = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        if not text.lstrip().startswith("%%"):
            lines = ("" if line.lstrip().startswith(_NOT_CODE) else line for line in text.split("\n"))
            yield f"{path}[cell {number}]", "\n".join(lines).encode()
