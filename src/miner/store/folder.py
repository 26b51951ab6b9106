"""A graph folder is written whole or not at all: readers see the old one or the new one, and never half of one."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from miner.errors import InternalError, OutputError
from miner.store.exchange import exchange
from miner.store.layout import MANIFEST, ROW_FILES
from miner.store.lock import locked, try_lock

Content = bytes | Iterable[bytes]

_ASIDE = ".old"
_LOCK_SECONDS = 10.0
"""The lock of the parent folder is held for a few system calls; ten seconds means that something is stuck."""


class _Mark(msgspec.Struct):
    """What every manifest of ours has had since the first version."""

    schema_version: int
    files: dict[str, Any] = {}


def write_folder(target: Path, files: Mapping[str, Content]) -> None:
    """Write `files` (plain names; `manifest.json` among them, written last) as the folder `target`.

    The files go into a hidden sibling, are flushed to disk and take the place of `target` in one step. Missing parent
    folders are made. What runs that died have left beside `target` is removed. Raises OutputError, leaving `target` as
    it was and nothing beside it, when `target` may not be replaced (see `check_target`) or the disk does not take it;
    what an iterable of content raises is passed on, with the same effect.
    """
    target = _absolute(target)
    _check_names(files)
    check_target(target)
    made = _make_parents(target)
    scratch = target.with_name(f"{_sibling_prefix(target)}{os.urandom(6).hex()}.tmp")
    done = False
    try:
        _fill_and_publish(scratch, target, files)
        done = True
    finally:
        _clear(scratch, target, () if done else made)


def check_target(target: Path) -> None:
    """Raise OutputError unless `target` may be written: absent, an empty folder, or a graph folder and nothing else."""
    target = _absolute(target)
    with _as_output_error(target):
        if target.is_symlink():
            raise _refusal(target, "is a symbolic link; name the folder itself")
        if not target.exists():
            _check_parents(target)
            return
        if not target.is_dir():
            raise _refusal(target, "is a file; name a folder")
        names = [entry.name for entry in target.iterdir()]
        if names and not _is_graph(target, names):
            raise _refusal(target, "holds what miner did not write; name another folder or empty it")
        if not (os.access(target, os.W_OK | os.X_OK) and os.access(target.parent, os.W_OK | os.X_OK)):
            raise _refusal(target, "is not writable")


def _fill_and_publish(scratch: Path, target: Path, files: Mapping[str, Content]) -> None:
    descriptor = -1
    try:
        with _as_output_error(target), locked(target.parent, _LOCK_SECONDS):
            _repair(target)
            scratch.mkdir()
            descriptor = os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)
            try_lock(descriptor)  # says to other runs that this folder's writer lives
        for name in sorted(files, key=lambda name: name == MANIFEST):
            _write_file(scratch / name, files[name], target)
        with _as_output_error(target), locked(target.parent, _LOCK_SECONDS):
            os.fsync(descriptor)
            check_target(target)
            _publish(scratch, target)
            _flush_folder(target.parent)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _write_file(path: Path, content: Content, target: Path) -> None:
    with _as_output_error(target):
        handle = path.open("xb")
    try:
        for chunk in (content,) if isinstance(content, bytes) else content:
            with _as_output_error(target):
                handle.write(chunk)
        with _as_output_error(target):
            handle.flush()
            os.fsync(handle.fileno())
    finally:
        with suppress(OSError):  # a full disk fails again here, after it has been reported
            handle.close()


def _publish(scratch: Path, target: Path) -> None:
    if not target.exists() or not any(target.iterdir()):
        scratch.rename(target)
        return
    if exchange(scratch, target):
        return  # the old graph now lies at `scratch`, which the caller removes
    aside = scratch.with_suffix(_ASIDE)
    try:
        target.rename(aside)
        scratch.rename(target)
    finally:
        if aside.exists() and not target.exists():
            aside.rename(target)


def _clear(scratch: Path, target: Path, made: Iterable[Path]) -> None:
    """Remove what lies beside the target, and the parents made in vain; Ctrl-C waits until that is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        if target.exists():  # the old graph is never removed without its successor in place
            shutil.rmtree(scratch.with_suffix(_ASIDE), ignore_errors=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _repair(target: Path) -> None:
    """Put back a graph that a run left aside when it died between two renames; remove what dead runs left."""
    prefix = _sibling_prefix(target)
    left = sorted(entry for entry in target.parent.iterdir() if entry.name.startswith(prefix))
    for sibling in left:
        if sibling.suffix == _ASIDE and not os.path.lexists(target):
            sibling.rename(target)
        elif not sibling.is_symlink() and sibling.is_dir() and not _is_held(sibling):
            shutil.rmtree(sibling, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return try_lock(descriptor) is not True
    finally:
        os.close(descriptor)


def _is_graph(folder: Path, names: Iterable[str]) -> bool:
    manifest = folder / MANIFEST
    if manifest.is_symlink() or not manifest.is_file():
        return False
    try:
        mark = msgspec.json.decode(manifest.read_bytes(), type=_Mark)
    except (msgspec.DecodeError, RecursionError):
        return False
    return set(names) <= {MANIFEST, *ROW_FILES, *mark.files}


def _check_names(files: Mapping[str, Content]) -> None:
    if MANIFEST not in files:
        raise InternalError("a graph folder without a manifest")
    for name in files:
        if not name or name != Path(name).name or name.startswith(".") or not name.isprintable():
            raise InternalError(f"not a plain file name: {name!r}")


def _check_parents(target: Path) -> None:
    parent = next(folder for folder in target.parents if os.path.lexists(folder))
    if not parent.is_dir():
        raise _refusal(parent, "is a file; name a folder")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise _refusal(parent, "is not writable")


def _make_parents(target: Path) -> list[Path]:
    """Make the missing parents and return them, innermost first."""
    missing = [folder for folder in target.parents if not folder.exists()]
    with _as_output_error(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _absolute(target: Path) -> Path:
    absolute = Path(os.path.abspath(target))  # noqa: PTH100  resolve() would follow the link that is to be refused
    if not absolute.name:
        raise _refusal(absolute, "cannot be a graph folder")
    return absolute


def _sibling_prefix(target: Path) -> str:
    return f".miner-{hashlib.blake2b(os.fsencode(target.name), digest_size=6).hexdigest()}-"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(path: Path, reason: str) -> OutputError:
    return OutputError(f"{str(path)!r} {reason}")


@contextmanager
def _as_output_error(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {str(target)!r}: {error.strerror or type(error).__name__}") from error
