"""Connectives over atoms, and the constructors that every other module builds formulas with."""

from __future__ import annotations

from typing import Union

import msgspec

from miner.formula.atom import Atom


class All(msgspec.Struct, frozen=True, cache_hash=True):
    """Every part holds."""

    parts: tuple[Formula, ...]


class Any(msgspec.Struct, frozen=True, cache_hash=True):
    """At least one part holds."""

    parts: tuple[Formula, ...]


class Not(msgspec.Struct, frozen=True, cache_hash=True):
    """The part does not hold; never turned into the opposite operator, since absence also negates."""

    part: Formula


Formula = Union[bool, All, Any, Not, Atom]  # noqa: UP007


def conjunction(*parts: Formula) -> Formula:
    """Return the conjunction of `parts`, flattened, constants folded, duplicates dropped, order kept."""
    return _join(All, parts, neutral=True)


def disjunction(*parts: Formula) -> Formula:
    """Return the disjunction of `parts`, flattened, constants folded, duplicates dropped, order kept."""
    return _join(Any, parts, neutral=False)


def negation(part: Formula) -> Formula:
    """Return the negation of `part`; constants and double negation are folded."""
    if isinstance(part, bool):
        return not part
    return part.part if isinstance(part, Not) else Not(part)


def _join(kind: type[All] | type[Any], parts: tuple[Formula, ...], *, neutral: bool) -> Formula:
    # Keyed by repr and not by equality: `Parameter(value=True) == Parameter(value=1)`, and they say different things.
    flat: dict[str, Formula] = {}
    for part in parts:
        for piece in part.parts if isinstance(part, kind) else (part,):
            if isinstance(piece, bool):
                if piece is not neutral:
                    return not neutral
                continue
            flat.setdefault(repr(piece), piece)
    for piece in flat.values():
        if isinstance(piece, Not) and repr(piece.part) in flat:
            return not neutral
    if not flat:
        return neutral
    return next(iter(flat.values())) if len(flat) == 1 else kind(tuple(flat.values()))
