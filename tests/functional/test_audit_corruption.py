"""An audit finds corrupted statements, and nothing in an intact graph."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from miner.app.audit import AuditReport, audit
from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent
from miner.store.cache import default_folder
from tests.functional.corruption import KINDS, corrupt, read_rows, write_rows

COUNT = 300
SEED = 20


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of a real release with every kind of statement that can be corrupted."""
    target = tmp_path_factory.mktemp("graph") / "transformers"
    request = ExtractRequest("transformers==5.0.0rc1", output=target, cache=default_folder() / "tests")
    return extract(request, Silent()).folder


def check(folder: Path, *, rederive: bool = True) -> AuditReport:
    return audit(folder, cache=default_folder() / "tests", rederive=rederive)


def found(report: AuditReport, done: list[tuple[str, str, str]]) -> Counter[str]:
    """Count the corruptions, by kind, whose row a finding names, before or after it was corrupted."""
    named = {finding.subject for finding in report.findings}
    return Counter(kind for kind, before, after in done if before in named or after in named)


@pytest.mark.release
def test_an_intact_graph_has_no_finding(graph: Path) -> None:
    report = check(graph)
    assert report.findings == ()
    assert report.checked["evidence"] > 10_000


@pytest.mark.release
def test_of_300_corruptions_at_least_99_percent_are_found(graph: Path, tmp_path: Path) -> None:
    rows, done = corrupt(read_rows(graph), COUNT, SEED)
    assert len(done) == COUNT
    assert {kind for kind, _, _ in done} == set(KINDS)
    write_rows(graph, rows, tmp_path / "corrupted")
    hits = found(check(tmp_path / "corrupted"), done)
    alone = found(check(tmp_path / "corrupted", rederive=False), done)
    total = Counter(kind for kind, _, _ in done)
    for kind in KINDS:
        print(f"{kind}: {hits[kind]} of {total[kind]} found, {alone[kind]} without mining again")
    assert sum(hits.values()) >= 0.99 * COUNT
