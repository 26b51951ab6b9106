"""How alike two messages are."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

_LEAST_ALIKE = 0.5
"""The share of two messages that must be the same for them to be one in other words."""
_FIELD = re.compile(r"\{[^{}]*\}")
_LEAST_SAID = 24
_FEW_WORDS = 3
"""Of two messages with fewer telling words each letter counts."""
_WORD = re.compile(r"[^\W_]+")
_LEAST_LETTERS = 5
"""Of a word that says what a sentence is about; numbers count too."""


def likeness(before: str | None, after: str | None, least: float = _LEAST_ALIKE) -> float:
    """Return the share of two messages that is the same; none where one is missing, or where it is below `least`."""
    if not before or not after or _share_too_little(before, after, least):
        return 0.0
    ratio = SequenceMatcher(None, before, after, autojunk=False)
    bounds = (ratio.real_quick_ratio, ratio.quick_ratio)  # each no less than the ratio, and quicker
    found = ratio.ratio() if all(bound() >= least for bound in bounds) else 0.0
    return found if found >= least else 0.0


def is_said_alike(before: str | None, after: str | None, least: float = _LEAST_ALIKE) -> bool:
    """Return whether two messages may be one in other words; with none, nothing speaks against it."""
    return before is None or after is None or before == after or likeness(before, after, least) > 0


def _share_too_little(before: str, after: str, least: float) -> bool:
    """Return whether messages share so few words that they are not as alike as that, which is quick to see."""
    if min(len(_telling(before)), len(_telling(after))) < _FEW_WORDS:
        return False
    share = shared_words(before, after)
    return share == 0 or (least > _LEAST_ALIKE and share < _LEAST_ALIKE)


def shared_words(before: str | None, after: str | None) -> float:
    """Return the share of the telling words of the shorter message that both say; none where one has none."""
    words = _telling(before or ""), _telling(after or "")
    return len(words[0] & words[1]) / min(map(len, words)) if all(words) else 0.0


@lru_cache(maxsize=16_384)
def _telling(message: str) -> frozenset[str]:
    found = _WORD.findall(message.lower())
    return frozenset(word for word in found if len(word) >= _LEAST_LETTERS or word.isdigit())


def plain_words(message: str | None) -> str | None:
    """Return a message to compare, without spaces: what stands in its fields is another matter, with enough around."""
    if message is None:
        return None
    together = "".join(message.split())
    plain = _FIELD.sub("{}", together) if "{" in together else together
    return plain if len(plain) >= _LEAST_SAID else together
