"""A pool of supervised processes: every task has exactly one result, in order, and a bad task costs only itself."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pkgutil import resolve_name

import msgspec

from miner.app.worker import Reply, attempt, serve
from miner.errors import InternalError


@dataclass(frozen=True)
class PoolLimits:
    """Times in seconds, sizes in bytes."""

    task_seconds: float = 4.0
    """The slowest file of transformers takes 0.5 s on a loaded machine; eight times that is a hang or a hard input."""
    alone_seconds: float = 7.0
    """The second and last attempt; both, and a worker to start between them, stay within the 12 s of the promises."""
    start_seconds: float = 60.0
    """Python and the work's imports, from a cold disk."""
    starts: int = 3
    """Workers in a row that may die before they are ready: more is a broken installation."""
    memory: int = 1 << 30
    """Of one worker's data; the budget is 700 MiB of resident memory, and the rest is for what is reserved unused."""
    result: int = 64 << 20
    """The sites of a file are smaller than the file, and files are capped long before this."""
    first_run: int = 256 << 10
    """Payload in a worker's first run: small, so that all workers soon have work; doubled until `run`."""
    run: int = 1 << 20
    """Payload in one run: under half a second of work, so the workers end together."""
    run_tasks: int = 256
    """Tasks in one run: many tiny files still spread over the workers."""


POOL_LIMITS = PoolLimits()


@dataclass(frozen=True)
class Task:
    """What to do: `name` stands in the result, `payload` goes to the work."""

    name: str
    payload: bytes


@dataclass(frozen=True)
class Done:
    """The task `name` gave `value`."""

    name: str
    value: bytes


@dataclass(frozen=True)
class Failed:
    """The task `name` gave nothing; `reason` is one line, without traceback, address or absolute path."""

    name: str
    reason: str


Result = Done | Failed


@dataclass(frozen=True)
class Usage:
    """What the workers used, by their own account: CPU seconds summed, the highest peak of resident memory in bytes."""

    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    workers: int = 0
    retried: int = 0


def run(
    tasks: Iterable[Task],
    work: str,
    *,
    jobs: int = 1,
    limits: PoolLimits = POOL_LIMITS,
    inline: bool = False,
    report: Callable[[Usage], None] | None = None,
) -> Iterator[Result]:
    """Yield one result per task, in the order of `tasks`, from at most `jobs` worker processes.

    `work` names an importable `function(payload: bytes) -> bytes` as `module:function`. Workers are started when there
    is work for them and take contiguous runs of tasks; `tasks` is read as they go, at most one run ahead. A worker that
    dies, hangs or runs out of memory is ended, and the task it was on is tried once more, alone, in a fresh one. An
    exception of the work is its task's failure. `inline` does the work in this process, with neither time nor memory
    limit. `report` is told the usage when the run ends, however it ends. Raises InternalError when `work` cannot be
    imported or workers cannot be started. No worker outlives the iteration.
    """
    if inline:
        yield from _inline(tasks, work, limits)
        return
    supervisor = _Supervisor(tasks, work, max(1, jobs), limits)
    try:
        yield from supervisor.results()
    finally:
        supervisor.stop()
        if report is not None:
            report(supervisor.usage)


def _inline(tasks: Iterable[Task], work: str, limits: PoolLimits) -> Iterator[Result]:
    function = resolve_name(work)
    for task in tasks:
        yield _result(task, attempt(function, task.payload, limits.result, is_interruptible=True))


def _result(task: Task, reply: Reply) -> Result:
    return Done(task.name, reply.value) if reply.kind == "done" else Failed(task.name, reply.reason)


@dataclass(frozen=True)
class _Batch:
    """A contiguous run of tasks, the first of them number `start`; `is_alone` is the last attempt at a single task."""

    start: int
    tasks: Sequence[Task]
    is_alone: bool = False


@dataclass(eq=False)
class _Worker:
    process: SpawnProcess
    connection: Connection
    deadline: float
    batch: _Batch | None = None
    position: int = 0
    is_ready: bool = False
    cpu: float = 0.0


