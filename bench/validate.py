"""Validates every row of a graph, and prints the processor seconds that the validation alone took."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from miner.app.schema import validator
from miner.model.node import schema_of

_FILES = (("nodes.jsonl", None), ("edges.jsonl", "edge"), ("outcomes.jsonl", "outcome"))


def main(graph: str) -> None:
    """Print rows and seconds as JSON; reading the rows is not counted, building the validator is."""
    rows = [
        (name or schema_of(row["type"]), row)
        for file, name in _FILES
        for row in map(json.loads, Path(graph, file).read_text(encoding="utf-8").splitlines())
    ]
    start = time.process_time()
    check = validator()
    for name, row in rows:
        check(name, row)
    print(json.dumps({"rows": len(rows), "seconds": time.process_time() - start}))


if __name__ == "__main__":
    main(sys.argv[1])
