"""The pool when all goes well: order, batches, usage, lean workers, and the same answers in every arrangement."""

from __future__ import annotations

import base64
import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from miner.app.pool import POOL_LIMITS, Done, Failed, Task, Usage, _batches, run
from miner.app.worker import Reply, attempt
from miner.errors import InternalError, SourceError

WORK = "base64:b64encode"


def tasks(count: int, size: int = 10) -> list[Task]:
    return [Task(f"f{number}", b"%d" % number * size) for number in range(count)]


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    small = replace(POOL_LIMITS, first_run=64, run=256)
    expected = [Done(task.name, base64.b64encode(task.payload)) for task in tasks(200)]
    assert list(run(tasks(200), WORK, jobs=jobs, limits=small)) == expected
    assert list(run(tasks(200), WORK, inline=True)) == expected


def test_no_task_no_worker() -> None:
    told: list[Usage] = []
    assert list(run([], WORK, jobs=2, report=told.append)) == []
    assert told == [Usage()]


def test_usage_is_what_the_workers_say() -> None:
    told: list[Usage] = []
    list(run(tasks(20), WORK, jobs=4, report=told.append))
    (usage,) = told
    assert (usage.workers, usage.retried) == (1, 0), "one run of tasks needs one worker"
    assert 0.001 < usage.cpu_seconds < 5
    assert 5 << 20 < usage.peak_bytes < 200 << 20


def test_tasks_are_read_as_they_are_needed() -> None:
    read: list[int] = []

    def source() -> Iterator[Task]:
        for number in range(100):
            read.append(number)
            yield Task(str(number), b"x" * 1000)

    results = run(source(), WORK, limits=replace(POOL_LIMITS, first_run=2000, run=2000))
    assert next(results) == Done("0", base64.b64encode(b"x" * 1000))
    assert len(read) <= 6
    results.close()
    assert not multiprocessing.active_children()


def test_an_error_of_the_source_is_passed_on_and_no_worker_is_left() -> None:
    def source() -> Iterator[Task]:
        yield from tasks(3)
        raise SourceError("gone")

    with pytest.raises(SourceError, match="gone"):
        list(run(source(), WORK, limits=replace(POOL_LIMITS, first_run=1)))
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("work", ["base64:nothing", "no_such_module:f"])
def test_work_that_cannot_be_imported_is_an_internal_error(work: str) -> None:
    with pytest.raises(InternalError, match="cannot be imported by a worker: "):
        list(run(tasks(3), work))


def test_runs_are_contiguous_small_first_then_bounded() -> None:
    limits = replace(POOL_LIMITS, first_run=100, run=300, run_tasks=4)
    sizes = [50] * 2 + [100] * 2 + [100] * 3 + [10] * 4 + [900] + [1]
    batches = list(_batches((Task("", b"x" * size) for size in sizes), limits))
    assert [len(batch.tasks) for batch in batches] == [2, 2, 3, 4, 1, 1]
    assert [batch.start for batch in batches] == [0, 2, 4, 7, 11, 12]


def test_inline_failures_are_failures() -> None:
    failed = Failed("a", "Error: Non-base16 digit found")
    assert list(run([Task("a", b"!")], "base64:b16decode", inline=True)) == [failed]


def test_inline_ctrl_c_is_ctrl_c_and_in_a_worker_it_is_the_task_s_own() -> None:
    def interrupt(payload: bytes) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt(interrupt, b"", 10, is_interruptible=True)
    assert attempt(interrupt, b"", 10) == Reply("failed", reason="KeyboardInterrupt")


SCRIPT = """
from miner.app.pool import Task, run
print([result.value for result in run([Task("a", b"x")], "base64:b64encode", jobs=2)])
"""


def test_a_script_without_a_main_guard_is_not_run_again_by_workers(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    for arguments in ([str(script)], ["-c", SCRIPT]):
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=30, check=True)
        assert (done.stdout, done.stderr) == ("[b'eA==']\n", "")
