"""Real releases for the tests: the source tree unpacked, the graph mined, each once in a session of tests."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent
from miner.source.locate import open_source
from miner.store.graph_reader import Graph, load

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """One release: its Python files below `tree`, and its graph."""

    tree: Path
    graph: Graph

    def ask(self, script: str) -> Any:
        """Return what a script of this folder prints about `src/transformers`, run in a process of its own."""
        command = [sys.executable, "-W", "ignore", _HERE / script, self.tree / "src" / "transformers"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=300, env={"PATH": ""})
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return json.loads(done.stdout)


@functools.cache
def bring(spec: str, folder: Path) -> Sample:
    """Unpack and mine the release `name==version` under `folder`."""
    place = folder / "releases" / spec.replace("==", "-")
    cache = folder / "releases" / "cache"
    snapshot = open_source(spec, None, cache=cache, progress=lambda line: None)
    for entry in snapshot.entries:
        is_source = entry.path.endswith(".py") and entry.path.startswith("src/")
        if entry.kind == "file" and (is_source or entry.path == "PKG-INFO"):
            path = place / "tree" / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(snapshot.read(entry.blob))
    extract(ExtractRequest(spec=spec, output=place / "graph", cache=cache), Silent())
    return Sample(place / "tree", load(place / "graph"))
