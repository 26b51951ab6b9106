"""Whole graphs that an earlier run has finished: an unchanged source costs one file to read."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

import msgspec

from miner.store.limits import CACHE_LIMITS, CacheLimits

_FOLDER = "graphs-1"
"""The number is the version of the file format: digest, then msgpack of {name: bytes}."""
_DIGEST = 32
_MAP, _BYTES = b"\xdf", b"\xc6"
"""How msgpack begins a map, and bytes; four bytes of length follow. Those have room for 4 GiB."""
_ABANDONED_SECONDS = 3600
"""A graph is written in under a second; an hour later its writer is dead."""


@dataclass(frozen=True)
class GraphKey:
    """All that a graph depends on; `source` is the canonical JSON of `manifest.source`."""

    tree: str
    tool_revision: str
    reader: str
    data: str
    source: str


class GraphCache:
    """The files of finished graph folders by GraphKey; like SiteCache it never raises: what is wrong is a miss."""

    def __init__(self, folder: Path, limits: CacheLimits = CACHE_LIMITS) -> None:
        self._folder = folder / _FOLDER
        self._limits = limits

    def get(self, key: GraphKey) -> dict[str, bytes] | None:
        """Return the files of the graph, or None."""
        path = self._path(key)
        try:
            sealed = path.read_bytes()
            digest, packed = sealed[:_DIGEST], sealed[_DIGEST:]
            if digest != _digest(path.name, packed):
                return None
            files = msgspec.msgpack.decode(packed, type=dict[str, bytes])
        except (msgspec.DecodeError, MemoryError, OSError):
            return None
        with suppress(OSError):
            os.utime(path)
        return files

    def put(self, key: GraphKey, files: Mapping[str, bytes]) -> None:
        """Keep the files of a graph; the least recently used graphs make room."""
        path = self._path(key)
        packed = tuple(_packed(files))
        if sum(map(len, packed)) > self._limits.graphs_total:
            return
        scratch = path.with_name(f"{path.name}.{os.urandom(6).hex()}.tmp")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with scratch.open("xb") as handle:
                handle.write(_digest(path.name, *packed))
                handle.writelines(packed)
            scratch.replace(path)
            self._prune()
        except OSError:
            return
        finally:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)

    def _path(self, key: GraphKey) -> Path:
        text = "\0".join(astuple(key))
        return self._folder / hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()

    def _prune(self) -> None:
        """Remove the least recently used files, what writers that died have left among them."""
        with os.scandir(self._folder) as entries:
            stated = sorted((entry.stat().st_mtime, entry.name, entry.stat().st_size) for entry in entries)
        excess = sum(size for _, _, size in stated) - self._limits.graphs_total
        for modified, name, size in stated:
            is_abandoned = name.endswith(".tmp") and time.time() - modified > _ABANDONED_SECONDS
            if excess > 0 or is_abandoned:
                (self._folder / name).unlink(missing_ok=True)
                excess -= size


def _packed(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield the msgpack of a map from names to bytes in pieces, the bytes as they are: they are large."""
    yield _MAP + len(files).to_bytes(4, "big")
    for name, data in files.items():
        yield msgspec.msgpack.encode(name)
        yield _BYTES + len(data).to_bytes(4, "big")
        yield data


def _digest(name: str, *pieces: bytes) -> bytes:
    found = hashlib.blake2b(digest_size=_DIGEST, key=name.encode())
    for piece in pieces:
        found.update(piece)
    return found.digest()
