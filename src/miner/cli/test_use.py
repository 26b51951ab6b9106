"""Where a predicate is tested, and what happens where it does not hold, as `miner explain` tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.app.explain import Check, Checks
from miner.cli.head import place, tested
from miner.cli.render import Entry
from miner.cli.statement import effect
from miner.escape import one_line
from miner.model.node import Node, Predicate

MOST_PLACES = 5
_LONGEST = 400
"""Characters of a test."""
_SHORT = 100
"""Characters of what follows at one of many places."""
_MOST_USES = 12
_FOLLOWING = {True: "where the predicate holds,", False: "where the predicate does not hold,", None: "else"}
"""When something follows, by whether a predicate holds."""


def tests_of(node: Node | None, asking: Iterable[Check], checks: Checks) -> Iterator[Entry]:
    """Yield the tests of a predicate as they are written, each once, with what follows, in what, where, and when."""
    tests: dict[str, dict[tuple[str, str], dict[str, None]]] = {}
    for check in asking:
        first = check.stated[0]
        follows = checks.follows_with(first, node) if isinstance(node, Predicate) else None
        said = last_names(first.owner), f"{_FOLLOWING[follows]} {effect(first.otherwise, _SHORT)}"
        uses = tests.setdefault(one_line(tested(first).text or "", _LONGEST), {})
        uses.setdefault(said, {})[place(first)] = None
    for test, uses in tests.items():
        lines = (f"{name}, {_at(list(places))}, {then}" for (name, then), places in uses.items())
        yield Entry((f"[{test}]",), tuple(first_of(lines, _MOST_USES)))


def _at(places: list[str]) -> str:
    return places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1:,} more places"


def first_of(places: Iterable[str], most: int = MOST_PLACES) -> list[str]:
    """Return the first of several places, and how many more there are."""
    listed = list(places)
    left = len(listed) - most
    return listed if left <= 1 else [*listed[:most], f"and {left:,} more"]


def last_names(owner: str) -> str:
    """Return how an object is called within its module, which its path names: the function, or class and method."""
    *_, outer, name = f".{owner}".split(".")
    return f"{outer}.{name}" if outer[:1].isupper() else name
