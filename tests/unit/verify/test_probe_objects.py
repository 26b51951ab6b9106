"""What becomes of public objects: real, None, a placeholder, broken, or another one."""

from __future__ import annotations

import logging
import sys
from types import ModuleType
from typing import Any

import pytest

from miner.verify.probe.objects import look


class _Dummy(type):
    def __getattribute__(cls, key: str) -> Any:
        raise ImportError(f"{key} is not there")

    def __call__(cls) -> Any:
        raise ImportError("X needs torch")


class _Lazy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "Reader":
            logging.getLogger(__name__).warning("Reader is read as ReaderSlow")
            return type("ReaderSlow", (), {})
        raise AttributeError(name)


def test_what_becomes_of_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each outcome as it is told; nothing of an object is called but what looks like a placeholder."""
    module = _Lazy("lazy_of_tests")
    module.X = _Dummy("X", (), {})  # type: ignore[attr-defined]
    module.TABLE = None  # type: ignore[attr-defined]
    module.Net = type("Net", (), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    rows = {
        row["name"]: row for row in look([[module.__name__, each] for each in ("Net", "TABLE", "X", "Reader", "No")])
    }
    assert {name: row["outcome"] for name, row in rows.items()} == {
        "Net": "real", "TABLE": "nothing", "X": "placeholder", "Reader": "real", "No": "broken"
    }  # fmt: skip
    assert rows["X"]["message"] == "X needs torch"
    assert rows["Reader"]["called"] == "ReaderSlow"
    assert rows["Reader"]["said"] == ["Reader is read as ReaderSlow"]
