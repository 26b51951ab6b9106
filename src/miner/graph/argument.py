"""What calls of a program give to the parameters of what a graph names."""

from __future__ import annotations

from typing import Any

from miner.graph.names import Named
from miner.model.node import Implementation
from miner.model.use import Use
from miner.syntax.literal import LiteralError, string
from miner.syntax.rows import parameters

_CONSTANTS = {"None": None, "True": True, "False": False}
UNKNOWN: Any = object()
"""What is given and is no literal."""


def given(use: Use, named: Named) -> dict[str, Any]:
    """Return the literals that a call gives to parameters, by name; UNKNOWN for what is given and no literal."""
    listed = list(parameters(named.node.signature) or ()) if named.node is not None else []
    found: dict[str, Any] = {}
    for passed in use.arguments:
        name = passed.keyword
        if name is None and passed.position is not None and passed.position < len(listed):
            name = listed[passed.position]
        if name is not None:
            found[name] = passed.value if passed.known else UNKNOWN
    return found


def takes_any(node: Implementation | None) -> bool:
    """Return whether any keyword argument can be given: what is passed on may be understood elsewhere."""
    return node is not None and node.signature is not None and "**" in node.signature


def literal(text: str | None) -> Any:
    """Return the value of a literal by its text: a constant, number or string; UNKNOWN for anything else."""
    if text is None:
        return UNKNOWN
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    try:
        return float(text) if any(mark in text for mark in ".eE") and not text[:1].isalpha() else int(text)
    except ValueError:
        pass
    try:
        return string(text)
    except LiteralError:
        return UNKNOWN
