"""What a detector is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from miner.detect.file import File
from miner.detect.idiom import Idioms
from miner.model.site import Site
from miner.syntax.outline import Item


@dataclass(frozen=True)
class Detector:
    """One form of evidence: pure, without state between files, in no promised order.

    `kinds` are the kinds of items that `find` is given; a detector without kinds is given None once for the whole
    file. `words` are byte strings of which one must occur in the file (and in the item) for `find` to be called; none
    means always. `revision` goes up whenever the output may change: it is part of every cache key.
    """

    id: str
    revision: int
    kinds: frozenset[str]
    words: Callable[[Idioms], tuple[bytes, ...]]
    find: Callable[[File, Item | None], Iterator[Site]]


def cores(*names: str) -> tuple[bytes, ...]:
    """Return the longest literal part of each name pattern, as a word to look for in bytes."""
    found = {max(name.replace("?", "*").split("*"), key=len).encode() for name in names}
    return tuple(sorted(core for core in found if core))
