"""Three-valued evaluation: true, false, or None where a fact is missing or a condition was not understood."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from operator import eq, ge, gt, le, lt
from typing import Protocol, Union

from packaging.version import Version

from miner.formula.atom import Atom, Environment, Module, Opaque, Package, Parameter, SameRelease
from miner.formula.connective import All, Any, Formula, Not
from miner.formula.region import OPERATORS, compared, contains
from miner.formula.subject import VERSIONED, constrained, constraints, normal, ordinal, version

_COMPARISONS: dict[str, Callable[..., object]] = {"==": eq, "<": lt, ">": gt, "<=": le, ">=": ge}

Reading = Union[str, bool, None]  # noqa: UP007
"""What is known of a subject: its version or value; True: there, version unknown; False: absent; None: unknown."""


class Facts(Protocol):
    """What evaluation asks of a machine."""

    def read(self, subject: Atom) -> Reading:
        """Return what is known of `subject`, an atom without constraints and values.

        Package: its version. Module: the version of its `distribution`, else of the one that provides it; False where
        it is not importable. Device count, memory: a number; capability, toolkit, driver, Python: a version.
        Binary: its version. Environment: the value. OperatingSystem (by name), Device, Feature, Predicate: a truth
        value.
        """


def evaluate(f: Formula, machine: Facts) -> bool | None:
    """Return the value of `f` on `machine`; None where a missing fact, a parameter or an opaque atom decides."""
    return value(f, lambda atom: holds(atom, machine))


def value(f: Formula, valuation: Callable[[Atom], bool | None]) -> bool | None:
    """Return the value of `f` in Kleene's strong three-valued logic, each atom taking the value that is given to it."""
    match f:
        case bool():
            return f
        case All(parts):
            return _joined((value(part, valuation) for part in parts), by=False)
        case Any(parts):
            return _joined((value(part, valuation) for part in parts), by=True)
        case Not(part):
            found = value(part, valuation)
            return None if found is None else not found
        case _:
            return valuation(f)


def _joined(values: Iterable[bool | None], *, by: bool) -> bool | None:
    """Return the value of what is joined so that one which is `by` decides, whatever the others are."""
    result: bool | None = not by
    for each in values:
        if each is by:
            return by
        if each is None:
            result = None
    return result


def holds(atom: Atom, machine: Facts) -> bool | None:
    """Return whether one atom holds on `machine`, None where that is not known.

    Versions compare in the order of `packaging.version.Version`, as code at run time compares them, and not as
    specifiers: 2.6.0+cu124 is above 2.6.0. With `base` the installed version's base version is compared.
    """
    stated = normal(atom)
    match stated:
        case bool():
            return stated
        case Parameter() | Opaque():
            return None
        case SameRelease():
            return _same_release(stated, machine)
        case Environment():
            return _variable(stated, machine.read(subject_of(stated)))
        case _ if isinstance(stated, VERSIONED):
            return _meets(stated, machine.read(subject_of(stated)))
        case _:
            return _there(machine.read(stated))


def argument_holds(atom: Parameter, given: object) -> bool | None:
    """Return whether an atom about an argument or field holds where that is `given`, a literal; None: not known."""
    if atom.op is None:
        return bool(given)
    if atom.op not in _COMPARISONS:
        return None
    try:
        return bool(_COMPARISONS[atom.op](given, atom.value))
    except TypeError:
        return False  # of two types that have no order, which Python compares with an error


def subject_of(atom: Atom) -> Atom:
    """Return what an atom is about, as it is read of a machine: without constraints and values."""
    if isinstance(atom, Environment):
        return Environment(env=atom.env)
    if not isinstance(atom, VERSIONED):
        return atom
    subject = normal(constrained(atom, ()))
    # An unconstrained Python or device count always holds and so is no atom of a canonical formula; it can be read.
    return constrained(atom, ()) if isinstance(subject, bool) else subject


def _there(reading: Reading) -> bool | None:
    return True if isinstance(reading, str) else reading


def _meets(atom: Atom, reading: Reading) -> bool | None:
    """Return whether a versioned subject is there and its version compares so with every constraint."""
    assert isinstance(atom, VERSIONED)
    listed = constraints(atom)
    if reading is None or reading is False or not listed:
        return _there(reading)
    found = ordinal(atom, reading) if isinstance(reading, str) else None
    if isinstance(found, Version) and isinstance(atom, Package | Module) and atom.base:
        found = Version(found.base_version)
    if found is None:
        return None
    return _joined((_compare(atom, found, operator, written) for operator, written in listed), by=False)


def _compare(atom: Atom, found: object, operator: str, written: str) -> bool | None:
    bound = ordinal(atom, written)
    if bound is None or operator not in OPERATORS:
        return None
    return contains(compared(operator, bound), found)


def _same_release(atom: SameRelease, machine: Facts) -> bool | None:
    readings = [machine.read(Package(package=name)) for name in atom.same_release]
    if False in readings:
        return False
    releases = set()
    for reading in readings:
        found = version(reading) if isinstance(reading, str) else None
        if found is None:
            return None
        releases.add((*found.release, *(0,) * atom.digits)[: atom.digits])
    return len(releases) <= 1


def _has(text: str, key: str, *, is_true: bool) -> bool:
    """Return whether a text is a JSON object with a key, and `is_true`: one that counts as true."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and key in found and (not is_true or bool(found[key]))


def _variable(atom: Environment, reading: Reading) -> bool | None:
    if reading is None or reading is False or (atom.value is None and atom.key is None):
        return _there(reading)
    if reading is True:
        return None
    if atom.key is not None:
        return _has(reading, atom.key, is_true=atom.is_true)
    if atom.value is None:
        return True
    return reading.lower() == atom.value.lower() if atom.ignore_case else reading == atom.value
