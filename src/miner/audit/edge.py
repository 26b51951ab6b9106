"""Edges: both ends exist, the relation fits them, and what a node says of itself agrees with its edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from miner.audit.finding import Finding, Row, name_of

_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "states": (frozenset({"Implementation"}), frozenset({"Requirement", "Constraint", "Advice"})),
    "about": (frozenset({"Requirement", "Predicate"}), frozenset({"Package"})),
    "uses_predicate": (frozenset({"Requirement", "Predicate"}), frozenset({"Predicate"})),
    "reads": (frozenset({"Implementation"}), frozenset({"EnvironmentVariable"})),
    "decorated_by": (frozenset({"Implementation"}), frozenset({"Implementation"})),
    "calls": (frozenset({"Implementation"}), frozenset({"Implementation"})),
    "overrides": (frozenset({"Implementation"}), frozenset({"Implementation"})),
    "step": (frozenset({"Workflow"}), frozenset({"Principle"})),
    "implemented_by": (frozenset({"Principle"}), frozenset({"Implementation"})),
    "requires": (frozenset({"Implementation"}), frozenset({"Requirement"})),
    "requires_env": (frozenset({"Implementation"}), frozenset({"Environment"})),
    "uses_heuristic": (frozenset({"Workflow", "Principle", "Implementation"}), frozenset({"Heuristic"})),
    "contradicts": (
        frozenset({"Contradiction"}),
        frozenset({"Package", "Predicate", "Requirement", "Advice"}),
    ),
    "includes": (frozenset({"Environment", "Heuristic"}), frozenset({"Requirement", "Advice", "Constraint"})),
}


def wrong_edges(nodes: Mapping[str, Row], edges: list[Row]) -> Iterator[Finding]:
    """Yield edges without ends or of the wrong kind, repeated edges, and requirements that nobody states."""
    seen: set[tuple[str, str, str]] = set()
    for edge in edges:
        key = (edge["source"], edge["relation"], edge["target"])
        if key in seen:
            yield Finding("edge", name_of(edge), "stands there twice")
        seen.add(key)
        source, target = nodes.get(edge["source"]), nodes.get(edge["target"])
        if source is None or target is None:
            yield Finding("edge", name_of(edge), "one of its ends is not a node of the graph")
            continue
        sources, targets = _ENDS.get(edge["relation"], (frozenset(), frozenset()))
        if source["type"] not in sources or target["type"] not in targets:
            yield Finding("edge", name_of(edge), f"{edge['relation']} does not join such nodes")
    for node in nodes.values():
        if node["type"] in {"Requirement", "Constraint", "Advice"}:
            owner = f"implementation:{node['owner']}"
            if (owner, "states", node["id"]) not in seen:
                yield Finding("edge", node["id"], "its owner does not state it")
