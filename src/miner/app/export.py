"""The use case that exports a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from miner.app.graph_at import graph_at
from miner.app.progress import Progress
from miner.export.document import document, node_files
from miner.export.wiki import wiki
from miner.store.tree import write_tree

Form = Literal["nodes", "wiki"]


def whole(graph: str, progress: Progress) -> dict[str, Any]:
    """Return a graph (a folder or SPEC) as one JSON document."""
    return document(graph_at(graph, progress))


def export(graph: str, form: Form, output: Path, progress: Progress) -> int:
    """Write a graph as a folder of files, and return their number; OutputError when it cannot be written."""
    found = graph_at(graph, progress)
    files = wiki(found) if form == "wiki" else node_files(found)
    progress.stage("write", len(files))
    write_tree(output, files)
    return len(files)
