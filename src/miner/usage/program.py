"""The files of a program: scripts, packages and notebooks, below the paths that are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
from miner.usage.scan import Scanner
from miner.usage.scope import Scope

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
    nothing at all can be read.
    """
    found = Scanned()
    scanner = Scanner(roots, version)
    words = tuple(root.encode() for root in roots)
    quoted, sought = _quoted(variables), _imports(others)
    snippets = SnippetReader()
    for path in dict.fromkeys(file for each in paths for file in _files(each)):
        found.files.append(str(path))
        scope = Scope()
        try:
            data = path.read_bytes()
            found.imported |= {name.decode() for name in sought.findall(data)} if sought is not None else set()
            is_read = any(word in data for word in words) or (quoted is not None and quoted.search(data) is not None)
            parts = _parts(path, data) if is_read else []
        except OSError as problem:
            found.skipped[str(path)] = problem.strerror or "cannot be read"
            continue
        except (RefusedError, RecursionError, msgspec.DecodeError) as problem:
            found.skipped[str(path)] = str(problem)
            continue
        for label, source in parts:
            try:
                outline = read_outline(decode(source).data, snippets)
                found.uses.extend(scanner.uses(outline, label, scope))
                found.uses.extend(_variables(source, label, quoted))
                outline.release()
            except (ParseError, RefusedError, RecursionError) as problem:
                found.skipped[label] = str(problem) or "nested too deeply"
    if not found.files:
        raise SourceError(f"no Python file or notebook in {', '.join(map(str, paths))}")
    return found


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
