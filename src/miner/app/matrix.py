"""The use case that sets a graph against several machines: hardware by feature, and packages by environment."""

from __future__ import annotations

from dataclasses import dataclass

from miner.app.graph_at import graph_at
from miner.app.progress import Progress
from miner.check.hardware import FeatureRow, feature_rows
from miner.graph.matrix import PackageRow, package_rows
from miner.machine.description import described, find
from miner.model.concept import Environment
from miner.model.snapshot import SourceRecord

__all__ = ["FeatureRow", "Matrix", "PackageRow", "matrix"]


@dataclass(frozen=True)
class Matrix:
    """A library, and the two tables; `machines` and `environments` are their columns."""

    library: SourceRecord
    machines: tuple[str, ...]
    features: tuple[FeatureRow, ...]
    environments: tuple[str, ...]
    packages: tuple[PackageRow, ...]


def matrix(graph: str, machines: tuple[str, ...], progress: Progress) -> Matrix:
    """Return the tables of a graph (a folder or SPEC) for some machines, by name or description; all where none is."""
    found = graph_at(graph, progress)
    looked = [find(name) for name in machines or described()]
    return Matrix(
        found.manifest.source,
        tuple(each.name for each in looked),
        tuple(feature_rows(found, looked)),
        tuple(each.name for each in found.of_type(Environment)),
        tuple(package_rows(found)),
    )
