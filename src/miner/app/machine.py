"""The use cases that look at this computer, or at a described one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

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

    With a name and an interpreter: that machine with the packages of the interpreter, where it says nothing of those.
    `asked` are the atoms that it will be asked for: of this computer only their variables, binaries and features are
    looked up.
    """
    if named is not None and python is None:
        return find(named), ()
    atoms = tuple(asked)
    here, notes = this_machine(
        python,
        (atom.env for atom in atoms if isinstance(atom, fa.Environment)),
        (atom.binary for atom in atoms if isinstance(atom, fa.Binary)),
        (atom.feature for atom in atoms if isinstance(atom, fa.Feature)),
    )
    return (here, notes) if named is None else (_moved(here, find(named)), ())


def _moved(here: Machine, there: Machine) -> Machine:
    """Return another machine with the software of this computer, as far as it says nothing of that itself.

    What torch answers here (`is_available()`) says nothing of another machine; what it has does.
    """
    features = {name: fact for name, fact in here.features.items() if not name.endswith(")")}
    complete = dict.fromkeys((*there.complete, *(("packages", "modules") if not there.packages else ())))
    return msgspec.structs.replace(
        there,
        name=f"{there.name} with the packages of {here.name}",
        packages=there.packages or here.packages,
        modules=there.modules or here.modules,
        features={**features, **there.features},
        python=there.python or here.python,
        complete=tuple(complete),
    )
