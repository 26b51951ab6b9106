"""A nested condition as its cases: `a and x or not a and y` is x where a is so, else y."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from miner.formula.canonical import canonical
from miner.formula.connective import Any, Formula, conjunction, conjuncts, disjunction, negation
from miner.formula.notation import text

_FEWEST = 3
_MOST = 24  # alternatives that are looked through in pairs


class Cases(NamedTuple):
    """What holds in all cases, and what then does: the first whose condition is met says the rest."""

    always: Formula
    cases: tuple[tuple[Formula, Formula], ...]


def cases(stated: Formula) -> Cases | None:
    """Return a condition as at least three cases, the last without a condition; None where it is not made of any."""
    nested = [part for part in conjuncts(stated) if isinstance(part, Any)]
    if len(nested) != 1:
        return None
    found = tuple(_chain(nested[0]))
    always = conjunction(*(part for part in conjuncts(stated) if part is not nested[0]))
    return Cases(always, found) if len(found) >= _FEWEST else None


class _Division(NamedTuple):
    """A condition apart: what suffices anyway, a test, what is asked where it is met, and where it is not."""

    anyway: Formula
    test: Formula
    met: Formula
    unmet: Formula


def _chain(stated: Formula) -> Iterator[tuple[Formula, Formula]]:
    """Yield the cases of a condition in the order in which they are told apart; the last for all that is left."""
    is_short = isinstance(stated, Any) and len(stated.parts) <= _MOST
    divisions = list(_divisions(stated)) if isinstance(stated, Any) and is_short else []
    if not divisions:
        yield True, stated
        return
    first = min(divisions, key=lambda each: len(text(each.met)))
    if first.anyway is not False:
        yield first.anyway, True
    yield first.test, first.met
    yield from _chain(first.unmet)


def _divisions(stated: Any) -> Iterator[_Division]:
    for first, other in permutations(stated.parts, 2):
        held = {text(part): part for part in conjuncts(first)}
        for part in conjuncts(other):
            test = canonical(negation(part))
            wanted = {text(each) for each in conjuncts(test)}
            if wanted <= held.keys():
                yield _Division(
                    disjunction(*(each for each in stated.parts if each is not first and each is not other)),
                    test,
                    conjunction(*(each for key, each in held.items() if key not in wanted)),
                    conjunction(*(each for each in conjuncts(other) if each is not part)),
                )
