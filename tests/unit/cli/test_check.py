"""`miner check`: what of the sample library a described machine does not meet, and how wrong arguments end."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from miner.app.schema import document, file_name, names
from miner.cli.main import run

SAMPLE = str(Path(__file__).parents[3] / "output" / "sample")
PROGRAM = """\
from tinyml import Trainer, train
from tinyml.studio import DrumBooth

Trainer(None, steps=3).run()
train(None)
DrumBooth().prepare()
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return str(path)


def machine(folder: Path, packages: str) -> str:
    path = folder / "machine.toml"
    path.write_text(f'name = "bench"\npython = "3.12"\ncomplete = ["packages", "modules"]\n[packages]\n{packages}\n')
    return str(path)


def answers(capsys, *arguments: str) -> dict[str, list[dict]]:
    assert run(["check", *arguments, "--graph", SAMPLE, "--format", "json"]) == 0
    found: dict[str, list[dict]] = {}
    for answer in json.loads(capsys.readouterr().out)["answers"]:
        found.setdefault(answer["outcome"], []).append(answer)
    return found


def test_what_a_program_uses_is_checked_at_its_places(capsys, tmp_path, program):
    found = answers(capsys, program, "--machine", machine(tmp_path, 'granite = "2.0"'))
    fails = {(each["name"], each["install"]): each for each in found["fails"]}
    trainer = fails["tinyml.Trainer", 'pip install "granite>=2.1"']
    assert trainer["lacks"] == [{"need": "granite >= 2.1", "here": "2.0", "about": "software"}]
    assert {(use["kind"], use["line"]) for use in trainer["uses"]} == {("import", 1), ("call", 4)}
    assert trainer["requirement"].startswith("requirement:tinyml.trainer.Trainer#granite")
    booth = next(each for each in found["fails"] if each["name"] == "tinyml.studio.DrumBooth.prepare")
    assert [use["line"] for use in booth["uses"]] == [6]


def test_a_machine_that_has_it_all_lacks_nothing(capsys, tmp_path, program):
    packages = '"granite" = "2.5"\n"pebbles" = "9"\n"slate" = "9"\n[binaries]\n"drumkit" = true'
    found = answers(capsys, program, "--machine", machine(tmp_path, packages), "--all")
    assert "fails" not in found
    assert "tinyml.Trainer" in {each["name"] for each in found["satisfied"]}


def test_every_answer_is_valid(capsys, program):
    registry = Registry().with_resources((file_name(name), Resource.from_contents(document(name))) for name in names())
    check = jsonschema.Draft202012Validator(document("answer"), registry=registry)
    for listed in answers(capsys, program, "--machine", "t4", "--all").values():
        for answer in listed:
            check.validate({key: value for key, value in answer.items() if key != "outcome"})


def test_packages_of_which_a_machine_says_nothing_are_told_once(capsys, program):
    assert run(["check", program, "--graph", SAMPLE, "--machine", "t4"]) == 0
    captured = capsys.readouterr()
    assert "t4 says nothing of packages, which" in captured.err
    assert "granite >= 2.1: unknown" not in captured.out


def test_a_predicate_is_true_or_not(capsys, tmp_path):
    here = machine(tmp_path, 'slate = "0.4.1"')
    found = answers(capsys, "--for", "is_slate_available", "--machine", here)
    (answer,) = (each for each in found["degrades"] if each["requirement"].startswith("predicate:"))
    assert answer["otherwise"]["message"] == "is_slate_available is false"
    assert answer["lacks"] == [{"need": "slate >= 0.4.2", "here": "0.4.1", "about": "software"}]


def test_text_and_markdown_name_the_place_and_the_fix(capsys, tmp_path):
    here = machine(tmp_path, "")
    assert run(["check", "--for", "tinyml.Trainer", "--graph", SAMPLE, "--machine", here]) == 0
    text = capsys.readouterr().out
    assert "tinyml.Trainer needs granite >= 2.1 (here granite >= 2.1: none): placeholder" in text
    assert '; pip install "granite>=2.1"  (src/tinyml/trainer.py:' in text
    assert run(["check", "--for", "tinyml.Trainer", "--graph", SAMPLE, "--machine", here, "--format", "markdown"]) == 0
    assert "| tinyml.Trainer | granite \\>= 2.1" in capsys.readouterr().out


@pytest.mark.parametrize(("level", "code"), [("fails", 1), ("unknown", 1), (None, 0)])
def test_findings_end_with_1_when_asked_for(capsys, tmp_path, level, code):
    ending = ["--fail-on", level] if level else []
    arguments = ["check", "--for", "tinyml.Trainer", "--graph", SAMPLE, "--machine", machine(tmp_path, "")]
    assert run([*arguments, *ending]) == code
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "nothing to check: give a PATH, or --for NAME"),
        (["missing.py"], 3, "'missing.py' is not there"),
        (["--for", "Trainr"], 2, "nearest: Trainer"),
        (["--for", "granite"], 2, "'granite' is a package: name an object"),
        (["--for", "Trainer", "--machine", "k80"], 2, "no machine is called 'k80'"),
    ],
)
def test_what_is_wrong_is_one_line(capsys, arguments, code, said):
    assert run(["check", *arguments, "--graph", SAMPLE]) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
