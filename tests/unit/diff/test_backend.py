"""Backends that an object asks for now, and what becomes of those who lack them."""

from __future__ import annotations

import pytest

from miner.diff.compare import changes
from miner.model.evidence import Evidence
from miner.model.node import Export, Implementation, Manifest, Otherwise, Requirement
from miner.model.snapshot import SourceRecord
from miner.store.graph_reader import Graph

MANIFEST = Manifest(
    schema_version=1, tool="0.1.0", tool_revision="0", reader="fast", nodes={}, edges={}, outcomes={}, coverage={},
    source=SourceRecord(kind="index", name="kit", revision="0", tree="0"), files={},
)  # fmt: skip
PLACE = Evidence(
    role="definition", path="kit/a.py", blob="0" * 40, start_line=1, end_line=1, start_byte=0, end_byte=1,
    sha256="0" * 64,
)  # fmt: skip


def graph(*backends: str, effect: str | None = None) -> Graph:
    """A graph of one class, and of what follows where a backend of it is missing."""
    kit = Implementation(
        id="implementation:kit.a.Kit", qualname="kit.a.Kit", name="Kit", kind="class", public=True, evidence=(PLACE,),
        exports=(Export(module="kit", name="Kit"),), backends=backends,
    )  # fmt: skip
    nodes = {kit.id: kit}
    if effect is not None:
        need = Requirement(
            id="requirement:kit.a.Kit#slate", name="Kit", owner="kit.a.Kit", needs={"module": "slate"}, when=True,
            otherwise=Otherwise(effect=effect, action="KitLite"), origin="placeholder", enforced=False,
            evidence=(PLACE,),
        )  # fmt: skip
        nodes[need.id] = need
    return Graph(manifest=MANIFEST, nodes=nodes, edges=(), outcomes=())


@pytest.mark.parametrize(
    ("effect", "severity"), [(None, "breaking"), ("placeholder", "breaking"), ("fallback", "risky")]
)
def test_where_another_object_is_given_nothing_breaks(effect, severity):
    found = changes(graph("torch"), graph("torch", "slate", effect=effect))
    backends = [(each.type, each.package, each.severity) for each in found if each.field == "backends"]
    assert backends == [("backend-added", "slate", severity)]
