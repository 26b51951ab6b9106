"""A server that has the library imported once and forks a boxed child for every look at a gate under some machine."""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from . import box, gate, simulation

_ANSWER_BYTES = 1 << 20
_MEMORY_BYTES = 4 << 30
_POLL = 0.5


class Prepared:
    """What every child needs: the library as it is imported, what is installed, and the caches to clear."""

    def __init__(self, modules: list[str], universe: simulation.Universe, roots: list[str], watched: list[str]) -> None:
        """Import `modules` (those that fail are told in `failed`), and note the cached functions of the library."""
        self.universe = universe
        self.watched = watched
        self.real = simulation.installed()
        self.failed: dict[str, str] = {}
        by_devices = ["torch"] if "torch" in self.real else []  # a library may import it late: machines are put on it
        for module in (*by_devices, *modules):
            try:
                importlib.import_module(module)
            except BaseException as error:  # noqa: BLE001  whatever a module does on its import
                self.failed[module] = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        starts = tuple(f"{root}." for root in roots)
        self.cached = [
            each
            for each in gc.get_objects()
            if hasattr(type(each), "cache_clear") and f"{getattr(each, '__module__', '')}.".startswith(starts)
        ]
        for module in {each.__file__ for name in modules if (each := sys.modules.get(name)) and each.__file__}:
            gate.read_ahead(module)
        for module, _ in universe:
            simulation.is_installed(module)
        gc.collect()
        gc.freeze()

    def look(self, target: dict[str, Any], machine: dict[str, Any] | None) -> dict[str, Any]:
        """Return what a target did under a machine; None: the real one."""
        if machine is not None and "torch" not in sys.modules and {"devices", "toolkit"} & machine.keys():
            return {"outcome": "missing", "exception": "ModuleNotFoundError", "message": "No module named 'torch'"}
        worn = None if machine is None else simulation.Simulation(machine, self.universe, self.real, self.watched)
        reads: set[str] = set() if worn is None else worn.reads
        try:
            stated = (machine or {}).get("binaries", {})
            box.Box.programs = frozenset(name for name, is_there in stated.items() if is_there)
            if worn is not None:
                worn.install()

            def forget() -> None:
                for each in self.cached:
                    each.cache_clear()
                reads.clear()

            forget()
            kept: set[str] = set()

            def keep() -> None:  # what a stand-in has is no question: nothing real is like it
                kept.update(fact for fact in reads if not fact.startswith("feature:"))

            answer = gate.look(target, forget, keep)
            return {**answer, "reads": sorted(reads | kept)}
        finally:
            if worn is not None:
                worn.remove()


Key = tuple[int, int, int]
Look = Callable[[Key], dict[str, Any]]
"""Looks at what a key names, in a child."""


class _Child:
    def __init__(self, keys: list[Key], pid: int, fd: int, until: float) -> None:
        self.keys = keys
        self.pid = pid
        self.fd = fd
        self.until = until
        self.data = b""


class Pool:
    """Runs batches of looks in children, `width` at once, each look within `seconds`."""

    def __init__(self, width: int, seconds: float, scratch: str) -> None:
        """Make a pool that writes below `scratch`."""
        self._width = width
        self._seconds = seconds
        self._scratch = scratch
        self._home = box.home()
        self._selector = selectors.DefaultSelector()

    def run(self, work: Iterator[tuple[list[Key], Look]]) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Yield (key, answer) as looks end, one child for each batch of keys.

        A look that breaks its child has outcome `error`, and is the last of its batch.
        """
        running: dict[int, _Child] = {}
        is_more = True
        while is_more or running:
            while len(running) < self._width and is_more:
                batch = next(work, None)
                if batch is None:
                    is_more = False
                    break
                child = self._start(*batch)
                running[child.fd] = child
                self._selector.register(child.fd, selectors.EVENT_READ)
            for fd in [ready.fd for ready, _ in self._selector.select(_POLL)]:
                child = running[fd]
                data = os.read(fd, 1 << 16)
                child.data += data
                yield from self._answers(child)
                if not data or len(child.data) > _ANSWER_BYTES:
                    yield from self._finish(child, None, running)
            now = time.monotonic()
            for child in [each for each in running.values() if each.until < now]:
                yield from self._finish(child, f"no answer in {self._seconds:g} seconds", running)

    def _answers(self, child: _Child) -> Iterator[tuple[Key, dict[str, Any]]]:
        *whole, child.data = child.data.split(b"\n")
        for line in whole:
            answer = _read(line)
            if answer is None or not child.keys:
                return
            child.until = time.monotonic() + self._seconds
            yield child.keys.pop(0), answer

    def _finish(
        self, child: _Child, why: str | None, running: dict[int, _Child]
    ) -> Iterator[tuple[Key, dict[str, Any]]]:
        """End a child; the look that it broke at is an error, and those after it would break as well."""
        del running[child.fd]
        said = self._end(child, why, running)
        if child.keys:
            yield child.keys[0], {"outcome": "error", "message": said}

    def _start(self, keys: list[Key], look: Look) -> _Child:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return _Child(list(keys), pid, reading, time.monotonic() + self._seconds)
        os.close(reading)
        _in_child(writing, keys, look, self._scratch, self._home)
        raise AssertionError

    def _end(self, child: _Child, why: str | None, running: dict[int, _Child]) -> str:
        """Kill a child with all that is left of it; return why it ended."""
        self._selector.unregister(child.fd)
        os.close(child.fd)
        for kill in (os.killpg, os.kill):
            try:
                kill(child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        _, status = os.waitpid(child.pid, 0)
        reap({each.pid for each in running.values()})
        if len(child.data) > _ANSWER_BYTES:
            return "answered more than a mebibyte"
        return why or _ending(status)


def _read(line: bytes) -> dict[str, Any] | None:
    """Return the answer in a line, None for anything else."""
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and "outcome" in answer else None


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"ended with {os.WEXITSTATUS(status)} and no answer"


def reap(kept: set[int]) -> None:
    """Kill and collect what children have left behind, but for those that are `kept`, where the system tells of it."""
    if sys.platform != "linux":
        return
    own = str(os.getpid())
    for name in os.listdir("/proc"):  # noqa: PTH208
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == own and int(name) not in kept:
            try:
                os.kill(int(name), signal.SIGKILL)
                os.waitpid(int(name), 0)
            except (OSError, ChildProcessError):
                continue


def adopt() -> None:
    """Let what children leave behind become children of this process, where the system can (Linux)."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  Linux alone

        subreaper = 36
        ctypes.CDLL(None).prctl(subreaper, 1, 0, 0, 0)


def _in_child(writing: int, keys: list[Key], look: Look, scratch: str, home: str) -> None:
    """Run looks and write a line for each; never returns."""
    try:
        os.setsid()
        box.silence(writing)
        place = tempfile.mkdtemp(dir=scratch)
        os.chdir(place)
        os.environ["TMPDIR"] = os.environ["HOME"] = tempfile.tempdir = place

        def refused(why: str) -> None:
            _write(writing, {"outcome": "error", "message": why})

        box.Box(place, home, refused).close(_MEMORY_BYTES)
        for key in keys:
            _write(writing, look(key))
    except MemoryError:
        _write(writing, {"outcome": "error", "message": "out of memory"})
    except BaseException as error:  # noqa: BLE001  told to the parent, which calls it an error
        _write(writing, {"outcome": "error", "message": f"{type(error).__name__}: {error}"[:1000]})
    finally:
        os._exit(0)


def _write(fd: int, answer: dict[str, Any]) -> None:
    data = json.dumps(answer).encode() + b"\n"
    while data:
        data = data[os.write(fd, data) :]
