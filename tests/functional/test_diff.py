"""Edits of our sample library: each is its own change, and moved files are no others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from miner.app.diff import diff
from miner.app.progress import Silent
from miner.cli.main import run
from tests.functional.sample_library import committed, copied, mined

SOURCE = "src/tinyml"
REPORT, TRAINER, STUDIO = f"{SOURCE}/report.py", f"{SOURCE}/trainer.py", f"{SOURCE}/studio.py"
UTILS, VERSIONS = f"{SOURCE}/utils/import_utils.py", f"{SOURCE}/utils/versions.py"
NET = f"{SOURCE}/models/pebble/net_pebble.py"
SHOW = '        """Show the report; needs nothing."""\n'
RUN = "    def run(self):\n"
INIT = "    def __init__(self, model, *, steps=100):\n"
GATE = (
    "        from .utils import import_utils\n\n"
    "        if not import_utils.is_slate_available():\n"
    '            raise ImportError("Training is faster with granite")\n'
)
WARN = '        import warnings\n\n        warnings.warn("Old reports are slow", FutureWarning)\n'

BELLS = '''class BellBooth(Booth):
    """A booth with bells, which nobody offers."""

    def prepare(self):
        """Hang the bells."""
        requires_backends(self, ["slate"])


'''
EDITS = [
    (TRAINER, "steps=100", "steps=200", {("default-changed", "tinyml.trainer.Trainer", "steps")}),
    (TRAINER, ", *, steps=100", "", {("option-removed", "tinyml.trainer.Trainer", "steps")}),
    (TRAINER, "steps=100", "steps=100, rate=0.1", {("option-added", "tinyml.trainer.Trainer", "rate")}),
    (REPORT, "depth=1", "depth=2", {("default-changed", "tinyml.report.describe", "depth")}),
    (REPORT, "volume: float = 0.5", "volume: float = .5", set()),
    (REPORT, "def play(self, *, volume", "def play(self, *, loud=None, volume", {
        ("option-added", "tinyml.report.Report.play", "loud"),
    }),
    (VERSIONS, '"2.1"', '"2.2"', {
        ("predicate-changed", "tinyml.utils.import_utils.is_granite_available", None),
        ("predicate-changed", "tinyml.utils.import_utils.is_granite_gpu_available", None),
        ("predicate-changed", "tinyml.utils.import_utils.is_anything_available", None),
    }),
    (REPORT, '"granite>=2.5"', '"granite>=2.7"', {("floor-raised", "tinyml.describe", None)}),
    (REPORT, '"granite>=2.5"', '"granite>=2.3"', {("floor-lowered", "tinyml.describe", None)}),
    (REPORT, "    @slate_required\n", "", {("gate-removed", "tinyml.report.Report.draw", None)}),
    (REPORT, "    def show", "    @slate_required\n    def show", {("gate-added", "tinyml.report.Report.show", None)}),
    (REPORT, SHOW, SHOW + WARN, {("deprecated", "tinyml.report.Report.show", "show")}),
    (TRAINER, 'backends=("granite",)', 'backends=("granite", "slate")', {("backend-added", "tinyml.Trainer", None)}),
    (STUDIO, '["drum"]', '["slate"]', {
        ("gate-removed", "tinyml.studio.DrumBooth.prepare", None),
        ("gate-added", "tinyml.studio.DrumBooth.prepare", None),
    }),
    (UTILS, 'get("TINYML_SLOW"', 'get("TINYML_EAGER"', {
        ("predicate-changed", "tinyml.utils.import_utils.LAZY", None),
        ("variable-added", "tinyml.utils.import_utils", "TINYML_EAGER"),
        ("variable-removed", "tinyml.utils.import_utils", "TINYML_SLOW"),
    }),
    (NET, '"PebbleConfig"]', '"PebbleConfig", "PebbleTail"]\n\n\nclass PebbleTail:\n    """The end of a pebble."""\n', {
        ("implementation-added", "tinyml.PebbleTail", None),
    }),
    (STUDIO, "def master(", BELLS + "def master(", {("gate-added", "tinyml.studio.BellBooth.prepare", None)}),
    (STUDIO, "It is slower.", "It is faster.", {("advice-changed", "tinyml.studio.Booth", "loud")}),
    (TRAINER, RUN, RUN + GATE, {("gate-added", "tinyml.trainer.Trainer.run", None)}),
    (REPORT, "depth=1", "depth", {("default-changed", "tinyml.report.describe", "depth")}),
    (REPORT, "def play(self, *, volume", "def play(self, tune, *, volume", {
        ("option-added", "tinyml.report.Report.play", "tune"),
    }),
    (REPORT, "volume: float", "play_volume: float", {("option-renamed", "tinyml.report.Report.play", "volume")}),
    (TRAINER, RUN, "    def walk(self):\n", {("implementation-removed", "tinyml.Trainer.run", None)}),
    (TRAINER, RUN, "    # a comment moves what is below it\n\n" + RUN, set()),
]  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is mined of a file is kept from one edit to the next."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The graph of the library as it is."""
    folder = tmp_path_factory.mktemp("before")
    return mined(committed(copied(folder / "tinyml")), folder / "graph", cache)


