"""Connectives over atoms, and the constructors that every other module builds formulas with."""

from __future__ import annotations

from collections.abc import Iterable
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


def affirmed(f: Formula) -> Formula:
    """Return `f` without a negation around it: the atom, of a literal."""
    return f.part if isinstance(f, Not) else f


def conjuncts(f: Formula) -> tuple[Formula, ...]:
    """Return the parts of a conjunction; of anything else, itself."""
    return f.parts if isinstance(f, All) else (f,)


def _join(kind: type[All] | type[Any], parts: tuple[Formula, ...], *, neutral: bool) -> Formula:
    flat: dict[Formula, list[Formula]] = {}
    order: list[Formula] = []
    for part in parts:
        for piece in part.parts if isinstance(part, kind) else (part,):
            if isinstance(piece, bool):
                if piece is not neutral:
                    return not neutral
            else:
                equal = flat.get(piece)
                if equal is None:
                    flat[piece] = [piece]
                    order.append(piece)
                elif not _is_among(piece, equal):
                    equal.append(piece)
                    order.append(piece)
    for piece in order:
        if isinstance(piece, Not) and piece.part in flat and _is_among(piece.part, flat[piece.part]):
            return not neutral
    if not order:
        return neutral
    return order[0] if len(order) == 1 else kind(tuple(order))


def _is_among(piece: Formula, equal: Iterable[Formula]) -> bool:
    """Say whether one of several equal formulas is the same: `Parameter(value=True) == Parameter(value=1)`, and they
    say different things.
    """
    return any(piece is other or repr(piece) == repr(other) for other in equal)
