"""The use case that proves a graph from the bytes that it cites."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from miner.app.extract import facts_revision
from miner.app.mined import mine_snapshot
from miner.app.progress import Progress, Silent
from miner.app.schema import slow_validator
from miner.audit.concept import wrong_concepts
from miner.audit.edge import wrong_edges
from miner.audit.evidence import EvidenceCheck
from miner.audit.finding import Finding, Row, name_of
from miner.audit.grounding import ungrounded, uses_of
from miner.audit.rederivation import differences
from miner.detect.idiom import BUILT_IN, load_idioms
from miner.errors import GraphError, InternalError, UsageError
from miner.graph.evidence import blob_id
from miner.graph.package import AUTHORED_PATH
from miner.link.catalog import authored_files
from miner.model.node import schema_of
from miner.model.snapshot import Snapshot
from miner.source.locate import open_source
from miner.store.cache import default_folder
from miner.store.graph_reader import read_manifest
from miner.store.layout import EDGES, MANIFEST, NODES, OUTCOMES, ROW_FILES

__all__ = ["AuditReport", "Finding", "audit"]


@dataclass(frozen=True)
class AuditReport:
    """How much was checked, by kind, and what was found, in order."""

    checked: dict[str, int]
    findings: tuple[Finding, ...]


def audit(
    graph: Path,
    source: str | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
    *,
    idioms: Path | None = None,
    catalog: Path | None = None,
    rederive: bool = True,
) -> AuditReport:
    """Check a graph folder against its source.

    `source` says where the source is when the manifest cannot: for a local repository or a file URL. Raises GraphError
    when the folder is no graph, SourceError when the source cannot be had. With `rederive` the source is mined again,
    without any cache, and every row compared.
    """
    listener = progress if progress is not None else Silent()
    manifest = read_manifest(graph)
    rows = {name: _rows(graph, name) for name in ROW_FILES}
    home = cache if cache is not None else default_folder()
    snapshot = _snapshot(manifest, source, home, listener)
    findings: list[Finding] = list(_files(graph, manifest))
    checked: dict[str, int] = {"rows": sum(map(len, rows.values()))}
    listener.stage("schemas", None)
    findings.extend(_schemas(manifest, rows))
    valid = not findings
    findings.extend(_identity(manifest, snapshot))
    listener.stage("evidence", None)
    if valid or not any(finding.kind == "schema" for finding in findings):
        nodes = {row["id"]: row for row in rows[NODES]}
        check = EvidenceCheck(*_bytes(snapshot, catalog))
        checked["evidence"] = 0
        for row in (*rows[NODES], *rows[EDGES]):
            checked["evidence"] += sum(1 for _ in check.places(row))
            wrong = list(check.check(row))
            findings.extend(wrong)
            for stated in (row, *uses_of(row)) if not wrong and "type" in row else ():
                findings.extend(ungrounded(stated, check.text(stated)))
        findings.extend(wrong_edges(nodes, rows[EDGES]))
        findings.extend(wrong_concepts(nodes, rows[EDGES]))
        findings.extend(_outcomes(snapshot, rows[OUTCOMES]))
    if rederive:
        findings.extend(_rederived(manifest, snapshot, rows, idioms, catalog, listener))
        checked["rederived"] = checked["rows"]
    return AuditReport(checked, tuple(sorted(set(findings))))


def _rows(graph: Path, name: str) -> list[Row]:
    try:
        return list(msgspec.json.Decoder(dict[str, Any]).decode_lines((graph / name).read_bytes()))
    except OSError as problem:
        raise GraphError(f"{str(graph)!r} cannot be read: {name}: {problem.strerror}") from None
    except msgspec.DecodeError as problem:
        raise GraphError(f"{str(graph)!r} is damaged: {name}: {problem}") from None


def _snapshot(manifest: Row, source: str | None, cache: Path, progress: Progress) -> Snapshot:
    stated = manifest["source"]

    def stage(line: str) -> None:
        progress.stage(line, None)

    if stated["kind"] == "index" and source is None:
        return open_source(f"{stated['name']}=={stated['version']}", None, cache=cache, progress=stage)
    if stated["kind"] == "installed" and source is None:
        return open_source(f"installed:{stated['name']}", None, cache=cache, progress=stage)
    place = source if source is not None else stated.get("url")
    if place is None:
        raise UsageError("the graph does not say where its repository is: name it with --source")
    ref = None if "==" in place and not Path(place).exists() else stated["revision"]
    return open_source(place, ref, cache=cache, progress=stage)


def _files(graph: Path, manifest: Row) -> Iterator[Finding]:
    for name, digest in manifest["files"].items():
        path = graph / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield Finding("manifest", name, f"is not the file that {MANIFEST} states")


def _schemas(manifest: Row, rows: dict[str, list[Row]]) -> Iterator[Finding]:
    check = slow_validator()
    for kind, row in _with_kinds(manifest, rows):
        try:
            check(kind, row)
        except InternalError as problem:
            yield Finding("schema", name_of(row) if kind != "manifest" else MANIFEST, str(problem))


def _with_kinds(manifest: Row, rows: dict[str, list[Row]]) -> Iterator[tuple[str, Row]]:
    yield "manifest", manifest
    for row in rows[NODES]:
        yield schema_of(str(row.get("type"))), row
    yield from (("edge", row) for row in rows[EDGES])
    yield from (("outcome", row) for row in rows[OUTCOMES])


def _identity(manifest: Row, snapshot: Snapshot) -> Iterator[Finding]:
    for field in ("revision", "tree"):
        if manifest["source"][field] != getattr(snapshot.source, field):
            yield Finding("source", field, "the source at hand is not the one that the graph was mined from")


def _bytes(snapshot: Snapshot, catalog: Path | None) -> tuple[Callable[[str], bytes], dict[str, str]]:
    """Return a reader of paths, and blob ids by path; the data files stand beside the snapshot's files."""
    blobs = {entry.path: entry.blob for entry in snapshot.entries}
    known = {AUTHORED_PATH: BUILT_IN.read_bytes()} | dict(authored_files(catalog))
    blobs |= {path: blob_id(data) for path, data in known.items()}

    def read(path: str) -> bytes:
        if path not in known:
            known[path] = snapshot.read(blobs[path])
        return known[path]

    return read, blobs


