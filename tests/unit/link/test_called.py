"""Predicates that depend on an argument: a call that the library makes, and what it means."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.formula.text import render

SOURCE = """
    import importlib.metadata
    import importlib.util
    from packaging import version

    def is_slab_at_least(wanted: str, dev: bool = False) -> bool:
        if importlib.util.find_spec("slab") is None:
            return False
        return version.parse(importlib.metadata.version("slab")) >= version.parse(wanted)

    def is_slab_available() -> bool:
        return importlib.util.find_spec("slab") is not None

    def is_slab_newer_than(wanted: str) -> bool:
        return version.parse(importlib.metadata.version("slab")) > version.parse(wanted)

    def lay(model):
        if not is_slab_at_least("2.7", dev=True):
            raise ImportError("laying takes slab 2.7")
        if not is_slab_at_least(model.wanted):
            raise ImportError("laying takes a newer slab")

    def cut(model):
        if not is_slab_available() or not is_slab_at_least("1.5"):
            raise ImportError("cutting takes slab 1.5")
"""


def test_a_call_with_constants_stands_for_what_it_answers() -> None:
    """The first by its arguments; none of a predicate that takes none, or that nobody calls with a constant."""
    found = linked({"kit/__init__.py": "", "kit/a.py": SOURCE}).called
    (name,) = found
    arguments, formula = found[name]
    assert (name, arguments) == ("kit.a.is_slab_at_least", (("0", "1.5"),))
    assert render(formula) == "slab >= 1.5"
