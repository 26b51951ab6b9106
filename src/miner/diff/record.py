"""A change as a record: its severity by its type, and the first evidence of both sides."""

from __future__ import annotations

from typing import Any

from miner.model.change import SEVERITIES, Change, ChangeType
from miner.model.evidence import Evidence
from miner.model.node import Implementation, Node, Predicate


def change(type_: ChangeType, before: Node | None, after: Node | None, /, **fields: Any) -> Change:
    """Return a change between two nodes, either of which may be missing; what `fields` says goes first."""
    fields.setdefault("severity", SEVERITIES[type_])
    fields.setdefault("old_evidence", _first(before))
    fields.setdefault("new_evidence", _first(after))
    return Change(
        type=type_,
        old_id=before.id if before is not None else None,
        new_id=after.id if after is not None else None,
        **fields,
    )


def _first(node: Node | None) -> Evidence | None:
    """Return the evidence to name: where an object or a predicate is defined, and the first of anything else."""
    if node is None:
        return None
    if isinstance(node, Predicate):
        own = (each for each in node.evidence if each.role == "definition" and _module(each.path) in node.qualname)
        return next(own, node.evidence[0])
    return node.definition if isinstance(node, Implementation) else node.evidence[0]


def _module(path: str) -> str:
    """Return the last name of the module that a file is, with dots around it."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return f".{parts[-1]}."
