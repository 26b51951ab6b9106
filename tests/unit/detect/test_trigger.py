"""The words of all detectors are found in one pass, at every place where one begins."""

from __future__ import annotations

import pytest

from miner.detect.trigger import Triggers, is_within
from miner.model.span import Span

WORDS = {"cats": (b"cat", b"concat"), "dogs": (b"dog",), "any": ()}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", {"any": (0,)}),
        (b"a cow", {"any": (0,)}),
        (b"dog cat dog", {"any": (0,), "cats": (4,), "dogs": (0, 8)}),
        (b"concat", {"any": (0,), "cats": (0, 3)}),
        ("é cat".encode(), {"any": (0,), "cats": (3,)}),
    ],
)
def test_where_the_words_of_each_detector_begin(data, expected):
    """One word may lie in another; offsets count bytes and ascend."""
    assert Triggers(WORDS).find(data) == expected


def test_no_words_at_all():
    """Detectors without words are found everywhere, and nothing is looked for."""
    assert Triggers({"any": ()}).find(b"cat") == {"any": (0,)}


@pytest.mark.parametrize(("start", "end", "expected"), [(0, 4, False), (0, 5, True), (4, 9, True), (5, 9, False)])
def test_an_offset_lies_in_a_span_when_the_word_begins_there(start, end, expected):
    """Spans are half-open."""
    assert is_within((4,), Span(start, end, 1, 1)) is expected
