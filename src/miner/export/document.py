"""A graph as JSON: one document, or a file for each node."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from miner.store.canonical import encode
from miner.store.graph_reader import Graph

_UNSAFE = re.compile(r"[^A-Za-z0-9._~#-]")
_LONGEST = 180


def document(graph: Graph) -> dict[str, Any]:
    """Return the whole graph as one JSON document: manifest, nodes and edges."""
    return {
        "manifest": msgspec.to_builtins(graph.manifest),
        "nodes": [msgspec.to_builtins(node) for node in graph.nodes.values()],
        "edges": [msgspec.to_builtins(edge) for edge in graph.edges],
    }


def node_files(graph: Graph) -> dict[str, bytes]:
    """Return a JSON file for each node, in a folder for each type, with the edges from it and to it.

    The name of a file is the id of its node without the type; what a file name cannot hold is replaced, and names that
    differ in case alone, or are cut, are told apart by a number.
    """
    files: dict[str, bytes] = {}
    taken: set[str] = set()
    for node in graph.nodes.values():
        kind, _, name = node.id.partition(":")
        base = _UNSAFE.sub("_", name)[:_LONGEST] or "_"
        path, number = f"{kind}/{base}.json", 2
        while path.lower() in taken:
            path, number = f"{kind}/{base}~{number}.json", number + 1
        taken.add(path.lower())
        edges = {"from": graph.edges_from(node.id), "to": graph.edges_to(node.id)}
        files[path] = encode({"node": node, "edges": edges}) + b"\n"
    return files
