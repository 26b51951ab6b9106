"""A release's archive as a list of entries: nothing is unpacked to disk, nothing of it is run."""

from __future__ import annotations

import hashlib
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from miner.errors import SourceError
from miner.model.snapshot import Entry
from miner.source.limits import SourceLimits
from miner.source.member import Member
from miner.source.tarball import TAR_SUFFIXES, tar_members
from miner.source.text import visible
from miner.source.treepath import Refused, path_refusal, settle, tree_of
from miner.source.ziparchive import ZIP_SUFFIXES, zip_members

_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RecursionError,
    NotImplementedError,
)


@dataclass
class _Listing:
    """What has been met so far: entries with the archive's own paths, and the contents that fit in memory."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    kept_bytes: int = 0


@dataclass(frozen=True)
class Contents:
    """What an archive holds. `tree` is the SHA-256 over the sorted (path, blob, kind) rows.

    `kept` has the contents in memory; `stored` the archive's own name of each entry's first copy, by blob.
    """

    path: Path
    limits: SourceLimits
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    tree: str
    kept: dict[str, bytes] = field(repr=False)
    stored: dict[str, str] = field(repr=False)

    def read(self, blob: str) -> bytes:
        """The content with git blob id `blob`, from memory or from the archive again."""
        if (data := self.kept.get(blob)) is not None:
            return data
        name = self.stored.get(blob)
        if name is not None:
            with _complaining(self.path):
                for member in _members(self.path, self.limits):
                    if member.name == name and member.refusal is None:
                        return b"".join(member.pieces())
        raise SourceError(f"blob {visible(blob)} is not in the archive")


def read_archive(path: Path, limits: SourceLimits) -> Contents:
    """Everything that `path` (its suffix says its form) holds; SourceError when it is damaged or over a limit."""
    listing = _Listing()
    with _complaining(path):
        for count, member in enumerate(_members(path, limits), start=1):
            if count > limits.max_entries:
                raise SourceError(f"the archive has more than {limits.max_entries} members: refused")
            _take(member, listing, limits)
    entries, refused = settle(listing.entries, listing.refused)
    stored = {entry.blob: entry.path for entry in reversed(entries)}
    if not path.name.endswith(".whl"):
        entries = _without_top(entries)
    return Contents(path, limits, entries, refused, tree_of(entries), listing.kept, stored)


def _members(path: Path, limits: SourceLimits) -> Iterator[Member]:
    if path.name.endswith(TAR_SUFFIXES):
        found = tar_members(path, limits)
    elif path.name.endswith(ZIP_SUFFIXES):
        found = zip_members(path, limits)
    else:
        raise SourceError(f"{visible(path.name)} is not a kind of archive that miner reads")
    return (replace(member, name=member.name.removeprefix("./")) for member in found)


def _take(member: Member, listing: _Listing, limits: SourceLimits) -> None:
    reason = member.refusal or path_refusal(member.name, limits)
    if reason is None and member.size > limits.max_member_bytes:
        reason = f"larger than {limits.max_member_bytes} bytes"
    if reason is not None:
        listing.refused.append((member.name, reason))
        return
    fits = member.size <= limits.keep_member_bytes and listing.kept_bytes + member.size <= limits.keep_total_bytes
    digest = hashlib.sha1(b"blob %d\0" % member.size, usedforsecurity=False)
    data = bytearray()
    size = 0
    for piece in member.pieces():
        digest.update(piece)
        size += len(piece)
        if fits:
            data += piece
    if size != member.size:
        raise EOFError
    blob = digest.hexdigest()
    listing.entries.append(Entry(member.name, blob, size))
    if fits and blob not in listing.kept:
        listing.kept[blob] = bytes(data)
        listing.kept_bytes += size


def _without_top(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """An sdist holds one folder, named after the release; paths are told from inside it."""
    tops = {entry.path.partition("/")[0] for entry in entries}
    if len(tops) != 1 or any("/" not in entry.path for entry in entries):
        return entries
    return tuple(Entry(entry.path.partition("/")[2], entry.blob, entry.size, entry.kind) for entry in entries)


@contextmanager
def _complaining(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise SourceError(f"{visible(path.name)} is damaged: {visible(str(error)) or type(error).__name__}") from None
