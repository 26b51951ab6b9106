"""What is declared otherwise, by package and extra."""

from __future__ import annotations

import pytest

from miner.diff.compare import changes
from miner.model.evidence import Evidence
from miner.model.node import Declaration, Manifest, Package
from miner.model.snapshot import SourceRecord
from miner.store.graph_reader import Graph

MANIFEST = Manifest(
    schema_version=1, tool="0.1.0", tool_revision="0", reader="fast", nodes={}, edges={}, outcomes={}, coverage={},
    source=SourceRecord(kind="index", name="library", revision="0", tree="0"), files={},
)  # fmt: skip


def cited(role: str, path: str, line: int, text: str) -> Evidence:
    return Evidence(
        role=role, path=path, blob="0" * 40, start_line=line, end_line=line, start_byte=0, end_byte=len(text),
        sha256="0" * 64, text=text,
    )  # fmt: skip


TABLE = cited("declaration", "src/library/table.py", 3, '"granite": "granite>=1"')
SCRIPT = cited("declaration", "setup.py", 7, '"granite>=1"')
ALL = cited("declaration", "PKG-INFO", 9, 'Requires-Dist: granite>=1; extra == "all"')


def graph(*rows: tuple[str, str, str | None, str | None]) -> Graph:
    """A graph of one package, declared in rows of place, specifier, extra and marker."""
    declared = tuple(
        Declaration(place=place, specifier=specifier, extra=extra, marker=marker)
        for place, specifier, extra, marker in rows
    )
    package = Package(id="package:granite", name="granite", evidence=(TABLE, SCRIPT, ALL), declared=declared)
    return Graph(manifest=MANIFEST, nodes={package.id: package}, edges=(), outcomes=())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ([(">=1", None, None)], [(">=1.0", None, None)], []),
        ([(">=1", None, None)], [(">=2", None, None)], [("floor-raised", None, ">=1", ">=2")]),
        ([], [(">=2", "all", None)], [("declared-changed", "all", None, ">=2")]),
        ([("", "all", None)], [], [("declared-changed", "all", "any", None)]),
        (
            [(">=1", "all", None)],
            [(">=1", "all", "python_version < '3.14'")],
            [("declared-changed", "all", ">=1", ">=1; python_version < '3.14'")],
        ),
        (
            [(">=1", "all", "os_name == 'nt'"), (">=1", "all", None)],
            [(">=1", "all", "os_name == 'nt'"), (">=3", "all", None)],
            [("floor-raised", "all", ">=1", ">=3")],
        ),
    ],
)
def test_what_changed(old, new, said):
    before, after = (graph(*(("build-script", *row) for row in rows)) for rows in (old, new))
    assert [(each.type, each.option, each.old, each.new) for each in changes(before, after)] == said


def test_the_build_script_says_more_than_the_metadata_it_wrote():
    before = graph(("build-script", ">=1", "all", None), ("metadata", ">=1", "all", None))
    after = graph(("build-script", ">=1", "all", "os_name == 'nt'"), ("metadata", ">=1", "all", None))
    (change,) = changes(before, after)
    assert change.new == ">=1; os_name == 'nt'"


def test_a_declaration_is_cited_where_its_extra_is_named():
    (change,) = changes(graph(("metadata", ">=1", "all", None)), graph(("metadata", ">=2", "all", None)))
    assert change.old_evidence == ALL
    (change,) = changes(graph(("metadata", ">=1", None, None)), graph(("metadata", ">=2", None, None)))
    assert change.old_evidence == SCRIPT
