"""`miner matrix`: the tables of the sample graph, in every format."""

from __future__ import annotations

import json
from pathlib import Path

from miner.cli.main import run
from miner.machine.description import described

SAMPLE = str(Path(__file__).parents[3] / "output" / "sample")


def document(capsys, *arguments):
    assert run(["matrix", SAMPLE, "--format", "json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_all_described_machines_are_columns(capsys):
    found = document(capsys)
    assert found["machines"] == list(described())
    for row in found["features"]:
        assert set(row["cells"]) == set(described())
        assert row["evidence"]["path"].startswith("src/tinyml/")


def test_packages_are_told_by_environment(capsys):
    found = document(capsys, "--machine", "t4")
    assert found["machines"] == ["t4"]
    rows = {row["package"]: row for row in found["packages"]}
    assert rows["granite"]["enforced"] == [">=2.1"]
    assert set(rows["granite"]["environments"]) <= set(found["environments"])


def test_text_and_markdown(capsys):
    assert run(["matrix", SAMPLE, "--machine", "t4"]) == 0
    assert "tinyml" in capsys.readouterr().out
    assert run(["matrix", SAMPLE, "--machine", "t4", "--format", "markdown"]) == 0
    assert "| package | declared | enforced |" in capsys.readouterr().out


def test_an_unknown_machine_is_one_line(capsys):
    assert run(["matrix", SAMPLE, "--machine", "k80"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
