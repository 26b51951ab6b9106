"""The edges of a graph while it is built: each once, in canonical order at the end."""

from __future__ import annotations

from collections.abc import Sequence

from miner.model.evidence import Evidence
from miner.model.node import Edge, Relation


def edge_name(source: str, relation: str, target: str) -> str:
    """Return the name of an edge, as a path of edges (`via`) gives it."""
    return f"{source} {relation} {target}"


class Edges:
    """The edges that are there so far; the first of several with the same ends and relation stays."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Edge] = {}
        self._targets: dict[tuple[str, str], list[str]] = {}

    def add(
        self,
        source: str,
        relation: Relation,
        targets: Sequence[str],
        evidence: tuple[Evidence, ...],
        *,
        when: object = True,
        order: int | None = None,
        via: tuple[str, ...] = (),
    ) -> None:
        """Add an edge to each of the targets that is not the source itself."""
        for target in targets:
            if target == source or (source, relation, target) in self._found:
                continue
            self._found[source, relation, target] = Edge(
                source=source, relation=relation, target=target, when=when, order=order, via=via, evidence=evidence
            )
            self._targets.setdefault((source, relation), []).append(target)

    def targets(self, source: str, relation: Relation) -> list[str]:
        """Return the targets of a node's edges of one relation."""
        return self._targets.get((source, relation), [])

    def sorted(self) -> tuple[Edge, ...]:
        """Return all edges by source, relation and target."""
        return tuple(self._found[key] for key in sorted(self._found))
