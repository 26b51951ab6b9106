"""What an atom is about: its subject, the versions that satisfy it, and the weaker atoms that it implies."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Union

import msgspec
from packaging.version import InvalidVersion, Version

from miner.formula.atom import (
    Atom,
    Binary,
    ComputeCapability,
    Constraints,
    DeviceCount,
    Driver,
    Environment,
    Memory,
    Module,
    Opaque,
    Package,
    Parameter,
    Predicate,
    Python,
    Rocm,
    Toolkit,
)
from miner.formula.notation import shade, text
from miner.formula.region import FULL, OPERATORS, Region, compared, intersection

Versioned = Union[  # noqa: UP007
    Package, Module, Python, Binary, DeviceCount, ComputeCapability, Toolkit, Rocm, Driver, Memory
]
VERSIONED = (Package, Module, Python, Binary, DeviceCount, ComputeCapability, Toolkit, Rocm, Driver, Memory)

_NO_JSON = "number that JSON cannot hold"

_FIELDS: dict[type, str] = {
    Package: "version",
    Module: "version",
    Python: "python",
    Binary: "version",
    DeviceCount: "device_count",
    ComputeCapability: "compute_capability",
    Toolkit: "cuda",
    Rocm: "rocm",
    Driver: "driver",
    Memory: "memory_gib",
}


@dataclass(frozen=True)
class Facet:
    """An atom seen as a set of versions of a subject.

    `subject` is the atom without its constraints (the atom itself where it has none that can be read); `key` its exact
    text; `region` the versions that satisfy it; `weaker` the keys of the other subjects whose mere presence it implies;
    `spelling` how each value is written.
    """

    subject: Atom
    key: str
    region: Region
    weaker: tuple[str, ...]
    spelling: Mapping[Any, str]


def constraints(atom: Versioned) -> Constraints:
    """Return the constraint list of a versioned atom."""
    found: Constraints = getattr(atom, _FIELDS[type(atom)])
    return found


def constrained(atom: Atom, listed: Constraints) -> Atom:
    """Return a versioned atom with another constraint list; any other atom as it is."""
    return msgspec.structs.replace(atom, **{_FIELDS[type(atom)]: listed}) if isinstance(atom, VERSIONED) else atom


def normal(atom: Atom) -> Atom | bool:
    """Return the atom without fields that say nothing: `base` with no version, capability of `cuda` by name.

    An unconstrained Python version or device count always holds. A comparison with infinity or not-a-number, which
    JSON cannot hold, is opaque.
    """
    match atom:
        case Python(python=()) | DeviceCount(device_count=()):
            return True
        case Package(version=(), base=True) | Module(version=(), base=True):
            return msgspec.structs.replace(atom, base=False)
        case ComputeCapability(device="cuda"):
            return ComputeCapability(compute_capability=atom.compute_capability)
        case Parameter(value=float(bound)) if not math.isfinite(bound):
            return Opaque(opaque=f"{atom.param} {atom.op} {bound}", reason=_NO_JSON)
        case Predicate(args=arguments) if any(
            isinstance(each, float) and not math.isfinite(each) for each in arguments
        ):
            return Opaque(opaque=f"{atom.predicate}({', '.join(map(str, arguments))})", reason=_NO_JSON)
        case _:
            return atom


@functools.lru_cache(maxsize=4096)
def version(written: str) -> Version | None:
    """Return the version that `written` states, or None where `packaging` does not read it."""
    try:
        return Version(written)
    except InvalidVersion:
        return None


@functools.lru_cache(maxsize=1024)
def number(written: str) -> Decimal | None:
    """Return the finite number that `written` states, or None."""
    try:
        found = Decimal(written)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def ordinal(atom: Atom, written: str) -> Version | Decimal | None:
    """Return `written` as a value on the line of the atom's subject: counts and memory are numbers, others versions."""
    return number(written) if isinstance(atom, DeviceCount | Memory) else version(written)


def spell(spellings: tuple[str, ...]) -> str:
    """Return the one of several spellings of an equal version that canonical forms keep: the longest, then the last."""
    return max(spellings, key=lambda written: (len(written), written))


def facet(atom: Atom) -> Facet:
    """Return the atom as a set of versions; an atom with a constraint that cannot be read is a subject of its own."""
    return _facet(atom, shade(atom))


@functools.lru_cache(maxsize=16_384)
def _facet(atom: Atom, _: tuple[str, ...]) -> Facet:
    subject, region, spelling = atom, FULL, dict[Any, str]()
    if isinstance(atom, VERSIONED):
        for operator, written in constraints(atom):
            value = ordinal(atom, written)
            if value is None or operator not in OPERATORS:
                return Facet(atom, text(atom), FULL, _weaker(atom), {})
            region = intersection(region, compared(operator, value))
            spelling[value] = spell((written, spelling.get(value, written)))
        subject = constrained(atom, ())
    key = text(subject)
    return Facet(subject, key, region, tuple(name for name in _weaker(atom) if name != key), spelling)


def _weaker(atom: Atom) -> tuple[str, ...]:
    match atom:
        case Package(version=(_, *_)):
            return (text(Package(package=atom.package)),)
        case Binary(version=(_, *_)):
            return (text(Binary(binary=atom.binary)),)
        case Module(version=listed, distribution=distribution) if listed or distribution:
            bare = Module(module=atom.module)
            named = Module(module=atom.module, distribution=distribution)
            return (text(bare), text(named)) if listed and distribution else (text(bare),)
        case Environment(key=str(), is_true=True):
            return (text(Environment(env=atom.env)), text(Environment(env=atom.env, key=atom.key)))
        case Environment(value=str()) | Environment(key=str()):
            return (text(Environment(env=atom.env)),)
        case _:
            return ()
