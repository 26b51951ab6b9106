"""Reading some functions of a snapshot closely, when what they call is asked for.

It is done in this process: the files have all been through a worker, and few are read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from miner.app.mining import reader_of
from miner.detect.example import Example, examples
from miner.detect.file import File
from miner.detect.idiom import Idioms
from miner.detect.routine import CloseFile
from miner.model.mention import Mentions
from miner.model.routine import Routine
from miner.syntax.decoding import RefusedError, decode
from miner.syntax.limits import LIMITS
from miner.syntax.outline import ParseError

_PAGE = re.compile(r"(?i:readme)[^/]*\.md|docs?/(?:[^/]+/)*[^/]+\.md")
_MOST_PAGES = 100
_MOST_OPEN = 64
"""Files; a tree takes some fifty times the bytes of its file."""


class CloseReader:
    """Reads functions of the files of one snapshot; the last files asked for stay open until the reader is gone."""

    def __init__(self, read_bytes: Callable[[str], bytes], idioms: Idioms, reader: str) -> None:
        self._read_bytes = read_bytes
        self._idioms = idioms
        self._reader = reader
        self._open: dict[str, CloseFile | None] = {}

    def release(self) -> None:
        """Close all files: their trees are large."""
        for file in self._open.values():
            if file is not None:
                file.release()
        self._open.clear()

    def routine(self, path: str, name: str) -> Routine | None:
        """Return a function or class of a file by its name within it; None when there is none."""
        file = self._file(path)
        return file.routine(name) if file is not None else None

    def methods(self, path: str) -> dict[str, tuple[str, ...]]:
        """Return the methods that each class of a file defines itself."""
        file = self._file(path)
        return file.methods if file is not None else {}

    def mentions(self, path: str, options: frozenset[str]) -> Mentions:
        """Return where the functions of a file use some options; a file that nothing else reads is closed again."""
        is_known = path in self._open
        file = self._open[path] if is_known else self._opened(path)
        if file is None:
            return Mentions()
        try:
            return file.mentions(options)
        except (RefusedError, RecursionError):
            return Mentions()
        finally:
            if not is_known:
                file.release()

    def examples(self, paths: Iterable[str]) -> Iterator[tuple[str, Example]]:
        """Yield the examples in the pages of a project, with their paths: of the readme, then of the documentation."""
        pages = [path for path in paths if _PAGE.fullmatch(path)]
        for path in sorted(pages, key=lambda path: ("/" in path, path))[:_MOST_PAGES]:
            data = self._read_bytes(path)
            if len(data) <= LIMITS.file_bytes:
                yield from ((path, each) for each in examples(data, reader_of(self._reader)))

    def _file(self, path: str) -> CloseFile | None:
        if path in self._open:
            self._open[path] = self._open.pop(path)  # the last one asked for is the last to be closed
            return self._open[path]
        if len(self._open) >= _MOST_OPEN:
            oldest = self._open.pop(next(iter(self._open)))
            if oldest is not None:
                oldest.release()
        self._open[path] = self._opened(path)
        return self._open[path]

    def _opened(self, path: str) -> CloseFile | None:
        try:
            decoded = decode(self._read_bytes(path))
            if decoded.single_byte or decoded.skipped:
                return None  # the places would count in other bytes
            return CloseFile(File(path, reader_of(self._reader)(decoded.data), self._idioms))
        except (RefusedError, ParseError, RecursionError):
            return None
