"""A graph folder reads back as typed records, or is refused in one clear line."""

from __future__ import annotations

import gc
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from miner.errors import GraphError
from miner.model.evidence import Evidence
from miner.model.node import Edge, Implementation, Manifest, Outcome, Package
from miner.model.snapshot import SourceRecord
from miner.store.canonical import encode, rows
from miner.store.folder import write_folder
from miner.store.graph_reader import load
from miner.store.layout import EDGES, MANIFEST, NODES, OUTCOMES, SCHEMA_VERSION

EVIDENCE = Evidence(
    role="site", path="a.py", blob="a" * 40, start_line=1, end_line=1, start_byte=0, end_byte=1, sha256="b" * 64
)
FUNCTION = Implementation(
    id="implementation:a.f", name="f", qualname="a.f", kind="function", summary="\u202e\x7f", evidence=(EVIDENCE,)
)
TORCH = Package(id="package:torch", name="torch", import_names=("torch",), evidence=(EVIDENCE,))
EDGE = Edge(source=FUNCTION.id, relation="about", target=TORCH.id, when={"os": "linux"})
OUTCOME = Outcome(path="a.py", outcome="mined")


def graph_files(version: int = SCHEMA_VERSION, **replaced: bytes) -> dict[str, bytes]:
    files = {
        NODES: rows([TORCH, FUNCTION], lambda node: node.id),
        EDGES: rows([EDGE], lambda edge: (edge.source, edge.relation, edge.target)),
        OUTCOMES: rows([OUTCOME], lambda outcome: outcome.path),
    }
    files |= {f"{name}.jsonl": data for name, data in replaced.items()}
    manifest = Manifest(
        schema_version=version,
        tool="miner 0.1.0",
        tool_revision="r",
        source=SourceRecord(kind="git", name="a", revision="c" * 40, tree="d" * 40),
        reader="fast",
        nodes={},
        edges={},
        outcomes={},
        coverage={},
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    )
    return {**files, MANIFEST: encode(manifest)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tmp_path / "graph", graph_files())
    return tmp_path / "graph"


def test_what_was_written_is_read_back(folder: Path) -> None:
    graph = load(folder)
    assert graph.nodes == {FUNCTION.id: FUNCTION, TORCH.id: TORCH}
    assert list(graph.nodes) == sorted(graph.nodes)
    assert (graph.edges, graph.outcomes) == ((EDGE,), (OUTCOME,))
    assert graph.manifest.source.name == "a"
    assert load(str(folder)) == graph


def test_garbage_collection_goes_on_after_a_load_that_fails(folder: Path) -> None:
    (folder / EDGES).unlink()
    with pytest.raises(GraphError):
        load(folder)
    assert gc.isenabled()


def test_edges_are_found_from_both_ends(folder: Path) -> None:
    graph = load(folder)
    assert graph.edges_from(FUNCTION.id) == (EDGE,) == graph.edges_to(TORCH.id)
    assert graph.edges_from(TORCH.id) == () == graph.edges_to("nobody")


def test_only_the_edges_that_are_asked_for_are_read(folder: Path) -> None:
    """Those of other relations are left out, also where a row names the relation elsewhere; all is checked as ever."""
    assert load(folder, relations={"about"}).edges == (EDGE,)
    assert load(folder, relations={"calls"}).edges == ()
    assert load(folder, relations={"linux"}).edges == ()
    flip(EDGES)(folder)
    with pytest.raises(GraphError, match=r"edges\.jsonl is not the file"):
        load(folder, relations={"calls"})


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def with_files(**options: object) -> Callable[[Path], object]:
    return lambda folder: write_folder(folder, graph_files(**options))  # type: ignore[arg-type]


def flip(name: str) -> Callable[[Path], object]:
    def flip(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return flip


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (shutil.rmtree, "is not a graph folder: missing"),
        (lambda folder: (shutil.rmtree(folder), folder.write_text("")), "is not a graph folder: not a folder"),
        (without(MANIFEST), "is not a whole graph folder: manifest.json is missing"),
        (without(EDGES), "is not a whole graph folder: edges.jsonl is missing"),
        (lambda folder: ((folder / EDGES).unlink(), (folder / EDGES).mkdir()), "edges.jsonl: Is a directory"),
        (with_files(version=99), f"has schema version 99; this miner reads {SCHEMA_VERSION}"),
        (flip(NODES), "nodes.jsonl is not the file that manifest.json states"),
        (with_files(nodes=encode(TORCH) + b"\n" + encode(TORCH) + b"\n"), "holds 'package:torch' twice"),
        (with_files(nodes=encode(TORCH) + b"\n{}\n"), "nodes.jsonl line 2: "),
        (with_files(outcomes=b'{"outcome":"lost","path":"a"}\n'), "outcomes.jsonl line 1: "),
        (with_files(outcomes=b'{"outcome":"mined","path":"a","x":1}\n'), "unknown field `x`"),
        (with_files(edges=b'{"when":' + b"[" * 100_000), "edges.jsonl line 1: "),
        (lambda folder: (folder / MANIFEST).write_bytes(b"\xff"), "manifest.json: "),
        (lambda folder: (folder / MANIFEST).write_text('{"schema_version": 1}'), "missing required field"),
    ],
)
def test_what_is_not_a_whole_graph_is_refused_in_one_line(
    damage: Callable[[Path], object], why: str, folder: Path
) -> None:
    damage(folder)
    with pytest.raises(GraphError) as caught:
        load(folder)
    assert why in str(caught.value)
    assert str(caught.value).startswith(repr(str(folder)))
    assert "\n" not in str(caught.value)
