"""The graph of our own sample library is, row for row, the committed one; `pytest --update` writes it anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import miner
from miner.app.extract import ExtractRequest, extract
from miner.app.progress import Silent
from miner.model.concept import Environment, Workflow
from miner.model.node import Implementation, Predicate, Requirement
from tests.functional.sample_library import CATALOG, ROOT, committed, copied, mined

GOLDEN = ROOT / "output" / "sample"
ROWS = ("nodes.jsonl", "edges.jsonl", "outcomes.jsonl")
OF_THE_TOOL = ("tool", "tool_revision", "files")
"""What a manifest says of miner rather than of the library."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as a git repository; its commit is always the same."""
    return committed(copied(tmp_path_factory.mktemp("repositories") / "tinyml"))


@pytest.fixture(scope="module")
def graph(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph folder of the library."""
    return mined(repository, tmp_path_factory.mktemp("graphs") / "tinyml", tmp_path_factory.mktemp("cache"))


def settled(row: Any) -> Any:
    """Return a row without the place in miner's own data files that it cites: they change with the tool."""
    if isinstance(row, dict):
        moving = ("blob", "start_line", "end_line", "start_byte", "end_byte") if row.get("role") == "authored" else ()
        return {key: settled(value) for key, value in row.items() if key not in moving}
    return [settled(value) for value in row] if isinstance(row, list) else row


def rows(text: str) -> list[str]:
    """Return JSON lines, settled, one string each."""
    return [json.dumps(settled(json.loads(line)), ensure_ascii=False, sort_keys=True) for line in text.splitlines()]


def manifest(folder: Path) -> dict[str, Any]:
    """Return what a manifest says of the library."""
    found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {key: value for key, value in found.items() if key not in OF_THE_TOOL}


def test_the_whole_graph_is_the_committed_one(graph: Path, request: pytest.FixtureRequest) -> None:
    """Nodes, edges, outcomes, and the manifest but for what it says of the tool."""
    if request.config.getoption("--update"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name in (*ROWS, "manifest.json"):
            shutil.copyfile(graph / name, GOLDEN / name)
    for name in ROWS:
        found, golden = ((folder / name).read_text(encoding="utf-8") for folder in (graph, GOLDEN))
        assert rows(found) == rows(golden), name
    assert manifest(graph) == manifest(GOLDEN)


def test_the_committed_graph_is_one_that_can_be_read() -> None:
    """As miner wrote it."""
    assert len(miner.load(GOLDEN).nodes) == sum(json.loads((GOLDEN / "manifest.json").read_bytes())["nodes"].values())


GRANITE = {"module": "granite", "version": [[">=", "2.1"]]}
SLATE = {"module": "slate", "version": [[">=", "0.4.2"]]}
DRUM = {"all": [{"binary": "drumkit"}, {"module": "pebbles"}]}
NEW_PYTHON = {"python": [[">=", "3.12"]]}
MEANINGS = {
    "HAS_PEBBLES": {"module": "pebbles"},
    "LAZY": {"env": "TINYML_SLOW", "value": "1"},
    "_granite_available": {"all": [{"module": "granite"}, {"package": "granite"}]},
    "is_anything_available": {
        "any": [GRANITE, {"module": "slate", "version": [[">=", "0.5"]]}, {"not": NEW_PYTHON}],
    },
    "is_drum_available": DRUM,
    "is_granite_available": GRANITE,
    "is_granite_gpu_available": {"all": [{"device": "cuda"}, GRANITE, {"module": "torch"}]},
    "is_new_python": NEW_PYTHON,
    "is_slate_available": SLATE,
}
BACKENDS = {
    "models.pebble.image_pebble.PebbleImage": ("slate",),
    "models.pebble.net_pebble.PebbleConfig": ("granite",),
    "models.pebble.net_pebble.PebbleHead": ("drum", "granite"),
    "models.pebble.net_pebble.PebbleNet": ("granite",),
    "models.quartz.image_quartz_fast.QuartzImageFast": ("granite", "slate"),
    "models.quartz.net_quartz.QUARTZ_SIZES": ("granite",),
    "models.quartz.net_quartz.QuartzNet": ("granite",),
    "report.Report.play": ("drum",),
    "report.describe": ("drum", "granite>=2.5"),
    "sound.Beat": ("drum", "granite"),
    "trainer.Trainer": ("granite",),
    "trainer.train": ("granite",),
}
NEEDS = {
    ("extra.rhythm.Rhythm", "disable"): DRUM,
    ("models.pebble.image_pebble.PebbleImage", "placeholder"): SLATE,
    ("report.Report.draw", "raise"): SLATE,
    ("report.check_rhythm", "skip"): DRUM,
    ("studio.DrumBooth.prepare", "raise"): DRUM,
    ("sound.Beat", "placeholder"): {"all": [{"binary": "drumkit"}, GRANITE, {"module": "pebbles"}]},
    ("trainer.Trainer", "placeholder"): GRANITE,
    ("trainer.train", "placeholder"): GRANITE,
}


def test_what_its_predicates_mean(graph: Path) -> None:
    """All of them, written by hand."""
    nodes = miner.load(graph).nodes
    assert {node.name: node.means for node in nodes.values() if isinstance(node, Predicate)} == MEANINGS


def test_the_backends_of_its_objects(graph: Path) -> None:
    """All that have some, written by hand."""
    nodes = miner.load(graph).nodes
    found = {
        node.qualname: node.backends for node in nodes.values() if isinstance(node, Implementation) and node.backends
    }
    assert found == {f"tinyml.{name}": backends for name, backends in BACKENDS.items()}


def test_what_its_objects_need(graph: Path) -> None:
    """One for each form of evidence, written by hand."""
    nodes = miner.load(graph).nodes
    found = {
        (node.owner.removeprefix("tinyml."), node.otherwise.effect): node.needs
        for node in nodes.values()
        if isinstance(node, Requirement)
    }
    assert {key: found.get(key) for key in NEEDS} == NEEDS


def test_what_recording_requires_and_through_what(graph: Path) -> None:
    """A need of an override, and one of a callee under the caller's own argument."""
    found = {edge.target: edge for edge in miner.load(graph).edges if edge.relation == "requires"}
    booth, drums = "implementation:tinyml.studio.Booth", "implementation:tinyml.studio.DrumBooth.prepare"
    override = found["requirement:tinyml.studio.DrumBooth.prepare#drumkit|pebbles/raise"]
    assert override.source == f"{booth}.record"
    assert override.via == (
        f"{booth}.record calls {booth}.prepare",
        f"{drums} overrides {booth}.prepare",
        f"{drums} states {override.target}",
    )
    callee = found["requirement:tinyml.report.describe#drumkit|granite|pebbles/placeholder"]
    assert callee.when == {"param": "loud", "of": "tinyml.studio.Booth.record"}


def test_the_workflow_of_its_catalog(graph: Path) -> None:
    """Steps in order; the one that nothing implements is counted; a region ends with its statement."""
    read = miner.load(graph)
    workflow = read.nodes["workflow:Training"]
    assert isinstance(workflow, Workflow)
    assert [step.partition(":")[2] for step in workflow.steps] == ["Model_Creation", "Fitting", "Recording"]
    assert read.manifest.coverage["catalog"]["a step without what implements it: Publishing"] == 1
    regions = [edge.evidence for edge in read.edges_from("principle:Recording") if edge.target.endswith("master")]
    assert [(place.start_line, place.end_line) for places in regions for place in places] == [(37, 41)]
    environment = read.nodes["environment:Training_Environment"]
    assert isinstance(environment, Environment)
    assert environment.install == 'pip install tinyml "granite>=2.1"'


def test_both_readers_give_the_same_graph(repository: Path, graph: Path, tmp_path: Path) -> None:
    """Row for row."""
    extract(
        ExtractRequest(
            spec=str(repository),
            output=tmp_path / "graph",
            reader="libcst",
            jobs=1,
            cache=tmp_path / "cache",
            catalog=CATALOG,
        ),
        Silent(),
    )
    for name in ROWS:
        assert (tmp_path / "graph" / name).read_bytes() == (graph / name).read_bytes()
