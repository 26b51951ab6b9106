"""Sets of versions as unions of intervals, in the order of `packaging.version.Version`."""

from __future__ import annotations

from functools import lru_cache
from typing import Union

from packaging.version import InvalidVersion, Version

from miner.formula.atom import Constraints

Bound = Union[tuple[Version, bool], None]  # noqa: UP007
Interval = tuple[Bound, Bound]
Versions = tuple[Interval, ...]

EVERY: Versions = ((None, None),)


@lru_cache(maxsize=4096)
def versions(constraints: Constraints) -> Versions | None:
    """Return the versions that meet all of `constraints`, or None when one of them is not a plain comparison."""
    found = EVERY
    for operator, text in constraints:
        one = _one(operator, text)
        if one is None:
            return None
        found = intersection(found, one)
    return found


def _one(operator: str, text: str) -> Versions | None:
    try:
        version = Version(text)
    except InvalidVersion:
        return None
    match operator:
        case ">=":
            return (((version, True), None),)
        case ">":
            return (((version, False), None),)
        case "<":
            return ((None, (version, False)),)
        case "<=":
            return ((None, (version, True)),)
        case "==":
            return (((version, True), (version, True)),)
        case "!=":
            return ((None, (version, False)), ((version, False), None))
    return None


def intersection(left: Versions, right: Versions) -> Versions:
    """Return the versions in both sets."""
    found = []
    for low_a, high_a in left:
        for low_b, high_b in right:
            low, high = _higher(low_a, low_b), _lower(high_a, high_b)
            if not _empty(low, high):
                found.append((low, high))
    return tuple(found)


def complement(chosen: Versions) -> Versions:
    """Return the versions outside of the set."""
    found = EVERY
    for low, high in chosen:
        outside: list[Interval] = []
        if low is not None:
            outside.append((None, (low[0], not low[1])))
        if high is not None:
            outside.append(((high[0], not high[1]), None))
        found = intersection(found, tuple(outside))
    return found


def is_within(inner: Versions, outer: Versions) -> bool:
    """Say whether every version of `inner` is in `outer`."""
    return not intersection(inner, complement(outer))


def from_lowest(chosen: Versions) -> Versions:
    """Return the versions from the lowest of the set on: what is left to say of base versions."""
    return ((chosen[0][0], None),) if chosen else chosen


def of_any_release(chosen: Versions) -> Versions:
    """Return the versions that have a base version in the set, or more: `2.7.dev1` has the base version 2.7."""
    return tuple((_first(low), _last(high)) for low, high in chosen)


def _first(low: Bound) -> Bound:
    """Return the first development release of the lowest base version; what is above a version stays above it."""
    return (_development(low[0]), True) if low is not None and low[1] else low


def _last(high: Bound) -> Bound:
    """Return what all releases of base versions below one are below; those of the highest itself have no bound."""
    return None if high is None or high[1] else (_development(high[0]), False)


def _development(version: Version) -> Version:
    return Version(f"{version.base_version}.dev0")


def major(chosen: Versions) -> int | None:
    """Return the first component that all versions of the set share, or None."""
    if not chosen:
        return None
    low, high = chosen[0][0], chosen[-1][1]
    if low is None or high is None:
        return None
    last = high[0].major if high[1] or high[0].release[1:] != (0,) * len(high[0].release[1:]) else high[0].major - 1
    return low[0].major if low[0].major == last else None


def _higher(a: Bound, b: Bound) -> Bound:
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        return (a[0], a[1] and b[1])
    return a if a[0] > b[0] else b


def _lower(a: Bound, b: Bound) -> Bound:
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        return (a[0], a[1] and b[1])
    return a if a[0] < b[0] else b


def _empty(low: Bound, high: Bound) -> bool:
    if low is None or high is None:
        return False
    return low[0] > high[0] or (low[0] == high[0] and not (low[1] and high[1]))
