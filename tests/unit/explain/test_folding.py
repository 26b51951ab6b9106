"""Conditions in the words of a library's predicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import miner
from miner.explain.folding import Folding
from miner.formula.notation import from_json
from miner.formula.text import render
from miner.model.node import Predicate
from miner.store.graph_reader import Graph
from tests.unit.explain.test_explain import SAMPLE, place

TORCH = {"module": "torch", "version": [[">=", "2.6.0"]]}
LONG = {"module": "an_accelerator_library", "version": [[">=", "1.10.0"]]}
OLD = {"module": "an_accelerator_library", "version": [["<", "1.2.0"]]}
MEANINGS: dict[str, Any] = {
    "is_torch_available": TORCH,
    "is_fast_available": {"all": [LONG, {"device": "cuda"}, {"binary": "a-long-name-of-a-compiler"}, TORCH]},
    "is_any_available": {"any": [{"all": [LONG, {"device": "npu"}]}, {"all": [OLD, {"device": "xpu"}]}]},
    "is_new_or_none": {"all": [{"not": OLD}, {"device": "npu"}, {"os": "linux"}]},
    "is_built": {"all": [TORCH, {"env": "A_VARIABLE_OF_A_LONG_NAME"}, {"binary": "another-long-name-of-a-compiler"}]},
    "_is_hidden": {"all": [{"device": "a-device-of-a-long-name"}, {"env": "A_VARIABLE_OF_A_RATHER_LONG_NAME"}]},
    "is_unclear": {"all": [{"opaque": "it is so, as far as is known", "reason": "x"}, LONG, {"os": "linux"}]},
}


@pytest.fixture(scope="module")
def fold() -> Folding:
    """The words of a library with these predicates."""
    nodes = [
        Predicate(
            id=f"predicate:kit.{name}",
            name=name,
            evidence=place(number),
            qualname=f"kit.{name}",
            means=means,
            kind="function",
        )
        for number, (name, means) in enumerate(MEANINGS.items(), 1)
    ]
    return Folding(Graph(miner.load(Path(SAMPLE)).manifest, {node.id: node for node in nodes}, (), ()))


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (MEANINGS["is_fast_available"], "is_fast_available()"),
        ({"not": MEANINGS["is_fast_available"]}, "not is_fast_available()"),
        ({"all": [*MEANINGS["is_fast_available"]["all"], {"os": "linux"}]}, "is_fast_available() and linux"),
        (
            {"all": [TORCH, {"any": [{"os": "linux"}, {"all": MEANINGS["is_fast_available"]["all"][:3]}]}]},
            "torch >= 2.6.0 and (is_fast_available() or linux)",
        ),
        (
            {"any": [{"all": [LONG, {"device": "npu"}]}, {"all": [OLD, {"device": "xpu"}]}, {"os": "darwin"}]},
            "is_any_available() or darwin",
        ),
        ({"predicate": "kit.is_other", "args": ["1.0"]}, "is_other('1.0')"),
        (TORCH, "torch >= 2.6.0"),
        ({"all": [TORCH, {"device": "cuda"}]}, "cuda and torch >= 2.6.0"),
        (
            MEANINGS["_is_hidden"],
            "a-device-of-a-long-name and $A_VARIABLE_OF_A_RATHER_LONG_NAME",
        ),
    ],
)
def test_a_name_stands_for_what_it_means(fold: Folding, formula: Any, said: str) -> None:
    """Where that is long, and nothing is lost: no private name stands for any, nor one that is not understood."""
    assert render(fold(from_json(formula))) == said


def test_what_a_name_stands_for_holds_beside_it(fold: Folding) -> None:
    """So what another predicate asks too is known there, though it is not told apart."""
    lacking = [{"not": part} for part in MEANINGS["is_built"]["all"][1:]]
    said = fold(from_json({"all": [*MEANINGS["is_fast_available"]["all"], {"any": lacking}]}))
    assert render(said) == "is_fast_available() and not is_built()"


def test_a_distribution_is_no_module_of_its_name(fold: Folding) -> None:
    stated = {"all": [{"module": "slate"}, {"not": {"package": "slate"}}, {"package": "chalk"}]}
    assert render(fold(from_json(stated))) == "slate and not (metadata of slate) and chalk"


def test_what_is_not_understood_is_one_thing_whyever(fold: Folding) -> None:
    first, other = ({"opaque": "x is None", "reason": reason} for reason in ("a call", "a comparison"))
    assert (
        render(fold(from_json({"all": [first, {"any": [{"not": other}, {"os": "linux"}]}]}))) == "[x is None] and linux"
    )


def test_the_shorter_form_is_told(fold: Folding) -> None:
    """Alternatives, where a conjunction of disjunctions says the same at greater length."""
    long = {"all": [{"any": [{"os": "linux"}, {"device": each}]} for each in ("cuda", "xpu", "npu")]}
    assert render(fold(from_json(long))) == "linux or (cuda and npu and xpu)"


def test_a_bound_is_known_in_both_spellings(fold: Folding) -> None:
    """As a predicate refuses an old version, and as a need asks for a new one or none."""
    new = {"module": "an_accelerator_library", "version": [[">=", "1.2.0"]]}
    asked = {"any": [new, {"not": {"module": "an_accelerator_library"}}]}
    refused, asked = ({"all": [part, {"device": "npu"}, {"os": "linux"}]} for part in ({"not": OLD}, asked))
    assert render(fold(from_json(refused))) == render(fold(from_json(asked))) == "is_new_or_none()"


OPTION = {"of": "kit.fit", "param": "mode"}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([OPTION, {"not": {**OPTION, "op": "=="}}], "mode"),
        ([{**OPTION, "op": "==", "value": "a"}, {"not": {**OPTION, "op": "==", "value": "b"}}], "mode == 'a'"),
        ([OPTION, {"not": {**OPTION, "op": "==", "value": "b"}}], "not (mode == 'b') and mode"),
        ([OPTION, {"not": {**OPTION, "param": "other", "op": "=="}}], "not (other == None) and mode"),
    ],
)
def test_what_an_argument_is_says_what_it_is_not(fold: Folding, parts: list[Any], said: str) -> None:
    """Where that follows; what does not is told."""
    assert render(fold(from_json({"all": parts}))) == said