@pytest.mark.parametrize(("path", "old", "new", "expected"), EDITS)
def test_an_edit_is_its_own_change(path, old, new, expected, graph, cache, tmp_path):
    repository = copied(tmp_path / "tinyml")
    text = (repository / path).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (repository / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = diff(str(graph), str(mined(committed(repository), tmp_path / "graph", cache)), Silent())
    assert {(each.type, each.symbol, each.option) for each in found.changes} == expected
    for change in found.changes:
        assert change.old_evidence or change.new_evidence


def test_a_comparison_that_is_kept_says_the_same(graph, cache, tmp_path, monkeypatch):
    """The second time it is read from the cache: nothing is compared."""
    repository = copied(tmp_path / "tinyml")
    text = (repository / REPORT).read_text(encoding="utf-8")
    (repository / REPORT).write_text(text.replace("depth=1", "depth=2"), encoding="utf-8")
    edited = str(mined(committed(repository), tmp_path / "graph", cache))
    first = diff(str(graph), edited, Silent())
    monkeypatch.setattr("miner.app.diff.all_changes", lambda *_: 1 / 0)
    assert diff(str(graph), edited, Silent()) == first
    with pytest.raises(ZeroDivisionError):
        diff(edited, str(graph), Silent())


SAID_ON_IMPORT = 'import warnings\n\nwarnings.warn("tinyml takes Python 3.9 or newer here")\n'
SAID_BY_FUNCTION = """
import warnings


def warm_up():
    \"\"\"Get ready.\"\"\"
    warnings.warn("tinyml takes Python 3.11 or newer here")
"""


def test_what_a_module_said_and_a_function_of_it_says_now_is_changed(cache, tmp_path):
    """In much the same words; it is not said anew."""
    graphs = []
    for name, text in (
        ("first", SAID_ON_IMPORT + SAID_BY_FUNCTION.partition("    warn")[0]),
        ("second", SAID_BY_FUNCTION),
    ):
        repository = copied(tmp_path / name)
        path = repository / STUDIO
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{name}", cache)))
    found = diff(graphs[0], graphs[1], Silent())
    assert [each.type for each in found.changes if each.field == "message"] == ["advice-changed"]


def test_a_field_of_a_message_that_has_another_name_is_no_change(cache, tmp_path):
    """Nor is it one where a function of the same class says it now; of other words around the field it is."""
    told = """

class Desk:
    def set(self, key, value=None):
        self.put(key, value)

    def put(self, key, value=None):
        if value is not None:
            warnings.warn(f"There is no such thing as the slider {FIELD} here.")
"""
    graphs = []
    for name, text in (
        ("first", told.replace("FIELD", "key")),
        (
            "second",
            told.replace("FIELD", "key.strip()").replace("self.put(", "self._put(").replace("def put", "def _put"),
        ),
        ("third", told.replace("no such", "another").replace("FIELD", "key")),
    ):
        repository = copied(tmp_path / name)
        path = repository / STUDIO
        path.write_text(f"import warnings\n{path.read_text(encoding='utf-8')}{text}", encoding="utf-8")
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{name}", cache)))
    messages = [
        [each.type for each in diff(graphs[0], new, Silent()).changes if each.field == "message"] for new in graphs[1:]
    ]
    assert messages == [[], ["advice-changed"]]


def test_an_initialiser_that_passes_all_on_takes_what_its_base_takes(cache, tmp_path):
    """Nothing is said of its options: they are those of the base."""
    passes = "    def __init__(self, *args, **kwargs):\n        super().__init__(*args, **kwargs)\n"
    before = mined(committed(copied(tmp_path / "old")), tmp_path / "before", cache)
    after = mined(after_edits(copied(tmp_path / "new"), TRAINER, (INIT, passes)), tmp_path / "after", cache)
    found = diff(str(before), str(after), Silent()).changes
    assert [each for each in found if each.type.startswith("option")] == []


REFUSES = '        if self.model == 8:\n            raise ValueError("8 is refused")\n'
NEEDS = (
    "        from .utils import import_utils\n\n"
    "        if self.model == 8 and not import_utils.is_slate_available():\n"
    '            raise ImportError("8 takes granite")\n'
)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (REFUSES, NEEDS, [("gate-softened", "notice")]),
        (REFUSES.replace("self.model == 8", "self.model == 9"), NEEDS, [("gate-added", "risky")]),
        (REFUSES, NEEDS.replace("8 takes granite", "8 is refused"), []),
    ],
)
def test_what_was_refused_whatever_the_environment_is_refused_less_now(old, new, expected, cache, tmp_path):
    """The same words say nothing new; a refusal of something else leaves the gate a new one."""
    before = mined(after_edits(copied(tmp_path / "old"), TRAINER, (RUN, RUN + old)), tmp_path / "before", cache)
    after = mined(after_edits(copied(tmp_path / "new"), TRAINER, (RUN, RUN + new)), tmp_path / "after", cache)
    found = diff(str(before), str(after), Silent()).changes
    gates = [(each.type, each.severity) for each in found if each.type.startswith("gate")]
    assert gates == expected


