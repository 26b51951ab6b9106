"""What a detector is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps

from miner.detect.file import File
from miner.detect.idiom import Idioms
from miner.detect.trigger import Offsets
from miner.model.site import Site
from miner.syntax.outline import Item

NOWHERE = b"\x00nowhere"
"""A word that no source holds: of a detector to which each file itself gives its words or places."""


@dataclass(frozen=True)
class Detector:
    """One form of evidence: pure, without state between files, in no promised order.

    `kinds` are the kinds of items that `find` is given; a detector without kinds is given None once for the whole
    file. `words` are byte strings of which one must occur in the file (and in the item) for `find` to be called; none
    means always. A `deep` detector is given the statements within functions too, as far as they hold one of its words;
    `more` are words that the file itself gives, `places` offsets in it.
    `revision` goes up whenever the output may change: it is part of every cache key.
    """

    id: str
    revision: int
    kinds: frozenset[str]
    words: Callable[[Idioms], tuple[bytes, ...]]
    find: Callable[[File, Item | None], Iterator[Site]]
    deep: bool = False
    more: Callable[[File], tuple[bytes, ...]] | None = None
    places: Callable[[File], Offsets] | None = None


def remembered(words: Callable[[Idioms], tuple[bytes, ...]]) -> Callable[[Idioms], tuple[bytes, ...]]:
    """Work the words of a vocabulary out once: detectors ask for them again and again."""
    known: dict[str, tuple[bytes, ...]] = {}

    @wraps(words)
    def of(idioms: Idioms) -> tuple[bytes, ...]:
        if idioms.digest not in known:
            known[idioms.digest] = words(idioms)
        return known[idioms.digest]

    return of


def cores(*names: str) -> tuple[bytes, ...]:
    """Return the longest literal part of each name pattern, as a word to look for in bytes."""
    return minimal(max(name.replace("?", "*").split("*"), key=len).encode() for name in names)


def decorator_words(*names: str) -> tuple[bytes, ...]:
    """Return the words by which decorators of these name patterns are found: `@name`, `.name(`, or their cores."""
    whole = [name for name in names if "*" not in name and "?" not in name]
    words = [f"@{name}".encode() for name in whole] + [f".{name}(".encode() for name in whole]
    return minimal((*words, *cores(*(name for name in names if name not in whole))))


def minimal(words: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the words without those that hold another of them: where one occurs, so does the other."""
    found = sorted({word for word in words if word})
    return tuple(word for word in found if not any(other in word for other in found if other != word))
