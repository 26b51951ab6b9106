"""Every limit of reading source text, in one record, with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on what one file may ask of the parsers."""

    file_bytes: int = 2_000_000
    """The largest hand-written module of the libraries surveyed has 0.4 MB; larger ones are generated tables."""

    snippet_bytes: int = 300_000
    """The longest table literal surveyed (an import structure) has 0.2 MB."""

    snippet_depth: int = 60
    """libcst recurses in native code and dies on deep input; real expressions stay below 30 levels."""

    snippet_chain: int = 200
    """Operators, dots, calls and implicit concatenation nest without brackets; real ones stay below 60."""

    file_depth: int = 150
    """Deepest nesting of the whole file that libcst's whole-file parser is given."""

    file_chain: int = 1_000
    """Operators, dots, calls and implicit concatenation in one statement that libcst's whole-file parser is given."""

    branches: int = 120
    """Branches of one if: each nests in the one before; real ones stay below 60."""

    guards: int = 400
    """Parts of one path condition, repeated by each statement that they stand before; the most seen is 36."""


LIMITS = Limits()
