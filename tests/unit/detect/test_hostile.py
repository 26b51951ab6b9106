"""Hostile sources end in exactly the outcome that is written here, and every span slices back to its text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from miner.app.mining import FileTask, decode_outcome, mine_file
from miner.model.site import Definition, FileOutcome
from miner.model.span import Span

FOLDER = Path(__file__).parents[3] / "fixtures" / "hostile"

SKIPPED = {
    "conflict_markers.py": "not Python 3: syntax error at line 1",
    "lfs_pointer.py": "a Git LFS pointer",
    "not_utf_8.py": "not UTF-8 at byte 8",
    "nul.py": "contains NUL: not text",
    "python_2_exec.py": "not Python 3: a statement of Python 2 at line 1",
    "python_2_print.py": "not Python 3: a statement of Python 2 at line 3",
    "surrogate_bytes.py": "not UTF-8 at byte 8",
    "syntax_error.py": "not Python 3: syntax error at line 4",
    "unbalanced.py": "not Python 3: syntax error at line 1",
    "unterminated_string.py": "not Python 3: syntax error at line 1",
    "utf_16.py": "contains NUL: not text",
    "utf_7.py": "declares the encoding 'utf-7', which miner does not read",
}
NETS = {
    "bom.py": (b"\n", "utf-8-sig", 8),
    "bom_crlf.py": (b"\r\n", "utf-8-sig", 8),
    "cr.py": (b"\r", "utf-8", 8),
    "crlf.py": (b"\r\n", "utf-8", 8),
    "form_feeds.py": (b"\n", "utf-8", 8),
    "latin_1.py": (b"\n", "latin-1", 9),
    "mixed_line_ends.py": (b"", "utf-8", 8),
    "no_final_line_end.py": (b"\n", "utf-8", 8),
    "unicode_separators.py": (b"\n", "utf-8", 8),
    "windows_1252.py": (b"\n", "cp1252", 9),
}
"""Files that hold the same class: their line end, encoding, and the line of its decorator."""
FILES = sorted(path.name for path in FOLDER.iterdir())
MINED = [name for name in FILES if name not in SKIPPED]


def mined(name: str, reader: str) -> FileOutcome:
    """Return the outcome of a file, as a worker gives it."""
    task = FileTask(f"src/{name}", reader, None, (FOLDER / name).read_bytes())
    return decode_outcome(mine_file(msgspec.msgpack.encode(task)))


def spans(value: Any) -> Iterator[Span]:
    """Yield every span in a record."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from spans(getattr(value, name))
    elif isinstance(value, (tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from spans(part)


@pytest.mark.parametrize("reader", ["fast", "libcst"])
@pytest.mark.parametrize("name", FILES)
def test_outcome(name: str, reader: str) -> None:
    """Mined, or skipped for the reason; the libcst reader notices some errors one line later."""
    outcome = mined(name, reader)
    expected = SKIPPED.get(name)
    assert outcome.outcome == ("skipped" if expected else "mined")
    if reader == "fast":
        assert outcome.reason == expected
    else:
        assert (outcome.reason or "").split(":")[0] == (expected or "").split(":")[0]


@pytest.mark.parametrize("name", MINED)
def test_both_readers_give_the_same_facts(name: str) -> None:
    """All of them."""
    assert mined(name, "fast") == mined(name, "libcst")


@pytest.mark.parametrize("name", MINED)
def test_spans_lie_in_the_file_and_count_its_lines(name: str) -> None:
    """A line ends at LF, CR LF or CR alone."""
    data = (FOLDER / name).read_bytes()
    outcome = mined(name, "fast")
    for span in spans(outcome):
        assert 0 <= span.start_byte <= span.end_byte <= len(data)
        for offset, line in (
            (span.start_byte, span.start_line),
            (max(span.start_byte, span.end_byte - 1), span.end_line),
        ):
            before = (
                data[:offset].replace(b"\r\n", b"\n") if data[offset - 1 : offset + 1] != b"\r\n" else data[:offset]
            )
            assert line == 1 + before.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")


@pytest.mark.parametrize("name", NETS)
def test_a_span_slices_back_to_its_text(name: str) -> None:
    """Under every encoding and line end: definitions, exports, sites."""
    end, encoding, line = NETS[name]
    data = (FOLDER / name).read_bytes()
    facts = mined(name, "fast").facts
    assert facts is not None
    text = {span: data[span.start_byte : span.end_byte].decode(encoding) for span in spans(facts)}
    by_name: dict[str, Definition] = {definition.name: definition for definition in facts.definitions}
    assert sorted(by_name) == ["NAME", "Net", "Net.method"]
    assert text[by_name["Net"].head].split() == ["class", "Net"] or text[by_name["Net"].head].startswith("class Net")
    assert text[by_name["Net"].span].startswith("@requires(backends=")
    assert text[by_name["Net"].span].endswith("return NAME")
    assert text[by_name["Net.method"].span].startswith("@requires(backends=")
    assert by_name["Net"].span.start_line == line
    assert (by_name["Net"].summary or "").startswith("Says ")
    assert [text[row.span].strip("'\"") for row in facts.exports or ()] == [row.name for row in facts.exports or ()]
    sites = [(text[site.span], site.owner) for site in facts.sites]
    assert [owner for _, owner in sites] == ["Net", "Net.method"]
    assert all(found.startswith("requires(") and found.endswith(")") for found, _ in sites)
    assert not end or end in data


def test_literals_that_cannot_be_kept_are_opaque() -> None:
    """And cost nothing but themselves."""
    facts = mined("literals.py", "fast").facts
    assert facts is not None
    assert {name: type(value).__name__ for name, value in facts.constants.items()} == {
        "BIG": "Opaque",
        "COMPLEX": "Sequence",
        "INFINITE": "Constant",
        "LONE": "Opaque",
        "LONG": "Sequence",
        "NAMED": "Opaque",
        "OLD": "Opaque",
    }


def test_names_of_any_script() -> None:
    """As written, not normalised."""
    facts = mined("names.py", "fast").facts
    assert facts is not None
    assert [definition.name for definition in facts.definitions] == ["\u00e9t\u00e9", "\u4e2d\u6587", "\u03b1"]
    assert [row.name for row in facts.exports or ()] == ["\u00e9t\u00e9", "\u4e2d\u6587"]


def test_every_hostile_file_is_spoken_of() -> None:
    """A new one needs its outcome here."""
    assert set(SKIPPED) | set(NETS) <= set(FILES)
