"""Options that have no effect beside another: as the library says of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from miner.graph.argument import literal
from miner.model.node import Advice
from miner.store.graph_reader import Graph

_NO_EFFECT = re.compile(
    r"\b[Hh](?:as|ave) no effect (?:if|when|with)\s+`?(?P<name>\w+)`?\s*(?:is|=)\s*"
    r"(?:set to\s+)?`?(?P<value>True|False|None)\b"
)


class Effects:
    """What the documentation of a release says of when an option has no effect."""

    def __init__(self, graph: Graph) -> None:
        """Read the advice on every option."""
        self._void: dict[tuple[str, str], list[tuple[str, Any]]] = {}
        for advice in graph.of_type(Advice):
            found = _NO_EFFECT.search(advice.message or "") if advice.kind == "limitation" else None
            if found is not None:
                told = found["name"], literal(found["value"])
                self._void.setdefault((advice.owner, advice.subject), []).append(told)

    def are_void(self, owner: str, option: str, arguments: Mapping[str, Any]) -> bool:
        """Return whether a call with these arguments is one for which an option has no effect."""
        told = self._void.get((owner, option), ())
        return any(name in arguments and arguments[name] is value for name, value in told)
