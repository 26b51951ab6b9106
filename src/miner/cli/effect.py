"""Where options take effect, as `miner explain` tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from miner.app.explain import Folding
from miner.cli.render import Entry
from miner.cli.statement import shortened
from miner.escape import one_line
from miner.formula.connective import Formula, conjunction, conjuncts
from miner.formula.notation import from_json, text
from miner.model.option_use import OptionUse

_LONGEST = 400
"""Characters of a condition; one that is longer is not told."""
_SHORT = 100
"""Characters of what one of many places says."""
_MOST_FUNCTIONS = 12
_MOST_USES = 3
_WAYS = ("tested", "passed", "set", "noted", "taken", "used")
"""How an option takes effect, what decides most first."""


def taking_effect(uses: Iterable[OptionUse], fold: Folding) -> Iterator[Entry]:
    """Yield where options take effect, function by function, of each the uses that decide most.

    What all of those of a function are reached under is told once.
    """
    owners: dict[tuple[str, str], list[OptionUse]] = {}
    for use in uses:
        owners.setdefault((use.owner, use.evidence[0].path), []).append(use)
    ranked = sorted(owners.items(), key=lambda each: each[0][1].count("/"))  # what is deep within is special
    for (owner, path), found in ranked[:_MOST_FUNCTIONS]:
        shown = sorted(sorted(found, key=lambda use: _WAYS.index(use.way))[:_MOST_USES], key=_line)
        left = len(found) - len(shown)
        more = [f"and {left:,} more"] if left else []
        asked = [{text(part): part for part in conjuncts(from_json(use.when))} for use in shown]
        shared = frozenset.intersection(*map(frozenset, asked)) if len(asked) > 1 else frozenset[str]()
        head = (f"{owner}, {path}", *_under(asked[0], shared, fold))
        lines = (_use(use, _under(parts, parts.keys() - shared, fold)) for use, parts in zip(shown, asked, strict=True))
        yield Entry((", ".join(head),), (*lines, *more))
    if len(owners) > _MOST_FUNCTIONS:
        yield Entry((f"and {len(owners) - _MOST_FUNCTIONS:,} more functions; --format json has them all",), ())


def _under(parts: Mapping[str, Formula], wanted: Collection[str], fold: Folding) -> list[str]:
    """Return the condition that some parts of one make up; of none, or a long one, nothing."""
    when = fold(conjunction(*(part for key, part in parts.items() if key in wanted)))
    told = f"when {shortened(when, _LONGEST)}"
    return [told] if when is not True and len(told) <= _LONGEST else []


def _use(use: OptionUse, when: Iterable[str]) -> str:
    how = f"passed to {use.to}" if use.way == "passed" and use.to else use.way
    then = (f"then {one_line(use.then, _SHORT)}",) if use.then else ()
    return ", ".join((f"{_line(use)}: {use.option} {how}: {one_line(use.code, _SHORT)}", *when, *then))


def _line(use: OptionUse) -> int:
    return use.evidence[0].start_line
