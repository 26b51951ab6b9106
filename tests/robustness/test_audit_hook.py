"""What the interpreter itself reports (PEP 578): reading analysed code compiles, imports, runs and starts nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from git_server import make_repository
from hostile import DEEP, ODD, with_rule
from library import library

FORBIDDEN = (
    "compile", "exec", "import", "marshal.", "pickle.", "code.", "builtins.input", "sys._getframe", "ctypes.",
    "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "os.putenv",
    "socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.", "shutil.", "os.remove", "os.rename",
    "os.mkdir", "os.chdir", "os.chmod", "os.link", "os.symlink", "os.truncate", "tempfile.",
)  # fmt: skip
WORKER = """
import json, sys
import msgspec
from miner.app.mining import FileTask, mine_file

def mine(files):
    for path, text in files.items():
        mine_file(msgspec.msgpack.encode(FileTask(path, reader, None, text.encode("utf-8", "surrogateescape"))))

reader, warm, cold = json.load(sys.stdin)
mine(warm)
events = []
sys.addaudithook(lambda event, arguments: events.append((event, repr(arguments)[:200])))
mine(cold)
watched = list(events)
compile("1", "a", "eval")
json.dump([watched, events[len(watched):][:1]], sys.stdout)
"""
PARENT = """
import json, sys
from pathlib import Path
from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent

def mine(repository):
    request = ExtractRequest(spec=repository, output=place / "graph", cache=place / "cache", use_cache=False, jobs=1)
    extract(request, Silent())

place, warm, cold = Path(sys.argv[1]), *sys.argv[2:]
mine(warm)
mine(warm)  # over a graph that is there: its manifest is read with records of miner's own, made at the first use
events = []
sys.addaudithook(lambda event, arguments: events.append((event, repr(arguments)[:400])))
mine(cold)
json.dump([list(events), []], sys.stdout)
"""


def watched(program: str, *arguments: object, given: object = None) -> tuple[list[tuple[str, str]], Any]:
    """Return the forbidden events that a program reports, and what else it says."""
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    events, rest = json.loads(done.stdout)
    return [(event, what) for event, what in events if event.startswith(FORBIDDEN)], rest


@pytest.mark.parametrize("reader", ["fast", "libcst"])
def test_a_worker_that_is_warm_does_nothing_but_read(reader: str) -> None:
    """Not one event, over honest and hostile files; and the hook is awake, since a `compile` of its own is heard."""
    warm = library(("alpha",)) | {"src/alpha/old.py": "# coding: latin-1\nx = '\\N{BULLET}'\nprint 'x'\n"}
    cold = library(("beta", "gamma"))
    if reader == "fast":
        deep = {f"src/alpha/deep_{form}.py": make(30) for form, make in DEEP.items()}
        odd = {f"src/alpha/odd_{name}.py": data.decode("utf-8", "surrogateescape") for name, data in ODD.items()}
        warm |= deep | odd
        cold |= {path: f"{text}\nZ = 'another'\n" for path, text in (deep | odd).items()}
        tests = Path(__file__).parents[1].rglob("test_*.py")
        cold |= {path.as_posix(): path.read_text(encoding="utf-8") for path in tests}
    events, heard = watched(WORKER, given=[reader, warm, cold])
    assert events == []
    assert [event for event, _ in heard] == ["compile"]


def test_the_command_starts_git_and_its_own_workers_only(tmp_path: Path) -> None:
    """The process that links compiles nothing either; what it starts is git and Python's own spawning of workers."""
    warm = make_repository(tmp_path / "warm", library(("alpha",), models=2) | with_rule("width"))
    cold = make_repository(tmp_path / "cold", library(("beta", "gamma"), models=2) | with_rule("pattern"))
    events, _ = watched(PARENT, tmp_path, warm, cold)
    started = [what for event, what in events if event == "subprocess.Popen"]
    assert started
    assert [what for what in started if not what.startswith(("('git'", "('/usr/bin/git'"))] == []
    running = ("compile", "exec", "import", "marshal", "socket.")
    ran = [(event, what) for event, what in events if event.startswith(running)]
    assert [each for each in ran if each[0] != "socket.__new__"] == []  # the pipe to a worker is a pair of sockets
