"""A write that is killed or interrupted anywhere leaves the old graph or the new one, and the next write succeeds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from miner.errors import OutputError
from miner.store import exchange, folder, lock
from miner.store.folder import write_folder

OURS = {module.__file__ for module in (exchange, folder, lock)}


def files(word: str) -> dict[str, bytes]:
    return {"nodes.jsonl": word.encode() * 5000, "manifest.json": b'{"schema_version":1,"files":{"nodes.jsonl":""}}'}


OLD, NEW, LATER = files("old"), files("new"), files("later")


def content(target: Path) -> dict[str, bytes] | None:
    return {entry.name: entry.read_bytes() for entry in target.iterdir()} if target.exists() else None


def at_line(number: int, act: Callable[[FrameType], None]) -> Callable[[FrameType, str, object], object]:
    """Return a trace function that acts before the line `number` of those that our modules execute."""
    left = number

    def trace(frame: FrameType, event: str, argument: object) -> object:
        nonlocal left
        if frame.f_code.co_filename not in OURS:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                act(frame)
        return trace

    return trace


def write_and_die(target: Path, line: int) -> bool:
    """Write NEW in a child that is killed at `line`; say whether it was killed."""
    child = os.fork()
    if child == 0:
        sys.settrace(at_line(line, lambda frame: os.kill(os.getpid(), signal.SIGKILL)))
        write_folder(target, NEW)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.fixture(params=["swap", "renames"])
def has_swap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bool:
    """Both ways to replace a folder: the system's swap, and two renames where it has none."""
    if request.param == "renames":
        monkeypatch.setattr(folder, "exchange", lambda first, second: False)
        return False
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    if not exchange.exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this file system cannot swap")
    return True


def places(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    for line in range(1, 1000):
        place = tmp_path / f"at{line}"
        place.mkdir()
        yield line, place / "graph"


@pytest.mark.parametrize("before", [None, OLD], ids=["absent", "old"])
def test_a_writer_killed_at_any_line_leaves_old_or_new(
    has_swap: bool, before: dict[str, bytes] | None, tmp_path: Path
) -> None:
    states = []
    for line, target in places(tmp_path):
        if before is not None:
            write_folder(target, before)
        if not write_and_die(target, line):
            break
        state = content(target)
        if state is None and before is not None and not has_swap:
            (aside,) = target.parent.glob("*.old")
            assert content(aside) == before
        else:
            assert state in (before, NEW)
        states.append(state)
        write_folder(target, LATER)
        assert content(target) == LATER
        assert [entry.name for entry in target.parent.iterdir()] == ["graph"]
        shutil.rmtree(target.parent)
    assert len(states) > 80
    assert before in states
    assert NEW in states


def test_a_graph_that_was_left_aside_comes_back_even_if_the_next_write_fails(tmp_path: Path) -> None:
    target = tmp_path / "graph"
    write_folder(target, OLD)
    target.rename(tmp_path / f"{folder._sibling_prefix(target)}00.old")
    with pytest.raises(ZeroDivisionError):
        write_folder(target, {"nodes.jsonl": (bytes(1 // 0) for _ in "x"), "manifest.json": b"{}"})
    assert content(target) == OLD
    assert [entry.name for entry in tmp_path.iterdir()] == ["graph"]


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("before", [None, OLD], ids=["absent", "old"])
def test_an_interrupt_at_any_line_leaves_nothing_beside_the_target(
    has_swap: bool, before: dict[str, bytes] | None, tmp_path: Path
) -> None:
    def interrupt(frame: FrameType) -> None:
        source = Path(frame.f_code.co_filename).read_text().splitlines()[frame.f_lineno - 1]
        if frame.f_code is not folder._clear.__code__ and "_clear(" not in source:  # which real interrupts wait for
            raise KeyboardInterrupt

    previous = sys.gettrace()
    for line, target in places(tmp_path):
        if before is not None:
            write_folder(target, before)
        sys.settrace(at_line(line, interrupt))
        try:
            write_folder(target, NEW)
        except KeyboardInterrupt:
            is_done = False
        else:
            is_done = True
        finally:
            sys.settrace(previous)
        assert content(target) in (before, NEW), line
        assert {entry.name for entry in target.parent.iterdir()} <= {"graph"}, line
        if is_done and content(target) == NEW and line > 150:
            break


def test_what_a_live_writer_is_writing_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "graph"

    def slow() -> Iterator[bytes]:
        yield b"slow"
        write_folder(target, NEW)
        assert len(list(tmp_path.iterdir())) == 2

    write_folder(target, {"nodes.jsonl": slow(), "manifest.json": LATER["manifest.json"]})
    assert content(target) == {"nodes.jsonl": b"slow", "manifest.json": LATER["manifest.json"]}
    assert [entry.name for entry in tmp_path.iterdir()] == ["graph"]


FULL = """
import sys
from pathlib import Path
from miner.errors import OutputError
from miner.store.folder import write_folder
small = {"nodes.jsonl": b"x", "manifest.json": b'{"schema_version":1}'}
target = Path(sys.argv[1], "graph")
write_folder(target, small)
try:
    write_folder(target, small | {"nodes.jsonl": b"x" * 10_000_000})
except OutputError as error:
    print(error)
print([entry.name for entry in Path(sys.argv[1]).iterdir()], (target / "nodes.jsonl").read_bytes())
"""


def test_a_full_disk_is_one_line_and_leaves_the_old_graph_alone(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=1m none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "-rm", "sh", "-c", mount, "sh", str(tmp_path), sys.executable, FULL]
    if shutil.which("unshare") is None:
        pytest.skip("no unshare")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0 and ("unshare" in done.stderr or "mount" in done.stderr):
        pytest.skip("a small file system cannot be mounted here")
    assert done.stdout.splitlines() == [
        f"cannot write {str(tmp_path / 'graph')!r}: No space left on device",
        "['graph'] b'x'",
    ]


def test_a_disk_that_is_full_when_it_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "deep" / "er" / "graph"

    def fsync(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputError, match="No space left on device"):
        write_folder(target, NEW)
    assert list(tmp_path.iterdir()) == []
