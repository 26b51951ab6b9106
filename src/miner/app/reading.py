"""Reading a snapshot's files: every path ends in exactly one outcome, and those that can be mined in facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from miner.app.mining import WORK, FileTask, decode_outcome
from miner.app.pool import Done, Failed, Task, Usage, run
from miner.app.progress import Progress
from miner.detect.engine import revision
from miner.detect.generated import generator_sources
from miner.detect.idiom import Idioms
from miner.model.node import Outcome
from miner.model.site import Facts, FileOutcome
from miner.model.snapshot import Entry, Snapshot
from miner.store.cache import Key, SiteCache
from miner.syntax.limits import LIMITS

_PATH_CLASS = "python"


@dataclass
class Read:
    """The facts by path, one outcome for each path of the snapshot, and what the workers used."""

    facts: dict[str, Facts] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    fresh: int = 0


def read_files(
    snapshot: Snapshot,
    idioms: Idioms,
    extra: Path | None,
    reader: str,
    *,
    jobs: int,
    cache: Path | None,
    progress: Progress,
) -> Read:
    """Mine every Python file of a snapshot, from the cache where its blob is known, else in the pool."""
    result = Read()
    wanted = list(_sort_out(snapshot, idioms, result))
    sites = SiteCache(cache, revision(idioms, reader)) if cache is not None else None
    known = sites.get_many({(entry.blob, _PATH_CLASS) for entry in wanted}) if sites is not None else {}
    missing = [entry for entry in wanted if (entry.blob, _PATH_CLASS) not in known]
    progress.stage("read", len(missing))
    fresh = _mine(snapshot, missing, extra, reader, jobs, result, progress)
    if sites is not None:
        sites.put_many(sorted(fresh.items()))
    for entry in wanted:
        value = known.get((entry.blob, _PATH_CLASS)) or fresh.get((entry.blob, _PATH_CLASS))
        if value is not None:
            _take(result, entry.path, decode_outcome(value))
    result.outcomes.sort(key=lambda outcome: outcome.path)
    return result


def _sort_out(snapshot: Snapshot, idioms: Idioms, result: Read) -> Iterator[Entry]:
    """Yield the files to mine; the others get their outcome here."""
    sources = generator_sources(snapshot.entries, snapshot.read, idioms)
    for path, refusal in snapshot.refused:
        result.outcomes.append(Outcome(path=path, outcome="skipped", reason=f"refused: {refusal}"))
    for entry in snapshot.entries:
        reason = _unwanted(entry)
        if reason is None and entry.path in sources:
            reason = f"generator source: {sources[entry.path]} is generated from it"
        if reason is None:
            yield entry
        else:
            result.outcomes.append(Outcome(path=entry.path, outcome="skipped", reason=reason))


def _unwanted(entry: Entry) -> str | None:
    if entry.kind != "file":
        return f"a {entry.kind}: not followed"
    if not entry.path.endswith(".py"):
        return "not Python source"
    if entry.size > LIMITS.file_bytes:
        return f"larger than {LIMITS.file_bytes} bytes: taken for generated"
    return None


def _mine(
    snapshot: Snapshot,
    missing: list[Entry],
    extra: Path | None,
    reader: str,
    jobs: int,
    result: Read,
    progress: Progress,
) -> dict[Key, bytes]:
    """Mine the files that the cache does not know; each blob once."""
    first: dict[str, Entry] = {}
    for entry in missing:
        first.setdefault(entry.blob, entry)
    twins: dict[str, list[str]] = {}
    for entry in missing:
        twins.setdefault(entry.blob, []).append(entry.path)
    by_path = {entry.path: entry for entry in first.values()}

    def tasks() -> Iterator[Task]:
        for entry in first.values():
            task = FileTask(entry.path, reader, str(extra) if extra else None, snapshot.read(entry.blob))
            yield Task(entry.path, msgspec.msgpack.encode(task))

    def used(usage: Usage) -> None:
        result.usage = usage

    found: dict[Key, bytes] = {}
    for answer in run(tasks(), WORK, jobs=jobs, report=used) if first else ():
        progress.advance(1)
        blob = by_path[answer.name].blob
        match answer:
            case Done(value=value):
                found[blob, _PATH_CLASS] = value
            case Failed(reason=reason):
                for path in twins[blob]:
                    result.outcomes.append(Outcome(path=path, outcome="failed", reason=reason))
    result.fresh = len(first)
    return found


def _take(result: Read, path: str, outcome: FileOutcome) -> None:
    result.outcomes.append(Outcome(path=path, outcome=outcome.outcome, reason=outcome.reason))
    if outcome.facts is not None:
        result.facts[path] = outcome.facts
