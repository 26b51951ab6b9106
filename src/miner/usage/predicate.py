"""Whether a predicate that means something else now answers otherwise on a machine that there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import Version

from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjunction, conjuncts
from miner.formula.disjunctive import atoms, substitute
from miner.formula.notation import from_json, text
from miner.model.change import Change
from miner.model.node import Package
from miner.store.graph_reader import Graph
from miner.usage.own import is_taken

_Parts = frozenset[str]


class Answers:
    """What the predicates that changed ask for, with each package as the modules that it brings."""

    def __init__(self, graph: Graph, changes: Iterable[Change], floors: Mapping[str, Version]) -> None:
        """Take the new graph and the changes, of which those of predicates count; and the lowest versions, by canonical
        name, that the program takes of packages: what asks for less is always so where the package is.
        """
        self._floors = floors
        self._packages = graph.of_type(Package)
        self._changes = [change for change in changes if change.type == "predicate-changed"]

    @cached_property
    def _asked(self) -> dict[int, tuple[_Parts, _Parts]]:
        return {id(change): (self._parts(change.old), self._parts(change.new)) for change in self._changes}

    @cached_property
    def _modules(self) -> dict[str, tuple[str, ...]]:
        return {canonicalize_name(node.name): node.import_names for node in self._packages}

    def differ(self, change: Change) -> bool:
        """Return whether more changed than how a package is looked for, or what another changed predicate answers."""
        was, is_ = self._asked[id(change)]
        if was == is_:
            return False
        others = (asked for key, asked in self._asked.items() if key != id(change))
        return not any(old < was and was - old == is_ - _weaker(new) and is_ & _weaker(new) for old, new in others)

    def _parts(self, means: Any) -> _Parts:
        """Return the parts of a meaning, all of which have to hold: packages as the top modules that they bring, and
        without the metadata of what is imported anyway.
        """
        formula = from_json(means)
        modules = {_top(atom.module) for atom in atoms(formula) if isinstance(atom, fa.Module)}

        def bare(atom: Atom) -> Formula:
            match atom:
                case fa.Module(module=name, version=bounds) if not bounds or self._is_taken(name, fa.bounds(bounds)):
                    return fa.Module(module=_top(name))
                case fa.Package(package=name, version=()):
                    brought = dict.fromkeys(map(_top, self._modules.get(canonicalize_name(name), ())))
                    if not {*brought, _top(name)}.isdisjoint(modules):
                        return True
                    return conjunction(*(fa.Module(module=each) for each in brought)) if brought else atom
            return atom

        return frozenset(map(text, conjuncts(canonical(substitute(formula, bare)))))

    def _is_taken(self, name: str, bounds: Iterable[str]) -> bool:
        """Say whether the lowest version of a package that the program takes is within some bounds."""
        floor = self._floors.get(canonicalize_name(name))
        return floor is not None and is_taken(floor, ",".join(bounds))


@lru_cache(maxsize=1024)
def _weaker(parts: _Parts) -> _Parts:
    """Return parts, and with each module in some versions the module in any."""
    found = (from_json(msgspec.json.decode(part)) for part in parts)
    return parts | {text(fa.Module(module=each.module)) for each in found if isinstance(each, fa.Module)}


def _top(module: str) -> str:
    """Return the name of the outermost package of a module."""
    return module.partition(".")[0]
