"""Evidence from places: the bytes are read, hashed and quoted; secrets in them are not republished."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from miner.link.place import Place
from miner.model.evidence import Evidence, Role
from miner.model.span import Span

LONGEST_TEXT = 4096  # bytes of one quotation
_QUOTED = frozenset({"site", "guard", "constant", "default", "message", "declaration", "binding", "authored"})
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:hf|ghp|gho|ghs|ghu)_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bsk-[A-Za-z0-9_-]{20,}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{35}"
    r"|(?<=://)[^/\s:@\"']*:[^/\s\"']+(?=@)",
    re.DOTALL,
)
_BETWEEN = rb"""(?:\s+|\s*["']\s+[fFrRbB]{0,2}["']\s*)"""


class EvidenceReader:
    """Makes evidence of the places of one snapshot, in canonical order and without repetition."""

    def __init__(self, read: Callable[[str], bytes], blobs: dict[str, str]) -> None:
        self._read = read
        self._blobs = blobs
        self._known: dict[Place, Evidence] = {}

    def all(self, places: Iterable[Place]) -> tuple[Evidence, ...]:
        """Return the evidence of `places`, each once, sites first, then by place."""
        unique = sorted(set(places), key=lambda place: (_ORDER[place.role], place.path, place.span))
        return tuple(self.one(place) for place in unique)

    def whole(self, path: str) -> Evidence:
        """Return a whole file as the evidence of a definition."""
        data = self._read(path)
        return self.one(
            Place(path, Span(0, len(data), 1, max(data.count(b"\n", 0, max(len(data) - 1, 0)) + 1, 1)), "definition")
        )

    def bytes_of(self, found: Evidence) -> bytes:
        """Return the bytes that a piece of evidence of this snapshot stands on."""
        return self._read(found.path)[found.start_byte : found.end_byte]

    def holds(self, path: str, words: frozenset[str]) -> bool:
        """Say whether a file holds one of some words."""
        data = self._read(path)
        return any(word.encode() in data for word in words)

    def within(self, found: Iterable[Evidence], words: str) -> Evidence | None:
        """Return where `words` stand first within some evidence, as an evidence of its own; None when nowhere.

        Between two of them a line may end, and one of several strings that are one.
        """
        wanted = re.compile(_BETWEEN.join(re.escape(word.encode()) for word in words.split()))
        for each in found:
            data = self._read(each.path)
            match = wanted.search(data, each.start_byte, each.end_byte)
            if match is not None:
                first = each.start_line + data.count(b"\n", each.start_byte, match.start())
                last = first + match[0].count(b"\n")
                return self.one(Place(each.path, Span(*match.span(), first, last), "message"))
        return None

    def one(self, place: Place) -> Evidence:
        """Return the evidence of one place."""
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = evidence(place, self._read(place.path), self._blobs[place.path])
        return found


def evidence(place: Place, data: bytes, blob: str) -> Evidence:
    """Return the evidence of a place in a file whose bytes are `data`."""
    span = place.span
    piece = data[span.start_byte : span.end_byte]
    text, redacted = _quoted(piece) if place.role in _QUOTED else (None, False)
    return Evidence(
        role=place.role,
        path=place.path,
        blob=blob,
        start_line=span.start_line,
        end_line=span.end_line,
        start_byte=span.start_byte,
        end_byte=span.end_byte,
        sha256=hashlib.sha256(piece).hexdigest(),
        text=text,
        redacted=redacted,
    )


_SIGNS = ("-----BEGIN ", "hf_", "gh", "github_pat_", "sk-", "AKIA", "xox", "AIza", "://")
"""One of these stands in every secret whose shape is known: most texts need no closer look."""


def redact(text: str) -> tuple[str, bool]:
    """Return `text` without the secrets whose shape is known, and whether there were any."""
    if not any(map(text.__contains__, _SIGNS)):
        return text, False
    cleaned, count = _SECRET.subn("[redacted]", text)
    return cleaned, count > 0


def _quoted(piece: bytes) -> tuple[str | None, bool]:
    if len(piece) > LONGEST_TEXT:
        return None, False
    return redact(piece.decode("utf-8", "replace"))


_ROLES: tuple[Role, ...] = (
    "site",
    "guard",
    "declaration",
    "constant",
    "default",
    "message",
    "binding",
    "definition",
    "authored",
)
_ORDER = {role: position for position, role in enumerate(_ROLES)}


def authored(file: Path, name: str, needle: str) -> Evidence | None:
    """Return the evidence of the line of one of miner's own data files that starts with `needle`."""
    return authored_line(file.read_bytes(), name, needle)


def authored_line(data: bytes, name: str, needle: str) -> Evidence | None:
    """Return the evidence of the first line of a data file, called `name`, that starts with `needle`; None without."""
    offset = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.startswith(needle.encode("utf-8")):
            blob = blob_id(data)
            return evidence(Place(name, Span(offset, offset + len(line), number, number), "authored"), data, blob)
        offset += len(line) + 1
    return None


def blob_id(data: bytes) -> str:
    """Return the id that git gives to bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
