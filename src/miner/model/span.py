"""Places in a file."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A place in one file: bytes half-open from 0, lines inclusive from 1."""

    start_byte: int
    end_byte: int
    start_line: int
    end_line: int

    def contains(self, other: Span) -> bool:
        """Say whether `other` lies within this span."""
        return self.start_byte <= other.start_byte and other.end_byte <= self.end_byte
