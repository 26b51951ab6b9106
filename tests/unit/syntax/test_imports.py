"""Import statements in every spelling: what they bind, what must be importable."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miner.model.statement import Binding
from miner.syntax.imports import read_import

sys.path.insert(0, str(Path(__file__).parent))
from both import READERS

CASES = {
    "import a": ([("a", "a")], ["a"], 0),
    "import a.b.c": ([("a", "a")], ["a.b.c"], 0),
    "import a.b as c": ([("c", "a.b")], ["a.b"], 0),
    "import a, b.c, d as e": ([("a", "a"), ("b", "b"), ("e", "d")], ["a", "b.c", "d"], 0),
    "import  a . b  as  c": ([("c", "a.b")], ["a.b"], 0),
    "import a . b": ([("a", "a")], ["a.b"], 0),
    "import\ta": ([("a", "a")], ["a"], 0),
    "import \\\n a": ([("a", "a")], ["a"], 0),
    "from a import b": ([("b", "a.b")], ["a"], 0),
    "from a.b import c as d, e": ([("d", "a.b.c"), ("e", "a.b.e")], ["a.b"], 0),
    "from . import a": ([("a", "a")], [""], 1),
    "from .import a": ([("a", "a")], [""], 1),
    "from ... import a": ([("a", "a")], [""], 3),
    "from . . . a import b": ([("b", "a.b")], ["a"], 3),
    "from .. a . b import c": ([("c", "a.b.c")], ["a.b"], 2),
    "from .a import(b)": ([("b", "a.b")], ["a"], 1),
    "from a import (\n    b,  # the first, with (brackets)\n    c as d,\n)": ([("b", "a.b"), ("d", "a.c")], ["a"], 0),
    "from a import (\r\n    b,\r\n    c,\r\n)": ([("b", "a.b"), ("c", "a.c")], ["a"], 0),
    "from a import \\\n    b, \\\n    c": ([("b", "a.b"), ("c", "a.c")], ["a"], 0),
    "from .importlib import important": ([("important", "importlib.important")], ["importlib"], 1),
    "from importer.imports import imported as importing": (
        [("importing", "importer.imports.imported")],
        ["importer.imports"],
        0,
    ),
    "from .import_utils import x": ([("x", "import_utils.x")], ["import_utils"], 1),
    "from fromage import brie": ([("brie", "fromage.brie")], ["fromage"], 0),
    "from a import as_b": ([("as_b", "a.as_b")], ["a"], 0),
    "from \u00e9t\u00e9 import \u00f1": ([("\u00f1", "\u00e9t\u00e9.\u00f1")], ["\u00e9t\u00e9"], 0),
    "from __future__ import annotations": ([("annotations", "__future__.annotations")], ["__future__"], 0),
}


@pytest.mark.parametrize("text", CASES)
def test_what_a_statement_binds(text: str) -> None:
    """Names bound, with their targets; modules; level."""
    bindings, modules, level = CASES[text]
    expected = (tuple(Binding(*pair) for pair in bindings), tuple(modules), level, False)
    assert read_import(text) == expected
    for read in READERS.values():
        item = read(text.encode()).items[0]
        assert (item.bindings, item.modules, item.level, item.star) == expected


@pytest.mark.parametrize(
    ("text", "module", "level"),
    [
        ("from a import *", "a", 0),
        ("from .a.b import*", "a.b", 1),
        ("from . import *", "", 1),
        ("from a import (*)", "a", 0),
    ],
)
def test_a_star_binds_no_name(text: str, module: str, level: int) -> None:
    """It says only where the names come from."""
    assert read_import(text) == ((), (module,), level, True)


@pytest.mark.parametrize("text", ["from a", "from", "import", "import a b", "from a import b as"])
def test_what_is_no_import_binds_nothing(text: str) -> None:
    """Text of another shape is not guessed at."""
    assert read_import(text).bindings == ()
