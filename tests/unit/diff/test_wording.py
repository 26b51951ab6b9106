"""How alike two messages are: by their characters, and by the words that say what they are about."""

from __future__ import annotations

import pytest

from miner.diff.wording import is_said_alike, likeness, shared_words


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("Slower, but saves memory.", "Saves memory at some cost.", 1.0),
        ("This API may change.", "Only evaluation counts.", 0.0),
        ("Use 2 workers", "Use 2 processes", 0.5),
        ("Use it", "Slower", 0.0),
        (None, "Slower", 0.0),
    ],
)
def test_the_share_is_of_the_telling_words_of_the_shorter(before, after, share):
    """Short words say nothing of the matter; numbers do."""
    assert shared_words(before, after) == share


def test_a_missing_message_is_like_no_other_yet_speaks_against_none():
    """Pairs that share more than words need none."""
    assert likeness(None, "x") == 0.0
    assert is_said_alike(None, "x")
    assert not is_said_alike("torch is missing", "Set FOO=1 for speed, or less memory")
