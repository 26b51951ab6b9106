"""The members of a zip archive (a wheel, or an sdist in that form) in stored order."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from miner.errors import SourceError
from miner.source.limits import SourceLimits
from miner.source.member import Member, refused_member

ZIP_SUFFIXES = (".whl", ".zip")
_PIECE = 1 << 18
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_END_BYTES, _END64_BYTES, _LOCATOR_BYTES, _LONGEST_COMMENT = 22, 56, 20, 65535
_DIRECTORY_BYTES_PER_ENTRY = 128
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def zip_members(path: Path, limits: SourceLimits) -> Iterator[Member]:
    """Every member but folders; links, devices, encrypted and oddly compressed files come as refused."""
    _check_directory(path, limits)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        most = min(limits.max_total_bytes, max(limits.ratio_free_bytes, path.stat().st_size * limits.max_ratio))
        if sum(info.file_size for info in infos) > most:
            raise SourceError(f"the archive unpacks to more than {most} bytes: refused")
        for info in infos:
            if not info.orig_filename.endswith("/"):
                yield _member(archive, info)


def _check_directory(path: Path, limits: SourceLimits) -> None:
    """zipfile reads the whole list of members into memory, so its stated size is checked before."""
    with path.open("rb") as packed:
        size = packed.seek(0, 2)
        packed.seek(max(0, size - _LONGEST_COMMENT - _END_BYTES - _LOCATOR_BYTES - _END64_BYTES))
        tail = packed.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_BYTES:
        raise SourceError("the archive is damaged: it has no list of members")
    stated = struct.unpack_from("<L", tail, at + 12)[0]
    at64 = tail.rfind(_END64, 0, at)
    if at64 >= 0 and len(tail) >= at64 + _END64_BYTES:
        stated = max(stated if stated != 0xFFFFFFFF else 0, struct.unpack_from("<Q", tail, at64 + 40)[0])
    if stated > limits.max_entries * _DIRECTORY_BYTES_PER_ENTRY:
        raise SourceError("the archive's list of members is too long: refused")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    name = info.orig_filename
    form = stat.S_IFMT(info.external_attr >> 16)
    if form == stat.S_IFLNK:
        return refused_member(name, "link in an archive")
    if form not in (0, stat.S_IFREG):
        return refused_member(name, "not a regular file")
    if info.flag_bits & 0x1:
        return refused_member(name, "encrypted")
    if info.compress_type not in _METHODS:
        return refused_member(name, f"compressed by method {info.compress_type}")
    return Member(name, info.file_size, partial(_pieces, archive, info))


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as handle:
        yield from iter(partial(handle.read, _PIECE), b"")
