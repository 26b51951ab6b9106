"""The files of a program, among them notebooks, and what becomes of those that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miner.errors import SourceError
from miner.model.use import Use
from miner.usage.program import Scanned, scan


def calls(found: Scanned) -> list[Use]:
    return [use for use in found.uses if use.kind == "call"]


CALL = "import kit\nkit.make()\n"


def test_files_below_folders_are_read_but_not_those_of_others(tmp_path):
    for name in ("a.py", "pkg/b.py", ".hidden/c.py", "venv/d.py", "__pycache__/e.py", "node_modules/f.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(CALL)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    found = scan([tmp_path, tmp_path / "a.py"], ["kit"])
    assert [use.path for use in calls(found)] == [str(tmp_path / "a.py"), str(tmp_path / "pkg/b.py")]
    assert found.skipped == {}


def test_a_notebook_is_read_cell_by_cell(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": "import kit"},
        {"cell_type": "code", "source": ["!pip install kit\n", "%time x = 1\n", "import kit\n"]},
        {"cell_type": "code", "source": "kit.make(\n"},
        {"cell_type": "code", "source": "%%bash\nkit.make()"},
        {"cell_type": "code", "source": ["x = 1\n", "kit.make()"]},
    ]
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    found = scan([path], ["kit"])
    assert [(use.path, use.line, use.name) for use in calls(found)] == [(f"{path}[cell 4]", 2, "kit.make")]
    assert list(found.skipped) == [f"{path}[cell 2]"]


def test_what_cannot_be_read_is_told_and_costs_only_itself(tmp_path):
    (tmp_path / "a.py").write_text(CALL)
    (tmp_path / "b.py").write_text("kit = (\n")
    (tmp_path / "c.py").write_bytes(b"kit = '\xff'\n")
    (tmp_path / "d.ipynb").write_text("{kit")
    found = scan([tmp_path], ["kit"])
    assert len(calls(found)) == 1
    assert found.skipped == {
        str(tmp_path / "b.py"): "syntax error at line 1",
        str(tmp_path / "c.py"): "not UTF-8 at byte 7",
        str(tmp_path / "d.ipynb"): "JSON is malformed: object keys must be strings (byte 1)",
    }


@pytest.mark.parametrize(
    ("name", "said"), [("missing", "is not there: name a script"), ("", "no Python file or notebook in")]
)
def test_nothing_to_read_is_one_line(tmp_path, name, said):
    with pytest.raises(SourceError, match=said):
        scan([tmp_path / name], ["kit"])


BASE = "from kit import Trainer\n\n\nclass Base(Trainer):\n    def own(self):\n        self.step()\n"
PROGRAM = {
    "app/__init__.py": "from .base import Base\n",
    "app/base.py": BASE,
    "app/deep/__init__.py": "",
    "app/deep/a.py": "from ..base import Base\nclass A(Base):\n    def run(self): self.own(); self.step()\n",
    "app/deep/b.py": "from app import Base as B\n\nB(lr=1).fit()\ndef use(b: B):\n    b.own()\n    b.go()\n",
    "app/deep/c.py": "from app.base import Missing\nfrom other import Base\n\nMissing().fit()\nBase().fit()\n",
    "app/loop.py": "from .pool import Pool\n\n\nclass Loop(Pool): ...\n",
    "app/pool.py": "from .loop import Loop\n\n\nclass Pool(Loop):  # kit\n    def run(self):\n        self.fit()\n",
}


def test_classes_of_the_program_are_followed_from_file_to_file(tmp_path):
    """By relative and absolute imports, through packages; what a class defines itself is none of the library's."""
    for name, text in PROGRAM.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = scan([tmp_path], ["kit"])
    assert found.skipped == {}
    at = {(Path(use.path).name, use.kind, use.name, use.is_member, use.is_open) for use in found.uses}
    assert at == {
        ("base.py", "import", "kit.Trainer", False, False),
        ("base.py", "base", "kit.Trainer", False, False),
        ("base.py", "override", "kit.Trainer.own", False, False),
        ("base.py", "call", "kit.Trainer.step", True, False),
        ("a.py", "override", "kit.Trainer.run", False, False),
        ("a.py", "call", "kit.Trainer.step", True, False),
        ("b.py", "call", "kit.Trainer", False, True),
        ("b.py", "call", "kit.Trainer.fit", True, False),
        ("b.py", "call", "kit.Trainer.go", True, False),
    }


@pytest.mark.parametrize("place", [".", "src"])
def test_a_program_that_has_a_package_of_that_name_imports_its_own(place, tmp_path):
    """Not so where such a folder stands elsewhere; what it has of another library is not concerned."""
    package = tmp_path / place / "kit"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (tmp_path / "a.py").write_text(f"{CALL}import net\nnet.make()\n")
    found = scan([tmp_path], ["kit", "net"])
    assert [use.name for use in calls(found)] == ["net.make"]
    assert found.skipped == {str(package): "the program has kit itself"}
    (tmp_path / "deep").mkdir()
    (tmp_path / place / "kit").rename(tmp_path / "deep" / "kit")
    assert [use.name for use in calls(scan([tmp_path], ["kit", "net"]))] == ["kit.make", "net.make"]
    assert calls(scan([tmp_path / "deep" / "kit"], ["kit", "net"])) == []
