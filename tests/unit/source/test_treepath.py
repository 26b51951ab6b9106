"""Paths written by strangers are taken as they are or refused by name."""

from __future__ import annotations

import pytest

from miner.model.snapshot import Entry
from miner.source.limits import LIMITS, SourceLimits
from miner.source.treepath import path_refusal, settle


@pytest.mark.parametrize("path", ["a.py", "a/b.py", "a b/ü.py", ".hidden", "a/...py", "-x.py", "$(x).py"])
def test_taken(path: str) -> None:
    assert path_refusal(path, LIMITS) is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty path"),
        ("/etc/passwd", "absolute path"),
        ("../a.py", "path leaves its tree (..)"),
        ("a/../b.py", "path leaves its tree (..)"),
        ("a/./b.py", "path with an empty or . part"),
        ("a//b.py", "path with an empty or . part"),
        ("a\nb.py", "control character in path"),
        ("a\x00b.py", "control character in path"),
        ("a\x9bb.py", "control character in path"),
        ("a\u2028b.py", "control character in path"),
        ("a\\..\\b.py", "backslash in path"),
        ("a\udcffb.py", "path is not UTF-8"),
        ("x" * 20, "path longer than 16 bytes"),
    ],
)
def test_refused(path: str, reason: str) -> None:
    assert path_refusal(path, SourceLimits(max_path_bytes=16)) == reason


def test_two_entries_of_one_path_are_both_left_out() -> None:
    one, two, other = Entry("a.py", "1" * 40, 1), Entry("a.py", "2" * 40, 1), Entry("b.py", "3" * 40, 1)
    entries, refused = settle([two, other, one], [("x\n", "control character in path")])
    assert entries == (other,)
    assert refused == (("a.py", "more than one entry has this path"), ("x\\n", "control character in path"))
