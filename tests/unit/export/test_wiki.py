"""The wiki of the sample library: its pages, their links both ways, and what stands on them."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath

import pytest

import miner
from miner.export.document import document, node_files
from miner.export.wiki import wiki

SAMPLE = Path(__file__).parents[3] / "output" / "sample"
LINK = re.compile(r"\]\(([^)#]+\.md)\)")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages by path."""
    return {path: data.decode("utf-8") for path, data in wiki(miner.load(SAMPLE)).items()}


def targets(pages: dict[str, str], path: str) -> set[str]:
    """The pages that a page links to."""
    folder = PurePosixPath(path).parent
    found = set()
    for link in LINK.findall(pages[path]):
        parts: list[str] = []
        for part in (folder / link).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        found.add("/".join(parts))
    return found


def test_there_is_a_page_for_each_concept_and_an_index_for_each_folder(pages):
    assert sorted(pages) == [
        "_EnvironmentIndex.md",
        "_HeuristicIndex.md",
        "_ImplementationIndex.md",
        "_PrincipleIndex.md",
        "_Report.md",
        "_WorkflowIndex.md",
        "environments/tinyml_Training_Environment.md",
        "heuristics/tinyml_Recording_Options.md",
        "implementations/tinyml_Fit.md",
        "implementations/tinyml_Model_creation.md",
        "implementations/tinyml_Record.md",
        "principles/tinyml_Fitting.md",
        "principles/tinyml_Model_Creation.md",
        "principles/tinyml_Recording.md",
        "workflows/tinyml_Training.md",
    ]
    for path in pages:
        folder, _, name = path.rpartition("/")
        index = f"_{folder.removesuffix('s').capitalize()}Index.md"
        assert not folder or path in targets(pages, index), name


def test_every_link_leads_to_a_page_and_those_between_pages_lead_back(pages):
    for path in pages:
        for target in targets(pages, path):
            assert target in pages, f"{path} links to {target}"
            if "/" in path and "/" in target:
                assert path in targets(pages, target), f"{target} does not link back to {path}"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("workflows/tinyml_Training.md", '    s1["1. Creating a model"]\n'),
        ("workflows/tinyml_Training.md", "    s2 --> s3\n"),
        ("environments/tinyml_Training_Environment.md", 'pip install tinyml "granite>=2.1"\n'),
        ("environments/tinyml_Training_Environment.md", "| the program drumkit | 2 | "),
        ("implementations/tinyml_Record.md", "| `Booth.prepare` > `DrumBooth.prepare` | "),
        ("implementations/tinyml_Record.md", "| where | `src/tinyml/studio.py:37-41` |"),
        ("heuristics/tinyml_Recording_Options.md", "| `loud` | It is slower. | always | `src/tinyml/studio.py:11` |"),
        ("heuristics/tinyml_Recording_Options.md", "- `src/tinyml/studio.py:39-41`"),
        (
            "heuristics/tinyml_Recording_Options.md",
            "| `loud` | taken | loud=False | always | `src/tinyml/studio.py:18` |",
        ),
        (
            "heuristics/tinyml_Recording_Options.md",
            "| `loud` | tested | loud; then\\: return describe(model, depth) | always | `src/tinyml/studio.py:21` |",
        ),
        ("principles/tinyml_Fitting.md", "Step 2 of 3 of [Training](../workflows/tinyml_Training.md)"),
        ("_Report.md", "| `granite` |  | \\>=2.1 | always |"),
        ("_Report.md", "a step without what implements it\\: Publishing"),
    ],
)
def test_what_stands_on_a_page(path, said, pages):
    assert said in pages[path]


def test_a_table_has_as_many_cells_in_each_row(pages):
    for path, text in pages.items():
        for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, f"{path}: {block}"


def test_the_document_and_the_files_hold_every_node_and_edge():
    graph = miner.load(SAMPLE)
    whole = document(graph)
    assert (len(whole["nodes"]), len(whole["edges"])) == (len(graph.nodes), len(graph.edges))
    files = node_files(graph)
    assert len(files) == len(graph.nodes)
    workflow = json.loads(files["workflow/Training.json"])
    assert workflow["node"]["title"] == "Training a model"
    assert {edge["relation"] for edge in workflow["edges"]["from"]} == {"step", "uses_heuristic"}
