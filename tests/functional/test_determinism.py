"""The same source gives the same bytes, whatever surrounds the run."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from command import run, surroundings
from git_server import git, make_repository
from library import library

NO_CACHE = """
import sys
from pathlib import Path
from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent
spec, output, cache = sys.argv[1:]
extract(ExtractRequest(spec=spec, output=Path(output), cache=Path(cache), use_cache=False, jobs=1), Silent())
"""
SURROUNDINGS = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "random hash seed": {"PYTHONHASHSEED": "random"},
    "locale C": {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "another clock": {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "1"},
    "another user": {"USER": "somebody", "LOGNAME": "somebody", "HOSTNAME": "elsewhere", "COLUMNS": "20"},
    "optimised": {"PYTHONOPTIMIZE": "2", "PYTHONDONTWRITEBYTECODE": "1"},
}


def digest(graph: Path) -> str:
    """Return one hash over the names and bytes of all that is in a folder."""
    whole = hashlib.sha256()
    for path in sorted(graph.rglob("*")):
        whole.update(path.relative_to(graph).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def mined(spec: str | Path, folder: Path, jobs: int, environment: dict[str, str], output: str | Path = "graph") -> str:
    """Mine `spec` in `folder` and return the digest of what came out, which is removed."""
    done = run(
        "extract", "--repo", spec, "--output", output, "--jobs", str(jobs), folder=folder, environment=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = digest(folder / output)
    shutil.rmtree(folder / output)
    return found


def variants(spec: str | Path, folder: Path, *, online: bool = False) -> Iterator[tuple[str, str]]:
    """Yield what was varied, and the digest that came of it."""

    def at(name: str, **changes: str) -> dict[str, str]:
        (folder / name).mkdir(exist_ok=True)
        return surroundings(folder / name, online=online, **changes)

    yield "one worker, cold cache", mined(spec, folder, 1, at("one"))
    yield "the graph from the cache", mined(spec, folder, 1, at("one"))
    shutil.rmtree(folder / "one" / "cache" / "miner" / "graphs-1")
    yield "the sites from the cache", mined(spec, folder, 1, at("one"))
    (folder / "one" / "cache" / "miner" / "sites-1.sqlite").unlink()
    yield "two workers, sources from the cache", mined(spec, folder, 2, at("one"))
    yield "two workers, cold cache", mined(spec, folder, 2, at("two"))
    for number, (name, changes) in enumerate(SURROUNDINGS.items()):
        yield name, mined(spec, folder, 1 + number % 2, at(f"s{number}", **changes))
    elsewhere = folder / "a folder" / "é"
    elsewhere.mkdir(parents=True)
    yield "another folder", mined(spec, elsewhere, 1, at("one"), output=folder / "made" / "on" / "the way")
    command = [sys.executable, "-c", NO_CACHE, str(spec), str(folder / "without"), str(folder / "one" / "cache" / "m")]
    subprocess.run(command, env=at("one", PYTHONHASHSEED="7"), cwd=elsewhere, check=True, timeout=120)
    yield "no cache", digest(folder / "without")


def test_one_digest_whatever_surrounds_the_run(tmp_path: Path) -> None:
    """Workers, caches, hash seeds, locale, clock, user, working directory."""
    repository = make_repository(tmp_path / "library", library(("alpha", "beta", "gamma")))
    found = dict(variants(repository, tmp_path))
    assert set(found.values()) == {found["one worker, cold cache"]}, found
    assert len(found) == 14


def test_one_digest_whatever_holds_the_objects(tmp_path: Path) -> None:
    """Loose or packed, a work tree or bare, a full history or a shallow one: of one commit and one name."""
    files = library(("alpha",))
    repository = make_repository(tmp_path / "work" / "library", {"old.py": "import alpha\n"})
    (repository / "old.py").unlink()
    for name, text in files.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "c")
    for place, options in {"bare": ("--bare",), "shallow": ("--depth=1",)}.items():
        (tmp_path / place).mkdir()
        git(tmp_path / place, "clone", "--quiet", *options, repository.as_uri(), "library")
    environment = surroundings(tmp_path)
    found = {
        place: mined(tmp_path / place / "library", tmp_path, 1, environment) for place in ("work", "bare", "shallow")
    }
    git(repository, "gc", "--quiet")
    shutil.rmtree(tmp_path / "cache")
    found["packed"] = mined(repository, tmp_path, 1, environment)
    assert set(found.values()) == {found["work"]}, found


@pytest.mark.release
def test_one_digest_of_a_real_release(tmp_path: Path) -> None:
    """The same, of a library that is not ours."""
    found = dict(variants("peft==0.17.0", tmp_path, online=True))
    assert set(found.values()) == {found["one worker, cold cache"]}, found
