"""What a graph states, as one line for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from miner.escape import one_line

if TYPE_CHECKING:
    from miner.formula.connective import Formula
    from miner.model.node import Otherwise


def formula(stated: object, longest: int, fold: Callable[[Formula], Formula] = lambda f: f) -> str:
    """Return a formula of a record, in other words where `fold` has some, cut to `longest` characters."""
    from miner.formula.notation import from_json  # noqa: PLC0415  (help must not load the records)
    from miner.formula.text import render  # noqa: PLC0415

    return one_line(render(fold(from_json(stated))), longest)


def effect(otherwise: Otherwise, longest: int) -> str:
    """Return what follows where a need is not met: the effect, its exception, and what is said or done."""
    exception = (otherwise.exception or "").rpartition(".")[2]
    said = otherwise.message or otherwise.action or ""
    kind = " ".join(filter(None, (otherwise.effect, exception)))
    return one_line(": ".join(filter(None, (kind, said))), longest)
