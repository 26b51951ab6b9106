"""Runs git, through GitPython, so that neither the environment nor a repository can make it run anything else."""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from miner.errors import SourceError
from miner.source.limits import LIMITS
from miner.source.text import visible

_NO_GIT = "git cannot be run: install git 2.30 or later and put it on PATH"
try:
    from git.cmd import Git
    from git.exc import GitCommandNotFound
except ImportError:  # GitPython asks for the version of git when it is imported, and fails so when there is no git
    raise SourceError(_NO_GIT) from None

_NEUTRAL = {
    "GIT_ASKPASS": "true",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_HTTP_LOW_SPEED_LIMIT": "1",
    "GIT_HTTP_LOW_SPEED_TIME": "60",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=30 -oServerAliveInterval=15",
    "GIT_TERMINAL_PROMPT": "0",
    "SSH_ASKPASS": "",
}
_FLAGS = ("--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
_CERTIFICATES = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
_VERBS = frozenset({"rev-parse", "ls-tree", "cat-file", "rev-list", "for-each-ref", "ls-remote", "fetch", "init"})
_CHUNK = 1 << 16
_STDERR_KEPT = 1 << 14
_LONGEST_ANSWER = 1 << 26  # a remote with a hundred thousand refs lists them in 7 MiB
_spawning = threading.Lock()


class GitError(SourceError):
    """git ended with an error; the text is the line of its complaint that says most."""


@dataclass(frozen=True)
class GitCommand:
    """git in one folder. `git_dir` names a mirror of our own; without it git finds, and checks, the user's repository.

    `home` is an empty folder that stands for the user's; `protocols` is what a transport may use, empty for none;
    `seconds` is how long one command may take, None for as long as data comes.
    """

    folder: Path
    home: Path
    git_dir: Path | None = None
    protocols: str = ""
    seconds: float | None = LIMITS.read_seconds

    def start(self, *arguments: str, feed: bool = False) -> subprocess.Popen[bytes]:
        """Starts git with `arguments`, the first of which is one of the permitted verbs."""
        if arguments[0] not in _VERBS:
            raise ValueError(f"git {arguments[0]} is not a verb that miner uses")
        command = [Git.GIT_PYTHON_GIT_EXECUTABLE or "git", "-C", str(self.folder), *_FLAGS, *arguments]
        driver = Git(self.folder)
        kept = self.environment()
        stdin = subprocess.PIPE if feed else None
        try:
            with _spawning, _without_git_variables():
                handle = driver.execute(command, as_process=True, istream=stdin, env=kept, shell=False)
        except GitCommandNotFound:
            raise SourceError(_NO_GIT) from None
        process = handle.proc
        handle.proc = None  # ours to end now: GitPython would kill it when the handle goes
        if process is None:
            raise SourceError("git could not be started")
        return process

    def stream(self, *arguments: str) -> Generator[bytes, None, None]:
        """The standard output of git in pieces; GitError at its end when git failed. Closing it early ends git."""
        process = self.start(*arguments)
        complaint = bytearray()
        try:
            yield from _pump(process, complaint, self.seconds)
            code = process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            raise GitError(f"git {arguments[0]} does not end") from None
        finally:
            end_process(process)
        if code != 0:
            raise GitError(_says(bytes(complaint), code))

    def run(self, *arguments: str) -> str:
        """The standard output of git as text, without the final newline."""
        answer = bytearray()
        with closing(self.stream(*arguments)) as pieces:
            for piece in pieces:
                answer += piece
                if len(answer) > _LONGEST_ANSWER:
                    raise GitError(f"git {arguments[0]} answers with more than {_LONGEST_ANSWER} bytes")
        return answer.decode("utf-8", "surrogateescape").rstrip("\n")

    def environment(self) -> dict[str, str]:
        """What is set for git on top of the process environment without its `GIT_*` variables.

        The two names of certificate files are the only inherited ones kept, and only when something is fetched.
        """
        values = {**_NEUTRAL, "GIT_ALLOW_PROTOCOL": self.protocols}
        values |= {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home)}
        if self.git_dir is not None:
            values["GIT_DIR"] = str(self.git_dir)
        else:
            values["GIT_CEILING_DIRECTORIES"] = str(self.folder.parent)
        if self.protocols:
            values |= {name: os.environ[name] for name in _CERTIFICATES if name in os.environ}
        return values


@contextmanager
def _without_git_variables() -> Iterator[None]:
    """GitPython copies the process environment and can only add to it, and no value of GIT_DIR means "none"."""
    removed = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    try:
        yield
    finally:
        os.environ.update(removed)


def _pump(process: subprocess.Popen[bytes], complaint: bytearray, seconds: float | None) -> Iterator[bytes]:
    """Yields standard output and gathers standard error; both are read so that neither can fill up and block git."""
    deadline = None if seconds is None else time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired("git", seconds or 0)
            for key, _ in selector.select(left):
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    yield data
                elif len(complaint) < _STDERR_KEPT:
                    complaint += data


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Leaves no process and no open pipe behind."""
    if process.poll() is None:
        process.kill()
        process.wait()
    pipes: tuple[IO[bytes] | None, ...] = (process.stdin, process.stdout, process.stderr)
    for pipe in pipes:
        if pipe is not None:
            pipe.close()


def _says(complaint: bytes, code: int) -> str:
    lines = [line.strip() for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    if not telling:
        return f"git ended with status {code}"
    return visible(telling[0].partition(":")[2].strip() if telling[0][0] in "fe" else telling[0])
