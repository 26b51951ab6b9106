"""What a graph states, as one line for people."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from miner.escape import one_line

if TYPE_CHECKING:
    from miner.formula.connective import Formula
    from miner.model.node import Otherwise, Requirement

_HARDNESS = {"raise": 0, "placeholder": 0, "unchecked": 1, "disable": 1, "warn": 2}
"""What follows where a need is not met, the worst first; what is not named here goes another way, or goes without."""
_ROOM = 60
"""Characters that are enough to tell a nested part in part."""


def formula(stated: object, longest: int) -> str:
    """Return a formula of a record in about `longest` characters."""
    from miner.formula.notation import from_json  # noqa: PLC0415  (help must not load the records)

    return shortened(from_json(stated), longest)


def shortened(stated: Formula, longest: int) -> str:
    """Return a formula in about `longest` characters: whole parts, the simple ones first, and how many are left."""
    from miner.formula.connective import All, Any  # noqa: PLC0415
    from miner.formula.text import render  # noqa: PLC0415

    line = render(stated)
    if len(line) <= longest or not isinstance(stated, All | Any):
        return one_line(line, longest)
    kind, word, more = (All, "and", "condition") if isinstance(stated, All) else (Any, "or", "alternative")
    parts = sorted(stated.parts, key=_difficulty)
    joint = len(word) + 2
    lengths = (len(render(part)) + joint + 2 * isinstance(part, All | Any) for part in parts[:-1])
    kept = sum(1 for total in accumulate(lengths) if total - joint <= longest)
    shown = [render(kind(tuple(parts[:kept])))] if kept else []
    room = longest - sum(map(len, shown))
    if not kept or (room >= _ROOM and isinstance(parts[kept], All | Any)):  # the next one in part
        inner = shortened(parts[kept], room)
        shown.append(f"({inner})" if isinstance(parts[kept], All | Any) else inner)
        kept += 1
    left = len(parts) - kept
    told = [f"{left} further {more}{'s' if left > 1 else ''}"] if left else []
    return f" {word} ".join((*shown, *told))


def _difficulty(part: Formula) -> int:
    """Return the order in which parts are read: arguments, the environment, what is not understood, and the nested."""
    from miner.formula.atom import Opaque, Parameter  # noqa: PLC0415
    from miner.formula.connective import All, Any, affirmed  # noqa: PLC0415

    match affirmed(part):
        case Parameter():
            return 0
        case Opaque():
            return 2
        case All() | Any():
            return 3
    return 1


def hardness(node: Requirement) -> int | None:
    """Return how bad it is not to meet a requirement, 0 the worst; None where things go another way, or without."""
    return _HARDNESS.get(node.otherwise.effect) if node.enforced else None


def effect(otherwise: Otherwise, longest: int) -> str:
    """Return what follows where a need is not met: the effect, its exception, and what is said or done."""
    exception = (otherwise.exception or "").rpartition(".")[2]
    said = otherwise.message or otherwise.action or ""
    if otherwise.effect == "skip" and said.startswith("without"):
        return one_line(f"goes on {said}", longest)
    if otherwise.effect == "fallback" and said.startswith("elif "):
        return one_line(f"goes on to test {said.removeprefix('elif ')}", longest)
    kind = " ".join(filter(None, (otherwise.effect, exception)))
    return one_line(": ".join(filter(None, (kind, said))), longest)
