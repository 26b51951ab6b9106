"""Whatever is wrong with the input: one line, the exit code of the contract, no traceback, nothing written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import miner

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "source"))
sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from archives import sdist
from command import MINER, run, surroundings
from git_server import git, make_repository
from library import library

CLOSED = "http://127.0.0.1:9"
LINE = "    'abcdefghijklmnopqrstuvwxyz0123456789',\n"
FILES: dict[str, tuple[bytes, str, str | None]] = {
    "generated.py": (f"x = [\n{LINE * 120_000}]\n".encode(), "skipped", "larger than 2000000 bytes"),
    "python2.py": (b"import os\nprint 'x'\n", "skipped", "not Python 3: a statement of Python 2 at line 2"),
    "syntax.py": (b"def f(:\n", "skipped", "not Python 3: syntax error at line 1"),
    "merge.py": (b"<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n", "skipped", "not Python 3: syntax error at"),
    "template.py": (b"import {{ cookiecutter.name }}\n", "skipped", "not Python 3: syntax error at line 1"),
    "latin.py": (b"# caf\xe9\nx = 1\n", "skipped", "not UTF-8 at byte 5"),
    "latin_said.py": (b"# -*- coding: latin-1 -*-\n# caf\xe9\nx = 1\n", "mined", None),
    "rot13.py": (b"# coding: rot13\nk = 1\n", "skipped", "declares the encoding 'rot-13', which miner does not read"),
    "nonsense.py": (b"# coding: nonsense\nx = 1\n", "skipped", "declares the encoding 'nonsense', which miner does"),
    "utf16.py": ("x = 1\n".encode("utf-16"), "skipped", "contains NUL: not text"),
    "nul.py": (b"x = 1\0\n", "skipped", "contains NUL: not text"),
    "pointer.py": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 10\n",
        "skipped",
        "a Git LFS pointer",
    ),
    "bom.py": (b"\xef\xbb\xbfx = 1\n", "mined", None),
    "returns.py": (b"x = 1\ry = 2\r", "mined", None),
    "blank.py": (b"\n\n", "mined", None),
    "empty.py": (b"", "mined", None),
    "module.pyc": (b"\0\1", "skipped", "not Python source"),
    "notes.txt": (b"x = 1\n", "skipped", "not Python source"),
    "PY.PY": (b"x = 1\n", "skipped", "not Python source"),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "library", library(("alpha",), models=2))


def paths(folder: Path) -> list[str]:
    """Return what is in a folder, but for the cache."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return sorted(path for path in found if path.partition("/")[0] != "cache")


def refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Check that a run ended with `code` and one line that holds `words`, and said nothing else."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.startswith("miner: error: "), done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr[:-1].isprintable()
    assert [word for word in words if word not in done.stderr] == [], done.stderr


def test_every_kind_of_file_has_one_outcome_with_its_reason(tmp_path: Path) -> None:
    """And the run succeeds: a file that is no Python 3 is no failure."""
    repository = make_repository(tmp_path / "library", {"good.py": "x = 1\n"})
    for name, (data, _, _) in FILES.items():
        (repository / name).write_bytes(data)
    (repository / "link.py").symlink_to("good.py")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendored")
    git(repository, "add", *FILES, "link.py")
    git(repository, "commit", "--quiet", "--message", "c")
    done = run("extract", "--repo", repository, "--output", "graph", "--format", "json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")

    rows = [json.loads(line) for line in (tmp_path / "graph" / "outcomes.jsonl").read_text().splitlines()]
    listed = git(repository, "ls-tree", "-r", "--name-only", "HEAD").split("\n")
    assert [row["path"] for row in rows] == sorted(listed)
    found = {row["path"]: (row["outcome"], row["reason"]) for row in rows}
    expected = {name: (outcome, reason) for name, (_, outcome, reason) in FILES.items()}
    expected |= {
        "good.py": ("mined", None),
        "link.py": ("skipped", "a symlink"),
        "vendored": ("skipped", "a submodule"),
    }
    wrong = {
        name: found[name]
        for name, (outcome, reason) in expected.items()
        if found[name][0] != outcome
        or not (found[name][1] or "").startswith(reason or "")
        or (reason is None) != (found[name][1] is None)
    }
    assert wrong == {}
    assert json.loads(done.stdout)["outcomes"] == {"mined": 6, "skipped": len(expected) - 6}


