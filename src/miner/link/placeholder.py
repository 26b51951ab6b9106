"""Lazy import structures and stand-ins: which objects a package offers, and under which conditions they are real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from miner.detect import placeholder as detector
from miner.link.backend import sites, strings
from miner.link.library import Library
from miner.link.place import Place
from miner.model.site import Guard


@dataclass(frozen=True)
class Offer:
    """One offer of a package or module: `name` from `target`, under `conditions`; its own when the two are one."""

    package: str
    target: str
    name: str
    conditions: tuple[Guard, ...]
    place: Place


@dataclass(frozen=True)
class Dummy:
    """A stand-in: its backends, None where it is None itself, and where it says so."""

    module: str
    name: str
    backends: tuple[str, ...] | None
    places: tuple[Place, ...]


@dataclass
class Structures:
    """All offers and stand-ins of a library; `problems` counts entries that were not understood."""

    offers: list[Offer] = field(default_factory=list)
    dummies: dict[str, list[Dummy]] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)


def read_structures(library: Library) -> Structures:
    """Return the offers and stand-ins of a library."""
    found = Structures()
    for dummy in _dummies(library):
        found.dummies.setdefault(dummy.name, []).append(dummy)
    stand_ins = {dummy.module for dummies in found.dummies.values() for dummy in dummies}
    for module, site in sites(library, detector.ID, "structure"):
        key, names = strings(site.expressions["module"]), strings(site.expressions["names"])
        if key is None or len(key) != 1:
            _count(found, "structure: a module that is no string")
            continue
        package = library.modules[module].package
        target = f"{package}.{key[0]}"
        if target in stand_ins:
            continue
        if names is None:
            _count(found, "structure: names that are no list of strings")
            continue
        place = Place(library.modules[module].path, site.span, "declaration")
        offering = package if package in library.modules else module  # a file that stands in no package
        found.offers.extend(Offer(offering, target, name, site.conditions, place) for name in names)
    for module, site in sites(library, detector.ID, "export"):
        names = strings(site.expressions["names"])
        if names is None:
            _count(found, "export: names that are no list of strings")
            continue
        place = Place(library.modules[module].path, site.span, "declaration")
        found.offers.extend(Offer(module, module, name, site.conditions, place) for name in names)
    return found


def _dummies(library: Library) -> Iterator[Dummy]:
    for module, site in sites(library, detector.ID, "dummy"):
        backends = strings(site.expressions["backends"])
        path = library.modules[module].path
        if backends is not None:
            yield Dummy(module, site.owner, backends, (Place(path, site.span, "site"),))
    among = {module for module, _ in sites(library, detector.ID, "dummy")}
    for module, site in sites(library, detector.ID, "none"):
        if module in among:
            yield Dummy(module, site.owner, None, (Place(library.modules[module].path, site.span, "site"),))


def _count(found: Structures, problem: str) -> None:
    found.problems[problem] = found.problems.get(problem, 0) + 1
