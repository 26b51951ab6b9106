"""From a snapshot to the files of its graph, in memory."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from miner.app.close_reading import CloseReader
from miner.app.pool import Usage
from miner.app.progress import Progress
from miner.app.reading import Reading
from miner.app.schema import Check, validator
from miner.detect.idiom import Idioms
from miner.errors import InternalError
from miner.graph.build import build
from miner.link.catalog import load_catalog
from miner.link.linker import link
from miner.model.node import Manifest, Outcome, schema_of
from miner.model.snapshot import Snapshot
from miner.store.canonical import encode
from miner.store.layout import EDGES, MANIFEST, NODES, OUTCOMES, SCHEMA_VERSION


@dataclass(frozen=True)
class Mined:
    """The files of a graph folder by name, the outcomes, and what the workers used."""

    files: dict[str, bytes]
    outcomes: tuple[Outcome, ...]
    usage: Usage


def mine_snapshot(
    snapshot: Snapshot,
    idioms: Idioms,
    extra: Path | None,
    reader: str,
    *,
    jobs: int,
    cache: Path | None,
    progress: Progress,
    tool: str,
    tool_revision: str,
    catalog: Path | None = None,
) -> Mined:
    """Read, link and assemble a snapshot, with the workflows of the user's `catalog` or of miner's own, if any.

    Every row is checked against its schema before it is returned.
    """
    reading = Reading(snapshot, idioms, extra, reader, jobs, cache, progress)
    read = reading.all()
    progress.stage("link", None)
    blobs = {entry.path: entry.blob for entry in snapshot.entries}
    bytes_of = _Sources(snapshot, blobs)

    def text_of(path: str) -> str:
        return bytes_of(path).decode("utf-8", "replace")

    linked = link(read.facts, text_of, idioms, read.sources, read.declared)
    if linked.unread:
        reading.also(linked.unread, read)
        linked = link(read.facts, text_of, idioms, read.sources, read.declared)
    linked.library.release_sites()
    read.facts.clear()
    _check_outcomes(snapshot, read.outcomes)
    loaded = load_catalog((snapshot.source.name, *linked.library.roots), catalog)
    if loaded is not None:
        progress.stage("workflows", None)
    source = snapshot.source
    release = f"{source.name}=={source.version}" if source.version is not None else source.name
    close = CloseReader(bytes_of, idioms, reader)
    pages = [entry.path for entry in snapshot.entries if entry.kind == "file"]
    built = build(linked, bytes_of, blobs, idioms, loaded, close, release, lambda: close.examples(pages))
    close.release()
    bytes_of.release()
    del linked  # what was linked is not needed any more
    counted = _Counted(
        nodes=_sorted(Counter(type(node).__name__ for node in built.nodes)),
        edges=_sorted(Counter(edge.relation for edge in built.edges)),
        coverage=built.coverage,
    )
    nodes, edges = deque(built.nodes), deque(built.edges)
    del built
    check = validator()
    files = {NODES: _lines("node", nodes, check), EDGES: _lines("edge", edges, check)}
    files[OUTCOMES] = _lines("outcome", deque(read.outcomes), check)
    manifest = _manifest(snapshot, counted, read.outcomes, files, reader, tool, tool_revision)
    encoded = encode(manifest)
    check("manifest", msgspec.json.decode(encoded))
    return Mined({**files, MANIFEST: encoded + b"\n"}, tuple(read.outcomes), read.usage)


class _Counted(NamedTuple):
    """How many nodes and edges there are of each kind, and what was seen and not understood."""

    nodes: dict[str, int]
    edges: dict[str, int]
    coverage: dict[str, dict[str, int]]


class _Sources:
    """The bytes of files by path, each read once."""

    def __init__(self, snapshot: Snapshot, blobs: dict[str, str]) -> None:
        self._snapshot = snapshot
        self._blobs = blobs
        self._known: dict[str, bytes] = {}

    def __call__(self, path: str) -> bytes:
        if path not in self._known:
            self._known[path] = self._snapshot.read(self._blobs[path])
        return self._known[path]

    def release(self) -> None:
        """Let go what was read."""
        self._known.clear()


def _check_outcomes(snapshot: Snapshot, outcomes: list[Outcome]) -> None:
    """Every path in, exactly one outcome out."""
    listed = Counter([entry.path for entry in snapshot.entries] + [path for path, _ in snapshot.refused])
    if listed != Counter(outcome.path for outcome in outcomes):
        raise InternalError("files listed and outcomes differ")


def _lines(kind: str, rows: deque[Any], check: Check) -> bytes:
    """Return rows as JSON lines, each checked against the schema of its record; each is let go once it is written."""
    found = BytesIO()  # not a list of lines: they would all be there twice when they are joined
    while rows:
        line = encode(rows.popleft())
        document = msgspec.json.decode(line)
        check(schema_of(document["type"]) if kind == "node" else kind, document)
        found.write(line)
        found.write(b"\n")
    return found.getvalue()


def _manifest(
    snapshot: Snapshot,
    counted: _Counted,
    outcomes: list[Outcome],
    files: dict[str, bytes],
    reader: str,
    tool: str,
    tool_revision: str,
) -> Manifest:
    skipped = Counter(_shape(outcome.reason or "") for outcome in outcomes if outcome.outcome != "mined")
    return Manifest(
        schema_version=SCHEMA_VERSION,
        tool=tool,
        tool_revision=tool_revision,
        source=snapshot.source,
        reader=reader,  # type: ignore[arg-type]
        nodes=counted.nodes,
        edges=counted.edges,
        outcomes=_sorted(Counter(outcome.outcome for outcome in outcomes)),
        coverage={**counted.coverage, "not_mined": _sorted(skipped)},
        files={name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
        notes=snapshot.notes,
    )


def _shape(reason: str) -> str:
    """Return the kind of a reason, without the path, line or number in it."""
    return reason.partition(":")[0] if not reason.startswith("not Python 3") else "not Python 3"


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