@pytest.mark.parametrize("files", [{"notes.txt": "x\n"}, {"only.py": ""}, {"broken.py": "def (:\n"}])
def test_a_repository_with_nothing_to_say_gives_an_empty_graph(tmp_path: Path, files: dict[str, str]) -> None:
    """In every format; JSON parses, cached or not."""
    repository = make_repository(tmp_path / "library", files)
    for form in ("json", "text", "markdown", "json"):
        done = run("extract", "--repo", repository, "--output", "graph", "--format", form, folder=tmp_path)
        assert (done.returncode, done.stderr, done.stdout != "") == (0, "", True)
    assert {key: json.loads(done.stdout)[key] for key in ("nodes", "edges", "cached")} == {
        "nodes": {},
        "edges": {},
        "cached": True,
    }
    assert len(miner.load(tmp_path / "graph").outcomes) == 1


SPECS = [
    (("",), 2, "empty"),
    ((" x",), 2, "spaces around it"),
    (("-rf",), 2, "begins with a dash"),
    (("--repo",), 2, "begins with a dash"),
    (("ext::sh -c 'touch sentinel'",), 2, "transport helpers run commands"),
    (("fd::3",), 2, "transport helpers run commands"),
    (("https://user:hunter2@example.org/x",), 2, "credentials"),
    (("https://hunter2@example.org/x",), 2, "credentials"),
    (("ssh://git:hunter2@example.org/x",), 2, "credentials"),
    (("ssh://-oProxyCommand=touch%20sentinel/x",), 2, "dash"),
    (("git@example.org:-x",), 2, "dash"),
    (("ftp://example.org/x",), 2, "ftp URLs are not read"),
    (("file://elsewhere/x",), 2, "names no host"),
    (("https:///x",), 2, "names no host"),
    (("https://example.org/",), 2, "names no repository"),
    (("https://[::1/x",), 2, "malformed"),
    (("x\ny",), 2, "control characters"),
    (("x" * 5000,), 2, "too long"),
    (("library-that-is-not-there",), 2, "=={version} for a release"),
    (("p===1",), 2, "is not a version"),
    (("p>=1",), 2, "a release is written name==version"),
    (("p[extra]==1",), 2, "without extras"),
    (("p==1", "--ref", "main"), 2, "a release has no refs"),
    (("installed:x==1",), 2, "without a version"),
    (("installed:no-such-library",), 3, "is not installed here"),
    (("installed:click", "--ref", "main"), 2, "has no refs"),
    (("~nobody-of-this-name/x",), 3, "no such folder"),
    (("./absent",), 3, "no such folder"),
    ((f"{CLOSED}/x",), 3, "cannot be reached"),
    (("file:///absent/x",), 3, "cannot be reached"),
    (("library/setup.py",), 3, "is not a folder"),
    (("library/src",), 3, "is not a git repository"),
    (("library", "--ref", ""), 2, "is refused"),
    (("library", "--ref", "-x"), 2, "is refused"),
    (("library", "--ref", "HEAD~1"), 2, "is refused"),
    (("library", "--ref", "a b"), 2, "is refused"),
    (("library", "--ref", "mian"), 3, "has no commit mian; nearest: main"),
    (("library", "--ref", "1" * 40), 3, "has no commit 1111"),
    (("library", "--jobs", "-1"), 2, "--jobs"),
    (("library", "--jobs", "many"), 2, "--jobs"),
    (("library", "--reader", "slow"), 2, "--reader"),
    (("library", "--format", "xml"), 2, "--format"),
    (("library", "--idioms", "absent.toml"), 2, "--idioms"),
    (("library", "--idioms", "library/setup.py"), 2, "setup.py"),
    (("library", "another"), 2, "another"),
]


