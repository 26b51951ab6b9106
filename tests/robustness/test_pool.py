"""A bad task costs only itself, and nothing is left behind: deaths, hangs, memory, odd exceptions, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from miner.app.pool import POOL_LIMITS, Done, Failed, Result, Task, Usage, run
from miner.errors import InternalError

WORK = "pool_work:act"
HERE = str(Path(__file__).parent)
QUICK = replace(POOL_LIMITS, task_seconds=1, alone_seconds=1, result=1000, memory=256 << 20)

BAD = {
    "segv": "worker killed by SIGSEGV",
    "kill": "worker killed by SIGKILL",
    "abort": "worker killed by SIGABRT",
    "leave 0": "worker exited with status 0",
    "leave 9": "worker exited with status 9",
    "exit": "SystemExit: 3",
    "interrupt": "KeyboardInterrupt",
    "hang": "no result within 1 s",
    "spin": "no result within 1 s",
    "memory": "MemoryError",
    "map": "OSError: [Errno 12] Cannot allocate memory",
    "raise one|two": "ValueError: one",
    "raise at 0x7f00deadbeef in /home/someone/x.py: \x1b[31m": "ValueError: at <address> in <path>: \\x1b[31m",
    "raise of src/a/b.py": "ValueError: of src/a/b.py",
    "wordless": "Wordless",
    "recursion": "RecursionError: maximum recursion depth exceeded",
    "text": "TypeError: the work returned str, not bytes",
    "huge 1001": "a result of 1001 bytes is over the limit of 1000",
}
DEADLY = ("segv", "kill", "abort", "leave 0", "leave 9", "hang", "spin", "memory")


@pytest.fixture(autouse=True)
def _importable_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(HERE)


def outcome(word: str) -> Result:
    return Failed(word, BAD[word]) if word in BAD else Done(word, word.upper().encode())


def perform(words: list[str], **options: object) -> list[Result]:
    return list(run([Task(word, word.encode()) for word in words], WORK, **{"limits": QUICK, **options}))  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", BAD)
def test_exactly_the_bad_task_is_lost(bad: str) -> None:
    words = ["a", "b", bad, "c", "d"]
    assert perform(words) == [outcome(word) for word in words]


def test_all_of_them_at_once_in_any_arrangement() -> None:
    words = [word for number, bad in enumerate(BAD) for word in (f"good{number}", bad)]
    told: list[Usage] = []
    for jobs, first_run in ((2, 1 << 20), (3, 20)):
        limits = replace(QUICK, first_run=first_run)
        assert perform(words, jobs=jobs, limits=limits, report=told.append) == [outcome(word) for word in words]
    assert [usage.retried for usage in told] == [len(DEADLY), len(DEADLY)]


def test_a_task_that_fails_once_is_given_a_second_and_last_chance(tmp_path: Path) -> None:
    told: list[Usage] = []
    words = ["a", f"once {tmp_path / 'marker'}", "b"]
    assert [result.value for result in perform(words, report=told.append) if isinstance(result, Done)] == [
        b"A",
        b"alive",
        b"B",
    ]
    assert (told[0].workers, told[0].retried) == (2, 1)


def test_the_last_attempt_is_made_in_a_worker_that_has_done_nothing_else() -> None:
    results = perform(["pid", "kill", "pid", "leave 9", "pid"], limits=replace(QUICK, first_run=1), jobs=1)
    pids = [result.value for result in results if isinstance(result, Done)]
    assert len(pids) == 3
    assert len(set(pids)) == 3


def test_a_large_result_and_many_small_ones_do_not_block_the_pipe() -> None:
    limits = replace(QUICK, result=1 << 25, task_seconds=10)
    results = perform(["huge 33554432", *(["huge 60000"] * 200)], limits=limits, jobs=2)
    assert [len(result.value) for result in results if isinstance(result, Done)] == [1 << 25] + [60_000] * 200


def test_a_consumer_that_dawdles_makes_no_worker_late() -> None:
    words = [f"w{number}" for number in range(400)]
    results = run([Task(word, word.encode()) for word in words], WORK, limits=replace(QUICK, run_tasks=50))
    seen = [next(results)]
    time.sleep(2.2)
    assert seen + list(results) == [outcome(word) for word in words]


def test_workers_make_no_noise(capfd: pytest.CaptureFixture[str]) -> None:
    assert perform(["print", "segv"]) == [Done("print", b"quiet"), outcome("segv")]
    assert capfd.readouterr() == ("", "")


def test_workers_import_only_the_pool_and_the_work() -> None:
    (result,) = perform(["modules"], limits=POOL_LIMITS)
    assert isinstance(result, Done)
    modules = result.value.decode().split()
    assert "pool_work" in modules
    assert [name for name in modules if name.startswith("miner.") and not name.startswith("miner.app")] == []
    assert {"pytest", "click", "sqlite3", "libcst", "tree_sitter", "miner.app.pool"}.isdisjoint(modules)


def test_workers_that_never_start_are_an_internal_error() -> None:
    with pytest.raises(InternalError, match="worker"):
        perform(["a"], limits=replace(QUICK, memory=1 << 20))


ENDLESS = """
import sys
from miner.app.pool import PoolLimits, Task, run
sys.path.insert(0, {here!r})
tasks = [Task("a", b"pid"), *(Task("b", b"{action}") for _ in range(9))]
for result in run(tasks, "pool_work:act", jobs=2, limits=PoolLimits(first_run=1, task_seconds=60)):
    print("begun", flush=True)
"""


def end(action: str, finish: Callable[[subprocess.Popen[str]], None]) -> tuple[int, str]:
    """Run a pool that would not end in a session of its own, `finish` it, and wait until no process is left."""
    script = ENDLESS.format(here=HERE, action=action)
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.3)
        finish(process)
        code = process.wait(10)
        errors = process.stderr.read()
        deadline = time.monotonic() + 5
        while is_group_alive(process.pid):
            assert time.monotonic() < deadline, "a process is left"
            time.sleep(0.02)
    return code, errors


def is_group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("action", ["hang", "spin"])
def test_ctrl_c_ends_all_workers_without_a_word_from_them(action: str) -> None:
    code, errors = end(action, lambda process: os.killpg(process.pid, signal.SIGINT))
    assert code == -signal.SIGINT
    assert errors.count("Traceback") == 1, "the parent's own, which the command line turns into exit code 130"
    assert errors.rstrip().endswith("KeyboardInterrupt")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends a worker that hangs only on Linux")
@pytest.mark.parametrize("action", ["hang", "spin"])
def test_workers_die_with_a_parent_that_is_killed(action: str) -> None:
    code, errors = end(action, lambda process: process.kill())
    assert (code, errors) == (-signal.SIGKILL, "")
