"""The members of a tar archive in stored order, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, cast

from miner.source.bounded import BoundedReader
from miner.source.limits import SourceLimits
from miner.source.member import Member, refused_member

TAR_SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar")
_PIECE = 1 << 18


def tar_members(path: Path, limits: SourceLimits) -> Iterator[Member]:
    """Every member but folders; links, devices and sparse files come as refused."""
    with path.open("rb") as packed, closing(_unpacking(path, packed)) as inner:
        reader = BoundedReader(inner, path.stat().st_size, limits)
        with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r:") as archive:
            while (info := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header; none is gone back to
                if not info.isdir():
                    yield _member(archive, info)
            _check_end(reader, archive.offset)


def _unpacking(path: Path, packed: IO[bytes]) -> IO[bytes]:
    if path.name.endswith(("gz",)):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=packed, mode="rb"))
    if path.name.endswith(("bz2",)):
        return cast("IO[bytes]", bz2.BZ2File(packed))
    if path.name.endswith(("xz",)):
        return cast("IO[bytes]", lzma.LZMAFile(packed))
    return packed


def _check_end(reader: BoundedReader, offset: int) -> None:
    """tarfile takes a header that makes no sense for the end; reading on also checks the compressed file's own sum."""
    reader.seek(offset)
    if any(reader.read(tarfile.BLOCKSIZE)):
        raise tarfile.ReadError("a header in the middle is malformed")
    while reader.read(_PIECE):
        pass


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    if info.issym() or info.islnk():
        return refused_member(info.name, "link in an archive")
    if info.issparse():
        return refused_member(info.name, "sparse file in an archive")
    if not info.isreg():
        return refused_member(info.name, "not a regular file")
    return Member(info.name, info.size, partial(_pieces, archive, info))


def _pieces(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    handle = archive.extractfile(info)
    if handle is not None:
        with handle:
            yield from iter(partial(handle.read, _PIECE), b"")
