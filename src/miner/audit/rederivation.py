"""Re-derivation: the rows that mining the same bytes again gives, compared with those of the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from miner.audit.finding import Finding, Row


def differences(kind: str, graph: Mapping[str, Row], again: Mapping[str, Row]) -> Iterator[Finding]:
    """Yield the rows, by name, that are only in one of the two, and the fields in which the others differ."""
    for name in sorted(graph.keys() - again.keys()):
        yield Finding("rederivation", name, f"this {kind} does not follow from the source")
    for name in sorted(again.keys() - graph.keys()):
        yield Finding("rederivation", name, f"this {kind} follows from the source and is missing")
    for name in sorted(graph.keys() & again.keys()):
        old, new = graph[name], again[name]
        fields = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        if fields:
            yield Finding("rederivation", name, f"{', '.join(fields)}: not what follows from the source")
