"""What a graph folder is made of: its file names and the version of its schema."""

from __future__ import annotations

SCHEMA_VERSION = 1
"""The major version of the records; additive changes keep it."""

MANIFEST = "manifest.json"
NODES = "nodes.jsonl"
EDGES = "edges.jsonl"
OUTCOMES = "outcomes.jsonl"
ROW_FILES = (NODES, EDGES, OUTCOMES)
