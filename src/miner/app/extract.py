"""The main use case: from a SPEC to a graph folder."""

from __future__ import annotations

import hashlib
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from miner import __version__
from miner.app.mined import Mined, mine_snapshot
from miner.app.progress import Progress
from miner.detect.engine import revision
from miner.detect.idiom import Idioms, load_idioms
from miner.errors import SourceError
from miner.link.catalog import catalogs_digest, load_catalog
from miner.model.node import Manifest, Outcome
from miner.model.snapshot import SourceRecord
from miner.source.locate import identify, open_source
from miner.store.cache import default_folder
from miner.store.canonical import encode
from miner.store.folder import check_target, write_folder
from miner.store.graph_cache import GraphCache, GraphKey
from miner.store.layout import MANIFEST, OUTCOMES
from miner.store.own_source import own_source


@dataclass(frozen=True)
class ExtractRequest:
    """What to mine and where to put it; see the command's help. `cache` None is the user's cache folder."""

    spec: str
    ref: str | None = None
    output: Path | None = None
    reader: str = "fast"
    jobs: int = 0
    idioms: Path | None = None
    catalog: Path | None = None
    cache: Path | None = None
    use_cache: bool = True


@dataclass(frozen=True)
class ExtractResult:
    """What came out. `cpu_seconds` sums this process and its workers; `peak_rss_bytes` is the highest of any."""

    folder: Path
    manifest: Manifest
    failed: tuple[Outcome, ...]
    notes: tuple[str, ...]
    cached: bool
    cpu_seconds: float = 0.0
    peak_rss_bytes: int = 0


def facts_revision(idioms: Idioms, reader: str, catalog: Path | None) -> str:
    """Return what a graph depends on besides its source, as a short hash: reader, data files, and miner's own code."""
    digest = hashlib.sha256(revision(idioms, reader).encode())
    digest.update(catalogs_digest(catalog).encode())
    for part in own_source("formula", "graph", "link"):
        digest.update(part)
    return digest.hexdigest()[:20]


def extract(request: ExtractRequest, progress: Progress) -> ExtractResult:
    """Mine a source into a graph folder.

    Raises UsageError, SourceError or OutputError, each before anything is written to the output folder.
    """
    started = time.process_time()
    if request.output is not None:
        check_target(request.output)
    idioms = load_idioms(request.idioms)
    cache = request.cache if request.cache is not None else default_folder()
    load_catalog((), request.catalog)  # what is wrong with it is said before anything else is done
    tool = facts_revision(idioms, request.reader, request.catalog)
    graphs = GraphCache(cache) if request.use_cache else None
    known = identify(request.spec, request.ref, cache=cache) if graphs is not None else None
    if graphs is not None and known is not None:
        files = graphs.get(_key(known.source, tool, request.reader, idioms.digest))
        if files is not None:
            return _finish(request, files, known.notes, cached=True, started=started)
    snapshot = open_source(request.spec, request.ref, cache=cache, progress=lambda line: progress.stage(line, None))
    key = _key(snapshot.source, tool, request.reader, idioms.digest)
    files = graphs.get(key) if graphs is not None else None
    if files is not None:
        return _finish(request, files, snapshot.notes, cached=True, started=started)
    mined = mine_snapshot(
        snapshot,
        idioms,
        request.idioms,
        request.reader,
        jobs=request.jobs or os.cpu_count() or 1,
        cache=cache if request.use_cache else None,
        progress=progress,
        tool=f"miner {__version__}",
        tool_revision=tool,
        catalog=request.catalog,
    )
    if graphs is not None and not any(outcome.outcome == "failed" for outcome in mined.outcomes):
        graphs.put(key, mined.files)
    return _finish(request, mined.files, snapshot.notes, cached=False, started=started, mined=mined)


def _key(source: SourceRecord, tool: str, reader: str, data: str) -> GraphKey:
    return GraphKey(
        tree=source.tree, tool_revision=tool, reader=reader, data=data, source=encode(source).decode("utf-8")
    )


def _finish(
    request: ExtractRequest,
    files: dict[str, bytes],
    notes: tuple[str, ...],
    *,
    cached: bool,
    started: float,
    mined: Mined | None = None,
) -> ExtractResult:
    manifest = msgspec.json.decode(files[MANIFEST], type=Manifest)
    folder = request.output if request.output is not None else _default_output(manifest)
    write_folder(folder, files)
    rows = (msgspec.json.decode(line, type=Outcome) for line in files[OUTCOMES].splitlines() if b'"failed"' in line)
    usage = mined.usage if mined is not None else None
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return ExtractResult(
        folder,
        manifest,
        tuple(row for row in rows if row.outcome == "failed"),
        notes,
        cached,
        time.process_time() - started + (usage.cpu_seconds if usage is not None else 0.0),
        max(own_peak, usage.peak_bytes if usage is not None else 0),
    )


def _default_output(manifest: Manifest) -> Path:
    source = manifest.source
    name = "".join(c if c.isalnum() or c in "._-" else "-" for c in source.name).strip(".-") or "graph"
    label = source.version or source.revision[:12]
    if not label:
        raise SourceError("the source has neither a version nor a revision: name a folder with --output")
    return Path("output") / f"{name}-{label}"