def test_what_is_refused_without_asking_any_more_is_so_on_another_condition(cache, tmp_path):
    """The gate has not gone: its words are still there."""
    refuses = REFUSES.replace("8 is refused", "8 takes granite")
    before = mined(after_edits(copied(tmp_path / "old"), TRAINER, (RUN, RUN + NEEDS)), tmp_path / "before", cache)
    after = mined(after_edits(copied(tmp_path / "new"), TRAINER, (RUN, RUN + refuses)), tmp_path / "after", cache)
    found = [each for each in diff(str(before), str(after), Silent()).changes if each.symbol != "tinyml.trainer"]
    assert [(each.type, each.field) for each in found if not each.type.startswith("advice")] == [
        ("condition-changed", "needs")
    ]
    assert found[0].new is None


TAKES = """

def tune(sizes=[1, 3]):
    return sizes


class Tuner:
    def tune(self, size, fast=False):
        if fast and not import_utils.is_slate_available("0.5"):
            raise ImportError("Fast tuning takes slate 0.5 or later")
        warnings.warn(f"Tuning of {size} by Tuner.tune may be slow")
"""
GIVES = """

def tune(sizes=None):
    if sizes is None:
        sizes = [1, 3]
    return sizes


class Tuner:
    def tune(self, size, fast=False):
        self._check(size, fast)

    def _check(self, size, fast):
        if fast and not import_utils.is_slate_available("0.6"):
            raise ImportError("Fast tuning takes slate 0.6 or later")
        warnings.warn(f"Tuning of {size} by Tuner._check may be slow")
"""


def test_what_moves_to_another_method_or_into_a_body_is_no_news(cache, tmp_path):
    """The default is the same; the gate has another floor, and the warning other words, but neither is new."""
    graphs = []
    for name, text in (("first", TAKES), ("second", GIVES)):
        repository = copied(tmp_path / name)
        path = repository / STUDIO
        imports = "import warnings\nfrom tinyml.utils import import_utils\n"
        path.write_text(f"{imports}{path.read_text(encoding='utf-8')}{text}", encoding="utf-8")
        graphs.append(str(mined(committed(repository), tmp_path / f"graph-{name}", cache)))
    found = [each for each in diff(graphs[0], graphs[1], Silent()).changes if "une" in (each.symbol or "")]
    assert [(each.type, each.symbol, each.old, each.new) for each in found if each.field == "needs"] == [
        ("floor-raised", "tinyml.studio.Tuner._check", ">=0.5", ">=0.6")
    ]
    assert [each.type for each in found if each.field != "needs"] == ["advice-changed"]


