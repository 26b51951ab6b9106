"""Workflows of a library without a catalog: what the examples in its own pages do, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from miner.detect.example import Example
from miner.link.catalog import Catalog, Step, Workflow
from miner.link.place import Place
from miner.link.routine import Routines

_WORD = re.compile(r"[A-Za-z0-9]+")
_MOST = 12
_FEWEST_STEPS = 2
_WORDS = 6


class Derived(NamedTuple):
    """A catalog made of examples, and the place in a page that each of its names comes from."""

    catalog: Catalog
    places: dict[str, Place]


def derive(library: str, found: Iterable[tuple[str, Example]], routines: Routines) -> Derived | None:
    """Return the workflows that examples show, each with the path of its page; None when they show none.

    A workflow is what the code below one heading calls of the library, each symbol once, in order; one that does
    nothing that an earlier one does not is left out, and so is everything after the first twelve.
    """
    workflows: list[Workflow] = []
    places: dict[str, Place] = {}
    shown: list[frozenset[str]] = []
    for path, example in found:
        symbols: dict[str, Place] = {}
        for call in example.calls:
            symbol = routines.defined(call.name)
            if symbol is not None:
                symbols.setdefault(symbol, Place(path, call.place, "site"))
        own = frozenset(symbols)
        if len(symbols) < _FEWEST_STEPS or any(own <= other for other in shown):
            continue
        shown.append(own)
        name = _name(example.title or path, places)
        places[name] = Place(path, example.place, "site") if example.title else next(iter(symbols.values()))
        steps: list[Step] = []
        for number, (symbol, place) in enumerate(symbols.items(), start=1):
            *_, owner, last = symbol.split(".")
            short = f"{owner}.{last}" if owner[:1].isupper() and not routines.is_class(symbol) else last
            words = "_".join(_WORD.findall(short))
            step = f"{name}_{number}_{words}"
            places[step] = place
            page = f"{name}_{words}"
            if any(page == other.page for other in steps):  # two of one name, from different modules
                page = f"{page}_{number}"
            steps.append(Step(name=step, title=short, page=page, symbols=(symbol,)))
        environment = f"{name}_Environment"
        places[environment] = places[name]
        workflows.append(Workflow(name, example.title or path, environment, tuple(steps)))
        if len(workflows) == _MOST:
            break
    return Derived(Catalog(library, tuple(workflows)), places) if workflows else None


def _name(title: str, taken: Iterable[str]) -> str:
    base = "_".join(_WORD.findall(title)[:_WORDS]) or "Example"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name
