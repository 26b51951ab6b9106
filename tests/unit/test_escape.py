"""A mined string stays a string on the terminal, in JSON and in Markdown."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from miner.cli.render import Table, render
from miner.escape import json_text, markdown_cell, visible

PAYLOADS = (
    "plain text, with punctuation: (1.0) - ok!",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07",
    "abc\rdef\nghi\tj\x00\x7f\x9b31m",
    "\u202eevil\u2066x\u2069 \u200b\u2028\u2029\ufeff",
    "a | b \\| c ` d ``` e",
    "[x](javascript:alert(1)) ![y](z) <b>bold</b> <!-- c --> &amp; &#32;",
    "*a* _b_ __c__ ~~d~~ **e** # f - g + h 1. i > j",
    "www.example.org http://example.org someone@example.org @name $x$ :smile:",
    "  led and trailed  ",
    "[bold]rich[/bold] [link=x]",
    "é 漢字 \U0001f600",
    "",
)


@given(st.text())
def test_whatever_is_shown_is_visible(text: str) -> None:
    """No control, format, surrogate, private, unassigned or separating character comes through."""
    shown = visible(text)
    assert {unicodedata.category(char) for char in shown}.isdisjoint({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
    assert len((shown + "x").splitlines()) == 1


def test_escapes_are_those_of_python() -> None:
    """The usual spelling, so that a reader knows what was there."""
    assert visible("a\n\t\r\x1b\x9b\u202e\U000e0041\ud800b") == "a\\n\\t\\r\\x1b\\x9b\\u202e\\U000e0041\\ud800b"
    assert visible("é 漢字 C:\\dir") == "é 漢字 C:\\dir"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_json_reads_back_equal_and_is_ascii(text: str) -> None:
    """The standard parser reads back what was given, and nothing invisible is in what is written."""
    written = json_text({"text": text})
    assert json.loads(written) == {"text": text}
    assert all(char == "\n" or " " <= char <= "~" for char in written)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@example(["\ud800"])
def test_json_is_indented_as_the_standard_library_does(document: object) -> None:
    """Half of a surrogate pair included, which a name of a file may hold."""
    assert json_text(document) == json.dumps(document, indent=2, sort_keys=True).replace("\x7f", "\\u007f")


@pytest.mark.parametrize("text", PAYLOADS)
def test_markdown_reads_back_equal_and_nothing_new_appears(text: str) -> None:
    """Where the text was put is one cell of plain text: no link, markup, HTML or further cell."""
    _read_back(text)


@given(st.text())
def test_markdown_reads_back_equal_for_any_text(text: str) -> None:
    """The same for whatever there may be."""
    _read_back(text)


def _read_back(text: str) -> None:
    written = render([Table("head", ((text, "after"),))], {}, "markdown")
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(written)
    cells = [token for token in tokens if token.type == "inline"]
    assert [len([token for token in tokens if token.type == kind]) for kind in ("td_open", "tr_open")] == [2, 2]
    inside = cells[2].children or []
    assert {token.type for token in inside} <= {"text", "text_special"}
    assert "".join(token.content for token in inside) == visible(text)


def test_text_is_not_markup_of_the_terminal_library() -> None:
    """Square brackets are brackets."""
    assert render([Table("[bold]h", (("[red]x[/red]", 1200),))], {}, "text") == "[bold]h\n  [red]x[/red]  1,200\n"


def test_markdown_links_are_broken() -> None:
    """What a renderer would make a link of by itself is written so that it does not."""
    assert markdown_cell("www.example.org http://x a@b") == "www\\.example.org http\\://x a\\@b"
