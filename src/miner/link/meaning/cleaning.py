"""The results of helpers that fall back when metadata is missing, without their opaque tests."""

from __future__ import annotations

from dataclasses import replace

from miner.formula.atom import Opaque
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction, negation
from miner.link.meaning.tree import choose
from miner.link.meaning.value import Choice, Series, Truth, Value


def cleaned(value: Value) -> Value:
    """Return `value` with opaque parts of its conditions left out; a test that is nothing else counts as failed."""
    match value:
        case Truth(formula):
            return Truth(_transparent(formula) or False)
        case Series(_, items, _):
            return replace(value, items=tuple(cleaned(item) for item in items))
        case Choice(test, then, orelse):
            kept = _transparent(test)
            return cleaned(orelse) if kept is None else choose(kept, cleaned(then), cleaned(orelse))
    return value


def _transparent(formula: Formula) -> Formula | None:
    """Return the formula without opaque parts; None when nothing is left."""
    if isinstance(formula, Opaque):
        return None
    if isinstance(formula, Not):
        part = _transparent(formula.part)
        return None if part is None else negation(part)
    if isinstance(formula, All | Any):
        parts = [part for part in map(_transparent, formula.parts) if part is not None]
        join = conjunction if isinstance(formula, All) else disjunction
        return join(*parts) if parts else None
    return formula
