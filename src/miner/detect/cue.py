"""What kind of advice a text is, by the words of the vocabulary."""

from __future__ import annotations

import re
from functools import cache

from ahocorasick_rs import AhoCorasick

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
    automaton, ranks = _automaton(cues)
    lower = text.lower()
    matches = automaton.find_matches_as_indexes(lower, overlapping=True)
    found = {ranks[word] for word, _, end in matches if lower[end : end + 1] != "-"}  # not `faster-rcnn`
    kinds = (kind for rank, (kind, _) in enumerate(_RANKED) if rank in found)
    return next((kind for kind in kinds if sets or kind != "default-override"), None)


def is_described(text: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a text fits one of the vocabulary's patterns of texts that hold its words and mean something else."""
    return _pattern(patterns).search(text) is not None


@cache
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)


@cache
def _automaton(cues: Cues) -> tuple[AhoCorasick, tuple[int, ...]]:
    """Return what finds all words of a vocabulary in one pass, and the rank of the kind of each of them."""
    words = [(word, rank) for rank, (_, name) in enumerate(_RANKED) for word in getattr(cues, name)]
    return AhoCorasick([word for word, _ in words]), tuple(rank for _, rank in words)
