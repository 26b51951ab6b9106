"""Versions on both sides of every threshold of a formula, and the versions at which it flips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Union

from packaging.version import Version

from miner.formula.atom import Atom, ComputeCapability, DeviceCount, Memory, Module, Package
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.formula.evaluate import Facts, evaluate
from miner.formula.notation import text
from miner.formula.subject import VERSIONED, constrained, constraints, ordinal
from miner.formula.vantage import At

Ordinal = Union[Version, Decimal]  # noqa: UP007

LOWEST, HIGHEST = "0.0.1", "9999"
_MANY = 9999


@dataclass(frozen=True)
class Points:
    """A versioned subject (its atom without constraints) and ascending versions to try it at."""

    subject: Atom
    versions: tuple[str, ...]


def points(f: Formula) -> tuple[Points, ...]:
    """Return, for every versioned subject of `f`, versions just below, at and just above each threshold.

    With the extremes 0.0.1 and 9999 (capabilities 1.0 and 99.0; counts from 0, memory from 0.01) every interval between
    two thresholds that are releases holds at least one version. Subjects that differ only in `base` are one. Sorted by
    subject.
    """
    written: dict[Atom, list[str]] = {}
    for atom in atoms(f):
        if isinstance(atom, VERSIONED):
            subject = constrained(atom, ())
            if isinstance(subject, Package | Module) and subject.base:
                subject = _without_base(subject)
            written.setdefault(subject, []).extend(bound for _, bound in constraints(atom))
    return tuple(Points(subject, ladder(subject, written[subject])) for subject in sorted(written, key=text))


def ladder(subject: Atom, bounds: Iterable[str]) -> tuple[str, ...]:
    """Return ascending versions on both sides of every bound that can be read, with the subject's extremes."""
    found: dict[Ordinal, str] = {}
    asked = list(bounds)
    for written in (*_extremes(subject), *asked):
        value = ordinal(subject, written)
        if value is not None:
            found.setdefault(value, written)
    thresholds = dict.fromkeys(ordinal(subject, written) for written in asked)
    for value in [value for value in thresholds if value is not None]:
        for near in _around(subject, value):
            found.setdefault(near, str(near))
    return tuple(found[value] for value in sorted(found, key=_position))


def flips(f: Formula, subject: str, versions: Sequence[str], machine: Facts) -> list[tuple[str, bool]]:
    """Return the versions at which `f` changes, and what it changes to, when one subject climbs `versions`.

    `subject` is a distribution or module name, or "python"; all else is as `machine` says (`TOP` offers
    everything). The value at the first version is not a change. Empty when `f` is unknown at any of the versions.
    """
    changes: list[tuple[str, bool]] = []
    previous: bool | None = None
    for step in versions:
        now = evaluate(f, At(machine, subject, step))
        if now is None:
            return []
        if previous is not None and now is not previous:
            changes.append((step, now))
        previous = now
    return changes


def _position(value: Ordinal) -> tuple[Version, Decimal]:
    return (value, Decimal(0)) if isinstance(value, Version) else (Version("0"), value)


def _without_base(subject: Package | Module) -> Atom:
    if isinstance(subject, Package):
        return Package(package=subject.package)
    return Module(module=subject.module, distribution=subject.distribution)


def _extremes(subject: Atom) -> tuple[str, str]:
    match subject:
        case ComputeCapability():
            return "1.0", "99.0"
        case DeviceCount():
            return "0", HIGHEST
        case Memory():
            return "0.01", HIGHEST
        case _:
            return LOWEST, HIGHEST


def _around(subject: Atom, value: Ordinal) -> list[Ordinal]:
    if isinstance(value, Decimal):
        step = Decimal(1) if isinstance(subject, DeviceCount) else Decimal("0.01")
        return [near for near in (value - step, value + step) if near >= 0]
    if isinstance(subject, ComputeCapability):
        near = (_capability_below(value), _capability_above(value))
    else:
        near = (_below(value), _above(value))
    return [each for each in near if each is not None]


def _below(value: Version) -> Version | None:
    """Return a version just below: one less in the last part that counts, else the release before; None below all."""
    release = _dotted(value, value.release)
    if value.local is not None:
        return Version(value.public)
    if value.dev is not None:
        return Version(f"{value.public.rpartition('dev')[0]}dev{value.dev - 1}") if value.dev else _before(value)
    if value.post is not None:
        return Version(f"{value.public.rpartition('.post')[0]}")
    if value.pre is not None and value.pre[1]:
        return Version(f"{release}{value.pre[0]}{value.pre[1] - 1}")
    return _before(value)


def _above(value: Version) -> Version:
    """Return a version just above: one more in the last part that is written, in a release its third number."""
    if value.dev is not None:
        return Version(f"{value.public.rpartition('dev')[0]}dev{value.dev + 1}")
    if value.post is not None:
        return Version(f"{value.public.rpartition('post')[0]}post{value.post + 1}")
    if value.pre is not None:
        return Version(f"{_dotted(value, value.release)}{value.pre[0]}{value.pre[1] + 1}")
    padded = (*value.release, 0, 0)[: max(len(value.release), 3)]
    return Version(_dotted(value, (*padded[:-1], padded[-1] + 1)))


def _before(value: Version) -> Version | None:
    numbers = list(value.release)
    while numbers and not numbers[-1]:
        numbers.pop()
    return Version(_dotted(value, (*numbers[:-1], numbers[-1] - 1, _MANY))) if numbers else None


def _dotted(value: Version, release: tuple[int, ...]) -> str:
    return f"{value.epoch}!{'.'.join(map(str, release))}"


def _capability_below(value: Version) -> Version | None:
    if value.minor:
        return Version(f"{value.major}.{value.minor - 1}")
    return Version(f"{value.major - 1}.9") if value.major else None


def _capability_above(value: Version) -> Version:
    return Version(f"{value.major}.{value.minor + 1}") if value.minor < 9 else Version(f"{value.major + 1}.0")
