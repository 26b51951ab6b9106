"""Requirements that Python files declare.

**Finds** the project's build script (`setup.py` at its root), whole, for the linker to work out what it passes to
`setup`; tables from a package's name to a requirement or a version, in modules and under names of the vocabulary.

**Misses** build scripts that are not at the root, and what they read from other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from miner.detect.detector import Detector
from miner.detect.file import File, items, matches, rows
from miner.detect.idiom import Idioms
from miner.model.expression import Mapping
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.freeze import freeze
from miner.syntax.outline import Item

ID = "declaration"
_ROW = re.compile(r"""\s*(["'])([^"']+)\1\s*:""")


def find(file: File, _: Item | None) -> Iterator[Site]:
    """Yield the build script or the tables of one file."""
    if file.path == "setup.py":
        statements = freeze(file.outline.items, file.outline, keep=lambda item: item.kind == "function")
        whole = Span(0, len(file.data), 1, file.outline.line(max(len(file.data) - 1, 0)))
        yield Site(ID, "script", whole, statements=statements)
        return
    tables = file.idioms.declared
    if not any(fnmatchcase(file.path.rpartition("/")[2], pattern) for pattern in tables.files):
        return
    for item in items(file.outline.items):
        value = item.text("value") if item.kind == "assign" else None
        names = [file.outline.source(target) for target in item.all_texts("target")]
        if value is None or not any(matches(name, tables.names) for name in names):
            continue
        table = file.expression(value)
        if isinstance(table, Mapping):
            spans = {f"row:{m[2]}": span for text, span in rows(file, value) if (m := _ROW.match(text))}
            yield Site(ID, "table", item.span, "", (), {"table": table}, spans, tuple(names))


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return (b"setup(", *(f"{name} = {{".encode() for name in idioms.declared.names))


DETECTOR = Detector(ID, 1, frozenset(), _words, find)
