"""The graph that a user names: a graph folder, or a SPEC[@REF] that is mined first, or found in the cache."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path

from miner.app.progress import Progress
from miner.errors import GraphError, SourceError, UsageError
from miner.store.graph_reader import Graph, load
from miner.store.layout import MANIFEST


def graph_at(named: str, progress: Progress, relations: Collection[str] | None = None) -> Graph:
    """Return the graph in the folder `named`, or that of the SPEC `named`, with `@REF` behind it for a repository.

    With `relations`, only the edges of these are read.
    Raises GraphError when it is a folder without a graph in it and no repository either, and what `extract` raises.
    """
    folder = Path(named)
    if (folder / MANIFEST).is_file() or (folder.is_dir() and not (folder / ".git").exists()):
        return load(folder, relations=relations)
    from miner.app.extract import ExtractRequest, extract  # noqa: PLC0415  heavy, and only to mine

    spec, _, ref = named.partition("@") if "://" not in named else named.rpartition("@")
    if not spec:
        spec, ref = named, ""
    with tempfile.TemporaryDirectory(prefix="miner-graph-") as place:
        output = Path(place) / "graph"
        try:
            extract(ExtractRequest(spec=spec, ref=ref or None, output=output), progress)
        except (UsageError, SourceError) as problem:
            if "==" in named or ":" in named or folder.exists():
                raise
            raise GraphError(f"{named!r} is neither a graph folder nor a SPEC to mine: {problem}") from problem
        return load(output, relations=relations)