@pytest.mark.parametrize(("arguments", "code", "word"), SPECS, ids=[" ".join(spec)[:40] for spec, _, _ in SPECS])
def test_a_source_that_cannot_be_had_is_one_line(
    tmp_path: Path, repository: Path, arguments: tuple[str, ...], code: int, word: str
) -> None:
    """Nothing is written, nothing is started that leaves something behind, no secret is repeated."""
    before = paths(tmp_path)
    done = run("extract", f"--repo={arguments[0]}", *arguments[1:], "--output", "graph", folder=tmp_path)
    refused(done, code, word)
    assert "hunter2" not in done.stderr
    assert paths(tmp_path) == before


INDEXES = [
    ({"PIP_INDEX_URL": f"{CLOSED}/simple"}, "p==1.0", ("cannot be reached",)),
    ({"PIP_INDEX_URL": "https://hunter2:hunter2@127.0.0.1:9/simple"}, "p==1.0", ("cannot be reached",)),
    ({"PIP_NO_INDEX": "1"}, "p==1.0", ("nowhere to look",)),
    ({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "{links}"}, "p==9.9", ("p has no release 9.9; nearest: ", "1.1")),
    ({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "{links}"}, "q==1.0", ("q: no such package",)),
    ({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "{links}"}, "bad==1.0", ("bad-1.0.tar.gz",)),
    ({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "{links}/absent"}, "p==1.0", ("p: no such package",)),
    ({"PIP_INDEX_URL": "not a url"}, "p==1.0", ("p: no such package",)),
    ({"PIP_TIMEOUT": "soon"}, "p==1.0", ("timeout",)),
]


@pytest.mark.parametrize(("configuration", "spec", "words"), INDEXES)
def test_a_release_that_cannot_be_had_is_one_line(
    tmp_path: Path, configuration: dict[str, str], spec: str, words: tuple[str, ...]
) -> None:
    """No network, no index, no such project, no such version (the nearest are named), a damaged archive."""
    links = tmp_path / "links"
    links.mkdir()
    for version in ("1.0", "1.1"):
        (links / f"p-{version}.tar.gz").write_bytes(sdist("p", version, {"p.py": b"x = 1\n"}))
    (links / "bad-1.0.tar.gz").write_bytes(b"not an archive")
    before = paths(tmp_path)
    changes = {name: value.format(links=links) for name, value in configuration.items()}
    environment = surroundings(tmp_path, **changes)
    done = run("extract", "--repo", spec, "--output", "graph", folder=tmp_path, environment=environment)
    refused(done, 3, *words)
    assert "hunter2" not in done.stderr
    assert paths(tmp_path) == before


def _taken(target: Path) -> None:
    target.mkdir()
    (target / "thesis.tex").write_text("mine")


def _like_a_graph(target: Path) -> None:
    target.mkdir()
    (target / "manifest.json").write_text('{"schema_version":1,"files":{"nodes.jsonl":""}}')
    (target / "nodes.jsonl").write_text("")
    (target / "thesis.tex").write_text("mine")


def _link(target: Path) -> None:
    (target.parent / "elsewhere").mkdir()
    target.symlink_to("elsewhere")


OUTPUTS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "holds another's files": ("out", _taken, "holds what miner did not write"),
    "a graph with another's file": ("out", _like_a_graph, "holds what miner did not write"),
    "a file": ("out", lambda target: target.write_text("mine"), ""),
    "a link": ("out", _link, "link"),
    "a link to nothing": ("out", lambda target: target.symlink_to("absent"), "link"),
    "a pipe": ("out", os.mkfifo, ""),
    "below a file": ("out/graph", lambda target: target.parent.write_text("mine"), "is a file; name a folder"),
    "a name too long": ("o" * 300, lambda target: None, ""),
    "where nothing can be written": ("/proc/graph", lambda target: None, "/proc"),
    "the repository": ("library", lambda target: None, "holds what miner did not write"),
    "here": (".", lambda target: None, "holds what miner did not write"),
    "the root": ("/", lambda target: None, "cannot be a graph folder"),
    "nothing": ("", lambda target: None, ""),
}


