"""What was learnt of one statement by one kind of probe."""

from __future__ import annotations

from dataclasses import dataclass

from miner.verify.record import Claim, Reason


@dataclass(frozen=True)
class Judgement:
    """What was learnt: the claim, why, and the look that decided."""

    claim: Claim
    why: str
    reason: Reason | None = None
    observed: str | None = None
    expected: str | None = None
    looks: int = 0
    quirks: tuple[str, ...] = ()
