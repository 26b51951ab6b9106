"""Files made to hurt: each ends in an outcome, in time, and costs nobody but itself."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from miner.app.mining import WORK, FileTask, decode_outcome
from miner.app.pool import Done, Task
from miner.app.pool import run as run_pool
from miner.syntax.limits import LIMITS

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from command import run
from git_server import git, make_repository
from hostile import DEEP, ODD, RULES, with_rule
from library import library

SECONDS = 12
LIMITED = ("sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh")


def source(form: str, times: int) -> bytes:
    """Return a deep file of as many levels as fit below the limit on size."""
    make = DEEP[form]
    room = LIMITS.file_bytes - 1000
    data = make(times).encode()
    return data if len(data) <= room else make(times * room // len(data) * 9 // 10).encode()


def outcomes(files: dict[str, bytes]) -> Iterator[tuple[str, str, float]]:
    """Yield each file's name, outcome and the seconds that it took, all in one worker."""
    tasks = (
        Task(name, msgspec.msgpack.encode(FileTask("src/a.py", "fast", None, data))) for name, data in files.items()
    )
    before = time.monotonic()
    for answer in run_pool(tasks, WORK, jobs=1):
        now = time.monotonic()
        if isinstance(answer, Done):
            yield answer.name, decode_outcome(answer.value).outcome, now - before
        else:
            yield answer.name, answer.reason, now - before
        before = now


@pytest.mark.parametrize("times", [10, 1_000, pytest.param(100_000, marks=pytest.mark.robust)])
def test_deep_and_wide_files_end_in_an_outcome_in_time(times: int) -> None:
    """Every shape at every depth: mined, or refused by name."""
    found = list(outcomes({f"{form}@{times}": source(form, times) for form in DEEP}))
    assert [name for name, _, seconds in found if seconds > SECONDS] == []
    failed = {name: outcome for name, outcome, _ in found if outcome not in {"mined", "skipped"}}
    assert failed == {}
    assert len(found) == len(DEEP)


def test_odd_bytes_end_in_an_outcome_in_time() -> None:
    """No encoding, escape, direction or self-reference makes a file fail."""
    found = list(outcomes(dict(ODD)))
    assert [(name, outcome) for name, outcome, _ in found if outcome not in {"mined", "skipped"}] == []
    assert [name for name, _, seconds in found if seconds > SECONDS] == []
    assert len(found) == len(ODD)


def rows(graph: Path, name: str) -> list[str]:
    return (graph / name).read_text(encoding="utf-8").splitlines()


def test_hostile_files_change_nothing_of_the_others(tmp_path: Path) -> None:
    """All of them at once in a package: every row that is not about them is what it was, byte for byte."""
    repository = make_repository(tmp_path / "library", library(("alpha", "beta")))
    assert run("extract", "--repo", repository, "--output", "before", folder=tmp_path).returncode == 0
    place = repository / "src" / "alpha" / "hostile"
    place.mkdir()
    for form in DEEP:
        (place / f"deep_{form}.py").write_bytes(source(form, 300))
    for name, data in ODD.items():
        (place / f"odd_{name}.py").write_bytes(data)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "hostile")
    started = time.monotonic()
    done = run("extract", "--repo", repository, "--output", "after", "--format", "json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - started < 60
    for name in ("nodes.jsonl", "edges.jsonl", "outcomes.jsonl"):
        before, after = rows(tmp_path / "before", name), rows(tmp_path / "after", name)
        assert before
        assert [row for row in before if row not in set(after)] == []
        added = set(after) - set(before)
        assert [row for row in added if "hostile" not in row and '"type":"Package"' not in row] == []
    paths = [json.loads(row)["path"] for row in rows(tmp_path / "after", "outcomes.jsonl")]
    assert paths == sorted(git(repository, "ls-tree", "-r", "--name-only", "HEAD").split("\n"))


@pytest.mark.parametrize("name", list(RULES))
def test_a_hostile_rule_on_file_names_is_given_up(name: str, tmp_path: Path) -> None:
    """In time; the rest of the library is mined."""
    repository = make_repository(tmp_path / "library", with_rule(name))
    done = run("extract", "--repo", repository, "--output", "graph", folder=tmp_path, seconds=SECONDS, wrapper=LIMITED)
    assert (done.returncode, done.stderr) == (0, "")
    mined = [json.loads(row)["id"] for row in rows(tmp_path / "graph", "nodes.jsonl")]
    assert [f"implementation:kit.models.m{number}.A" in mined for number in range(10)] == [True] * 10
