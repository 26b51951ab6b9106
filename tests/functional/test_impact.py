"""What an edit of our sample library does to a program: the right change at the right line, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from miner.app.schema import document, file_name, names
from miner.cli.main import run
from tests.functional.sample_library import committed, copied, mined

SOURCE = "src/tinyml"
TOP, REPORT, TRAINER = f"{SOURCE}/__init__.py", f"{SOURCE}/report.py", f"{SOURCE}/trainer.py"
UTILS, VERSIONS = f"{SOURCE}/utils/import_utils.py", f"{SOURCE}/utils/versions.py"
PROGRAM = """\
import os

import tinyml
from tinyml import Report, Trainer, describe
from tinyml.utils.import_utils import is_granite_available

os.environ["TINYML_SLOW"] = "1"


class Mine(Report):
    def play(self, *, volume=1.0):
        super().play(volume=volume)
        self.draw()


def main(report: Report):
    trainer = Trainer(None, steps=5)
    trainer.run()
    describe(trainer, 2)
    describe(trainer)
    report.play(volume=0.1)
    report.play()
    if is_granite_available():
        Mine().show()
"""
EDITS = [
    (TRAINER, ", *, steps=100", "", [("option-removed", 17)]),
    (TRAINER, "steps=100", "steps=200", []),
    (TRAINER, "steps=100", "max_steps=100", [("option-renamed", 17)]),
    (REPORT, "depth=1", "depth=2", [("default-changed", 20)]),
    (REPORT, "depth=1", "depth", [("default-changed", 20)]),
    (REPORT, "depth=1", "depth=1, width=1", []),
    (REPORT, "depth=1", "width, depth=1", [("option-added", 19), ("option-added", 20)]),
    (REPORT, "def play(self, *, volume", "def play(self, *, tune=None, volume", [("option-added", 11)]),
    (REPORT, "volume: float = 0.5", "volume: float = 0.7", [("default-changed", 22)]),
    (TRAINER, "def run(self)", "def walk(self)", [("implementation-removed", 18)]),
    (REPORT, "    @slate_required\n", "", []),
    (REPORT, "    def show", "    @slate_required\n    def show", [("gate-added", 24)]),
    (TRAINER, 'backends=("granite",)', 'backends=("granite", "slate")', [("backend-added", 17), ("backend-added", 18)]),
    (REPORT, '"granite>=2.5"', '"granite>=2.7"', [("floor-raised", 19), ("floor-raised", 20)]),
    (UTILS, 'get("TINYML_SLOW"', 'get("TINYML_EAGER"', [("variable-removed", 7)]),
    (VERSIONS, '"2.1"', '"2.2"', [("predicate-changed", 23)]),
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def before(tmp_path_factory, cache):
    folder = tmp_path_factory.mktemp("before")
    return str(mined(committed(copied(folder / "tinyml")), folder / "graph", cache))


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return str(path)


def after(folder: Path, cache: Path, path: str, old: str, new: str) -> str:
    repository = copied(folder / "tinyml")
    text = (repository / path).read_text(encoding="utf-8")
    assert old in text
    (repository / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(mined(committed(repository), folder / "graph", cache))


def offering(folder: Path, name: str, text: str) -> Path:
    """Return a copy of the library whose report module ends with `text` and that offers `name`, which it defines."""
    repository = copied(folder)
    report, top = repository / REPORT, repository / TOP
    report.write_text(report.read_text(encoding="utf-8") + text, encoding="utf-8")
    offered = top.read_text(encoding="utf-8").replace('"Report"]', f'"Report", "{name}"]')
    top.write_text(offered, encoding="utf-8")
    return repository


def touched(capsys, *arguments: str) -> list[dict]:
    assert run(["impact", *arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)["impacts"]


@pytest.mark.parametrize(("path", "old", "new", "expected"), EDITS)
def test_an_edit_touches_the_lines_that_use_it(path, old, new, expected, before, program, cache, tmp_path, capsys):
    edited = after(tmp_path, cache, path, old, new)
    found = touched(capsys, program, "--from", before, "--to", edited)
    assert sorted((each["change"]["type"], each["use"]["line"]) for each in found) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("steps=None", "steps=False", []),
        ("steps={}", "steps=None", []),
        ("steps=None", "steps=0", [("default-changed", 3)]),
        ("steps=True", "steps=None", [("default-changed", 3)]),
    ],
)
def test_a_default_that_stands_for_nothing_in_other_words(old, new, expected, before, cache, tmp_path, capsys):
    first = after(tmp_path / "first", cache, TRAINER, "steps=100", old)
    second = after(tmp_path / "second", cache, TRAINER, "steps=100", new)
    program = tmp_path / "program.py"
    program.write_text("from tinyml import Trainer\n\nTrainer(None)\n")
    found = touched(capsys, str(program), "--from", first, "--to", second)
    assert [(each["change"]["type"], each["use"]["line"]) for each in found] == expected


@pytest.mark.parametrize(("new", "expected"), [("", [("option-removed", 11)]), (", **kwargs", [])])
def test_an_override_of_what_takes_any_option(new, expected, before, program, cache, tmp_path, capsys):
    """An option that the base names no longer, but may take all the same, is not told of an override."""
    edited = after(tmp_path, cache, REPORT, ", *, volume: float = 0.5", new)
    found = touched(capsys, program, "--from", before, "--to", edited)
    overrides = [each for each in found if each["use"]["kind"] == "override"]
    assert [(each["change"]["type"], each["use"]["line"]) for each in overrides] == expected


def test_a_class_with_another_name_names_the_new_one(before, program, cache, tmp_path, capsys):
    repository = copied(tmp_path / "tinyml")
    for path in (TOP, REPORT):
        text = (repository / path).read_text(encoding="utf-8")
        (repository / path).write_text(text.replace("Report", "Paper"), encoding="utf-8")
    edited = str(mined(committed(repository), tmp_path / "graph", cache))
    found = touched(capsys, program, "--from", before, "--to", edited, "--severity", "breaking")
    lines = [4, 10, 12, 13, 16, 21, 22, 24]  # an override may do without
    assert sorted({each["use"]["line"] for each in found}) == lines
    assert {each["fix"] for each in found} == {"use tinyml.Paper"}


def test_an_old_name_that_its_module_still_answers_is_deprecated(before, cache, tmp_path, capsys):
    repository, path = copied(tmp_path / "tinyml"), f"{SOURCE}/config.py"
    text = (repository / path).read_text(encoding="utf-8").replace("class Config", "class Settings")
    text += '\n\n__getattr__ = deprecate_attr(__name__, rename={"Config": (Settings, "1.0")})\n'
    (repository / path).write_text(text, encoding="utf-8")
    edited = str(mined(committed(repository), tmp_path / "graph", cache))
    program = tmp_path / "program.py"
    program.write_text("from tinyml.config import Config\n\nConfig()\n")
    found = touched(capsys, str(program), "--from", before, "--to", edited)
    assert {(each["change"]["type"], each["fix"]) for each in found} == {("deprecated", "use Settings")}


SETUP = "from setuptools import setup\nsetup(name='tinyml', install_requires=[{}])\n"


@pytest.mark.parametrize(
    ("old", "new", "program", "expected"),
    [
        ("'slate>=1'", "'slate>=2'", "import tinyml", [("floor-raised", "breaking", 1)]),
        ("'slate'", "", "import tinyml", []),
        ("'slate'", "", "import tinyml\nimport slate", [("declared-changed", "risky", 1)]),
        ("", "'slate'", "import tinyml", []),
        ("", "'slate>=2'", "import tinyml", [("declared-changed", "risky", 1)]),
        (
            "'slate>=1'",
            "'slate>=2'",
            "if TYPE_CHECKING:\n    from tinyml import Report\nfrom tinyml import Trainer",
            [("floor-raised", "breaking", 3)],
        ),
    ],
)
def test_what_the_library_declares(old, new, program, expected, cache, tmp_path, capsys):
    """At the first import that is run; what is dropped matters to a program that needs it itself."""
    graphs = []
    for name, declared in (("old", old), ("new", new)):
        repository = copied(tmp_path / name)
        (repository / "setup.py").write_text(SETUP.format(declared), encoding="utf-8")
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{name}", cache)))
    path = tmp_path / "program.py"
    path.write_text(program + "\n", encoding="utf-8")
    found = touched(capsys, str(path), "--from", graphs[0], "--to", graphs[1])
    assert [(each["change"]["type"], each["severity"], each["use"]["line"]) for each in found] == expected


@pytest.mark.parametrize(
    ("own", "declared", "expected"),
    [
        ("slate>=2.1,<4", ("'slate>=1'", "'slate>=2'"), []),
        ("slate>=1.5", ("'slate>=1'", "'slate>=2'"), ["floor-raised"]),
        ("slate>=2.5", ("", "'slate>=2'"), []),
        ("granite", ("", "'slate>=2'"), ["declared-changed"]),
    ],
)
def test_what_the_program_declares_itself(own, declared, expected, cache, tmp_path, capsys):
    """A floor that it is above already is no news."""
    graphs = []
    for name, stated in zip(("old", "new"), declared, strict=True):
        repository = copied(tmp_path / name)
        (repository / "setup.py").write_text(SETUP.format(stated), encoding="utf-8")
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{name}", cache)))
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "main.py").write_text("import tinyml\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text(f'[project]\nname = "x"\ndependencies = ["{own}"]\n', encoding="utf-8")
    found = touched(capsys, str(folder), "--from", graphs[0], "--to", graphs[1])
    assert [each["change"]["type"] for each in found] == expected


@pytest.mark.parametrize(("own", "expected"), [("granite>=3", []), ("granite", ["floor-raised", "predicate-changed"])])
def test_what_is_asked_of_a_version_that_the_program_takes_anyway(own, expected, before, cache, tmp_path, capsys):
    """By a predicate, or of an object."""
    repository = copied(tmp_path / "tinyml")
    for path, old, new in ((VERSIONS, '"2.1"', '"2.2"'), (REPORT, '"granite>=2.5"', '"granite>=2.7"')):
        text = (repository / path).read_text(encoding="utf-8")
        (repository / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    edited = str(mined(committed(repository), tmp_path / "graph", cache))
    folder = tmp_path / "program"
    folder.mkdir()
    text = "from tinyml import describe\nfrom tinyml.utils.import_utils import is_granite_available\n\n"
    (folder / "main.py").write_text(f"{text}is_granite_available()\ndescribe(None, 2)\n", encoding="utf-8")
    (folder / "requirements.txt").write_text(f"{own}\n", encoding="utf-8")
    found = touched(capsys, str(folder), "--from", before, "--to", edited)
    assert sorted(each["change"]["type"] for each in found) == expected


def test_a_predicate_that_asks_one_that_changed(before, cache, tmp_path, capsys):
    """What changed is the one that is asked."""
    edited = after(tmp_path, cache, VERSIONS, '"2.1"', '"2.2"')
    program = tmp_path / "program.py"
    names = "is_granite_available", "is_granite_gpu_available"
    calls = "".join(f"{name}()\n" for name in names)
    program.write_text(f"from tinyml.utils.import_utils import {', '.join(names)}\n\n{calls}")
    found = touched(capsys, str(program), "--from", before, "--to", edited)
    assert [(each["change"]["symbol"].rpartition(".")[2], each["use"]["line"]) for each in found] == [(names[0], 3)]


@pytest.mark.parametrize(("imports", "expected"), [("", ["backend-added"]), ("import slate\n", [])])
def test_a_backend_that_the_program_needs_itself(imports, expected, before, cache, tmp_path, capsys):
    edited = after(tmp_path, cache, TRAINER, 'backends=("granite",)', 'backends=("granite", "slate")')
    program = tmp_path / "program.py"
    program.write_text(f"{imports}from tinyml import Trainer\n\nTrainer(None)\n")
    found = touched(capsys, str(program), "--from", before, "--to", edited)
    assert [each["change"]["type"] for each in found] == expected


@pytest.mark.parametrize(("others", "severity"), [("", "notice"), ("TAKES", "risky"), ("LACKS", "notice")])
def test_an_option_that_other_overrides_take_is_given(others, severity, before, cache, tmp_path, capsys):
    """Where classes of the library that override the method take it too, it is handed to overrides."""
    text = {
        "TAKES": "\n\nclass Song(Report):\n    @slate_required\n    def play(self, *, volume=0.5, tune=None): ...\n",
        "LACKS": "\n\nclass Song(Report):\n    @slate_required\n    def play(self, *, volume=0.5): ...\n",
    }.get(others, "")
    repository = copied(tmp_path / "tinyml")
    source = (repository / REPORT).read_text(encoding="utf-8")
    source = source.replace("def play(self, *, volume", "def play(self, *, tune=None, volume") + text
    (repository / REPORT).write_text(source, encoding="utf-8")
    top = (repository / TOP).read_text(encoding="utf-8")
    (repository / TOP).write_text(top.replace('"Report"]', '"Report", "Song"]'), encoding="utf-8")
    edited = str(mined(committed(repository), tmp_path / "graph", cache))
    program = tmp_path / "program.py"
    program.write_text("from tinyml import Report\n\n\nclass Mine(Report):\n    def play(self, *, volume=1.0): ...\n")
    found = touched(capsys, str(program), "--from", before, "--to", edited)
    assert [(each["change"]["type"], each["severity"]) for each in found] == [("option-added", severity)]


def test_a_class_that_is_gone_is_told_of_where_it_is_named(cache, tmp_path, capsys):
    """What its base still has is called as before, through an object of a class of the program."""
    graphs = []
    text = '\n\nclass Song(Report):\n    """A report that is sung."""\n'
    for repository in (offering(tmp_path / "first", "Song", text), copied(tmp_path / "second")):
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{repository.name}", cache)))
    program = tmp_path / "program.py"
    program.write_text(
        "from tinyml import Song\n\n\nclass Mine(Song):\n    def run(self):\n        self.show()\n\n\nSong.show(None)\n"
    )
    found = touched(capsys, str(program), "--from", graphs[0], "--to", graphs[1])
    assert sorted(each["use"]["line"] for each in found) == [1, 4, 9]


@pytest.mark.parametrize(("imports", "expected"), [("", []), ("import slate\n", ["default-changed"])])
def test_an_option_of_a_package_that_the_program_does_not_use(imports, expected, cache, tmp_path, capsys):
    """By the first word of its name."""
    old = after(tmp_path / "first", cache, REPORT, "depth=1", "depth=1, slate_color='red'")
    new = after(tmp_path / "second", cache, REPORT, "depth=1", "depth=1, slate_color='blue'")
    program = tmp_path / "program.py"
    program.write_text(f"{imports}from tinyml import describe\n\ndescribe(None)\n")
    found = touched(capsys, str(program), "--from", old, "--to", new)
    assert [each["change"]["type"] for each in found] == expected


@pytest.mark.parametrize(
    ("call", "expected"), [("loud=False", []), ("loud=True", ["default-changed"]), ("", ["default-changed"])]
)
def test_an_option_that_has_no_effect_beside_another(call, expected, cache, tmp_path, capsys):
    """As its documentation says."""
    graphs = []
    for name, color in (("first", "red"), ("second", "blue")):
        repository = copied(tmp_path / name)
        path = repository / REPORT
        text = path.read_text(encoding="utf-8").replace("depth=1", f"depth=1, loud=True, color='{color}'")
        told = "\n\n    Args:\n        color (`str`): The color. Has no effect if loud is `False`.\n    "
        path.write_text(text.replace("in words. Slowly.", f"in words.{told}"), encoding="utf-8")
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{name}", cache)))
    program = tmp_path / "program.py"
    program.write_text(f"from tinyml import describe\n\ndescribe(None, {call})\n")
    found = touched(capsys, str(program), "--from", graphs[0], "--to", graphs[1])
    assert [each["change"]["type"] for each in found] == expected


WARNS = """def describe(model, depth=1, **kwargs):
    if kwargs.get("loud", False):
        warnings.warn("`depth` is ignored when it is loud")
