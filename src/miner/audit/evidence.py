"""Re-reading every evidence: path, blob, lines, bytes, hash and quotation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from miner.audit.finding import Finding, Row, name_of
from miner.graph.evidence import redact
from miner.syntax.outline import LineTable

ReadBytes = Callable[[str], bytes]


class EvidenceCheck:
    """Checks evidence against the bytes of a snapshot; `blobs` maps its paths to blob ids."""

    def __init__(self, read: ReadBytes, blobs: dict[str, str]) -> None:
        self._read = read
        self._blobs = blobs
        self._lines: dict[str, LineTable] = {}
        self._known: dict[tuple[object, ...], str | None] = {}

    def check(self, row: Row) -> Iterator[Finding]:
        """Yield what is wrong with the evidence of a row."""
        for place in self.places(row):
            problem = self.problem(place)
            if problem is not None:
                where = f"{place.get('path')}:{place.get('start_line')}"
                yield Finding("evidence", name_of(row), f"{where}: {problem}")

    def places(self, row: Row) -> Iterator[Row]:
        """Yield all evidence of a row: its own, that of its quantities, and that of the uses of options."""
        yield from row.get("evidence", ())
        yield from (each["evidence"] for each in row.get("quantities", ()))
        yield from (place for each in row.get("uses", ()) for place in each["evidence"])

    def text(self, row: Row) -> bytes:
        """Return the bytes under all evidence of a row, each piece on lines of its own."""
        pieces = []
        for place in row.get("evidence", ()):
            if place.get("path") in self._blobs:
                pieces.append(self._read(place["path"])[place["start_byte"] : place["end_byte"]])
        return b"\n".join(pieces)

    def problem(self, place: Row) -> str | None:
        """Return what is wrong with one evidence, or None; the same evidence is checked once."""
        key = tuple(sorted(place.items()))
        if key not in self._known:
            self._known[key] = self._problem(place)
        return self._known[key]

    def _problem(self, place: Row) -> str | None:
        path, start, end = place["path"], place["start_byte"], place["end_byte"]
        if self._blobs.get(path) != place["blob"]:
            return "the snapshot has no such path with that blob"
        data = self._read(path)
        if not 0 <= start < end <= len(data):
            return f"bytes {start} to {end} are not within the file"
        piece = data[start:end]
        if hashlib.sha256(piece).hexdigest() != place["sha256"]:
            return "the bytes there have another SHA-256"
        lines = self._table(path, data)
        if (lines.line(start), lines.line(end - 1)) != (place["start_line"], place["end_line"]):
            return f"bytes {start} to {end} are not on the lines stated"
        quoted = place.get("text")
        expected, is_redacted = redact(piece.decode("utf-8", "replace"))
        if quoted is not None and (quoted, place.get("redacted", False)) != (expected, is_redacted):
            return "the quotation is not what stands there"
        return None

    def _table(self, path: str, data: bytes) -> LineTable:
        if path not in self._lines:
            self._lines[path] = LineTable(data)
        return self._lines[path]
