"""The audit of the graph of concepts: the sample has nothing wrong, and each thing that is made wrong is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from miner.audit.concept import wrong_concepts
from miner.audit.edge import wrong_edges

SAMPLE = Path(__file__).parents[3] / "output" / "sample"
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """The rows of a file of the sample."""
    return [json.loads(line) for line in (SAMPLE / name).read_text(encoding="utf-8").splitlines()]


NODES = {row["id"]: row for row in rows("nodes.jsonl")}
EDGES = rows("edges.jsonl")


def edge(edges: list[Row], relation: str, end: str) -> Row:
    """The first edge of a relation whose target ends so."""
    return next(each for each in edges if each["relation"] == relation and each["target"].endswith(end))


def test_the_sample_has_nothing_wrong():
    assert list(wrong_concepts(NODES, EDGES)) == []
    assert list(wrong_edges(NODES, EDGES)) == []


def no_step(nodes: dict[str, Row], edges: list[Row]) -> None:
    """A step less."""
    nodes["workflow:Training"]["steps"].pop()


def other_order(nodes: dict[str, Row], edges: list[Row]) -> None:
    """Two steps in another order."""
    nodes["principle:Fitting"]["order"], nodes["principle:Recording"]["order"] = 3, 2


def not_implemented(nodes: dict[str, Row], edges: list[Row]) -> None:
    """A principle without what implements it."""
    edges[:] = [each for each in edges if each["source"] != "principle:Fitting"]


def unknown_requirement(nodes: dict[str, Row], edges: list[Row]) -> None:
    """An environment that names what is not there."""
    nodes["environment:Training_Environment"]["always"].append("requirement:none")


def wrong_type(nodes: dict[str, Row], edges: list[Row]) -> None:
    """A heuristic that names a requirement as a trade-off."""
    nodes["heuristic:Recording_Options"]["trade_off"] = nodes["environment:Training_Environment"]["always"][:1]


def gap(nodes: dict[str, Row], edges: list[Row]) -> None:
    """A path that begins elsewhere."""
    found = edge(edges, "requires", "DrumBooth.prepare#drumkit|pebbles/raise")
    found["via"] = found["via"][1:]


def unknown_edge(nodes: dict[str, Row], edges: list[Row]) -> None:
    """A path through an edge that is not there."""
    edges.remove(edge(edges, "calls", "Booth.prepare"))


def elsewhere(nodes: dict[str, Row], edges: list[Row]) -> None:
    """A path that leads to another requirement."""
    found = edge(edges, "requires", "DrumBooth.prepare#drumkit|pebbles/raise")
    found["via"] = found["via"][:-1]


@pytest.mark.parametrize(
    ("wrong", "subject", "said"),
    [
        (no_step, "workflow:Training", "not its principles in their order"),
        (other_order, "workflow:Training", "not its principles in their order"),
        (not_implemented, "principle:Fitting", "nothing implements it"),
        (unknown_requirement, "environment:Training_Environment", "'requirement:none'"),
        (wrong_type, "heuristic:Recording_Options", "of another type"),
        (gap, "requires", "has a gap before"),
        (unknown_edge, "requires", "an edge that is not there"),
        (elsewhere, "requires", "does not lead to the requirement"),
    ],
)
def test_what_is_made_wrong_is_found(wrong: Callable[[dict[str, Row], list[Row]], None], subject: str, said: str):
    nodes, edges = copy.deepcopy(NODES), copy.deepcopy(EDGES)
    wrong(nodes, edges)
    found = list(wrong_concepts(nodes, edges))
    assert any(subject in each.subject and said in each.message for each in found), found