"""
REFUSES = """def describe(model, depth=1):
    if not (isinstance(model, str) or is_slate_available()):
        raise TypeError("`model` has to be a name, or slate has to be there")
"""


@pytest.mark.parametrize(
    ("body", "call", "expected"),
    [
        (WARNS, "describe(None, depth=2)", []),
        (WARNS.replace('kwargs.get("loud", False)', 'kwargs.get("loud") == "very"'), "describe(None, depth=2)", []),
        (WARNS.replace('kwargs.get("loud", False)', '"loud" in kwargs'), "describe(None, depth=2)", []),
        (
            WARNS.replace('kwargs.get("loud", False)', 'kwargs.get("loud") is None'),
            "describe(None, depth=2)",
            ["advice-added"],
        ),
        (WARNS, "describe(None, depth=2, loud=True)", ["advice-added"]),
        (WARNS, "describe(None, depth=2, **options)", ["advice-added"]),
        (REFUSES, "describe(None)", []),
        (REFUSES.replace("isinstance(model, str)", "depth > 5"), "describe(None, 2)", ["gate-added"]),
        (
            "def describe(model, depth=1):\n    found = model.find()\n"
            + REFUSES.partition("\n")[2].replace("isinstance(model, str)", "found"),
            "describe(None, 2)",
            [],
        ),
    ],
)
def test_what_a_call_brings_about(body, call, expected, before, cache, tmp_path, capsys):
    """An option that is asked for and not given, or a kind of argument that was taken before, brings nothing about."""
    head = "import warnings\nfrom .utils.import_utils import is_slate_available\n"
    repository = copied(tmp_path / "tinyml")
    text = (repository / REPORT).read_text(encoding="utf-8")
    text = text.replace("def describe(model, depth=1):\n", body).replace(
        "from .utils import", f"{head}from .utils import"
    )
    (repository / REPORT).write_text(text, encoding="utf-8")
    edited = str(mined(committed(repository), tmp_path / "graph", cache))
    program = tmp_path / "program.py"
    program.write_text(f"from tinyml import describe\n\noptions = {{}}\n{call}\n")
    found = touched(capsys, str(program), "--from", before, "--to", edited)
    assert [each["change"]["type"] for each in found] == expected


def test_another_name_that_is_gone_is_told_by_itself(cache, tmp_path, capsys):
    """What it stood for is still there."""
    graphs = []
    for repository in (offering(tmp_path / "first", "Old", "\n\nOld = Report\n"), copied(tmp_path / "second")):
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{repository.name}", cache)))
    program = tmp_path / "program.py"
    program.write_text("from tinyml import Old\n\nOld()\n")
    found = touched(capsys, str(program), "--from", graphs[0], "--to", graphs[1])
    assert {(each["change"]["type"], each["change"]["symbol"], each["use"]["line"]) for each in found} == {
        ("implementation-removed", "tinyml.Old", 1),
        ("implementation-removed", "tinyml.Old", 3),
    }


def test_every_impact_is_valid(before, program, cache, tmp_path, capsys):
    edited = after(tmp_path, cache, TRAINER, "steps=100", "max_steps=100")
    registry = Registry().with_resources((file_name(name), Resource.from_contents(document(name))) for name in names())
    check = jsonschema.Draft202012Validator(document("impact"), registry=registry)
    (found,) = touched(capsys, program, "--from", before, "--to", edited)
    check.validate(found)
    assert found["fix"] == "pass max_steps in place of steps"


def test_what_is_printed(before, program, cache, tmp_path, capsys):
    edited = after(tmp_path, cache, REPORT, "depth=1", "width, depth=1")
    arguments = ["impact", program, "--from", before, "--to", edited]
    assert run([*arguments, "--fail-on", "breaking"]) == 1
    text = capsys.readouterr().out
    assert "breaking: 1 changes at 2 places" in text
    assert f"option-added  tinyml.report.describe.width  at {program}:19, {program}:20  ({REPORT}:23)" in text
    assert run([*arguments, "--format", "markdown"]) == 0
    assert "| option-added | tinyml.report.describe.width |" in capsys.readouterr().out


def test_a_library_and_itself(before, program, capsys):
    assert touched(capsys, program, "--from", before, "--to", before) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(["missing.py"], 3, "'missing.py' is not there"), ([], 2, "Missing argument 'PATH...'")],
)
def test_what_is_wrong_is_one_line(arguments, code, said, before, capsys):
    assert run(["impact", "--from", before, "--to", before, *arguments]) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_an_old_name_of_a_module_that_is_still_answered_is_not_gone(before, cache, tmp_path, capsys):
    """What the module that is answered for it does not define is."""
    repository = copied(tmp_path / "tinyml")
    (repository / REPORT).rename(repository / SOURCE / "reports.py")
    top = repository / TOP
    text = top.read_text(encoding="utf-8").replace(".report import", ".reports import").replace('"report"', '"reports"')
    top.write_text(f'{text}\nsys.modules["tinyml.report"] = sys.modules["tinyml.reports"]\n', encoding="utf-8")
    edited = mined(committed(repository), tmp_path / "graph", cache)
    program = tmp_path / "old.py"
    program.write_text("from tinyml.report import describe\nfrom tinyml import report\nreport.Report\nreport.Gone\n")
    found = touched(capsys, str(program), "--from", before, "--to", str(edited), "--severity", "breaking")
    assert found == []
    text = text.replace("reports", "trainer").replace('"tinyml.reports"', '"tinyml.trainer"')
    (repository / TOP).write_text(f'{text}\nsys.modules["tinyml.report"] = sys.modules["tinyml.trainer"]\n')
    edited = mined(committed(repository), tmp_path / "other", cache)
    found = touched(capsys, str(program), "--from", before, "--to", str(edited), "--severity", "breaking")
    gone = [("implementation-removed", 1), ("implementation-removed", 3)]
    assert [(each["change"]["type"], each["use"]["line"]) for each in found] == gone


@pytest.mark.parametrize(
    ("taken", "expected"),
    [("*, volume=1.0", ["option-added"]), ("", []), ("**options", [])],
    ids=["all", "none", "any"],
)
def test_an_override_that_takes_less_anyway_lacks_nothing_new(taken, expected, before, cache, tmp_path, capsys):
    edited = after(tmp_path, cache, REPORT, "def play(self, *, volume", "def play(self, *, tune=None, volume")
    program = tmp_path / "mine.py"
    program.write_text(f"from tinyml import Report\nclass Mine(Report):\n    def play(self, {taken}): ...\n")
    found = touched(capsys, str(program), "--from", before, "--to", edited)
    assert [each["change"]["type"] for each in found] == expected


def test_a_constant_that_is_no_longer_offered_elsewhere_is_there_where_it_is_defined(cache, tmp_path, capsys):
    """And gone where it is not."""
    first = offering(tmp_path / "tinyml", "LOUD", "\nLOUD = 11\nQUIET = 1\n")
    old = mined(committed(first), tmp_path / "old", cache)
    top, report = first / TOP, first / REPORT
    top.write_text(top.read_text(encoding="utf-8").replace(', "LOUD"', ""), encoding="utf-8")
    report.write_text(report.read_text(encoding="utf-8").replace("QUIET", "SOFT"), encoding="utf-8")
    new = mined(committed(first), tmp_path / "new", cache)
    program = tmp_path / "loud.py"
    program.write_text("from tinyml.report import LOUD\nfrom tinyml.report import QUIET\nfrom tinyml import LOUD\n")
    found = touched(capsys, str(program), "--from", str(old), "--to", str(new), "--severity", "breaking")
    assert [(each["change"]["type"], each["use"]["line"]) for each in found] == [
        ("implementation-removed", 2),
        ("implementation-removed", 3),
    ]
