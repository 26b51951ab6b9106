"""The places that a formula's versions and names come from."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from miner.formula.connective import All, Any, Formula, Not
from miner.link.meaning.record import Place
from miner.link.meaning.trace import Trace
from miner.link.meaning.value import (
    Choice,
    Constant,
    Count,
    DistributionOf,
    Distributions,
    Metadata,
    Parsed,
    Release,
    Series,
    Spec,
    Table,
    Truth,
    Value,
    Variable,
)


def grounded(formula: Formula, trace: Trace, own: tuple[Place, ...] = ()) -> tuple[Place, ...]:
    """Return the definitions met, and the constants and bindings whose text is in the formula, sorted."""
    said = set(words(formula))
    places = {**trace.places, **dict.fromkeys(own)}
    for place, value in trace.constants.items():
        if any(_is_said(text, said) for text in texts(value)):
            places[place] = None
    places |= {place: None for place, path in trace.bindings.items() if path in said}
    return tuple(sorted(places))


def _is_said(text: str, said: set[str]) -> bool:
    return text in said or any(len(text) > 2 and text in word for word in said)


def speaks(value: Value) -> bool:
    """Say whether something of the environment is in a value: a condition, a version, a variable."""
    if isinstance(value, Choice):
        return True
    if isinstance(value, Truth):
        return not isinstance(value.formula, bool)
    if isinstance(value, Series):
        return any(speaks(item) for item in value.items)
    return isinstance(value, Release | Spec | Metadata | Variable | Distributions | DistributionOf | Parsed | Count)


def texts(value: Value) -> Iterator[str]:
    """Yield the strings in a constant, or in a collection of constants."""
    if isinstance(value, Constant) and value.value is not None:
        yield str(value.value)
    elif isinstance(value, Parsed):
        yield value.text
    elif isinstance(value, Series):
        for item in value.items:
            yield from texts(item)
    elif isinstance(value, Table):
        for key, item in value.items:
            yield from texts(Constant(key))
            yield from texts(item)


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
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
