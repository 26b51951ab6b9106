"""The use case that explains a name from a graph."""

from __future__ import annotations

from miner.app.graph_at import graph_at
from miner.app.progress import Progress
from miner.explain.account import Account
from miner.explain.account import explain as account_of
from miner.explain.subject import find

__all__ = ["Account", "explain"]


def explain(graph: str, name: str, progress: Progress) -> Account:
    """Return all that a graph (a folder or SPEC) says of a name; UsageError when the name does not mean one thing."""
    found = graph_at(graph, progress)
    return account_of(found, find(found, name))
