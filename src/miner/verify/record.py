"""Verification records: what was run on which machine, and what was learnt of each statement."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from miner.errors import GraphError
from miner.machine.record import Machine
from miner.model.answer import Host
from miner.model.evidence import Evidence, Record

Claim = Literal["verified", "one-sided", "consistent", "refuted", "inconclusive", "not-applicable", "not-run", "error"]
"""What was learnt of a statement. `verified`: both sides of each of its atoms were seen, with the effect's own line on
one and its guard's on the other; `one-sided`: part of that; `consistent`: it was met, and worked; `refuted`: the
library does otherwise; `inconclusive`: what was seen has another explanation; `error`: the probe broke, which says
nothing."""
Reason = Literal[
    "no-gpu", "no-torch", "package-missing", "other-version", "needs-network", "needs-weights", "no-probe", "unsafe",
    "over-budget", "skipped",
]  # fmt: skip
Level = Literal["S0", "S1", "S2", "S3", "S4", "S5"]
LEVELS: tuple[Level, ...] = ("S1", "S2", "S3", "S4", "S5")
"""S1: evaluated against metadata; S2: the library's own gate under simulated machines; S3: the same gate on the real
machine; S4: a kernel; S5: a measurement."""
FILE = "verification.json"
"""The record of the last verification of a graph, in its folder."""


class Verdict(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was learnt of one statement at one level.

    `about` is the id of the node, `host` whether this machine meets it; `why` says in words what decided; `observed`
    and `expected` are of the look that did, `probe` what was looked at, `looks` how often. `reason` is of `not-run`.
    """

    about: str
    host: Host
    claim: Claim
    level: Level
    why: str
    reason: Reason | None = None
    observed: str | None = None
    expected: str | None = None
    probe: str | None = None
    looks: int = 0
    quirks: tuple[str, ...] = ()
    evidence: Evidence


class Ran(Record, frozen=True, kw_only=True):
    """What was planned and run: digests (SHA-256) of the plan and of the probes' source, looks, and seconds.

    `cap_gib` is the simulated budget of memory that measurements were set against, None without one.
    """

    plan: str
    probes: str
    levels: tuple[Level, ...]
    device: str
    looks: int
    seconds: float
    python: str
    versions: dict[str, str]
    cap_gib: float | None = None


class Verification(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One run of `miner verify`: the library's release as it was mined, the machine, what ran, and the verdicts."""

    library: str
    version: str | None
    revision: str
    machine: Machine
    ran: Ran
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()


def recorded(folder: str) -> Verification | None:
    """Return the last verification of the graph in a folder; None where there is none.

    Raises GraphError when there is one that cannot be read.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Verification)
    except (OSError, msgspec.DecodeError) as error:
        raise GraphError(f"{str(path)!r} is no record of a verification: {error}") from error
