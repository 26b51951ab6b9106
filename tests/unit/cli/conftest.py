"""Stand-ins for the use cases, so that the command line is tested without mining anything."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from miner.model.node import Manifest, Outcome
from miner.model.snapshot import SourceRecord

MANIFEST = Manifest(
    schema_version=1,
    tool="0.1.0",
    tool_revision="0",
    source=SourceRecord(kind="index", name="library", revision="0" * 64, tree="0" * 40, version="1.0"),
    reader="fast",
    nodes={"Implementation": 1200, "Requirement": 3},
    edges={"states": 3},
    outcomes={"mined": 10, "skipped": 2},
    coverage={
        "formulas": {"predicate": 200, "requirement": 8},
        "opaque": {"predicate": 3, "predicate: a call that is not understood": 3},
        "not_understood": {"structure: a module that is no string": 2},
    },
    files={"nodes.jsonl": "0" * 64},
)


@dataclass(frozen=True)
class Result:
    """The shape of `miner.app.extract.ExtractResult`."""

    folder: Path = Path("output/library-1.0")
    manifest: Manifest = MANIFEST
    failed: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    cached: bool = False
    cpu_seconds: float = 1.5
    peak_rss_bytes: int = 1 << 20


@dataclass(frozen=True)
class Finding:
    """The shape of `miner.app.audit.Finding`."""

    kind: str
    subject: str
    message: str


@dataclass(frozen=True)
class Report:
    """The shape of `miner.app.audit.AuditReport`."""

    checked: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class Request:
    """Takes what `miner.app.extract.ExtractRequest` takes and keeps it as written."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields


class UseCases:
    """The stand-ins, and how one is put in the place of the real use case."""

    Result, Finding, Report = Result, Finding, Report

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.asked: list[Any] = []

    def extract(self, use_case: Callable[[Any, Any], Any]) -> None:
        """Put `use_case` in the place of `miner.app.extract.extract`; what it is asked is kept in `asked`."""

        def kept(request: Request, progress: Any) -> Any:
            self.asked.append(request.fields)
            return use_case(request, progress)

        self._put("miner.app.extract", ExtractRequest=Request, extract=kept)

    def audit(self, use_case: Callable[..., Any]) -> None:
        """Put `use_case` in the place of `miner.app.audit.audit`; what it is asked is kept in `asked`."""

        def kept(graph: Any, source: Any, cache: Any, progress: Any, *, idioms: Any, catalog: Any) -> Any:
            self.asked.append((graph, source, cache, idioms, catalog))
            return use_case()

        self._put("miner.app.audit", audit=kept)

    def _put(self, name: str, **contents: Any) -> None:
        module = ModuleType(name)
        vars(module).update(contents)
        self._monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def use_cases(monkeypatch: pytest.MonkeyPatch) -> UseCases:
    """Stand-ins for the use cases of this test."""
    return UseCases(monkeypatch)
