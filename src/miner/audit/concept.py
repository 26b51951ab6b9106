"""The graph of concepts: what workflows, environments, heuristics and contradictions name is there, and fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from miner.audit.finding import Finding, Row, name_of

_NAMED: dict[str, dict[str, frozenset[str]]] = {
    "Environment": {
        "always": frozenset({"Requirement"}),
        "conditional": frozenset({"Requirement"}),
        "optional": frozenset({"Requirement"}),
        "variables": frozenset({"EnvironmentVariable"}),
    },
    "Heuristic": {
        "default": frozenset({"Advice"}),
        "trade_off": frozenset({"Advice"}),
        "compatibility": frozenset({"Advice", "Constraint"}),
        "deprecated": frozenset({"Advice"}),
        "requires": frozenset({"Requirement"}),
        "advice": frozenset({"Advice", "Constraint"}),
    },
}
"""For each type, its fields of ids and the types of what they may name."""


def wrong_concepts(nodes: Mapping[str, Row], edges: Sequence[Row]) -> Iterator[Finding]:
    """Yield names that lead nowhere or to a wrong type, steps out of order, and principles that nothing implements."""
    by_name = {name_of(edge): edge for edge in edges}
    implemented = {edge["source"] for edge in edges if edge["relation"] == "implemented_by"}
    for node in nodes.values():
        for field, kinds in _NAMED.get(node["type"], {}).items():
            for id_ in node[field]:
                if nodes.get(id_, {}).get("type") not in kinds:
                    yield Finding(
                        "concept", node["id"], f"{field} names {id_!r}, which is not there or of another type"
                    )
        match node["type"]:
            case "Workflow":
                yield from _steps(node, nodes, edges)
            case "Principle" if node["id"] not in implemented:
                yield Finding("concept", node["id"], "nothing implements it")
            case "Contradiction":
                for statement in node["statements"]:
                    stated = nodes.get(statement["node"])
                    if stated is None or statement["evidence"] not in node["evidence"]:
                        yield Finding("concept", node["id"], "a statement without its node or evidence")
    for edge in edges:
        if edge["relation"] == "requires":
            yield from _path(edge, by_name)


def _steps(workflow: Row, nodes: Mapping[str, Row], edges: Sequence[Row]) -> Iterator[Finding]:
    """Yield what is wrong with the order of a workflow's steps."""
    stored = [edge for edge in edges if edge["relation"] == "step" and edge["source"] == workflow["id"]]
    ordered = [edge["target"] for edge in sorted(stored, key=lambda edge: edge["order"] or 0)]
    principles = [nodes.get(id_, {}) for id_ in workflow["steps"]]
    stated = [(principle.get("workflow"), principle.get("order")) for principle in principles]
    if ordered != workflow["steps"] or stated != [(workflow["id"], n) for n in range(1, len(stated) + 1)]:
        yield Finding("concept", workflow["id"], "its steps are not its principles in their order")


def _path(edge: Row, by_name: Mapping[str, Row]) -> Iterator[Finding]:
    """Yield that the path of a requirement has a gap: each edge goes on from where the one before leads."""
    here = edge["source"]
    for name in edge["via"]:
        step = by_name.get(name)
        if step is None:
            yield Finding("concept", name_of(edge), f"its path names an edge that is not there: {name}")
            return
        source, target = step["source"], step["target"]
        if step["relation"] == "overrides":  # stored from the method that takes the place of the other
            source, target = target, source
        if source != here:
            yield Finding("concept", name_of(edge), f"its path has a gap before: {name}")
            return
        here = target
    if edge["via"] and here != edge["target"]:
        yield Finding("concept", name_of(edge), "its path does not lead to the requirement")
