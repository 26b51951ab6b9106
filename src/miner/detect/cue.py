"""What kind of advice a text is, by the words of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_STATED = frozenset({"deprecation", "incompatibility", "requirement", "limitation"})
"""Kinds of what is so, and not of what would be."""
_NAMED = re.compile(
    r"``[^`]+``|(?<!:ref:)(?<!:doc:)`[^`]+`_?|\[[^\]\[]*\](?:\([^()\s]*\))?|https?://\S+|(?<!\w)'[\w.-]*[._][\w.-]*'"
)
"""What stands for a name in prose: code, links, addresses, dotted names within quotes."""
_JOINTS = frozenset("_-")


def kind_of(text: str, cues: Cues, *, sets: bool = True) -> AdviceKind | None:
    """Return the first kind, the most specific first, of which the text holds a word; None when there is none.

    `sets` says whether something is set beside the text: only then it can tell of an override.
    """
    found = {rank for _, rank, _, end in _words_in(text, cues) if text[end : end + 1] != "-"}  # not `faster-rcnn`
    kinds = (kind for rank, (kind, _) in enumerate(_RANKED) if rank in found)
    return next((kind for kind in kinds if sets or kind != "default-override"), None)


def kind_of_prose(text: str, cues: Cues) -> AdviceKind | None:
    """Return the same of a sentence of documentation, more strictly: most of those only describe.

    A word counts where it is no part of a name, where the text fits what the vocabulary asks of it, and, but for
    trade-offs and recommendations, outside of clauses that only suppose something (`if it is not available, ...`).
    """
    plain = _NAMED.sub(lambda found: "_" * len(found[0]), text)
    stated = _pattern(cues.supposes).sub(_only_its_word, plain)
    asked = _asked(cues)
    found: set[int] = set()
    for word, rank, start, end in _words_in(plain, cues):
        if rank in found or _is_part(plain, start, end):
            continue
        if _RANKED[rank][0] in _STATED and word.strip() not in stated[start:end].lower():
            continue
        if word not in asked or asked[word].search(plain):
            found.add(rank)
    return _RANKED[min(found)][0] if found else None


def _words_in(text: str, cues: Cues) -> Iterator[tuple[str, int, int, int]]:
    """Yield the words of a vocabulary in a text: each with the rank of its kind, and where it stands."""
    automaton, words = _automaton(cues)
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
    for index, start, end in automaton.find_matches_as_indexes(lower, overlapping=True):
        word, rank = words[index]
        yield word, rank, start, end


def _is_part(text: str, start: int, end: int) -> bool:
    """Say whether a word is a part of a longer one or of a name: `FasterNet`, `faster-rcnn`, `for later`."""
    before, after, last = text[start - 1 : start], text[end : end + 1], text[end - 1]
    if text[start].isalnum() and (before.isalnum() or before in _JOINTS):
        return True
    goes_on = after.isdigit() or after in _JOINTS or (after.isupper() and last.islower())
    return last.isalnum() and goes_on


def _only_its_word(found: re.Match[str]) -> str:
    word = found[found.lastindex or 0]
    return word + "_" * (len(found[0]) - len(word))


def is_described(text: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a text fits one of the vocabulary's patterns of texts that hold its words and mean something else."""
    return _pattern(patterns).search(text) is not None


@cache
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or r"(?!)", re.IGNORECASE)


@cache
def _automaton(cues: Cues) -> tuple[AhoCorasick, tuple[tuple[str, int], ...]]:
    """Return what finds all words of a vocabulary in one pass, and those words, each with the rank of its kind."""
    words = tuple((word, rank) for rank, (_, name) in enumerate(_RANKED) for word in getattr(cues, name))
    return AhoCorasick([word for word, _ in words]), words


@cache
def _asked(cues: Cues) -> dict[str, re.Pattern[str]]:
    """Return what a text must fit for a word to count, by word."""
    return {word: re.compile(pattern, re.IGNORECASE) for words, pattern in cues.asked for word in words}
