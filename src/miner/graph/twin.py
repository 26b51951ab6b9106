"""Twins: what says the same of the same owner becomes one node, and the nodes of one owner are told apart by number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_Item = TypeVar("_Item")


def twins(
    items: Iterable[_Item], identity: Callable[[_Item], tuple[str, tuple[str, ...]]]
) -> Iterator[tuple[str, list[_Item]]]:
    """Yield an id with the items that share it, in order of the ids.

    `identity` gives the id that an item asks for and what it says; of several that say different things under one id,
    the second and later get `~2`, `~3`, ..., in the order of what they say.
    """
    groups: dict[str, dict[tuple[str, ...], list[_Item]]] = {}
    for item in items:
        base, said = identity(item)
        groups.setdefault(base, {}).setdefault(said, []).append(item)
    for base in sorted(groups):
        for position, said in enumerate(sorted(groups[base]), start=1):
            yield (base if position == 1 else f"{base}~{position}"), groups[base][said]
