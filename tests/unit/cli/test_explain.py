"""`miner explain`: what is printed of the sample graph, and how a wrong name ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miner.cli.main import run

SAMPLE = str(Path(__file__).parents[3] / "output" / "sample")


def test_an_object_as_text(capsys):
    assert run(["explain", "tinyml.Trainer", "--graph", SAMPLE]) == 0
    text = capsys.readouterr().out
    assert "from tinyml import Trainer" in text
    assert "granite >= 2.1" in text
    assert "src/tinyml/trainer.py:10" in text


def test_a_package_as_markdown(capsys):
    assert run(["explain", "slate", "--graph", SAMPLE, "--format", "markdown"]) == 0
    text = capsys.readouterr().out
    assert "| enforced | \\>=0.4.2 by tinyml.utils.import\\_utils.is\\_slate\\_available |" in text


def test_a_predicate_as_json(capsys):
    assert run(["explain", "is_slate_available", "--graph", SAMPLE, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "predicate"
    assert document["node"]["means"] == {"module": "slate", "version": [[">=", "0.4.2"]]}
    assert {row["owner"] for row in document["requirements"]} >= {"tinyml.report.Report.draw"}


def test_a_workflow_as_json_names_what_implements_its_steps(capsys):
    rows = (json.loads(line) for line in (Path(SAMPLE) / "nodes.jsonl").read_text().splitlines())
    (workflow,) = (row for row in rows if row["type"] == "Workflow")
    assert run(["explain", workflow["name"], "--graph", SAMPLE, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document["implementers"]) == {step["id"] for step in document["members"]}
    assert all(nodes for nodes in document["implementers"].values())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["Trainr", "--graph", SAMPLE], 2, "nearest: Trainer"),
        (["Trainer", "--graph", "nowhere/at/all"], 3, "'nowhere/at/all' is neither a graph folder nor a SPEC to mine"),
        (["Trainer"], 2, "Missing option '--graph'"),
    ],
)
def test_how_a_wrong_name_ends(arguments, code, said, capsys):
    assert run(["explain", *arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
