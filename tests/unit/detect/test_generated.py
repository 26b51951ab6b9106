"""Sources of generated files are told by their name and by what the head of a sibling says."""

from __future__ import annotations

import hashlib

import pytest

from miner.detect.generated import generator_sources
from miner.detect.idiom import load_idioms
from miner.model.snapshot import Entry

HEADER = "#     This file was automatically generated from {}.\n#         Do not edit it.\nx = 1\n"


def found(files: dict[str, str], kinds: dict[str, str] | None = None) -> dict[str, str]:
    """Return the generator sources of a snapshot of `files`."""
    blobs = {hashlib.sha1(text.encode()).hexdigest(): text.encode() for text in files.values()}
    entries = [
        Entry(path, hashlib.sha1(text.encode()).hexdigest(), len(text), (kinds or {}).get(path, "file"))  # type: ignore[arg-type]
        for path, text in sorted(files.items())
    ]
    return generator_sources(entries, blobs.__getitem__, load_idioms())


@pytest.mark.parametrize(
    "header",
    [
        HEADER.format("src/kit/a/modular_a.py"),
        HEADER.format("modular_a.py"),
        "# -*- coding: utf-8 -*-\n" + HEADER.format("a/modular_a.py"),
        '"""Automatically said: automatically generated from\n modular_a.py."""\n',
    ],
)
def test_a_sibling_that_names_it_makes_a_source(header: str) -> None:
    """Whatever folder the header writes before the name."""
    assert found({"kit/a/modular_a.py": "x = 1\n", "kit/a/net_a.py": header}) == {
        "kit/a/modular_a.py": "kit/a/net_a.py"
    }


def test_of_several_siblings_the_first_is_named() -> None:
    """By path."""
    header = HEADER.format("modular_a.py")
    files = {"a/modular_a.py": "", "a/y.py": header, "a/b.py": header, "a/c.py": "x"}
    assert found(files) == {"a/modular_a.py": "a/b.py"}


@pytest.mark.parametrize(
    "files",
    [
        {"a/modular_a.py": "x = 1\n", "a/net_a.py": "x = 1\n"},
        {"a/modular_a.py": "x = 1\n"},
        {"a/other_a.py": "x = 1\n", "a/net_a.py": HEADER.format("other_a.py")},
        {"a/modular_a.py": "x = 1\n", "b/net_a.py": HEADER.format("a/modular_a.py")},
        {"a/modular_a.py": "x = 1\n", "a/net_a.py": HEADER.format("modular_b.py")},
        {"a/modular_a.py": HEADER.format("modular_a.py")},
        {"a/modular_a.py": "x = 1\n", "a/net_a.py": "#" * 2_100 + "\n" + HEADER.format("modular_a.py")},
        {"a/modular_a.py": "x = 1\n", "a/net_a.txt": HEADER.format("modular_a.py")},
        {"a/modular_a.py": "x = 1\n", "a/net_a.py": "# was generated from modular_a.py\n"},
        {"a/net_a.py": HEADER.format("modular_a.py")},
    ],
)
def test_anything_else_is_mined(files: dict[str, str]) -> None:
    """No sibling that says so, not in the head of a Python file beside it, or under another name."""
    assert found(files) == {}


def test_a_link_is_no_source() -> None:
    """Nor is what a link claims."""
    files = {"a/modular_a.py": "", "a/net_a.py": HEADER.format("modular_a.py")}
    assert found(files, {"a/modular_a.py": "symlink"}) == {}
    assert found(files, {"a/net_a.py": "symlink"}) == {}
