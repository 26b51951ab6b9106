"""What an audit finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
"""One row of a graph as JSON."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is not as it should be: the kind of check, the id of the row, and what is wrong."""

    kind: str
    subject: str
    message: str


def name_of(row: Row) -> str:
    """Return what to call a row: the id of a node, the ends of an edge, the path of an outcome."""
    if "relation" in row:
        return f"{row.get('source')} {row['relation']} {row.get('target')}"
    return str(row.get("id") or row.get("path") or "a row without a name")
