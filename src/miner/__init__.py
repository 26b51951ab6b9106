"""miner: what each public API of a Python library really requires, with evidence for every statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from miner.store.graph_reader import Graph, load

__all__ = ["Graph", "__version__", "load"]


def __getattr__(name: str) -> object:
    """Import the read API on first use, so that `import miner` stays cheap."""
    if name in {"Graph", "load"}:
        from miner.store import graph_reader  # noqa: PLC0415

        return getattr(graph_reader, name)
    raise AttributeError(f"module 'miner' has no attribute {name!r}")
