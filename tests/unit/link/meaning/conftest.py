"""Interpreting sources written in the test."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from miner.detect.idiom import load_idioms
from miner.link.meaning import Found, Meanings, Program
from miner.syntax.freeze import freeze
from miner.syntax.index import read_outline
from miner.syntax.snippet import SnippetReader

Mine = Callable[..., Meanings]


@pytest.fixture(scope="session")
def mine() -> Mine:
    """Return a function that reads `module=source` programs; a dot in a module's name is written `__`."""
    snippets, idioms = SnippetReader(), load_idioms()

    def read(resolve: Callable[[str, str], Found | str | None] = lambda module, name: None, **sources: str) -> Meanings:
        programs = {}
        for key, source in sources.items():
            module = key.replace("__", ".").removesuffix(".init")
            outline = read_outline(dedent(source).encode(), snippets)
            statements = freeze(outline.items, outline, keep=lambda item: True)
            programs[module] = Program(module, f"{key}.py", key.endswith("__init"), statements)
        return Meanings(programs, idioms, resolve)

    return read
