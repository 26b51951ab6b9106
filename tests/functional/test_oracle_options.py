"""Defaults of described fields, by an enumerator of its own, are advice; and quantities stand in their evidence."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from miner.model.node import Advice

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from release import bring

ORACLE = Path(__file__).parents[1] / "oracle" / "described_fields.py"


@pytest.mark.release
@pytest.mark.parametrize(("spec", "least"), [("transformers==5.23.0", 3000), ("peft==0.21.2", 300)])
def test_every_described_field_has_its_default(spec: str, least: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same field of the same class, with the same value."""
    name = spec.partition("==")[0]
    sample = bring(spec, tmp_path_factory.getbasetemp())
    command = [sys.executable, "-W", "ignore", ORACLE, sample.tree / "src" / name]
    rows = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=300).stdout)
    mined = {outcome.path for outcome in sample.graph.outcomes if outcome.outcome == "mined"}
    found = {}
    for node in sample.graph.nodes.values():
        if isinstance(node, Advice) and node.kind == "default" and node.action is not None:
            for place in node.evidence:
                found[place.path, node.owner.rpartition(".")[2], node.subject] = node.action.partition(" = ")[2]
    listed = [row for row in rows if f"src/{name}/{row[0]}" in mined]
    wrong = [row for row in listed if not _is_same(found.get((f"src/{name}/{row[0]}", row[1], row[2])), row[3])]
    print(f"{spec}: {len(listed)} described fields, {len(wrong)} without their default: {wrong[:5]}")
    assert len(listed) >= least
    assert 1 - len(wrong) / len(listed) >= 0.97


def _is_same(stated: str | None, expected: str) -> bool:
    """Say whether two sources are the same value; a call that a field is made by is not one."""
    try:
        return stated is not None and ast.literal_eval(stated) == ast.literal_eval(expected)
    except (SyntaxError, ValueError):
        return False


@pytest.mark.release
@pytest.mark.parametrize("spec", ["transformers==5.23.0", "diffusers==0.42.1"])
def test_every_quantity_stands_in_its_message_and_its_evidence(
    spec: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each is quoted from within one of the evidences of its node."""
    sample = bring(spec, tmp_path_factory.getbasetemp())
    told = [node for node in sample.graph.nodes.values() if isinstance(node, Advice)]
    quantities = [(node, each) for node in told for each in node.quantities]
    assert len(quantities) >= 10
    for node, each in quantities:
        assert each.evidence.text == each.text
        assert each.text in (node.message or "")
        assert any(
            place.path == each.evidence.path
            and place.start_byte <= each.evidence.start_byte
            and each.evidence.end_byte <= place.end_byte
            for place in node.evidence
        )
