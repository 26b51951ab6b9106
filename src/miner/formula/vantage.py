"""Simulated machines to look at a formula from: one that offers everything, and one with a single fact replaced."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.utils import canonicalize_name

from miner.formula.atom import Atom, Environment, Module, OperatingSystem, Package, Predicate, Python
from miner.formula.evaluate import Facts, Reading

HIGHEST = "9999"


class Top:
    """A machine with every package, module, device, binary and attribute, at version 9999.

    Environment variables, the operating system and predicates are unknown, since no value of theirs is the highest.
    """

    def read(self, subject: Atom) -> Reading:
        """Return the highest version, or None."""
        return None if isinstance(subject, Environment | OperatingSystem | Predicate) else HIGHEST


TOP: Facts = Top()


@dataclass(frozen=True)
class At:
    """`machine` with `subject`, a distribution, a module with its submodules, or "python", at `reading`."""

    machine: Facts
    subject: str
    reading: Reading

    def read(self, subject: Atom) -> Reading:
        """Return `reading` for the subject; else what `machine` says."""
        match subject:
            case Package(package=name):
                is_asked = self._is(name)
            case Module(module=name, distribution=None):
                is_asked = self._is(name) or self._is(name.partition(".")[0])
            case Module(module=name, distribution=str(distribution)):
                is_asked = self._is(name) or self._is(distribution)
            case Python():
                is_asked = self.subject == "python"
            case _:
                is_asked = False
        return self.reading if is_asked else self.machine.read(subject)

    def _is(self, name: str) -> bool:
        return canonicalize_name(name) == canonicalize_name(self.subject)
