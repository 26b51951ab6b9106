"""The machine that the library is told it runs on: every package at the top, nothing else."""

from __future__ import annotations

from miner.formula.atom import Atom, Module, Package
from miner.formula.evaluate import Reading
from miner.formula.vantage import HIGHEST


class Claimed:
    """Every package and module at the highest version; no device, no attribute, no variable set, no program."""

    def read(self, subject: Atom) -> Reading:
        """Return the highest version of a package or module, and False for the rest."""
        return HIGHEST if isinstance(subject, Package | Module) else False
