"""Every detector finds, in its fixtures, exactly the lines that their comments say, with both readers."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from miner.detect.engine import ReadOutline, mine
from miner.detect.idiom import load_idioms
from miner.model.site import Site
from miner.syntax import concrete, index
from miner.syntax.snippet import SnippetReader

sys.path.insert(0, str(Path(__file__).parent))
from annotation import Annotation, annotations, said

FOLDER = Path(__file__).parents[3] / "fixtures" / "detect"
FILES = sorted(FOLDER.rglob("*.py"))
SNIPPETS = SnippetReader()
READERS: dict[str, ReadOutline] = {
    "fast": lambda data: index.read_outline(data, SNIPPETS),
    "libcst": concrete.read_outline,
}


def found(path: Path, reader: str) -> list[Site]:
    """Return the sites of the detector whose folder the file stands in."""
    outcome = mine(path.name, path.read_bytes(), load_idioms(), READERS[reader])
    assert outcome.facts is not None, outcome.reason
    return [site for site in outcome.facts.sites if site.detector == path.relative_to(FOLDER).parts[0]]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_exactly_what_the_comments_say_is_found(path: Path, reader: str) -> None:
    """The lines found, with their form and owner, are the lines expected; stated fields have the stated values."""
    stated = list(annotations(path.read_text(encoding="utf-8")))
    sites = found(path, reader)
    assert {note.detector for note in stated} == {path.relative_to(FOLDER).parts[0]}
    expected = [note for note in stated if note.kind == "expect"]
    assert _bare(sites) == Counter((note.line, note.fields["form"], note.fields.get("owner", "")) for note in expected)
    assert [note for note in expected if not _is_met(note, sites)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_what_must_not_be_found_and_what_is_missed_is_not_found(path: Path) -> None:
    """No site starts at an `ok` line; a known miss that is found has to be promoted to `expect`."""
    lines = {site.span.start_line for site in found(path, "fast")}
    for note in annotations(path.read_text(encoding="utf-8")):
        if note.kind != "expect":
            assert note.line not in lines, f"{note.kind} at line {note.line}"


def _bare(sites: list[Site]) -> Counter[tuple[int, str, str]]:
    return Counter((site.span.start_line, site.form, site.owner) for site in sites)


def _is_met(note: Annotation, sites: list[Site]) -> bool:
    """Say whether some site of the line says all that the annotation says."""
    names = tuple(note.fields)
    wanted = tuple(note.fields.items())
    return any(site.span.start_line == note.line and said(site, names) == wanted for site in sites)