def after_edits(repository: Path, path: str, *edits: tuple[str, str]) -> Path:
    """Edit a file of a copy and return the copy as a repository."""
    text = (repository / path).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (repository / path).write_text(text, encoding="utf-8")
    shutil.rmtree(repository / ".git", ignore_errors=True)
    return committed(repository)


def test_a_gate_that_moves_within_its_class_is_none(cache, tmp_path):
    repository = after_edits(copied(tmp_path / "tinyml"), TRAINER, (INIT, INIT + GATE))
    before = mined(repository, tmp_path / "before", cache)
    after = mined(after_edits(repository, TRAINER, (INIT + GATE, INIT), (RUN, RUN + GATE)), tmp_path / "after", cache)
    assert [each.type for each in diff(str(before), str(after), Silent()).changes] == []


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        (GATE.replace("raise ImportError(", "print("), ["gate-softened"]),
        (GATE.replace("is_slate_available()", "is_slate_available('0.6')"), ["floor-raised"]),
        (GATE.replace("Training is", "All training is"), []),
        (
            GATE.replace("is_slate_available()", "is_slate_available('0.6') and import_utils.is_granite_available()")
            .replace("not import_utils.is_slate", "not (import_utils.is_slate")
            .replace("available():", "available()):")
            .replace("Training is", "Any training is"),
            ["floor-raised"],
        ),
    ],
)
def test_a_gate_that_says_or_does_something_else(gate, expected, cache, tmp_path):
    repository = after_edits(copied(tmp_path / "tinyml"), TRAINER, (RUN, RUN + GATE))
    before = mined(repository, tmp_path / "before", cache)
    after = mined(after_edits(repository, TRAINER, (GATE, gate)), tmp_path / "after", cache)
    assert [each.type for each in diff(str(before), str(after), Silent()).changes] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("steps=[1, 2]", "steps=(1, 2)", []),
        ("steps=[1, [2]]", "steps=(1, (2,))", []),
        ("steps=[1]", "steps=(1,)", []),
        ("steps=[1]", "steps=(1)", [("default-changed", "risky")]),
        ("steps=[]", "steps=()", []),
        ("steps={}", "steps=None", []),
        ("steps=[1]", "steps=None", [("default-changed", "risky")]),
        ("steps=[1, 2]", "steps=[1, 2, 3]", [("default-changed", "risky")]),
        ("steps=['a']", 'steps=["a"]', []),
        ("steps=max(1, 2)", "steps=max(1,2)", []),
        ("steps=[a for a in (1, 2)]", "steps=[a for a in (1,2)]", []),
        ("steps=1", "steps=1.0", []),
        ("steps=1", "steps=1.5", [("default-changed", "risky")]),
        ("steps=1", "steps=True", [("default-changed", "risky")]),
        ("steps=[1, 2]", "steps=(1, 3)", [("default-changed", "risky")]),
        ("steps=100", "**kwargs", [("option-removed", "risky")]),
        ("steps=100", "**kwargs: Unpack[Options]", []),
        ("steps=100", "paces=100", [("option-removed", "breaking"), ("option-added", "benign")]),
        ("steps=100", "max_steps=100", [("option-renamed", "breaking")]),
        ("steps=100", "steps", [("default-changed", "breaking")]),
        ("steps=100", "steps=100, rate", [("option-added", "breaking")]),
    ],
)
def test_signatures(before, after, expected, cache, tmp_path):
    head = "model, *, "
    repository = after_edits(copied(tmp_path / "tinyml"), TRAINER, (f"{head}steps=100", head + before))
    old = mined(repository, tmp_path / "before", cache)
    head = "model, *, " if "**" not in after else "model, "
    new = mined(after_edits(repository, TRAINER, (f"model, *, {before}", head + after)), tmp_path / "after", cache)
    assert [(each.type, each.severity) for each in diff(str(old), str(new), Silent()).changes] == expected


