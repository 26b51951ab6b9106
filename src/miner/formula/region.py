"""Sets of versions: finite unions of intervals on an ordered line, which constraint lists denote and are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from miner.formula.atom import Constraint, Constraints

# A cut lies just before (side 0) or just after (side 1) a value; rank -1 and 1 are the two ends of the line.
# Values of one region are all `packaging.version.Version` or all `decimal.Decimal`.
Cut = tuple[int, Any, int]
Region = tuple[tuple[Cut, Cut], ...]

_LOW: Cut = (-1, None, 0)
_HIGH: Cut = (1, None, 0)

FULL: Region = ((_LOW, _HIGH),)
EMPTY: Region = ()

OPERATORS = ("==", "!=", "<", "<=", ">", ">=")


def compared(operator: str, value: Any) -> Region:
    """Return the set of versions `v` with `v operator value`; the operator is one of `OPERATORS`."""
    before, after = (0, value, 0), (0, value, 1)
    match operator:
        case "==":
            return ((before, after),)
        case "!=":
            return ((_LOW, before), (after, _HIGH))
        case "<":
            return ((_LOW, before),)
        case "<=":
            return ((_LOW, after),)
        case ">":
            return ((after, _HIGH),)
        case ">=":
            return ((before, _HIGH),)
        case _:
            raise ValueError(f"not a version operator: {operator}")


def contains(region: Region, value: Any) -> bool:
    """Return whether the version `value` is in `region`."""
    return any(low <= (0, value, 0) < high for low, high in region)


def intersection(left: Region, right: Region) -> Region:
    """Return the versions in both sets."""
    found = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(sorted((low, high) for low, high in found if low < high))


def union(*regions: Region) -> Region:
    """Return the versions in any of the sets, as disjoint intervals that do not touch."""
    merged: list[tuple[Cut, Cut]] = []
    for low, high in sorted(interval for region in regions for interval in region):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def is_subset(left: Region, right: Region) -> bool:
    """Return whether every version of `left` is in `right`."""
    return intersection(left, right) == left


def constraint_lists(region: Region, spelling: Mapping[Any, str]) -> tuple[Constraints, ...]:
    """Return the fewest constraint lists whose union is `region`, in ascending order.

    Intervals that lie one single version apart become one list with `!=`. A list states the lower bound, the upper
    bound, then the holes. `spelling` gives the text of every value. The empty list stands for every version.
    """
    groups: list[list[tuple[Cut, Cut]]] = []
    for interval in region:
        if groups and _is_point((groups[-1][-1][1], interval[0])):
            groups[-1].append(interval)
        else:
            groups.append([interval])
    return tuple(_constraints(group, spelling) for group in groups)


def _is_point(interval: tuple[Cut, Cut]) -> bool:
    low, high = interval
    return low[0] == high[0] == 0 and bool(low[1] == high[1])


def _constraints(group: list[tuple[Cut, Cut]], spelling: Mapping[Any, str]) -> Constraints:
    low, high = group[0][0], group[-1][1]
    if len(group) == 1 and _is_point((low, high)):
        return (("==", spelling[low[1]]),)
    written: list[Constraint] = []
    if low != _LOW:
        written.append((">" if low[2] else ">=", spelling[low[1]]))
    if high != _HIGH:
        written.append(("<=" if high[2] else "<", spelling[high[1]]))
    written.extend(("!=", spelling[interval[1][1]]) for interval in group[:-1])
    return tuple(written)
