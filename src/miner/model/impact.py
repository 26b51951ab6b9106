"""Impacts: what a change of a library does to a place of a program that uses it."""

from __future__ import annotations

from miner.model.change import Change, Severity
from miner.model.evidence import Record
from miner.model.use import Use


class Impact(Record, frozen=True, omit_defaults=False):
    """One change at one use. `severity` is that of the change, or less where the use leaves it open; `fix` is what the
    library itself says to do, None where it says nothing.
    """

    use: Use
    change: Change
    severity: Severity
    fix: str | None = None
