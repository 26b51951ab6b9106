"""Fetches a release into miner's cache, or writes chosen files of it into a folder for the other tools.

`python -m bench.unpack SPEC CACHE` fetches; with LIST and FOLDER, the paths in LIST (JSON) are written to FOLDER.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePosixPath

from miner.source.locate import open_source


def main(spec: str, cache: str, *target: str) -> None:
    """Fetch, write, and print the size in bytes of each blob, as JSON."""
    snapshot = open_source(spec, None, cache=Path(cache), progress=lambda _: None)
    if target:
        listed, folder = target
        wanted = set(json.loads(Path(listed).read_text(encoding="utf-8")))
        for entry in snapshot.entries:
            if entry.path in wanted and ".." not in PurePosixPath(entry.path).parts:
                path = Path(folder, entry.path)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(snapshot.read(entry.blob))
    print(json.dumps({entry.blob: entry.size for entry in snapshot.entries if entry.path.endswith(".py")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
