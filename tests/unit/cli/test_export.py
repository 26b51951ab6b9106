"""`miner export`: JSON on standard output, folders on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miner.cli.main import run

SAMPLE = str(Path(__file__).parents[3] / "output" / "sample")


def test_one_document(capsys):
    assert run(["export", SAMPLE]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["manifest"]["source"]["name"] == "tinyml"
    assert any(node["id"] == "workflow:Training" for node in document["nodes"])


@pytest.mark.parametrize(
    ("form", "file"), [("wiki", "workflows/tinyml_Training.md"), ("nodes", "workflow/Training.json")]
)
def test_a_folder(form, file, tmp_path, capsys):
    assert run(["export", SAMPLE, "--format", form, "--output", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / file).is_file()
    assert capsys.readouterr().out.endswith(f"files in {tmp_path / 'out'}\n")


@pytest.mark.parametrize("options", [["--format", "wiki"], ["--output", "out"]])
def test_a_folder_goes_with_its_formats(options, capsys):
    assert run(["export", SAMPLE, *options]) == 2
    assert "--output names a folder" in capsys.readouterr().err
