"""How alike two messages are."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_LEAST_ALIKE = 0.5
"""The share of two messages that must be the same for them to be one in other words."""
_WORD = re.compile(r"[^\W_]+")
_LEAST_LETTERS = 5
"""Of a word that says what a sentence is about; numbers count too."""


def likeness(before: str | None, after: str | None) -> float:
    """Return the share of two messages that is the same; none where one is missing."""
    return SequenceMatcher(None, before, after, autojunk=False).ratio() if before and after else 0.0


def is_said_alike(before: str | None, after: str | None, least: float = _LEAST_ALIKE) -> bool:
    """Return whether two messages may be one in other words; with none, nothing speaks against it."""
    if before is None or after is None or before == after:
        return True
    ratio = SequenceMatcher(None, before, after, autojunk=False)
    bounds = (
        ratio.real_quick_ratio,
        ratio.quick_ratio,
        ratio.ratio,
    )  # each no less than the next, and quicker
    return all(bound() >= least for bound in bounds)


def shared_words(before: str | None, after: str | None) -> float:
    """Return the share of the telling words of the shorter message that both say; none where one has none."""
    words = [
        {word for word in _WORD.findall((message or "").lower()) if len(word) >= _LEAST_LETTERS or word.isdigit()}
        for message in (before, after)
    ]
    return len(words[0] & words[1]) / min(map(len, words)) if all(words) else 0.0
