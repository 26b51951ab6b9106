"""What functions need because they use a name that is imported only where something is there."""

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
def is_drum_available():
    return importlib.util.find_spec("drum") is not None
def is_slate_available():
    return importlib.util.find_spec("slate") is not None
if is_drum_available():
    import drum
if is_slate_available() and is_drum_available():
    from slate import pen
if is_slate_available():
    import slate
"""
SETUP = "from setuptools import setup\nsetup(install_requires=['slate'])\n"


def needed(source: str, setup: str = "") -> list[tuple[str, str, str, str | None]]:
    """Return owner, needs, condition and what is missing, for the names that a module uses."""
    files = {"src/kit/__init__.py": "", "src/kit/use.py": HEAD + source} | ({"setup.py": setup} if setup else {})
    needs = [need for need in linked(files).needs if need.origin == "guarded-name"]
    assert all((need.effect, need.exception, need.enforced) == ("raise", None, True) for need in needs)
    assert all({"site", "guard"} <= {place.role for place in need.places} for need in needs)
    return [
        (
            need.owner.removeprefix("kit.use."),
            render(canonical(need.needs)),
            render(canonical(need.when)),
            need.action,
        )
        for need in needs
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    drum.play()\n    drum.stop()", [("f", "drum", "always", "without drum")]),
        ("def f(x):\n    if x:\n        drum.play()", [("f", "drum", "x", "without drum")]),
        ("def f():\n    if is_drum_available():\n        drum.play()", []),
        ("def f():\n    if not is_drum_available():\n        return\n    drum.play()", []),
        ("def f():\n    pen.draw()", [("f", "drum and slate", "always", "without pen")]),
        (
            "def f():\n    if is_drum_available():\n        pen.draw()",
            [("f", "slate", "drum", "without pen")],
        ),
        (
            (
                "class C:\n    def __init__(self):\n        if not is_drum_available():\n            raise OSError\n"
                "    def f(self):\n        drum.play()"
            ),
            [],
        ),
    ],
)
def test_a_name_that_only_a_guarded_import_binds(source, expected):
    """Its function needs what the guard asks for, besides what the path to it asks, or what its class needs anyway."""
    assert needed(source) == expected


def test_what_is_installed_with_the_library_is_no_need():
    """It is there wherever the library is."""
    assert needed("def f():\n    slate.draw()", SETUP) == []
    assert needed("def f():\n    slate.draw()") == [("f", "slate", "always", "without slate")]
