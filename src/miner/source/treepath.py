"""Which paths of a tree or an archive are taken: they were written by strangers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from miner.model.snapshot import Entry
from miner.source.limits import SourceLimits
from miner.source.text import has_control, visible

Refused = tuple[str, str]


def path_refusal(path: str, limits: SourceLimits) -> str | None:
    """Why `path` is not taken, or None when it is a plain relative path."""
    if not path:
        return "empty path"
    if len(path.encode("utf-8", "surrogatepass")) > limits.max_path_bytes:
        return f"path longer than {limits.max_path_bytes} bytes"
    if any("\ud800" <= c <= "\udfff" for c in path):
        return "path is not UTF-8"
    if has_control(path):
        return "control character in path"
    if path.startswith("/"):
        return "absolute path"
    if "\\" in path:
        return "backslash in path"
    parts = path.split("/")
    if ".." in parts:
        return "path leaves its tree (..)"
    if "." in parts or "" in parts:
        return "path with an empty or . part"
    return None


def settle(entries: Iterable[Entry], refused: Iterable[Refused]) -> tuple[tuple[Entry, ...], tuple[Refused, ...]]:
    """Entries sorted by path, with every path that occurs twice refused: nobody can say which content was meant."""
    listed = list(entries)
    counts = Counter(entry.path for entry in listed)
    unique = sorted(entry for entry in listed if counts[entry.path] == 1)
    twice = {(path, "more than one entry has this path") for path, count in counts.items() if count > 1}
    shown = {(visible(path), reason) for path, reason in refused}
    return tuple(unique), tuple(sorted(shown | twice))


def tree_of(entries: Iterable[Entry]) -> str:
    """The SHA-256 over the (path, blob, kind) rows of sorted entries: it stands for a git tree where there is none."""
    rows = "".join(f"{entry.path}\0{entry.blob}\0{entry.kind}\n" for entry in entries)
    return hashlib.sha256(rows.encode()).hexdigest()
