"""A booby-trapped repository or release, mined and audited by every route through the command: no trap is sprung."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from archives import sdist, zipped
from command import run, surroundings
from git_server import GitServer, git, make_repository
from library import library

HOOKS = (
    "post-checkout",
    "post-merge",
    "pre-commit",
    "fsmonitor-watchman",
    "post-index-change",
    "reference-transaction",
)
SETTINGS = (
    "core.fsmonitor", "core.pager", "core.sshCommand", "core.askPass", "core.editor", "core.alternateRefsCommand",
    "filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "diff.external", "diff.trap.command",
    "diff.trap.textconv", "merge.trap.driver", "uploadpack.packObjectsHook", "pager.ls-tree", "pager.rev-parse",
    "credential.helper",
)  # fmt: skip
RUN_AT_INSTALLATION = (
    "setup.py",
    "conftest.py",
    "sitecustomize.py",
    "usercustomize.py",
    "noxfile.py",
    "backend/make.py",
)
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "make"\nbackend-path = ["backend"]\n'


@pytest.fixture
def sentinels(tmp_path: Path) -> Path:
    folder = tmp_path / "sentinels"
    folder.mkdir()
    return folder


@pytest.fixture
def files(sentinels: Path) -> dict[str, str]:
    """A library in which every module, wherever it is imported or run, leaves a file behind."""
    drop = f"import pathlib as _p; (_p.Path({str(sentinels)!r}) / __name__).touch()\n"
    honest = {path: text for path, text in library(("alpha",), models=2).items() if path != "src/broken.py"}
    trapped = {path: f"{drop}{text}{drop}" for path, text in honest.items() if path.endswith(".py")}
    trapped |= dict.fromkeys(RUN_AT_INSTALLATION, drop)
    trapped["src/alpha/defaults.py"] = f"{drop}def f(a=__import__('os').system('touch {sentinels}/default')): ...\n"
    trapped["src/alpha/literal.py"] = f'MIN = f\'{{__import__("os").system("touch {sentinels}/literal")}}\'\n'
    trapped["src/alpha.pth"] = trapped["trap.pth"] = drop
    return trapped | {
        "pyproject.toml": PROJECT,
        ".gitattributes": "* filter=trap diff=trap merge=trap\n",
        "README.md": "# trap\n",
    }


@pytest.fixture
def repository(files: dict[str, str], sentinels: Path, tmp_path: Path) -> Path:
    """The library as a repository whose configuration and hooks run a script that leaves a file behind."""
    folder = make_repository(tmp_path / "served" / "trap", files)
    script = tmp_path / "trap.sh"
    script.write_text(f'#!/bin/sh\ntouch "{sentinels}/$(basename "$0")-$$"\ncat\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for name in HOOKS:
        hook = folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(script.read_text())
        hook.chmod(0o755)
    for name in SETTINGS:
        git(folder, "config", name, str(script))
    git(folder, "config", "core.hooksPath", str(folder / ".git" / "hooks"))
    for path in sentinels.iterdir():
        path.unlink()
    (folder / "README.md").write_text("dirty\n")
    return folder


@pytest.fixture
def server(repository: Path) -> Iterator[GitServer]:
    """Serves over HTTP; git runs a pack hook for the server's own user alone, so here it is not set."""
    git(repository, "config", "--unset", "uploadpack.packObjectsHook")
    with GitServer(repository.parent) as running:
        yield running


def mine(spec: str, tmp_path: Path, files: dict[str, str], environment: dict[str, str] | None = None) -> None:
    """Extract twice and audit; every file has been seen."""
    for _ in range(2):
        done = run("extract", "--repo", spec, "--output", "graph", folder=tmp_path, environment=environment)
        assert (done.returncode, done.stderr) == (0, "")
    mined = {json.loads(row)["path"]: json.loads(row)["outcome"] for row in _rows(tmp_path / "graph")}
    assert {path: mined[path] for path in files} == {
        path: "mined" if path.endswith((".py", "pyproject.toml")) else "skipped" for path in files
    }
    done = run("audit", "graph", "--source", spec, "--format", "json", folder=tmp_path, environment=environment)
    assert (done.returncode, json.loads(done.stdout)["findings"], done.stderr) == (0, [], "")


def _rows(graph: Path) -> list[str]:
    return (graph / "outcomes.jsonl").read_text(encoding="utf-8").splitlines()


def test_the_traps_work(files: dict[str, str], repository: Path, sentinels: Path, tmp_path: Path) -> None:
    """Otherwise the tests below would show nothing."""
    for name in files:
        if name.endswith(".py"):
            program = f"import runpy, sys; sys.path.insert(0, 'src'); runpy.run_path({name!r})"
            subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, check=False)
            assert list(sentinels.iterdir()), name
            for path in sentinels.iterdir():
                path.unlink()
    for arguments in (("status",), ("checkout", "--force", "HEAD"), ("commit", "--allow-empty", "-m", "x")):
        with suppress(subprocess.CalledProcessError):
            git(repository, *arguments)
        assert list(sentinels.iterdir()), arguments


@pytest.mark.parametrize("route", ["path", "file"])
def test_a_trapped_repository_by(
    route: str, files: dict[str, str], repository: Path, sentinels: Path, tmp_path: Path
) -> None:
    mine(str(repository) if route == "path" else repository.as_uri(), tmp_path, files)
    assert list(sentinels.iterdir()) == []


def test_a_trapped_repository_over_http(
    files: dict[str, str], server: GitServer, sentinels: Path, tmp_path: Path
) -> None:
    mine(f"{server.url}/trap", tmp_path, files)
    assert list(sentinels.iterdir()) == []


@pytest.mark.parametrize("form", ["sdist", "wheel"])
def test_a_trapped_release_as(form: str, files: dict[str, str], sentinels: Path, tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.mkdir()
    held = {name: text.encode() for name, text in files.items()}
    if form == "sdist":
        (links / "trap-1.0.tar.gz").write_bytes(sdist("trap", "1.0", held))
    else:
        described = "Metadata-Version: 2.1\nName: trap\nVersion: 1.0\n"
        wheel = [*held.items(), ("trap-1.0.dist-info/METADATA", described.encode())]
        (links / "trap-1.0-py3-none-any.whl").write_bytes(zipped(wheel))
    environment = surroundings(tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(links))
    mine("trap==1.0", tmp_path, files, environment)
    assert list(sentinels.iterdir()) == []


def test_mining_within_the_trap(files: dict[str, str], repository: Path, sentinels: Path, tmp_path: Path) -> None:
    """With the trap as the working directory nothing of it comes before miner's own modules."""
    environment = surroundings(tmp_path)
    done = run("extract", "--repo", ".", "--output", "../../graph", folder=repository, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(sentinels.iterdir()) == []