@dataclass(eq=False)
class _Supervisor:
    source: Iterable[Task]
    work: str
    jobs: int
    limits: PoolLimits
    usage: Usage = Usage()
    workers: list[_Worker] = field(default_factory=list)
    waiting: deque[_Batch] = field(default_factory=deque)
    finished: dict[int, Result] = field(default_factory=dict)
    due: int = 0
    failed_starts: int = 0

    def results(self) -> Iterator[Result]:
        batches = _batches(self.source, self.limits)
        is_exhausted = False
        while True:
            if not self.waiting and not is_exhausted:
                batch = next(batches, None)
                is_exhausted = batch is None
                self.waiting.extend(() if batch is None else (batch,))
            is_assigned = self._assign()
            while self.due in self.finished:
                yield self.finished.pop(self.due)
                self.due += 1
            if is_assigned:
                continue
            if not any(worker.batch for worker in self.workers):
                return
            self._attend()

    def stop(self) -> None:
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            _bury(worker)
        self.workers.clear()

    def _assign(self) -> bool:
        """Give the first waiting batch to a worker that is free, or to a new one; False when there is none."""
        if not self.waiting:
            return False
        idle = [worker for worker in self.workers if worker.batch is None]
        is_alone = self.waiting[0].is_alone
        if idle and is_alone and len(self.workers) >= self.jobs:
            self._retire(idle[0])  # the last attempt takes a fresh worker
        if idle and not is_alone:
            idle[0].batch = self.waiting.popleft()
            self._send(idle[0])
        elif len(self.workers) < self.jobs:
            self._start(self.waiting.popleft())
        else:
            return False
        return True

    def _start(self, batch: _Batch) -> None:
        deadline = time.monotonic() + self.limits.start_seconds
        with _quiet_start():
            try:
                near, far = _CONTEXT.Pipe()
                arguments = (far, self.work, self.limits.memory, self.limits.result)
                process = _CONTEXT.Process(target=serve, args=arguments, daemon=True)
                process.start()
            except OSError as error:
                raise InternalError(f"a worker process cannot be started: {error.strerror}") from error
            far.close()
            self.workers.append(_Worker(process, near, deadline, batch))
        self.usage = replace(self.usage, workers=self.usage.workers + 1)

    def _send(self, worker: _Worker) -> None:
        if worker.batch is None:
            return
        worker.position = 0
        worker.deadline = time.monotonic() + self._seconds(worker.batch)
        with suppress(OSError):  # it has died; its end of the pipe tells at the next look
            worker.connection.send_bytes(msgspec.msgpack.encode([task.payload for task in worker.batch.tasks]))

    def _seconds(self, batch: _Batch) -> float:
        return self.limits.alone_seconds if batch.is_alone else self.limits.task_seconds

    def _attend(self) -> None:
        """Wait for the next reply or deadline, and take all replies before any worker is found late."""
        nearest = min(worker.deadline for worker in self.workers if worker.batch is not None)
        wait([worker.connection for worker in self.workers], max(0.0, nearest - time.monotonic()))
        now = time.monotonic()
        for worker in tuple(self.workers):
            self._listen(worker)
            if worker.batch is not None and not worker.connection.closed and now > worker.deadline:
                limit = self._seconds(worker.batch) if worker.is_ready else self.limits.start_seconds
                worker.process.kill()
                self._lose(worker, f"no result within {limit:g} s")

    def _listen(self, worker: _Worker) -> None:
        try:
            while not worker.connection.closed and worker.connection.poll():
                self._take(worker, msgspec.msgpack.decode(worker.connection.recv_bytes(), type=Reply))
        except (EOFError, OSError, msgspec.DecodeError):
            self._lose(worker, None)

    def _take(self, worker: _Worker, reply: Reply) -> None:
        self.usage = replace(
            self.usage,
            cpu_seconds=self.usage.cpu_seconds + max(0.0, reply.cpu - worker.cpu),
            peak_bytes=max(self.usage.peak_bytes, reply.peak),
        )
        worker.cpu = max(worker.cpu, reply.cpu)
        if reply.kind == "broken":
            raise InternalError(f"{self.work} cannot be imported by a worker: {reply.reason}")
        if reply.kind == "ready":
            worker.is_ready = True
            self.failed_starts = 0
            self._send(worker)
        elif reply.kind == "spent":
            self._lose(worker, reply.reason)
        elif worker.batch is not None:
            batch = worker.batch
            self.finished[batch.start + worker.position] = _result(batch.tasks[worker.position], reply)
            worker.position += 1
            worker.deadline = time.monotonic() + self._seconds(batch)
            if worker.position == len(batch.tasks):
                worker.batch = None

    def _lose(self, worker: _Worker, reason: str | None) -> None:
        """Bury a worker and see to the task that it was on; `reason` None: read it from how the process ended."""
        ending = self._retire(worker)
        batch = worker.batch
        if batch is None:
            return
        if not worker.is_ready:
            self.failed_starts += 1
            if self.failed_starts >= self.limits.starts:
                raise InternalError(f"worker processes do not start: {reason or ending}")
            self.waiting.appendleft(batch)
            return
        at = worker.position
        if at + 1 < len(batch.tasks):
            self.waiting.appendleft(_Batch(batch.start + at + 1, batch.tasks[at + 1 :]))
        if batch.is_alone:
            self.finished[batch.start] = Failed(batch.tasks[0].name, reason or ending)
            return
        self.waiting.appendleft(_Batch(batch.start + at, batch.tasks[at : at + 1], is_alone=True))
        self.usage = replace(self.usage, retried=self.usage.retried + 1)

    def _retire(self, worker: _Worker) -> str:
        self.workers.remove(worker)
        return _bury(worker)


def _bury(worker: _Worker) -> str:
    """End a worker's process, whatever it does, and say how it ended."""
    process = worker.process
    worker.connection.close()
    process.join(_DYING_SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    code = process.exitcode or 0
    process.close()
    if code >= 0:
        return f"worker exited with status {code}"
    try:
        return f"worker killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"worker killed by signal {-code}"


def _batches(tasks: Iterable[Task], limits: PoolLimits) -> Iterator[_Batch]:
    """Cut `tasks` into contiguous runs: small ones first, so that no worker waits, then up to the limit."""
    start, size, goal = 0, 0, limits.first_run
    current: list[Task] = []
    for task in tasks:
        current.append(task)
        size += len(task.payload)
        if size >= goal or len(current) >= limits.run_tasks:
            yield _Batch(start, tuple(current))
            start, size, goal = start + len(current), 0, min(goal * 2, limits.run)
            current = []
    if current:
        yield _Batch(start, tuple(current))


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Start a process that neither sees Ctrl-C nor imports this process's main module.

    A worker needs its work and nothing else; the main module would be all of the command line, or a script without a
    guard. Python sends it along when it has a file or a spec, so for a moment it has neither.
    """
    resource_tracker.ensure_running()  # it unblocks signals when it starts, so it starts first
    main = sys.modules["__main__"]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_CONTEXT = multiprocessing.get_context("spawn")
_DYING_SECONDS = 1.0
"""A process whose pipe has ended is already dying; after this it is helped."""
