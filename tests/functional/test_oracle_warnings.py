"""Calls that warn, by an enumerator of its own, are advice, or counted with a reason."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from miner.model.node import Advice

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from release import bring

ORACLE = Path(__file__).parents[1] / "oracle" / "warning_calls.py"


@pytest.mark.release
@pytest.mark.parametrize(
    ("spec", "least", "share"), [("transformers==5.23.0", 900, 0.97), ("diffusers==0.42.1", 700, 0.97)]
)
def test_every_call_that_warns_is_advice_or_counted(
    spec: str, least: int, share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is missed is no more than what is counted as left out, by reason, and a few whose result is used."""
    name = spec.partition("==")[0]
    sample = bring(spec, tmp_path_factory.getbasetemp())
    command = [sys.executable, "-W", "ignore", ORACLE, sample.tree / "src" / name]
    rows = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=300).stdout)
    mined = {outcome.path for outcome in sample.graph.outcomes if outcome.outcome == "mined"}
    spans = defaultdict(list)
    for node in sample.graph.nodes.values():
        for place in node.evidence if isinstance(node, Advice) else ():
            if place.role == "site":
                spans[place.path].append((place.start_line, place.end_line))
    listed = [(f"src/{name}/{path}", line) for path, line in rows if f"src/{name}/{path}" in mined]
    missed = [(path, line) for path, line in listed if not any(first <= line <= last for first, last in spans[path])]
    left_out = sum(
        count for reason, count in sample.graph.manifest.coverage["left_out"].items() if reason.startswith("advice: ")
    )
    print(f"{spec}: {len(listed)} listed, {len(missed)} missed, {left_out} left out with a reason")
    assert len(listed) >= least
    assert len(missed) <= left_out + 2
    assert 1 - len(missed) / len(listed) >= share
