"""Whether a work tree differs from its commit, found without git: git's own answer runs what the repository chose."""

from __future__ import annotations

import hashlib
import os
import stat
from functools import partial
from pathlib import Path

from miner.model.snapshot import Entry
from miner.source.limits import SourceLimits


def blob_id(data: bytes, *, like: str = "") -> str:
    """The git object id of `data` as a blob: SHA-1, or SHA-256 when `like` is an id of that length."""
    framed = b"blob %d\0" % len(data) + data
    if len(like) == 64:
        return hashlib.sha256(framed).hexdigest()
    return hashlib.sha1(framed, usedforsecurity=False).hexdigest()


def first_difference(folder: Path, entries: tuple[Entry, ...], limits: SourceLimits) -> str | None:
    """What differs first among the Python files, None when none does. Untracked files and file modes do not count."""
    files = [entry for entry in entries if entry.kind == "file" and entry.path.endswith(".py")]
    for entry in files[: limits.dirty_files]:
        if not _is_unchanged(folder / entry.path, entry):
            return f"differs from it, for instance in {entry.path}"
    if len(files) > limits.dirty_files:
        return f"may differ from it: only {limits.dirty_files} files were compared"
    return None


def _is_unchanged(path: Path, entry: Entry) -> bool:
    """Line endings are ignored: a checkout may have changed them."""
    most = 2 * entry.size  # with a carriage return before every character
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or not entry.size <= status.st_size <= most:
                return False
            data = b"".join(iter(partial(os.read, descriptor, 1 << 20), b""))
        finally:
            os.close(descriptor)
    except OSError:
        return False
    return entry.blob in (blob_id(data, like=entry.blob), blob_id(data.replace(b"\r\n", b"\n"), like=entry.blob))
