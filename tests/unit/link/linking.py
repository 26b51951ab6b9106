"""Linking sources that are written in the test."""

from __future__ import annotations

from textwrap import dedent

from miner.detect.engine import mine
from miner.detect.idiom import load_idioms
from miner.formula.canonical import canonical
from miner.formula.notation import text
from miner.link.library import Library, build_library
from miner.link.linker import Linked, link
from miner.model.site import Facts
from miner.syntax.index import read_outline
from miner.syntax.snippet import SnippetReader

_SNIPPETS = SnippetReader()
_IDIOMS = load_idioms()


def facts(files: dict[str, str]) -> dict[str, Facts]:
    """Return what each file says on its own."""
    found = {}
    for path, source in files.items():
        outcome = mine(path, dedent(source).encode(), _IDIOMS, lambda data: read_outline(data, _SNIPPETS))
        assert outcome.facts is not None, f"{path}: {outcome.reason}"
        found[path] = outcome.facts
    return found


def library(files: dict[str, str]) -> Library:
    """Return the library that the files make up."""
    return build_library(facts(files))


def linked(files: dict[str, str]) -> Linked:
    """Return the linked snapshot of the files."""
    return link(facts(files), lambda path: dedent(files[path]), _IDIOMS)


def needs(found: Linked) -> list[tuple[str, str, str, str]]:
    """Return owner, needs, effect and origin of every need."""
    return sorted((need.owner, text(canonical(need.needs)), need.effect, need.origin) for need in found.needs)
