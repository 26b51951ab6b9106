"""A distribution that is installed here: the files that its RECORD lists, read and never imported."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from miner.errors import SourceError
from miner.model.snapshot import Entry, Snapshot, SourceRecord
from miner.source.limits import SourceLimits
from miner.source.nearest import nearest_names
from miner.source.text import visible
from miner.source.treepath import Refused, path_refusal, settle, tree_of
from miner.source.worktree import blob_id

_BUILT = (".pyc", ".pyo")


@dataclass(frozen=True)
class _Files:
    """Where each blob is on disk; a blob is read again when asked for, and refused when it has changed."""

    places: dict[str, Path]
    limits: SourceLimits

    def read(self, blob: str) -> bytes:
        path = self.places.get(blob)
        data = _content(path, self.limits) if path is not None else None
        if isinstance(data, bytes) and blob_id(data) == blob:
            return data
        raise SourceError(f"blob {visible(blob)} is not there any more: the installation changed while it was read")


def open_installed(name: str, *, limits: SourceLimits) -> Snapshot:
    """The snapshot of an installed distribution, by its canonical name; SourceError when its files are not recorded.

    Paths are relative to the folder that it is installed in. What RECORD lists outside of that folder (scripts) and
    compiled Python files are left out; a file that is not what RECORD says is read as it is, and a note says so.
    """
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        raise SourceError(f"{name} is not installed here{_hint(name)}") from None
    record = found.read_text("RECORD")
    files = found.files
    if record is None or files is None:
        raise SourceError(f"{name} has no RECORD of its files here: mine its release or its folder")
    entries: list[Entry] = []
    refused: list[Refused] = []
    places: dict[str, Path] = {}
    changed: list[str] = []
    for count, listed in enumerate(files, start=1):
        if count > limits.max_entries:
            raise SourceError(f"{name} has more than {limits.max_entries} files: refused")
        path = listed.as_posix()
        if path.startswith("../") or path.endswith(_BUILT):
            continue
        place = Path(str(listed.locate()))
        data = path_refusal(path, limits) or _content(place, limits)
        if isinstance(data, str):
            refused.append((path, data))
            continue
        blob = blob_id(data)
        entries.append(Entry(path, blob, len(data)))
        places.setdefault(blob, place)
        if listed.hash is not None and listed.hash.value != _digest(listed.hash.mode, data):
            changed.append(path)
    settled, refusals = settle(entries, refused)
    if not any(entry.path.endswith(".py") for entry in settled):
        raise SourceError(f"{name} has no Python files in its RECORD: installed from a folder? Mine that folder")
    return Snapshot(
        source=SourceRecord(
            kind="installed",
            name=name,
            version=found.version,
            revision=hashlib.sha256(record.encode()).hexdigest(),
            tree=tree_of(settled),
        ),
        entries=settled,
        read=_Files(places, limits).read,
        refused=refusals,
        notes=_notes(name, changed),
    )


def _content(path: Path, limits: SourceLimits) -> bytes | str:
    """Return the bytes of a plain file, or why they are not taken; links are not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    with os.fdopen(descriptor, "rb") as file:
        try:
            if os.fstat(descriptor).st_size > limits.max_member_bytes:
                return f"larger than {limits.max_member_bytes} bytes"
            return b"".join(iter(partial(file.read, 1 << 20), b""))
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"


def _digest(mode: str, data: bytes) -> str:
    """Return the digest of a file as RECORD writes it."""
    try:
        return base64.urlsafe_b64encode(hashlib.new(mode, data).digest()).rstrip(b"=").decode()
    except ValueError:
        return ""


def _hint(name: str) -> str:
    known = (str(each.metadata["Name"] or "") for each in importlib.metadata.distributions())
    close = nearest_names(name, filter(None, known))
    return f"; nearest: {', '.join(close)}" if close else ""


def _notes(name: str, changed: list[str]) -> tuple[str, ...]:
    if not changed:
        return ()
    return (f"{len(changed)} files of {name} are not what its RECORD says, for instance {visible(changed[0])}",)
