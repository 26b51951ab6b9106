"""`miner audit` prints what was checked and what was found, and ends with 1 when something was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miner.cli.main import run


def test_a_clean_graph_ends_with_0(use_cases: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """And says what was looked at."""
    use_cases.audit(lambda: use_cases.Report({"rows": 1200, "evidence": 30}))
    assert run(["audit", "graph", "--source", "x==1"]) == 0
    assert use_cases.asked == [(Path("graph"), "x==1", None, None, None)]
    assert capsys.readouterr() == ("checked\n  evidence     30\n  rows      1,200\nfindings\n  none\n", "")


def test_findings_end_with_1_and_are_listed(use_cases: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Kind, subject, message."""
    found = use_cases.Finding("hash", "requirement:a#x/raise", "bytes differ\n")
    use_cases.audit(lambda: use_cases.Report({"rows": 1}, (found,)))
    assert run(["audit", "graph"]) == 1
    assert capsys.readouterr().out == (
        "checked\n  rows  1\nfindings: 1\n  hash  requirement:a#x/raise  bytes differ\\n\n"
    )


@pytest.mark.parametrize("findings", [0, 1])
def test_json_is_written_also_when_empty(use_cases: Any, capsys: pytest.CaptureFixture[str], findings: int) -> None:
    """The same fields whatever was found."""
    found = (use_cases.Finding("hash", "a", "b"),) * findings
    use_cases.audit(lambda: use_cases.Report({}, found))
    assert run(["audit", "graph", "--format", "json"]) == findings
    expected = [{"kind": "hash", "subject": "a", "message": "b"}] * findings
    assert json.loads(capsys.readouterr().out) == {"checked": {}, "findings": expected}
