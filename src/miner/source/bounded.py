"""A decompressed file read forwards only, which stops when more comes out than honest source could give."""

from __future__ import annotations

from typing import IO

from miner.errors import SourceError
from miner.source.limits import SourceLimits

_BACK = 1 << 16


class BoundedReader:
    """What tarfile needs of a file, over a decompressor that is never rewound.

    tarfile steps back by one byte at most when it goes on to the next member; the last 64 KiB are kept for that.
    """

    def __init__(self, inner: IO[bytes], packed_bytes: int, limits: SourceLimits) -> None:
        self._inner = inner
        self._limits = limits
        self._most = min(limits.max_total_bytes, max(limits.ratio_free_bytes, packed_bytes * limits.max_ratio))
        self._at = 0
        self._end = 0
        self._tail = b""

    def tell(self) -> int:
        """The position in the decompressed stream, in bytes."""
        return self._at

    def seek(self, position: int) -> int:
        """Goes to `position`; forwards by reading, backwards only within what is kept."""
        if position < self._end - len(self._tail):
            raise SourceError("the archive is not in order: refused")
        while self._end < position:
            if not self._pull(min(position - self._end, _BACK)):
                break
        self._at = min(position, self._end)
        return self._at

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; a request larger than any honest header's is refused."""
        if size > self._limits.max_read_bytes or size < 0:
            raise SourceError(f"the archive holds a header of {size} bytes: refused")
        kept = self._tail[len(self._tail) - (self._end - self._at) :][:size] if self._at < self._end else b""
        fresh = self._pull(size - len(kept)) if size > len(kept) else b""
        self._at += len(kept) + len(fresh)
        return kept + fresh

    def _pull(self, size: int) -> bytes:
        data = self._inner.read(size)
        self._end += len(data)
        if self._end > self._most:
            raise SourceError(f"the archive unpacks to more than {self._most} bytes: refused")
        self._tail = (self._tail + data)[-_BACK:] if len(data) < _BACK else data[-_BACK:]
        return data
