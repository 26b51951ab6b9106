"""`miner extract`, `miner audit` and `miner.load` as a user meets them, on a small repository of our own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import miner
from miner.model.node import Implementation, Predicate

MINER = Path(sys.executable).with_name("miner")
LIBRARY = {
    "src/library/__init__.py": "from .gate import is_x_available\nfrom .model import Model\n",
    "src/library/gate.py": (
        "import importlib.metadata\nfrom packaging import version\n\n\n"
        "def is_x_available():\n"
        '    return version.parse(importlib.metadata.version("x")) >= version.parse("1.5")\n'
    ),
    "src/library/model.py": (
        'from .require import requires\n\n\n@requires(backends=("x",))\nclass Model:\n    """A model."""\n'
    ),
    "src/library/require.py": (
        "from .gate import is_x_available\n\n"
        'BACKENDS_MAPPING = {"x": (is_x_available, "x is missing")}\n\n\n'
        "def requires(*, backends=()):\n    def inner(obj):\n        obj._backends = backends\n        return obj\n"
        "    return inner\n"
    ),
    "src/library/broken.py": "def (:\n",
    "setup.py": "raise SystemExit('never run')\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with one commit, and nothing of the user's configuration in it."""
    folder = tmp_path / "library"
    for name, text in LIBRARY.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *command], cwd=folder, check=True)
    return folder


def run(tmp_path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command in `tmp_path`, with a cache of its own."""
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    return subprocess.run(
        [MINER, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_repository_becomes_a_graph_that_the_audit_finds_clean(tmp_path: Path, repository: Path) -> None:
    """Extract, again from the cache, audit, load."""
    first = run(tmp_path, "extract", "--repo", repository, "--output", "graph", "--jobs", "1", "--format", "json")
    assert (first.returncode, first.stderr) == (0, "")
    document = json.loads(first.stdout)
    assert document["folder"] == "graph"
    assert sum(document["outcomes"].values()) == len(LIBRARY)

    graph = miner.load(tmp_path / "graph")
    model = graph.nodes["implementation:library.model.Model"]
    assert isinstance(model, Implementation)
    assert (model.backends, [(export.module, export.name) for export in model.exports][:1]) == (
        ("x",),
        [("library", "Model")],
    )
    gate = graph.nodes["predicate:library.gate.is_x_available"]
    assert isinstance(gate, Predicate)
    assert gate.means == {"package": "x", "version": [[">=", "1.5"]]}

    again = run(tmp_path, "extract", "--repo", repository, "--output", "graph", "--jobs", "1", "--format", "json")
    assert again.returncode == 0
    assert {**json.loads(again.stdout), "run": None} == {**document, "cached": True, "run": None}

    audit = run(tmp_path, "audit", "graph", "--source", repository, "--format", "json")
    assert (audit.returncode, json.loads(audit.stdout)["findings"]) == (0, [])


def test_a_changed_version_is_found_by_the_audit(tmp_path: Path, repository: Path) -> None:
    """A statement that its bytes do not hold."""
    assert run(tmp_path, "extract", "--repo", repository, "--output", "graph", "--jobs", "1").returncode == 0
    nodes = tmp_path / "graph" / "nodes.jsonl"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace('"1.5"', '"1.7"'), encoding="utf-8")
    audit = run(tmp_path, "audit", "graph", "--source", repository)
    assert audit.returncode == 1
    assert "findings" in audit.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--repo", "./no-such-folder"), 3),
        (("--repo", "no-such-folder"), 2),
        (("--repo", "."), 3),
        (("--repo", "-x"), 2),
        (("--repo", "--upload-pack=touch sentinel"), 2),
        (("--repo", "ext::sh -c 'touch sentinel'"), 2),
        (("--repo", "https://user:secret@example.org/x"), 2),
        (("--repo", "library", "--ref", "--output=x"), 2),
        (("--repo", "library", "--ref", "no-such-ref"), 3),
        (("--repo", "library", "--output", "taken"), 4),
        (("--repo", "library", "--output", "file"), 4),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_line_and_its_exit_code(
    tmp_path: Path, repository: Path, arguments: tuple[str, ...], code: int
) -> None:
    """Nothing on standard output, nothing half-written, no secret repeated."""
    assert repository.name == "library"
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = sorted(path.name for path in tmp_path.iterdir() if path.name != "cache")
    done = run(tmp_path, "extract", *arguments)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (code, "", 1), done.stderr
    assert done.stderr.startswith("miner: error: ")
    assert "secret" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cache") == before
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3, 0.8])
def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path, repository: Path, delay: float) -> None:
    """One line and 130, unless it came too late; then the graph is whole. The next run succeeds either way."""
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [MINER, "extract", "--repo", repository, "--output", tmp_path / "graph"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while process.poll() is None and not (tmp_path / "cache").exists():
            time.sleep(0.01)  # until the command is at work: before, the signal is the interpreter's
        time.sleep(delay)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) in {(0, ""), (130, "miner: interrupted\n")}
    assert {path.name for path in tmp_path.iterdir()} <= {"library", "cache", "graph"}
    if (tmp_path / "graph").exists():
        miner.load(tmp_path / "graph")
    assert run(tmp_path, "extract", "--repo", repository, "--output", "graph").returncode == 0
