"""Machines for public objects: everything, each common lack for all, rare ones for those that they decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from miner.formula.notation import from_json
from miner.model.node import Requirement
from miner.verify.boots import EVERYTHING, boots_of
from miner.verify.target import Target
from tests.unit.verify.test_judge import gate

TORCH = {"module": "torch", "version": [[">=", "2.6"]]}
COMMON = [f"common{number}" for number in range(5)]
RARE = ["rare0", "rare1"]


def target(name: str, needs: Any, beside: Any = True) -> Target:
    """Return the target of a public object."""
    node = msgspec.structs.replace(gate(), id=f"requirement:{name}")
    assert isinstance(node, Requirement)
    return Target(node, "objects", from_json(needs), {}, beside=from_json(beside), names=(("lib", name),))


def test_every_object_is_looked_at_without_what_is_common() -> None:
    """Real where its own needs are met; what is rare is taken away from those that need it, and from all at once."""
    objects = [target(f"T{number}", TORCH) for number in range(9)]
    objects += [target(f"C{name}{number}", {"module": name}) for name in COMMON for number in range(3)]
    objects += [target(f"R{name}", {"all": [TORCH, {"module": name}]}) for name in RARE]
    boots, seen, lost = boots_of(objects, {})
    words = [boot.words for boot in boots]
    assert lost == []
    assert words[0] == EVERYTHING
    assert {"without torch", "torch 2.5.9999", *(f"without {name}" for name in COMMON)} <= set(words)
    assert words[-1] == "without rare0, without rare1"
    by_name = {each.target.names[0][1]: each.expected for each in seen}
    common = {index for index, each in enumerate(words) if each not in {"without rare0", "without rare1"}}
    bare = next(each for each in words if each.startswith("without common0, without common1"))
    assert set(by_name["T0"]) == common
    lacking = {"without torch", "torch 2.5.9999", bare}
    assert {words[index] for index, real in by_name["T0"].items() if not real} == lacking
    assert set(by_name["Rrare0"]) == set(range(len(words)))
    assert {words[index] for index, real in by_name["Rrare0"].items() if not real} == {
        *lacking, "without rare0", words[-1]
    }  # fmt: skip
    at = words.index("without rare0")
    assert boots[at].names == (("lib", "Rrare0"), ("lib", "Rrare1"))
    assert boots[at].machine["modules"] == {"rare0": False}
    assert ["rare0", "rare0"] in boots[0].machine["stand_ins"]


def test_what_another_requirement_of_the_object_takes_away_is_not_held_against_it() -> None:
    """It is a placeholder for another reason there."""
    both = [target("X", TORCH, {"module": "audio"}), target("Y", {"module": "audio"}, TORCH)]
    boots, seen, _ = boots_of(both, {})
    words = [boot.words for boot in boots]
    assert {words[index]: real for index, real in seen[0].expected.items()} == {
        EVERYTHING: True, "without torch": False, "torch 2.5.9999": False, "without audio, without torch": False
    }  # fmt: skip
    assert {words[index]: real for index, real in seen[1].expected.items()} == {
        EVERYTHING: True, "without audio": False, "without audio, without torch": False
    }  # fmt: skip


def test_where_a_condition_does_not_hold_nothing_is_asked_of_an_object() -> None:
    """What is given instead of it is not there either."""
    objects = [
        replace(target("X", {"module": "quick"}), conditions=(from_json({"module": "slow"}),)),
        target("Y", {"module": "slow"}),
    ]
    boots, seen, _ = boots_of(objects, {})
    words = [boot.words for boot in boots]
    assert {words[index]: real for index, real in seen[0].expected.items()} == {
        EVERYTHING: True,
        "without quick": False,
    }


def test_an_object_that_no_single_lack_decides_has_no_probe() -> None:
    """Either of two is enough."""
    boots, seen, lost = boots_of([target("Z", {"any": [TORCH, {"module": "jax"}]})], {})
    assert (boots, seen, [each.why for each in lost]) == ((), (), ["no single lack decides it"])
