"""The use case that finds what the changes of a library do to a program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from miner.app.diff import between
from miner.app.progress import Progress
from miner.model.change import Severity
from miner.model.impact import Impact
from miner.model.snapshot import SourceRecord
from miner.usage.impact import Touching
from miner.usage.own import floors
from miner.usage.program import scan

__all__ = ["Found", "Impact", "impact"]
_ORDER: tuple[str, ...] = get_args(Severity)


@dataclass(frozen=True)
class Found:
    """The two releases, what touches the program, worst first, and how much of it was read; `notes`: what was not."""

    old: SourceRecord
    new: SourceRecord
    impacts: tuple[Impact, ...]
    files: int
    uses: int
    notes: tuple[str, ...]


def impact(paths: tuple[Path, ...], old: str, new: str, progress: Progress) -> Found:
    """Return what of the changes from one graph to another, folders or SPECs, touches programs.

    Raises UsageError when the graphs are of different libraries, SourceError when there is nothing to read.
    """
    before, after, changes = between(old, new, progress)
    touching = Touching(before, after, changes, floors(paths))
    progress.stage("read", None)
    scanned = scan(paths, touching.roots, touching.variables, after.manifest.source.version, touching.sought)
    found = sorted(
        touching.impacts(scanned.uses, scanned.imported),
        key=lambda each: (_ORDER.index(each.severity), each.use.path, each.use.line, each.change.type),
    )
    notes = tuple(f"{path}: not read: {why}" for path, why in scanned.skipped.items())
    return Found(
        before.manifest.source, after.manifest.source, tuple(found), len(scanned.files), len(scanned.uses), notes
    )
