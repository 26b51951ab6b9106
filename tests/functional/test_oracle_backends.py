"""What the graph says every object needs is what transformers itself says, on releases known and unknown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miner.model.node import Implementation

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from release import bring


@pytest.mark.release
@pytest.mark.parametrize(
    ("version", "objects", "with_backends"),
    [("5.23.0", 3860, 2774), ("5.0.0rc1", 2790, 2046), ("4.57.1", 3586, 2805), ("4.53.3", 3264, 2571)],
)
def test_backends_are_those_of_the_librarys_own_import_structure(
    version: str, objects: int, with_backends: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every object that it lists, joined on where it is defined; beyond them only methods have backends."""
    sample = bring(f"transformers=={version}", tmp_path_factory.getbasetemp())
    said = {
        f"transformers.{module}.{name}": tuple(backends) for module, name, backends in sample.ask("object_backends.py")
    }
    mined = {
        node.qualname: node
        for node in sample.graph.nodes.values()
        if isinstance(node, Implementation) and node.qualname.startswith("transformers.models.")
    }
    assert (len(said), sum(map(bool, said.values()))) == (objects, with_backends)

    found = {name: tuple(sorted(mined[name].backends)) if name in mined else None for name in said}
    differing = {name: (said[name], found[name]) for name in said if said[name] != found[name]}
    print(f"transformers {version}: {len(said) - len(differing)} of {len(said)} objects have the library's backends")
    assert differing == {}

    beyond = [node for node in mined.values() if node.backends and node.qualname not in said]
    assert [node.qualname for node in beyond if node.kind != "method"] == []
