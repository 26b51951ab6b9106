"""What kind of advice a text is, by the words of the vocabulary."""

from __future__ import annotations

from miner.detect.idiom import Cues
from miner.model.node import AdviceKind

_RANKED: tuple[tuple[AdviceKind, str], ...] = (
    ("deprecation", "deprecation"),
    ("incompatibility", "incompatibility"),
    ("trade-off", "trade_off"),
    ("requirement", "requirement"),
    ("default-override", "override"),
    ("limitation", "limitation"),
    ("recommendation", "recommendation"),
)


def kind_of(text: str, cues: Cues, *, sets: bool = True) -> AdviceKind | None:
    """Return the first kind, the most specific first, of which the text holds a word; None when there is none.

    `sets` says whether something is set beside the text: only then it can tell of an override.
    """
    lower = text.lower()
    for kind, name in _RANKED:
        if (kind != "default-override" or sets) and any(word in lower for word in getattr(cues, name)):
            return kind
    return None