def test_moved_modules_are_moves(graph, cache, tmp_path):
    repository = copied(tmp_path / "tinyml")
    shutil.move(repository / TRAINER, repository / SOURCE / "training.py")
    top = repository / SOURCE / "__init__.py"
    top.write_text(top.read_text(encoding="utf-8").replace("trainer", "training"), encoding="utf-8")
    found = diff(str(graph), str(mined(committed(repository), tmp_path / "graph", cache)), Silent())
    assert {(each.type, each.old, each.new) for each in found.changes} == {
        ("implementation-moved", "tinyml.trainer.Trainer", "tinyml.training.Trainer"),
        ("implementation-moved", "tinyml.trainer.train", "tinyml.training.train"),
    }


def test_a_class_with_another_name_is_the_same(graph, cache, tmp_path):
    repository = copied(tmp_path / "tinyml")
    for path in (repository / SOURCE).rglob("*.py"):
        text = path.read_text(encoding="utf-8") if path.name != "broken.py" else ""
        if "Report" in text:
            path.write_text(text.replace("Report", "Paper"), encoding="utf-8")
    found = diff(str(graph), str(mined(committed(repository), tmp_path / "graph", cache)), Silent())
    assert [(each.type, each.severity, each.old, each.new) for each in found.changes] == [
        ("implementation-moved", "breaking", "tinyml.Report", "tinyml.Paper")
    ]


def test_what_was_deprecated_is_removed(cache, tmp_path):
    warned = (
        RUN,
        f'{RUN}        """Run.\n\n        .. deprecated:: 1.0\n           Use :meth:`walk` instead.\n        """\n',
    )
    repository = after_edits(copied(tmp_path / "tinyml"), TRAINER, warned)
    before = mined(repository, tmp_path / "before", cache)
    after = mined(after_edits(repository, TRAINER, (warned[1], "    def walk(self):\n")), tmp_path / "after", cache)
    found = diff(str(before), str(after), Silent()).changes
    (change,) = found
    assert (change.type, change.severity, change.symbol) == ("removed", "breaking", "tinyml.Trainer.run")


def test_a_graph_and_itself(graph, capsys):
    assert run(["diff", str(graph), str(graph), "--fail-on", "benign"]) == 0
    assert "changes  0" in capsys.readouterr().out


def test_what_is_printed(graph, cache, tmp_path, capsys):
    repository = copied(tmp_path / "tinyml")
    text = (repository / TRAINER).read_text(encoding="utf-8")
    (repository / TRAINER).write_text("# above\n" + text.replace(", *, steps=100", ""), encoding="utf-8")
    after = str(mined(committed(repository), tmp_path / "graph", cache))
    assert run(["diff", str(graph), after, "--format", "markdown", "--fail-on", "breaking"]) == 1
    text = capsys.readouterr().out
    assert "option-removed" in text
    assert "100 | src/tinyml/trainer.py\\:10 | src/tinyml/trainer.py\\:11 |" in text
    assert run(["diff", str(graph), after, "--format", "json", "--severity", "benign"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert run(["diff", str(graph), after, "--symbol", "Trainer", "--type", "option-removed", "--format", "json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["symbol"], change["option"], change["old"]) == ("tinyml.trainer.Trainer", "steps", "100")


def test_graphs_of_different_libraries(graph, tmp_path, capsys):
    assert run(["diff", str(graph), str(tmp_path)]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert "manifest.json" in line


def test_what_is_said_on_one_side_only_has_its_object_on_the_other(cache, tmp_path):
    """A gate that came stands, in the old release, where the function is defined that did not have it."""
    repository = copied(tmp_path / "tinyml")
    old = mined(committed(repository), tmp_path / "old", cache)
    report = repository / REPORT
    text = report.read_text(encoding="utf-8")
    report.write_text(text.replace("    def show", "    @slate_required\n    def show"), encoding="utf-8")
    new = mined(committed(repository), tmp_path / "new", cache)
    (came,) = diff(str(old), str(new), Silent()).changes
    (went,) = diff(str(new), str(old), Silent()).changes
    assert (came.type, went.type) == ("gate-added", "gate-removed")
    assert came.old_evidence is not None
    assert came.old_evidence == went.new_evidence
    assert (came.old_evidence.path, came.old_evidence.role) == (REPORT, "definition")
