"""What the graph says every object needs is what transformers itself says, on releases known and unknown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miner.model.node import Implementation

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from release import bring

SOURCES_THAT_ARE_LISTED = {
    "5.0.0rc1": {"modular_layoutxlm.LayoutXLMConfig": "configuration_layoutxlm.LayoutXLMConfig"},
}
"""Objects of a generator source that the library's import structure offers beside the generated one.

It passes over `modular_*` only where a `modeling_*` stands beside; miner skips every file that one is generated from.
"""


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

    known = SOURCES_THAT_ARE_LISTED.get(version, {})
    twins = {name: _twin(name, known) for name in said}
    found = {name: tuple(sorted(mined[twin].backends)) if twin in mined else None for name, twin in twins.items()}
    differing = {name: (said[name], found[name]) for name in said if said[name] != found[name]}
    print(f"transformers {version}: {len(said) - len(differing)} of {len(said)} objects have the library's backends")
    assert differing == {}
    assert {name for name in said if name not in mined} == {name for name, twin in twins.items() if twin != name}

    beyond = [node for node in mined.values() if node.backends and node.qualname not in said]
    assert [node.qualname for node in beyond if node.kind != "method"] == []


def _twin(name: str, known: dict[str, str]) -> str:
    for source, generated in known.items():
        if name.endswith(f".{source}"):
            return f"{name.removesuffix(source)}{generated}"
    return name
