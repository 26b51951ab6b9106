"""Lists a tree and reads blobs from an object store, by id only."""

from __future__ import annotations

import os
import re
import threading
import weakref
from collections.abc import Iterator
from contextlib import closing
from subprocess import Popen

from miner.errors import SourceError
from miner.model.snapshot import Entry, EntryKind
from miner.source.command import GitCommand, end_process
from miner.source.limits import SourceLimits
from miner.source.text import visible
from miner.source.treepath import Refused, path_refusal, settle

_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ROW = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-|BAD)\t(.*)", re.DOTALL)
_KINDS: dict[bytes, EntryKind] = {b"120000": "symlink", b"160000": "submodule"}
_NO_BLOBS = (
    "objects of the commit are missing (a partial or damaged clone): run git fetch --refetch in it, or give its URL"
)


def list_tree(git: GitCommand, tree: str, limits: SourceLimits) -> tuple[tuple[Entry, ...], tuple[Refused, ...]]:
    """Every entry of `tree`, sorted by path, and the paths refused with their reasons."""
    entries: list[Entry] = []
    refused: list[Refused] = []
    for count, row in enumerate(_rows(git, tree, limits), start=1):
        if count > limits.max_entries:
            raise SourceError(f"the tree has more than {limits.max_entries} entries: refused")
        parts = _ROW.fullmatch(row)
        if parts is None:
            raise SourceError("git listed the tree in a form that miner does not know")
        mode, _, blob, size, raw = parts.groups()
        if size == b"BAD":
            raise SourceError(_NO_BLOBS)
        path = raw.decode("utf-8", "surrogateescape")
        if reason := path_refusal(path, limits):
            refused.append((path, reason))
        else:
            entries.append(Entry(path, blob.decode(), int(size) if size != b"-" else 0, _KINDS.get(mode, "file")))
    return settle(entries, refused)


def _rows(git: GitCommand, tree: str, limits: SourceLimits) -> Iterator[bytes]:
    """The NUL-ended rows as they come, so that a tree of billions of entries is noticed at the limit."""
    rest = b""
    with closing(git.stream("ls-tree", "-r", "-z", "-l", "--full-tree", tree)) as pieces:
        for piece in pieces:
            *rows, rest = (rest + piece).split(b"\0")
            if len(rest) > limits.max_read_bytes:
                raise SourceError("the tree holds an endless path: refused")
            yield from rows


def resolve_commit(git: GitCommand, revision: str) -> str:
    """The full id of the commit that `revision` names; GitError when there is none.

    rev-list, since with --missing it is the one verb that every git keeps from fetching what a partial clone lacks.
    """
    return git.run("rev-list", "--missing=print", "--max-count=1", "--end-of-options", f"{revision}^{{commit}}", "--")


def check_complete(git: GitCommand, commit: str) -> None:
    """SourceError when an object of `commit` is not here: later verbs would try to fetch it."""
    with closing(git.stream("rev-list", "--objects", "--missing=print", "--no-walk", commit, "--")) as pieces:
        before = b"\n"
        for piece in pieces:
            if b"\n?" in before + piece:
                raise SourceError(_NO_BLOBS)
            before = piece[-1:]


class BlobReader:
    """Reads the blobs of a listing through one `git cat-file --batch` for each process that asks.

    git is started when first needed. An id outside the listing is never sent: in a partial clone it could be fetched.
    """

    def __init__(self, git: GitCommand, entries: tuple[Entry, ...]) -> None:
        self._git = git
        self._listed = frozenset(entry.blob for entry in entries if entry.kind != "submodule")
        self._lock = threading.Lock()
        self._process: Popen[bytes] | None = None
        self._owner = 0

    def read(self, blob: str) -> bytes:
        """The bytes of `blob`; SourceError when it cannot be had."""
        if blob not in self._listed or not _OBJECT_ID.fullmatch(blob):
            raise SourceError(f"blob {visible(blob)} is not in the tree")
        with self._lock:
            try:
                return self._ask(blob)
            except (OSError, ValueError):
                self._process = None
                raise SourceError(f"blob {blob} cannot be read: git ended") from None

    def _ask(self, blob: str) -> bytes:
        process = self._running()
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise ValueError("no pipes")
        process.stderr.read()
        process.stdin.write(blob.encode() + b"\n")
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) == 2:
            raise SourceError(f"blob {blob} is missing: {_NO_BLOBS}")
        if len(header) != 3:
            raise OSError("no answer")
        size = int(header[2])
        data = process.stdout.read(size + 1)
        if len(data) != size + 1:
            raise OSError("cut answer")
        if header[1] != b"blob":
            raise SourceError(f"{blob} is not a file's content")
        return data[:-1]

    def _running(self) -> Popen[bytes]:
        if self._process is None or self._owner != os.getpid():
            process = self._git.start("cat-file", "--batch", feed=True)
            if process.stderr is not None:
                os.set_blocking(process.stderr.fileno(), False)
            self._process, self._owner = process, os.getpid()
            weakref.finalize(self, _end_own, process, self._owner)
        return self._process


def _end_own(process: Popen[bytes], owner: int) -> None:
    """A forked worker that drops its copy of the reader must not end its parent's git."""
    if os.getpid() == owner:
        end_process(process)
