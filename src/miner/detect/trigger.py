"""Where the words of the detectors occur in a file: all of them are looked for in one pass over its bytes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from ahocorasick_rs import BytesAhoCorasick

from miner.model.span import Span

Offsets = tuple[int, ...]
"""Ascending byte offsets at which one of a detector's words begins."""


class Triggers:
    """The words of several detectors; a detector without words is found everywhere."""

    def __init__(self, words: Mapping[str, tuple[bytes, ...]]) -> None:
        self._always = tuple(detector for detector, needed in words.items() if not needed)
        wanted = sorted({word for needed in words.values() for word in needed})
        self._detectors = tuple(tuple(d for d, needed in words.items() if word in needed) for word in wanted)
        self._automaton = BytesAhoCorasick(wanted) if wanted else None

    def find(self, data: bytes) -> dict[str, Offsets]:
        """Return, for each detector that `data` holds a word of, where they begin."""
        found: dict[str, list[int]] = {detector: [0] for detector in self._always}
        if self._automaton is not None:
            for word, start, _ in self._automaton.find_matches_as_indexes(data, overlapping=True):
                for detector in self._detectors[word]:
                    found.setdefault(detector, []).append(start)
        return {detector: tuple(sorted(offsets)) for detector, offsets in found.items()}


def is_within(offsets: Offsets, span: Span) -> bool:
    """Say whether one of `offsets` lies in a span."""
    at = bisect_left(offsets, span.start_byte)
    return at < len(offsets) and offsets[at] < span.end_byte


def merged(offsets: Offsets, data: bytes, words: tuple[bytes, ...]) -> Offsets:
    """Return `offsets` and those at which some more words begin."""
    found = set(offsets)
    for word in words:
        at = data.find(word)
        while at != -1:
            found.add(at)
            at = data.find(word, at + len(word))
    return tuple(sorted(found))
