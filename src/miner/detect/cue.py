"""What kind of advice a text is, by the words of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
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
    ("warning", "caution"),
    ("recommendation", "recommendation"),
)
_STATED = frozenset({"deprecation", "incompatibility", "requirement", "limitation"})
"""Kinds of what is so, and not of what would be."""
_NAMED = re.compile(
    r"``[^`]+``|(?<!:ref:)(?<!:doc:)`[^`]+`_?|\[[^\]\[]*\](?:\([^()\s]*\))?|https?://\S+|(?<!\w)'[\w.-]*[._][\w.-]*'"
)
"""What stands for a name in prose: code, links, addresses, dotted names within quotes."""
_JOINTS = frozenset("_-")
_REST = re.compile(r"[a-z]+_\w")
"""The rest of a word that is a part of a name: `ed_version` of `deprecated_version`."""


def may_tell(text: str, cues: Cues, without: Collection[str] = ()) -> bool:
    """Say whether a text, which may be code or many sentences, holds a word of any kind but those left out."""
    return any(_RANKED[rank][0] not in without for _, rank, _, _ in _words_in(text, cues))


def kind_of(text: str, cues: Cues, without: Collection[str] = ()) -> AdviceKind | None:
    """Return the first kind, the most specific first, of which the text holds a word; None when there is none.

    A word counts where it is no part of a name, and the text fits what the vocabulary asks of it. `without` are kinds
    that the text cannot be of, by where it stands.
    """
    asked = _asked(cues)
    found = {
        rank
        for word, rank, start, end in _words_in(text, cues)
        if text[start - 1 : start] != "_"
        and not _goes_on(text, end)
        and (word not in asked or asked[word].search(text))
    }
    kinds = (kind for rank, (kind, _) in enumerate(_RANKED) if rank in found)
    return next((kind for kind in kinds if kind not in without), None)


def kind_of_prose(text: str, cues: Cues) -> AdviceKind | None:
    """Return the same of a sentence of documentation, more strictly: most of those only describe.

    A word counts where it is no part of a name, where the text fits what the vocabulary asks of it, and, but for
    trade-offs and recommendations, outside of clauses that only suppose something (`if it is not available, ...`).
    """
    plain = without_names(text)
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


def without_names(text: str) -> str:
    """Return a text of the same length in which what stands for a name says nothing."""
    return _NAMED.sub(lambda found: "_" * len(found[0]), text)


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
    before = text[start - 1 : start]
    return (text[start].isalnum() and (before.isalnum() or before in _JOINTS)) or _goes_on(text, end)


def _goes_on(text: str, end: int) -> bool:
    """Say whether a name goes on where a word ends."""
    after, last = text[end : end + 1], text[end - 1]
    is_new = after.isdigit() or after in _JOINTS or (after.isupper() and last.islower())
    return last.isalnum() and (is_new or _REST.match(text, end) is not None)


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
