"""One source at one revision: what there is to read, in order, before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

EntryKind = Literal["file", "symlink", "submodule"]


class Entry(msgspec.Struct, frozen=True, order=True):
    """One path of a snapshot.

    `path` is relative to the repository's root, or to the archive's with an sdist's top folder stripped; `blob` is the
    git object id of the content (also for archives, so that one cache serves both; a symlink's blob is its target, a
    submodule's its commit); `size` in bytes.
    """

    path: str
    blob: str
    size: int
    kind: EntryKind = "file"


class SourceRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a graph comes from, as `manifest.source` states it: no host, no absolute path, no credentials.

    `kind`: git, local, index, installed. `name` and `version` for a release or what is installed; for a repository
    `name` is the last part of its URL or folder. `revision`: full commit id, or the SHA-256 of the archive or of an
    installed RECORD. `tree`: git tree id, or a hash over the sorted entries of an archive or installation. `ref` as
    asked for. `url` only for an https or ssh remote, without user information.
    """

    kind: Literal["git", "local", "index", "installed"]
    name: str
    revision: str
    tree: str
    version: str | None = None
    ref: str | None = None
    url: str | None = None
    archive: str | None = None


@dataclass(frozen=True)
class Identity:
    """Which source a snapshot would have, and what would be said of it, known without reading it."""

    source: SourceRecord
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """An ordered list of entries and the means to read them.

    `read` takes a blob id and returns its bytes; it raises `miner.errors.SourceError` when the blob cannot be had.
    `refused` names paths that were left out before listing, with the reason (hostile paths, links in archives).
    """

    source: SourceRecord
    entries: tuple[Entry, ...]
    read: Callable[[str], bytes]
    refused: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())
