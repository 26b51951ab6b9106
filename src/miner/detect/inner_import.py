"""Imports within functions that nothing around them is prepared to see fail.

**Finds** absolute import statements within functions, with the path condition, unless they stand in a `try` with a
handler that takes the failure of an import, or in a `with` that suppresses it.

**Misses** imports by name (`importlib.import_module`), and imports of a module's top level: without them the module is
not there at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.detect.detector import NOWHERE, Detector
from miner.detect.file import File, is_taken, is_type_checking, owning, qualname
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.syntax.outline import Item

ID = "inner-import"
_INDENTED = re.compile(rb"[ \t]+((?:from[ \t]+[A-Za-z_][\w.]*[ \t]+)?import[ \t]+[A-Za-z_(*][\w.]*)")
_IMPORT = b"import "
_TAKEN = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
"""What a handler names that takes the failure of an import."""


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the site of one import statement."""
    if item is None or item.level or not item.modules or is_type_checking(item, file.outline):
        return
    owner = owning(item)
    if owner is None or owner.kind != "function" or _may_fail(file, item):
        return
    conditions = file.conditions(item)
    scope = file.scope(item, *(guard.test for guard in conditions))
    imports = ex.Sequence("tuple", tuple(map(ex.Constant, item.modules)))
    yield Site(ID, "import", item.span, qualname(owner), conditions, {"imports": imports}, scope=scope)


def _may_fail(file: File, item: Item) -> bool:
    """Say whether something around a statement, within its function, goes on where an import in it fails."""
    parent = item.parent
    while parent is not None and parent.kind not in {"function", "class"}:
        if parent.kind == "with" and b"suppress(" in file.data[parent.span.start_byte : item.span.start_byte]:
            return True
        parent = parent.parent
    return is_taken(file, item, _TAKEN)


def _words(_: Idioms) -> tuple[bytes, ...]:
    return (NOWHERE,)


def _inner(file: File) -> tuple[bytes, ...]:
    """Return how the indented imports of a file begin: the word alone stands in most docstrings."""
    found: dict[bytes, None] = {}
    at = file.data.find(_IMPORT)
    while at != -1:  # few lines hold the word: a pattern would be tried at the beginning of each
        line = file.data.rfind(b"\n", 0, at) + 1
        if file.data[line : line + 1].isspace() and (match := _INDENTED.match(file.data, line)) is not None:
            found[match[1]] = None
        at = file.data.find(_IMPORT, at + len(_IMPORT))
    return tuple(found)


DETECTOR = Detector(ID, 1, frozenset({"import"}), _words, find, deep=True, more=_inner)
