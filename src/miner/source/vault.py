"""The downloaded archives and what each release turned out to be, kept so that a second run needs no network."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from miner.errors import SourceError
from miner.source.pipconf import IndexConfiguration
from miner.source.spec import Release

_CHUNK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which archive a release turned out to be; `stated` is whether the index itself gave the SHA-256."""

    name: str
    version: str
    filename: str
    sha256: str
    stated: bool
    yanked: str | None = None


class Vault:
    """Archives and resolutions in the cache folder. A release never changes, so a resolution holds for good."""

    def __init__(self, cache: Path) -> None:
        self._archives = cache / "archives"
        self._releases = cache / "releases"

    def tree(self, resolution: Resolution) -> str | None:
        """The tree hash noted when this archive was read last; None when it was not, or the archive is gone."""
        try:
            noted = (self._releases / f"{resolution.sha256}.tree").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return noted if _SHA256.fullmatch(noted) and self.archive(resolution) is not None else None

    def note_tree(self, resolution: Resolution, tree: str) -> None:
        """Note the tree hash of an archive, which its SHA-256 determines; a cache that takes no note is no error."""
        with suppress(OSError), _appearing(self._releases / f"{resolution.sha256}.tree") as handle:
            handle.write(tree.encode("ascii"))

    def recall(self, release: Release, configuration: IndexConfiguration) -> Resolution | None:
        """The resolution written under the same pip configuration; None when there is none or it is damaged."""
        try:
            found = msgspec.json.decode(self._note(release, configuration).read_bytes(), type=Resolution)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        same = (found.name, found.version) == (release.name, str(release.version))
        return found if same and _SHA256.fullmatch(found.sha256) else None

    def remember(self, release: Release, configuration: IndexConfiguration, resolution: Resolution) -> None:
        """Writes `resolution` whole or not at all."""
        with _appearing(self._note(release, configuration)) as handle:
            handle.write(msgspec.json.encode(resolution))

    def archive(self, resolution: Resolution) -> Path | None:
        """The archive of `resolution` if it is here and its bytes still have that SHA-256; a damaged one is removed."""
        path = self._path(resolution.sha256, resolution.filename)
        try:
            with path.open("rb") as handle:
                intact = sha256_of(iter(lambda: handle.read(_CHUNK), b"")) == resolution.sha256
        except FileNotFoundError:
            return None
        if not intact:
            path.unlink(missing_ok=True)
            return None
        return path

    def store(self, pieces: Iterator[bytes], filename: str, expected: str | None) -> str:
        """Keeps an archive as it arrives and returns its SHA-256; SourceError, and nothing kept, on a mismatch."""
        self._archives.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix="incoming-", dir=self._archives)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                digest = sha256_of(_written(pieces, handle))
                handle.flush()
                os.fsync(handle.fileno())
            if expected is not None and digest != expected:
                raise SourceError(f"{filename} does not have the SHA-256 that the index states: refused")
            Path(temporary).replace(self._path(digest, filename))
        finally:
            Path(temporary).unlink(missing_ok=True)
        return digest

    def _path(self, digest: str, filename: str) -> Path:
        return self._archives / f"{digest}-{re.sub(r'[^A-Za-z0-9._+-]', '_', filename)[-120:]}"

    def _note(self, release: Release, configuration: IndexConfiguration) -> Path:
        """Another index may hold other bytes under the same name and version, so the places asked are in the name."""
        places = "\n".join((*configuration.indexes, "", *configuration.find_links))
        version = re.sub(r"[^A-Za-z0-9._+-]", "_", str(release.version))[:80]
        return self._releases / f"{release.name[:80]}-{version}-{sha256_of(iter([places.encode()]))[:16]}.json"


def sha256_of(pieces: Iterator[bytes]) -> str:
    """The SHA-256 of the pieces put together, in hex."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _written(pieces: Iterator[bytes], handle: IO[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        handle.write(piece)
        yield piece


@contextmanager
def _appearing(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix="incoming-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
