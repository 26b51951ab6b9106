"""`miner machine`: what is printed of a described machine, and how a wrong name ends."""

from __future__ import annotations

import json

import jsonschema
import pytest

from miner.app.schema import document
from miner.cli.main import run
from miner.machine.description import described


def test_a_described_machine_as_text(capsys):
    assert run(["machine", "h100"]) == 0
    text = capsys.readouterr().out
    assert "one NVIDIA H100 SXM with 80 GB (Hopper)" in text
    assert "cuda  1      9.0         80" in text


@pytest.mark.parametrize("name", described())
def test_a_machine_as_json_is_valid(capsys, name):
    assert run(["machine", name, "--format", "json"]) == 0
    machine = json.loads(capsys.readouterr().out)
    jsonschema.validate(machine, document("machine"))
    assert machine["name"] == name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["k80"], "no machine is called 'k80'"),
        (["missing.toml"], "missing.toml: cannot read the machine description: No such file or directory"),
        (["t4", "--python", "python3"], "leave out NAME or --python"),
    ],
)
def test_what_is_wrong_is_one_line(capsys, arguments, said):
    assert run(["machine", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
