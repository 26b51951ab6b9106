"""What is turned of a gate that asks for more than its statement names, and how each kind of fact is."""

from __future__ import annotations

from typing import Any

import pytest

from miner.verify.probe.simulation import Listed
from miner.verify.probe.turning import asks_of, turned

REAL = {"pillow": Listed("pillow", "11.0", ["PIL"])}
MACHINE: dict[str, Any] = {
    "modules": {"torch": True},
    "distributions": {"torch": "2.6.0", "gone": None},
    "devices": [{"kind": "cuda", "count": 1, "capability": "8.0"}],
    "env": {"USE_X": "1"},
    "os": "linux",
}


def plan() -> dict[str, Any]:
    """Return a plan of one gate that names torch, with two decisive points of two looks each."""
    variant = {"with": {}, "machines": [{}] * 4, "explains": ["module:torch"], "decisive": [[0, 2], [1, 3]]}
    return {"jobs": [{"target": {"site": [1, 1]}, "variants": [variant]}]}


def row(index: int, outcome: str, *reads: str) -> dict[str, Any]:
    """Return the row of one look."""
    return {"part": "late", "key": [0, 0, index], "outcome": outcome, "reads": ["module:torch", *reads]}


def test_facts_are_turned_at_one_decided_look_of_each_decisive_point() -> None:
    """What the statement explains is left alone, and so is a look that came to nothing, or did not ask."""
    rows = [row(0, "unreached", "os"), row(1, "passed", "os"), row(2, "effect", "os"), row(3, "passed", "env:USE_X")]
    assert asks_of(plan(), rows) == [(0, 0, 2, "os"), (0, 0, 3, "env:USE_X"), (0, 0, 1, "os")]


def test_nothing_is_turned_of_what_asks_for_too_much() -> None:
    """It is about something else; what it only imports again does not count, and is left alone then."""
    imports = [f"import:m{number}" for number in range(12)]
    assert asks_of(plan(), [row(0, "effect", "os", *imports)]) == [(0, 0, 0, "os")]
    assert asks_of(plan(), [row(0, "effect", *(f"env:V{number}" for number in range(13)))]) == []


@pytest.mark.parametrize(
    ("fact", "changes"),
    [
        (
            "module:PIL.Image",
            [
                {
                    "modules": {"torch": True, "PIL": False},
                    "distributions": {"torch": "2.6.0", "gone": None, "pillow": None},
                }
            ],
        ),
        (
            "package:pillow",
            [
                {
                    "modules": {"torch": True, "PIL": False},
                    "distributions": {"torch": "2.6.0", "gone": None, "pillow": None},
                }
            ],
        ),
        ("package:torch", [{"distributions": {"torch": None, "gone": None}}]),
        ("package:gone", [{"distributions": {"torch": "2.6.0", "gone": "9999"}}]),
        (
            "module:not_there",
            [
                {
                    "modules": {"torch": True, "not_there": True},
                    "distributions": {"torch": "2.6.0", "gone": None, "not-there": "9999"},
                }
            ],
        ),
        ("module:kit.inner", [{"modules": {"torch": True, "kit": False}}]),
        (
            "import:PIL",
            [
                {
                    "modules": {"torch": True, "PIL": False},
                    "distributions": {"torch": "2.6.0", "gone": None, "pillow": None},
                }
            ],
        ),
        ("package:not-there", []),
        ("feature:torch.compile", [{"features": {"torch.compile": False}}]),
        ("feature:torch.f()", [{"features": {"torch.f()": False}}, {"features": {"torch.f()": True}}]),
        ("device:cuda", [{"devices": []}]),
        ("device:any", [{"devices": []}]),
        ("count:xpu", [{"devices": [*MACHINE["devices"], {"kind": "xpu", "count": 1}]}]),
        (
            "capability:cuda",
            [{"devices": [{"kind": "cuda", "count": 1, "capability": each}]} for each in ("3.0", "99.0")],
        ),
        ("capability:xpu", []),
        ("toolkit:hip", [{"toolkit": {"rocm": None}}, {"toolkit": {"rocm": "99.0"}}]),
        ("env:USE_X", [{"env": {"USE_X": each}} for each in (None, "0", "true")]),
        ("os", [{"os": "win32"}, {"os": "darwin"}]),
        ("binary:nvcc", [{"binaries": {"nvcc": False}}, {"binaries": {"nvcc": True}}]),
        ("something:else", []),
    ],
)
def test_each_kind_of_fact_is_turned(fact: str, changes: list[dict[str, Any]]) -> None:
    """The rest of the machine stays as it is."""
    machine = MACHINE if "kit" not in fact else MACHINE | {"modules": {"torch": True, "kit": True}}
    assert list(turned(machine, fact, REAL)) == [machine | each for each in changes]
