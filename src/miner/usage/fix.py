"""What the library says to do about a change."""

from __future__ import annotations

from miner.model.change import Change
from miner.model.node import Advice
from miner.store.graph_reader import Graph


def fix(change: Change, new: Graph) -> str | None:
    """Return what the library says to do about a change."""
    match change.type:
        case "implementation-moved":
            return f"use {change.new}"
        case "option-renamed":
            return f"pass {change.new} in place of {change.old}"
        case "removed" if change.new is not None:
            return f"use {change.new}" if " " not in change.new else str(change.new)
        case "deprecated":
            node = new.nodes.get(change.new_id or "")
            named = node.replacement if isinstance(node, Advice) else None
            return f"use {named}" if named and "{" not in named else None
        case "floor-raised" | "cap-added" if change.field == "declared" and change.package != "python":
            return f'pip install "{change.package}{change.new}"'
    return None