def _outcomes(snapshot: Snapshot, rows: list[Row]) -> Iterator[Finding]:
    listed = sorted([entry.path for entry in snapshot.entries] + [path for path, _ in snapshot.refused])
    if listed != sorted(row["path"] for row in rows):
        yield Finding("outcome", OUTCOMES, "the snapshot's files and the outcomes differ")


def _rederived(
    manifest: Row,
    snapshot: Snapshot,
    rows: dict[str, list[Row]],
    extra: Path | None,
    catalog: Path | None,
    progress: Progress,
) -> Iterator[Finding]:
    idioms = load_idioms(extra)
    reader = manifest["reader"]
    if manifest["tool_revision"] != facts_revision(idioms, reader, catalog):
        yield Finding("tool", MANIFEST, "mined by another revision of miner, or with other idioms: mine it again")
        return
    mined = mine_snapshot(
        snapshot,
        idioms,
        extra,
        reader,
        jobs=os.cpu_count() or 1,
        cache=None,
        progress=progress,
        tool=manifest["tool"],
        tool_revision=manifest["tool_revision"],
        catalog=catalog,
    )
    for name, kind in ((NODES, "node"), (EDGES, "edge"), (OUTCOMES, "outcome")):
        again = msgspec.json.Decoder(dict[str, Any]).decode_lines(mined.files[name])
        yield from differences(kind, {name_of(r): r for r in rows[name]}, {name_of(r): r for r in again})
    counts = msgspec.json.decode(mined.files[MANIFEST])
    for field in ("nodes", "edges", "outcomes", "coverage"):
        if counts[field] != manifest[field]:
            yield Finding("manifest", field, "not the counts that follow from the source")
