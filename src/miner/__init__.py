"""miner: what each public API of a Python library really requires, with evidence for every statement."""

from __future__ import annotations

__version__ = "0.1.0"
