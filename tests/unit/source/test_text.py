"""Foreign text fits one line and keeps no secret."""

from __future__ import annotations

from miner.source.text import has_control, visible


def test_escapes_masks_and_cuts() -> None:
    assert visible("a\x1b[31m\nb\u202e") == "a\\x1b[31m\\nb\\u202e"
    assert visible("at https://user:secret@host/x") == "at https://***@host/x"
    assert visible("\udcff") == "\\udcff"
    assert len(visible("x" * 1000)) == 300


def test_control_characters() -> None:
    assert not has_control("plain ü text")
    assert all(has_control(f"a{c}") for c in "\0\n\r\x1b\x7f\x85\u2028\ud800")
