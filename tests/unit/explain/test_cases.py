"""Nested conditions as cases."""

from __future__ import annotations

from typing import Any

import pytest

from miner.explain.cases import cases
from miner.formula.notation import from_json
from miner.formula.text import render


def device(name: str) -> dict[str, Any]:
    """The atom of a device."""
    return {"device": name}


def either(test: dict[str, Any], met: dict[str, Any], unmet: dict[str, Any]) -> dict[str, Any]:
    """What `met if test else unmet` asks."""
    return {"any": [{"all": [test, met]}, {"all": [{"not": test}, unmet]}]}


A, B, C, D, E = map(device, "abcde")


@pytest.mark.parametrize(
    ("formula", "always", "told"),
    [
        (either(A, B, either(C, D, E)), "always", ["a: b", "c: d", "always: e"]),
        ({"all": [{"os": "linux"}, either(A, B, either(C, D, E))]}, "linux", ["a: b", "c: d", "always: e"]),
        ({"any": [A, *either(B, C, D)["any"]]}, "always", ["a: always", "b: c", "always: d"]),
        (
            {"any": [{"all": [A, B, C]}, {"all": [{"any": [{"not": A}, {"not": B}]}, either(C, D, E)]}]},
            "always",
            ["a and b: c", "c: d", "always: e"],
        ),
    ],
)
def test_one_case_after_another(formula: Any, always: str, told: list[str]) -> None:
    """In the order in which they are told apart; what suffices anyway comes first."""
    found = cases(from_json(formula))
    assert found is not None
    assert render(found.always) == always
    assert [f"{render(test)}: {render(says)}" for test, says in found.cases] == told


@pytest.mark.parametrize(
    "formula",
    [True, A, {"all": [A, B]}, {"any": [A, B, C]}, either(A, B, C), {"all": [{"any": [A, B]}, {"any": [C, D]}]}],
)
def test_what_is_no_chain_of_cases(formula: Any) -> None:
    """One test alone is read as it is."""
    assert cases(from_json(formula)) is None
