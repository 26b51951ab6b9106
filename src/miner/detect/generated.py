"""Sources of generated files: what is written by hand and never imported, because a sibling is generated from it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from miner.detect.idiom import Idioms
from miner.model.snapshot import Entry

_HEADER = 2_000  # bytes: the marker stands in the first lines


def generator_sources(entries: Iterable[Entry], read: Callable[[str], bytes], idioms: Idioms) -> dict[str, str]:
    """Return, for each source of a generated sibling, the sibling: `{modular_x.py: modeling_x.py}`.

    A file counts when its name matches the idioms and the first lines of a sibling name it after a marker.
    """
    names = idioms.generated.sources
    files = [entry for entry in entries if entry.kind == "file" and entry.path.endswith(".py")]
    folders = {posixpath.dirname(entry.path) for entry in files if _is_source(posixpath.basename(entry.path), names)}
    found: dict[str, str] = {}
    for entry in files:
        folder, name = posixpath.split(entry.path)
        if folder not in folders or _is_source(name, names):
            continue
        for source in _named(read(entry.blob)[:_HEADER], idioms):
            candidate = posixpath.join(folder, source)
            found.setdefault(candidate, entry.path)
    present = {entry.path for entry in files}
    return {path: sibling for path, sibling in sorted(found.items()) if path in present}


def _is_source(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _named(header: bytes, idioms: Idioms) -> Iterator[str]:
    """Yield the names of the files that a header says it is generated from."""
    text = header.decode("utf-8", "replace")
    for marker in idioms.generated.markers:
        for match in re.finditer(re.escape(marker) + r"\s+(\S+?\.py)\b", text):
            yield posixpath.basename(match[1])
