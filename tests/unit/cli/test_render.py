"""Listings: entries with what is said of them set in, wrapped to the width; places are never broken."""

from __future__ import annotations

from miner.cli.render import Entry, Listing, render

WORDS = " ".join(["word"] * 40)
PLACE = f"src/{'a' * 130}.py:7"
LISTING = Listing("needs: 2", (Entry(("slate >= 1", "granite"), (f"else {WORDS}", PLACE)), Entry(("pebbles",), ())))


def test_a_listing_as_text():
    text = render([LISTING], {}, "text")
    lines = text.splitlines()
    assert lines[:3] == ["needs: 2", "  slate >= 1", "  granite"]
    assert lines[-2:] == [f"      {PLACE}", "  pebbles"]
    assert max(map(len, lines[:-2])) <= 120
    assert sum(line.count("word") for line in lines) == 40
    assert lines[4].startswith("        word")


def test_a_listing_as_markdown():
    text = render([Listing("a|b", (Entry(("x", "y_z"), ("else *raise*",)),))], {}, "markdown")
    assert text == "**a\\|b**\n\n- x; y\\_z\n  - else \\*raise\\*\n"


def test_what_is_mined_moves_no_cursor():
    assert "\x1b" not in render([Listing("x", (Entry(("a\x1b[2Jb",), ()),))], {}, "text")
