"""A hundred edits of our sample library, drawn by their seed: each is exactly its own change."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.version import Version

from miner.app.diff import diff
from miner.app.progress import Silent
from tests.functional.sample_library import committed, copied, mined

SOURCE = "src/tinyml"
CONFIG, REPORT, TRAINER = f"{SOURCE}/config.py", f"{SOURCE}/report.py", f"{SOURCE}/trainer.py"
NET, UTILS = f"{SOURCE}/models/pebble/net_pebble.py", f"{SOURCE}/utils/import_utils.py"
Expected = set[tuple[str, str, str | None]]


class Edit(NamedTuple):
    """One edit: `old` becomes `new`, once, in a file, and what is expected to be said of it."""

    path: str
    old: str
    new: str
    expected: Expected


class Option(NamedTuple):
    """A parameter as it is written, up to its default."""

    path: str
    owner: str
    name: str
    text: str
    default: str


OPTIONS = [
    Option(CONFIG, "tinyml.config.Config", "width", "width: int = ", "8"),
    Option(CONFIG, "tinyml.config.Config", "name", "name: str | None = ", "None"),
    Option(REPORT, "tinyml.report.Report.play", "volume", "volume: float = ", "0.5"),
    Option(REPORT, "tinyml.report.describe", "depth", "depth=", "1"),
    Option(TRAINER, "tinyml.trainer.Trainer", "steps", "steps=", "100"),
]
BODIES = [
    (TRAINER, "tinyml.trainer.Trainer.run", "    def run(self):\n", "        "),
    (REPORT, "tinyml.report.Report.show", '        """Show the report; needs nothing."""\n', "        "),
    (REPORT, "tinyml.report.Report.draw", '        """Draw the report."""\n', "        "),
    (REPORT, "tinyml.report.describe", '    """Describe a model in words. Slowly."""\n', "    "),
    (TRAINER, "tinyml.trainer.train", '    """Train a model."""\n', "    "),
]
METHODS = [(TRAINER, "tinyml.Trainer", "run"), (REPORT, "tinyml.Report", "show"), (NET, "tinyml.PebbleNet", "forward")]
WORDS = ["amber", "basalt", "chalk", "flint", "gneiss", "jasper", "marble", "onyx", "shale", "topaz"]


def word(rng: random.Random) -> str:
    return f"{rng.choice(WORDS)}_{rng.randrange(1000)}"


def another_default(rng: random.Random) -> Edit:
    option = rng.choice(OPTIONS)
    new = rng.choice([str(rng.randrange(200, 999)), f"'{word(rng)}'", f"[{rng.randrange(9)}]", "True"])
    change = {("default-changed", option.owner, option.name)}
    return Edit(option.path, option.text + option.default, option.text + new, change)


def more_options(rng: random.Random) -> Edit:
    option, name = rng.choice(OPTIONS), word(rng)
    new = f"{name}={rng.randrange(9)}, {option.text}{option.default}"
    return Edit(option.path, option.text + option.default, new, {("option-added", option.owner, name)})


def a_gate(rng: random.Random) -> Edit:
    path, owner, head, indent = rng.choice(BODIES)
    gate = (
        f"{indent}from .utils import import_utils\n\n{indent}if not import_utils.is_slate_available():\n"
        f'{indent}    raise {rng.choice(["ImportError", "RuntimeError"])}("{word(rng)} needs slate")\n'
    )
    needs_it_already = owner.endswith("draw")
    return Edit(path, head, head + gate, set() if needs_it_already else {("gate-added", owner, None)})


def a_warning(rng: random.Random) -> Edit:
    path, owner, head, indent = rng.choice(BODIES)
    type_, category = rng.choice([("deprecated", "FutureWarning"), ("advice-added", "UserWarning")])
    said = f'{indent}import warnings\n\n{indent}warnings.warn("Too much {rng.choice(WORDS)}", {category})\n'
    return Edit(path, head, head + said, {(type_, owner, owner.rpartition(".")[2])})


def another_version(rng: random.Random) -> Edit:
    version = f"{rng.choice([1, 2, 2, 3])}.{rng.choice([0, 1, 3, 7, 9])}"
    type_ = "floor-raised" if Version(version) > Version("2.5") else "floor-lowered"
    return Edit(REPORT, '"granite>=2.5"', f'"granite>={version}"', {(type_, "tinyml.describe", None)})


def one_more_class(rng: random.Random) -> Edit:
    name = "".join(part.capitalize() for part in word(rng).split("_"))
    new = f'"PebbleConfig", "{name}"]\n\n\nclass {name}:\n    """One more."""\n'
    return Edit(NET, '"PebbleConfig"]', new, {("implementation-added", f"tinyml.{name}", None)})


def another_variable(rng: random.Random) -> Edit:
    name = f"TINYML_{word(rng).upper()}"
    owner = "tinyml.utils.import_utils"
    expected: Expected = {
        ("predicate-changed", f"{owner}.LAZY", None),
        ("variable-added", owner, name),
        ("variable-removed", owner, "TINYML_SLOW"),
    }
    return Edit(UTILS, 'get("TINYML_SLOW"', f'get("{name}"', expected)


def one_more_variable(rng: random.Random) -> Edit:
    path, owner, head, indent = rng.choice(BODIES)
    name = f"TINYML_{word(rng).upper()}"
    read = f'{indent}import os\n\n{indent}os.environ.get("{name}")\n'
    return Edit(path, head, head + read, {("variable-added", owner, name)})


def another_method(rng: random.Random) -> Edit:
    path, owner, name = rng.choice(METHODS)
    change = {("implementation-removed", f"{owner}.{name}", None)}
    return Edit(path, f"def {name}(self", f"def {word(rng)}(self", change)


def nothing(rng: random.Random) -> Edit:
    path, _, head, indent = rng.choice(BODIES)
    new = rng.choice([f"{head}{indent}# {word(rng)}\n", f"{head}\n\n", f"{head}{indent}{word(rng)} = {rng.random()}\n"])
    return Edit(path, head, new, set())


DRAWS: list[Callable[[random.Random], Edit]] = [
    another_default, more_options, a_gate, a_warning, another_version, one_more_class, another_variable,
    one_more_variable, another_method, nothing,
]  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def graph(tmp_path_factory, cache):
    folder = tmp_path_factory.mktemp("before")
    return str(mined(committed(copied(folder / "tinyml")), folder / "graph", cache))


@pytest.mark.parametrize("seed", range(100))
def test_an_edit_is_exactly_its_own_change(seed: int, graph: str, cache: Path, tmp_path: Path) -> None:
    rng = random.Random(seed)
    edit = DRAWS[seed % len(DRAWS)](rng)
    repository = copied(tmp_path / "tinyml")
    text = (repository / edit.path).read_text(encoding="utf-8")
    assert text.count(edit.old) == 1
    (repository / edit.path).write_text(text.replace(edit.old, edit.new), encoding="utf-8")
    found = diff(graph, str(mined(committed(repository), tmp_path / "graph", cache)), Silent()).changes
    assert sorted((each.type, each.symbol, each.option) for each in found) == sorted(edit.expected)
