"""From a file's bytes to UTF-8 that both readers take, with spans that still count in the original bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from miner.syntax.limits import LIMITS

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LONE_CR = re.compile(rb"\r(?!\n)")
_UTF8 = frozenset({"utf-8", "ascii"})
_SINGLE_BYTE = frozenset({"iso8859-1", "iso8859-15", "cp1252"})
_LFS = b"version https://git-lfs.github.com/spec/"


class RefusedError(ValueError):
    """The bytes are not read, for the reason given."""


@dataclass(frozen=True)
class Decoded:
    """A file's text as UTF-8, a lone CR as LF; `single_byte` when each character was one byte in the original."""

    data: bytes
    single_byte: bool
    skipped: int

    def original(self, offset: int) -> int:
        """Return the offset in the original bytes of an offset in `data`."""
        if self.single_byte:
            return len(self.data[:offset].decode("utf-8"))
        return offset + self.skipped


def decode(data: bytes) -> Decoded:
    """Return `data` as UTF-8; raises RefusedError for what is not Python source in an encoding of the allow-list."""
    if len(data) > LIMITS.file_bytes:
        raise RefusedError(f"larger than {LIMITS.file_bytes} bytes: taken for generated")
    if data.startswith(_LFS):
        raise RefusedError("a Git LFS pointer")
    if b"\0" in data:
        raise RefusedError("contains NUL: not text")
    skipped = 0
    if data.startswith(codecs.BOM_UTF8):
        data, skipped = data[3:], 3
    if b"\r" in data:
        data = _LONE_CR.sub(b"\n", data)  # as Python reads it; the parsers end lines at LF alone
    name = _declared(data)
    if name in _UTF8:
        _decoded(data, "utf-8", "UTF-8")
        return Decoded(data, False, skipped)
    if name in _SINGLE_BYTE and not skipped:
        return Decoded(_decoded(data, name, name).encode("utf-8"), True, 0)
    raise RefusedError(f"declares the encoding {name[:40]!r}, which miner does not read")


def _decoded(data: bytes, encoding: str, called: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise RefusedError(f"not {called} at byte {problem.start}") from None


def _declared(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            try:
                return codecs.lookup(match[1].decode("ascii")).name
            except (LookupError, UnicodeDecodeError):
                return match[1].decode("ascii", "replace")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"
