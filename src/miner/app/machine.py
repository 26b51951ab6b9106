"""The use cases that look at this computer, or at a described one."""

from __future__ import annotations

from collections.abc import Iterable

from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.machine.current import this_machine
from miner.machine.description import find
from miner.machine.record import Machine

__all__ = ["Machine", "machine"]


def machine(
    named: str | None, python: str | None = None, asked: Iterable[Atom] = ()
) -> tuple[Machine, tuple[str, ...]]:
    """Return a machine by its name or the path of its description, or this computer, with notes of what is unsure.

    `asked` are the atoms that it will be asked for: of this computer only their variables, binaries and features are
    looked up.
    """
    if named is not None:
        return find(named), ()
    atoms = tuple(asked)
    return this_machine(
        python,
        (atom.env for atom in atoms if isinstance(atom, fa.Environment)),
        (atom.binary for atom in atoms if isinstance(atom, fa.Binary)),
        (atom.feature for atom in atoms if isinstance(atom, fa.Feature)),
    )