@pytest.mark.parametrize(("output", "prepare", "word"), OUTPUTS.values(), ids=OUTPUTS)
def test_an_output_that_cannot_be_written_is_one_line(
    tmp_path: Path, repository: Path, output: str, prepare: Callable[[Path], object], word: str
) -> None:
    """Exit code 4, and everything is as it was."""
    prepare(tmp_path / output)
    before = {path: (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in tmp_path.rglob("*")}
    refused(run("extract", "--repo", repository, "--output", output, folder=tmp_path), 4, word)
    after = {path: (path.lstat().st_ino, path.lstat().st_mtime_ns) for path in before}
    assert after == before
    assert paths(tmp_path) == sorted(path.relative_to(tmp_path).as_posix() for path in before)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_permission_is_one_line(tmp_path: Path, repository: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    refused(run("extract", "--repo", repository, "--output", "out/graph", folder=tmp_path), 4, "is not writable")


def test_closed_streams_do_not_matter(tmp_path: Path, repository: Path) -> None:
    """No standard input, no standard error; without standard output the result could not be written."""
    outcomes = {}
    for closed in ("<&-", "2>&-", "<&- 2>&-", ">&-", "<&- >&- 2>&-"):
        done = subprocess.run(
            [
                "sh",
                "-c",
                f'exec "$0" extract --repo "$1" --output "$2" {closed}',
                MINER,
                repository,
                tmp_path / "graph",
            ],
            env=surroundings(tmp_path),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        outcomes[closed] = (done.returncode, done.stderr)
        miner.load(tmp_path / "graph")
    lost = "miner: error: standard output is closed\n"
    assert outcomes == {
        "<&-": (0, ""),
        "2>&-": (0, ""),
        "<&- 2>&-": (0, ""),
        ">&-": (4, lost),
        "<&- >&- 2>&-": (4, ""),
    }


def test_a_reader_that_has_gone_is_silent_and_the_graph_is_whole(tmp_path: Path, repository: Path) -> None:
    """`miner extract ... | true`."""
    command = [MINER, "extract", "--repo", repository, "--output", tmp_path / "graph", "--format", "json"]
    with subprocess.Popen(
        command, env=surroundings(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (4, b"")
    miner.load(tmp_path / "graph")


def children(session: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc")
@pytest.mark.parametrize("whole_group", [True, False], ids=["ctrl-c", "kill -INT"])
def test_an_interrupt_while_files_are_read(tmp_path: Path, whole_group: bool) -> None:
    """Exit 130, one line; the old graph stays, no temporary and no process is left; the next run succeeds."""
    repository = make_repository(tmp_path / "library", library(("alpha",), models=1))
    assert run("extract", "--repo", repository, "--output", "graph", folder=tmp_path).returncode == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "graph").iterdir()}
    slow = "\n\n".join(f"def f{n}(a, b):\n    if a and not b:\n        raise ValueError('x{n}')" for n in range(4000))
    for number in range(24):
        (repository / "src" / f"slow_{number}.py").write_text(f"{slow}\n\n# {number}\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "slow")
    arguments = [MINER, "extract", "--repo", repository, "--output", tmp_path / "graph", "--jobs", "2"]
    with subprocess.Popen(
        arguments, env=surroundings(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        until = time.monotonic() + 30
        while len(children(process.pid)) < 4 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)  # the command, two workers, their resource tracker
        time.sleep(0.3)
        assert process.poll() is None, "it was to be interrupted at work"
        if whole_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            os.kill(process.pid, signal.SIGINT)
        out, errors = process.communicate(timeout=30)
    assert (process.returncode, out, errors) == (130, b"", b"miner: interrupted\n")
    until = time.monotonic() + 5
    while children(process.pid) and time.monotonic() < until:
        time.sleep(0.01)  # the resource tracker ends when it sees that the command has ended
    assert children(process.pid) == []
    assert {path.name: path.read_bytes() for path in (tmp_path / "graph").iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "graph", "library"]
    again = run("extract", "--repo", repository, "--output", "graph", "--format", "json", folder=tmp_path)
    assert (again.returncode, json.loads(again.stdout)["cached"]) == (0, False)
