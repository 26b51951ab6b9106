"""Which environment needs which package, and how: what is declared of it and enforced, over all environments."""

from __future__ import annotations

from dataclasses import dataclass

from miner.model.concept import Environment
from miner.model.node import Package, Requirement
from miner.store.graph_reader import Graph

_GROUPS = ("optional", "conditional", "always")


@dataclass(frozen=True)
class PackageRow:
    """A package, the versions that are declared and enforced, and by environment its strongest need of the package."""

    package: Package
    declared: tuple[str, ...]
    enforced: tuple[str, ...]
    needed: dict[str, str]


def package_rows(graph: Graph) -> list[PackageRow]:
    """Return a row for each package that an environment needs, by name; `needed` by the name of the environment."""
    needed: dict[str, dict[str, str]] = {}
    for environment in graph.of_type(Environment):
        for group in _GROUPS:
            for id_ in getattr(environment, group):
                if isinstance(graph.nodes.get(id_), Requirement):
                    for edge in graph.edges_from(id_):
                        if edge.relation == "about":
                            needed.setdefault(edge.target, {})[environment.name] = group
    packages = (graph.nodes.get(id_) for id_ in sorted(needed))
    return [PackageRow(each, *versions(each), needed[each.id]) for each in packages if isinstance(each, Package)]


def versions(package: Package) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the versions of a package that are declared, and those that are enforced at run time, each once."""
    declared = tuple(dict.fromkeys(each.specifier or "any" for each in package.declared))
    return declared, tuple(dict.fromkeys(each.specifier for each in package.gated))
