"""Reads a graph folder back into typed records."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from miner.errors import GraphError
from miner.model.node import Edge, Manifest, Node, Outcome
from miner.store.layout import EDGES, MANIFEST, NODES, OUTCOMES, SCHEMA_VERSION

Row = TypeVar("Row")
Kind = TypeVar("Kind", bound=Node)


class _Version(msgspec.Struct):
    schema_version: int


@dataclass(frozen=True)
class Graph:
    """A graph in memory: nodes by id, edges and outcomes in the order of their files."""

    manifest: Manifest
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    outcomes: tuple[Outcome, ...]

    def of_type(self, kind: type[Kind]) -> list[Kind]:
        """Return the nodes of one type, in the order of the file."""
        return cast("list[Kind]", list(self._by_type.get(kind, ())))

    def edges_from(self, node_id: str) -> tuple[Edge, ...]:
        """Return the edges whose source is `node_id`, in the order of the file."""
        return self._by_source.get(node_id, ())

    def edges_to(self, node_id: str) -> tuple[Edge, ...]:
        """Return the edges whose target is `node_id`, in the order of the file."""
        return self._by_target.get(node_id, ())

    @cached_property
    def _by_type(self) -> Mapping[type, list[Node]]:
        found: dict[type, list[Node]] = {}
        for node in self.nodes.values():
            found.setdefault(type(node), []).append(node)
        return found

    @cached_property
    def _by_source(self) -> Mapping[str, tuple[Edge, ...]]:
        return _grouped(self.edges, lambda edge: edge.source)

    @cached_property
    def _by_target(self) -> Mapping[str, tuple[Edge, ...]]:
        return _grouped(self.edges, lambda edge: edge.target)


def load(path: str | Path, *, relations: Collection[str] | None = None) -> Graph:
    """Return the graph in the folder `path`; with `relations`, only the edges of these relations are read.

    Raises GraphError, with one line that names the folder and the file, when the folder is missing or incomplete, was
    written by another schema version, differs from the digests in its manifest, or holds a row that is not valid.
    """
    with _collection_paused():
        return _load(Path(path), relations)


def _load(folder: Path, relations: Collection[str] | None) -> Graph:
    manifest = _manifest(folder)
    nodes: dict[str, Node] = {}
    for node in _rows(folder, NODES, manifest, msgspec.json.Decoder(Node)):
        if nodes.setdefault(node.id, node) is not node:
            raise _damaged(folder, f"{NODES} holds {node.id!r} twice")
    return Graph(
        manifest=manifest,
        nodes=nodes,
        edges=tuple(
            edge
            for edge in _rows(folder, EDGES, manifest, msgspec.json.Decoder(Edge), relations)
            if relations is None or edge.relation in relations
        ),
        outcomes=tuple(_rows(folder, OUTCOMES, manifest, msgspec.json.Decoder(Outcome))),
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a graph folder as JSON; GraphError when the folder is none, or of another version."""
    return cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(_manifest(folder))))


def _manifest(folder: Path) -> Manifest:
    if not folder.is_dir():
        raise GraphError(f"{str(folder)!r} is not a graph folder: {'not a folder' if folder.exists() else 'missing'}")
    data = _read(folder, MANIFEST)
    try:
        version = msgspec.json.decode(data, type=_Version).schema_version
        if version != SCHEMA_VERSION:
            raise GraphError(f"{str(folder)!r} has schema version {version}; this miner reads {SCHEMA_VERSION}")
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _damaged(folder, f"{MANIFEST}: {error}") from error


def _rows(
    folder: Path,
    name: str,
    manifest: Manifest,
    decoder: msgspec.json.Decoder[Row],
    words: Collection[str] | None = None,
) -> list[Row]:
    """Return the rows of a file, or those with one of `words` in them; the file is hashed while they are decoded."""
    data = _read(folder, name)
    with ThreadPoolExecutor(max_workers=1) as hashing:
        digest = hashing.submit(lambda: hashlib.sha256(data).hexdigest())
        wanted = data if words is None else _lines_with(data, words)
        try:
            rows, problem = decoder.decode_lines(wanted), None
        except (msgspec.DecodeError, RecursionError) as error:
            rows, problem = [], error
    if digest.result() != manifest.files.get(name):
        raise _damaged(folder, f"{name} is not the file that {MANIFEST} states")
    if problem is not None:
        raise _damaged(folder, f"{name} line {_first_bad_line(data, decoder)}: {problem}") from problem
    return rows


def _lines_with(data: bytes, words: Collection[str]) -> bytes:
    """Return the lines that hold one of some words, in their order."""
    found: dict[int, bytes] = {}
    for word in map(str.encode, words):
        at = data.find(word)
        while at >= 0:  # most lines hold none: they are not looked at one by one
            start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
            end = len(data) if end < 0 else end
            found[start] = data[start:end]
            at = data.find(word, end)
    return b"\n".join(found[start] for start in sorted(found))


def _first_bad_line(data: bytes, decoder: msgspec.json.Decoder[Row]) -> int:
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            if line:
                decoder.decode(line)
        except (msgspec.DecodeError, RecursionError):
            return number
    return 0


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise GraphError(f"{str(folder)!r} is not a whole graph folder: {name} is missing") from error
    except OSError as error:
        raise GraphError(f"{str(folder)!r} cannot be read: {name}: {error.strerror}") from error


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Garbage collection looks at every new record again and again, none of which is garbage: half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _damaged(folder: Path, what: str) -> GraphError:
    return GraphError(f"{str(folder)!r} is damaged: {' '.join(what.split())}")


def _grouped(edges: tuple[Edge, ...], end: Callable[[Edge], str]) -> Mapping[str, tuple[Edge, ...]]:
    groups: dict[str, list[Edge]] = {}
    for edge in edges:
        groups.setdefault(end(edge), []).append(edge)
    return {node_id: tuple(group) for node_id, group in groups.items()}
