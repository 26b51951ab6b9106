"""Reading a snapshot's files: every path ends in exactly one outcome, and those that can be mined in facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from miner.app.mining import WORK, FileTask, decode_outcome
from miner.app.pool import POOL_LIMITS, Done, Failed, Task, Usage, run
from miner.app.progress import Progress
from miner.detect.engine import revision
from miner.detect.generated import generator_sources
from miner.detect.idiom import Idioms
from miner.link.declared import DeclarationError, Declared, is_declaration, read_declaration
from miner.model.node import Outcome
from miner.model.site import Facts, FileOutcome
from miner.model.snapshot import Entry, Snapshot
from miner.store.cache import Key, SiteCache
from miner.syntax.limits import LIMITS

_PATH_CLASS = "python"
_SLOW_LIMITS = replace(POOL_LIMITS, task_seconds=60, alone_seconds=120)
"""libcst with positions takes a few seconds for the longest modules."""


@dataclass
class Read:
    """The facts by path, one outcome for each path of the snapshot, what the workers used, and more.

    `sources` are those of generated files, which were skipped, with the generated sibling; `declared` is what files
    that are no Python source declare.
    """

    facts: dict[str, Facts] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    sources: dict[str, str] = field(default_factory=dict)
    declared: list[Declared] = field(default_factory=list)

    def used(self, usage: Usage) -> None:
        """Add what a run of the pool used."""
        self.usage = Usage(
            self.usage.cpu_seconds + usage.cpu_seconds,
            max(self.usage.peak_bytes, usage.peak_bytes),
            self.usage.workers + usage.workers,
            self.usage.retried + usage.retried,
        )


@dataclass(frozen=True)
class Reading:
    """How to read a snapshot: vocabulary (`extra` is the user's own file), reader, number of workers, cache."""

    snapshot: Snapshot
    idioms: Idioms
    extra: Path | None
    reader: str
    jobs: int
    cache: Path | None
    progress: Progress

    def all(self) -> Read:
        """Mine every Python file of the snapshot, from the cache where its blob is known, else in the pool."""
        result = Read()
        self._take(list(_sort_out(self.snapshot, self.idioms, result)), result)
        return result

    def also(self, paths: Iterable[str], result: Read) -> None:
        """Mine files that were skipped as sources of generated ones, since the library itself reads them."""
        wanted = set(paths)
        result.outcomes = [outcome for outcome in result.outcomes if outcome.path not in wanted]
        result.sources = {path: sibling for path, sibling in result.sources.items() if path not in wanted}
        self._take([entry for entry in self.snapshot.entries if entry.path in wanted], result)

    def _take(self, entries: list[Entry], result: Read) -> None:
        sites = SiteCache(self.cache, revision(self.idioms, self.reader)) if self.cache is not None else None
        known = sites.get_many({(entry.blob, _PATH_CLASS) for entry in entries}) if sites is not None else {}
        missing = [entry for entry in entries if (entry.blob, _PATH_CLASS) not in known]
        self.progress.stage("read", len(missing))
        fresh = self._mine(missing, result)
        if sites is not None:
            sites.put_many(sorted(fresh.items()))
        for entry in entries:
            value = known.get((entry.blob, _PATH_CLASS)) or fresh.get((entry.blob, _PATH_CLASS))
            if value is not None:
                _take(result, entry.path, decode_outcome(value))
        result.outcomes.sort(key=lambda outcome: outcome.path)

    def _mine(self, missing: list[Entry], result: Read) -> dict[Key, bytes]:
        """Mine the files that the cache does not know; each blob once."""
        first: dict[str, Entry] = {}
        twins: dict[str, list[str]] = {}
        for entry in missing:
            first.setdefault(entry.blob, entry)
            twins.setdefault(entry.blob, []).append(entry.path)
        by_path = {entry.path: entry for entry in first.values()}

        def tasks() -> Iterator[Task]:
            extra = str(self.extra) if self.extra else None
            for entry in first.values():
                task = FileTask(entry.path, self.reader, extra, self.snapshot.read(entry.blob))
                yield Task(entry.path, msgspec.msgpack.encode(task))

        found: dict[Key, bytes] = {}
        limits = _SLOW_LIMITS if self.reader == "libcst" else POOL_LIMITS
        for answer in run(tasks(), WORK, jobs=self.jobs, limits=limits, report=result.used) if first else ():
            self.progress.advance(1)
            blob = by_path[answer.name].blob
            match answer:
                case Done(value=value):
                    found[blob, _PATH_CLASS] = value
                case Failed(reason=reason):
                    for path in twins[blob]:
                        result.outcomes.append(Outcome(path=path, outcome="failed", reason=reason))
        return found


def _sort_out(snapshot: Snapshot, idioms: Idioms, result: Read) -> Iterator[Entry]:
    """Yield the files to mine; the others get their outcome here."""
    sources = generator_sources(snapshot.entries, snapshot.read, idioms)
    for path, refusal in snapshot.refused:
        result.outcomes.append(Outcome(path=path, outcome="skipped", reason=f"refused: {refusal}"))
    for entry in snapshot.entries:
        if entry.kind == "file" and is_declaration(entry.path):
            result.outcomes.append(_declaration(snapshot, entry, result))
            continue
        reason = _unwanted(entry)
        if reason is None and entry.path in sources:
            reason = f"generator source: {sources[entry.path]} is generated from it"
            result.sources[entry.path] = sources[entry.path]
        if reason is None:
            yield entry
        else:
            result.outcomes.append(Outcome(path=entry.path, outcome="skipped", reason=reason))


def _declaration(snapshot: Snapshot, entry: Entry, result: Read) -> Outcome:
    """Read a file that declares requirements, here: there are few, and they are small."""
    try:
        result.declared.extend(read_declaration(entry.path, snapshot.read(entry.blob)))
    except DeclarationError as problem:
        return Outcome(path=entry.path, outcome="skipped", reason=f"not a declaration that miner reads: {problem}")
    return Outcome(path=entry.path, outcome="mined", reason=None)


def _unwanted(entry: Entry) -> str | None:
    if entry.kind != "file":
        return f"a {entry.kind}: not followed"
    if not entry.path.endswith(".py"):
        return "not Python source"
    if entry.size > LIMITS.file_bytes:
        return f"larger than {LIMITS.file_bytes} bytes: taken for generated"
    return None


def _take(result: Read, path: str, outcome: FileOutcome) -> None:
    result.outcomes.append(Outcome(path=path, outcome=outcome.outcome, reason=outcome.reason))
    if outcome.facts is not None:
        result.facts[path] = outcome.facts
