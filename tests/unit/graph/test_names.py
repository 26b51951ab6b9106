"""What a dotted name is in a graph: by every import path, as a member, and through bases."""

from __future__ import annotations

from pathlib import Path

import pytest

from miner.graph.names import Names
from miner.store.graph_reader import load

SAMPLE = Path(__file__).parents[3] / "output" / "sample"


@pytest.fixture(scope="module")
def names():
    return Names(load(SAMPLE))


def test_the_roots_are_what_the_library_is_imported_by(names):
    assert names.roots == {"tinyml"}


@pytest.mark.parametrize("name", ["tinyml.Trainer", "tinyml.trainer.Trainer"])
def test_an_object_by_every_import_path(names, name):
    found = names.find(name)
    assert found is not None
    assert (found.qualname, found.public) == ("tinyml.trainer.Trainer", "tinyml.Trainer")


def test_a_member_without_a_node_of_its_own(names):
    found = names.find("tinyml.Trainer.run")
    assert found is not None
    assert (found.qualname, found.public) == ("tinyml.trainer.Trainer.run", "tinyml.Trainer.run")


def test_a_member_of_a_base(names):
    found = names.find("tinyml.studio.DrumBooth.record")
    assert found is not None
    assert found.qualname == "tinyml.studio.Booth.record"
    own = names.find("tinyml.studio.DrumBooth.prepare")
    assert own is not None
    assert own.qualname == "tinyml.studio.DrumBooth.prepare"


@pytest.mark.parametrize("name", ["tinyml.Nothing", "tinyml.Trainer.nothing", "tinyml.train.part", "other.Trainer"])
def test_a_name_that_the_graph_does_not_have(names, name):
    assert names.find(name) is None


def test_who_makes_an_object(names):
    drums = names.find("tinyml.studio.DrumBooth")
    assert drums is not None
    assert [each.name for each in names.ancestors(drums.node)] == ["DrumBooth", "Booth"]
    trainer = names.find("tinyml.Trainer")
    assert "tinyml.trainer.Trainer.__init__" in list(names.makers(trainer.node))
    made = list(names.makers(drums.node))
    assert made[0] == "tinyml.studio.DrumBooth"
    assert made.index("tinyml.studio.DrumBooth.__init__") < made.index("tinyml.studio.Booth.__init__")
