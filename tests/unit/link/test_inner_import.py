"""What functions need because they import it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.formula.canonical import canonical
from miner.formula.text import render

HEAD = """
import importlib.util
from typing import TYPE_CHECKING
import torch
if TYPE_CHECKING:
    import slate
def is_drum_available():
    import drum
    return importlib.util.find_spec("drum") is not None
"""
SETUP = "from setuptools import setup\nsetup(install_requires=['pillow'], extras_require={'x': ['slate']})\n"


def imported(source: str) -> list[tuple[str, str, str]]:
    """Return owner, needs and condition of what imports within the functions of a module need."""
    files = {"src/kit/__init__.py": "", "src/kit/use.py": HEAD + source, "setup.py": SETUP}
    needs = [need for need in linked(files).needs if need.origin == "import"]
    assert all((need.effect, need.exception, need.enforced) == ("raise", None, True) for need in needs)
    return [
        (need.owner.removeprefix("kit.use."), render(canonical(need.needs)), render(canonical(need.when)))
        for need in needs
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    import slate.pens", [("f", "slate.pens", "always")]),
        ("def f():\n    from slate import a, b", [("f", "slate", "always")]),
        ("def f(fast):\n    if fast:\n        import slate, chalk", [("f", "slate", "fast"), ("f", "chalk", "fast")]),
        ("def f():\n    import json, torch.cuda, kit.other\n    from PIL import Image", []),
        ("def f():\n    if is_drum_available():\n        import drum.kit", []),
        (
            "def f(fast):\n    if fast:\n        import slate.pens\n    import slate\n    import slate.ink",
            [("f", "slate.pens", "fast"), ("f", "slate", "always")],
        ),
        ("def f(fast):\n    if fast:\n        return\n    if fast:\n        import slate", []),
        ("def f():\n    import drum\ndef g():\n    import drum", [("f", "drum", "always"), ("g", "drum", "always")]),
        (
            (
                "class C:\n    def check(self):\n        if not is_drum_available():\n            raise ImportError\n"
                "    def f(self):\n        import drum"
            ),
            [],
        ),
    ],
    ids=[
        "a module",
        "names of one",
        "a condition",
        "there anyway",
        "asked for",
        "the first",
        "never",
        "by each",
        "its class needs it",
    ],
)
def test_what_an_import_within_a_function_needs(source, expected):
    assert imported(source) == expected
