"""The use case that compares two graphs of one library."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from miner.app.collection import rare_collection
from miner.app.graph_at import graph_at
from miner.app.progress import Progress
from miner.diff.compare import RELATIONS
from miner.diff.compare import changes as all_changes
from miner.errors import UsageError
from miner.model.change import Change
from miner.model.snapshot import SourceRecord
from miner.store.cache import default_folder
from miner.store.canonical import encode
from miner.store.graph_cache import GraphCache, GraphKey
from miner.store.graph_reader import Graph
from miner.store.own_source import own_source

_CHANGES = "changes"
__all__ = ["Change", "Difference", "diff"]


@dataclass(frozen=True)
class Difference:
    """The sources of two graphs, and what changed from one to the other, worst first."""

    old: SourceRecord
    new: SourceRecord
    changes: tuple[Change, ...]


def diff(old: str, new: str, progress: Progress) -> Difference:
    """Compare two graphs, folders or SPECs; UsageError when they are of different libraries."""
    before, after, changes = between(old, new, progress)
    return Difference(before.manifest.source, after.manifest.source, changes)


def between(old: str, new: str, progress: Progress) -> tuple[Graph, Graph, tuple[Change, ...]]:
    """Return two graphs, folders or SPECs, and what changed from one to the other; UsageError as `compared`."""
    with rare_collection():  # both are alive to the end: no collection has to walk them
        before, after = (graph_at(each, progress, RELATIONS) for each in (old, new))
        cache, key = GraphCache(default_folder()), _key(before, after)
        kept = cache.get(key)
        if kept is not None:
            return before, after, msgspec.json.decode(kept[_CHANGES], type=tuple[Change, ...])
        changes = compared(before, after, progress)
        cache.put(key, {_CHANGES: msgspec.json.encode(changes)})
        return before, after, changes


def _key(before: Graph, after: Graph) -> GraphKey:
    """Return all that a comparison depends on: both graphs, and miner's own code."""
    digest = hashlib.sha256()
    for part in own_source("diff", "formula", "graph", "link", "model", "syntax"):
        digest.update(part)
    graphs = [hashlib.sha256(encode(graph.manifest)).hexdigest() for graph in (before, after)]
    return GraphKey(tree=" ".join(graphs), tool_revision=digest.hexdigest(), reader=_CHANGES, data="", source="")


def compared(before: Graph, after: Graph, progress: Progress) -> tuple[Change, ...]:
    """Return what changed between two graphs, worst first; UsageError when they are of different libraries."""
    names = before.manifest.source.name, after.manifest.source.name
    if names[0] != names[1] and "local" not in {before.manifest.source.kind, after.manifest.source.kind}:
        raise UsageError(f"the graphs are of different libraries: {names[0]} and {names[1]}")
    progress.stage("compare", None)
    return tuple(all_changes(before, after))
