"""The places that a formula's versions and names come from."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from miner.formula.connective import All, Any, Formula, Not
from miner.link.meaning.record import Place
from miner.link.meaning.trace import Trace
from miner.link.meaning.value import Constant


def grounded(formula: Formula, trace: Trace) -> tuple[Place, ...]:
    """Return the definitions met, and the constants whose text is in the formula, sorted."""
    said = set(words(formula))
    places = dict(trace.places)
    for place, value in trace.constants.items():
        if isinstance(value, Constant) and isinstance(value.value, str) and _is_said(value.value, said):
            places[place] = None
    return tuple(sorted(places))


def _is_said(text: str, said: set[str]) -> bool:
    return text in said or any(len(text) > 2 and text in word for word in said)


def words(formula: Formula) -> Iterator[str]:
    """Yield the names and versions in a formula."""
    if isinstance(formula, All | Any):
        for part in formula.parts:
            yield from words(part)
    elif isinstance(formula, Not):
        yield from words(formula.part)
    elif not isinstance(formula, bool):
        yield from _strings(msgspec.to_builtins(formula))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
