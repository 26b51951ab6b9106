"""Points stand on both sides of every threshold, and flips are found where a formula changes."""

from __future__ import annotations

import pytest

from miner.formula.atom import ComputeCapability, Device, DeviceCount, Environment, Memory, Module, Package, Python
from miner.formula.connective import All, Any, Not
from miner.formula.threshold import Points, flips, ladder, points
from miner.formula.vantage import TOP

TORCH = Package(package="torch")


@pytest.mark.parametrize(
    ("subject", "bounds", "expected"),
    [
        (TORCH, ["2.6.0"], ("0.0.1", "2.5.9999", "2.6.0", "2.6.1", "9999")),
        (TORCH, ["0.0.1"], ("0.0.0.9999", "0.0.1", "0.0.2", "9999")),
        (TORCH, ["0.46.1"], ("0.0.1", "0.46.0.9999", "0.46.1", "0.46.2", "9999")),
        (TORCH, ["2.6rc1"], ("0.0.1", "2.6rc0", "2.6rc1", "2.6rc2", "9999")),
        (TORCH, ["2.6rc0"], ("0.0.1", "2.5.9999", "2.6rc0", "2.6rc1", "9999")),
        (TORCH, ["2.6.dev3"], ("0.0.1", "2.6.dev2", "2.6.dev3", "2.6.dev4", "9999")),
        (TORCH, ["2.6.dev0"], ("0.0.1", "2.5.9999", "2.6.dev0", "2.6.dev1", "9999")),
        (TORCH, ["2.6.post1"], ("0.0.1", "2.6", "2.6.post1", "2.6.post2", "9999")),
        (TORCH, ["2.6+cu1"], ("0.0.1", "2.6", "2.6+cu1", "2.6.1", "9999")),
        (TORCH, ["1!2.0"], ("0.0.1", "9999", "1!1.9999", "1!2.0", "1!2.0.1")),
        (TORCH, ["0"], ("0", "0.0.1", "9999")),
        (TORCH, ["not a version"], ("0.0.1", "9999")),
        (ComputeCapability(compute_capability=()), ["8.9", "9.0"], ("1.0", "8.8", "8.9", "9.0", "9.1", "99.0")),
        (DeviceCount(device_count=()), ["2"], ("0", "1", "2", "3", "9999")),
        (Memory(memory_gib=()), ["20"], ("0.01", "19.99", "20", "20.01", "9999")),
    ],
)
def test_a_ladder_has_a_step_on_each_side(subject, bounds, expected):
    assert ladder(subject, bounds) == expected


def test_points_of_every_versioned_subject():
    f = All(
        (
            Package(package="torch", version=((">=", "2.6"),)),
            Not(Package(package="torch", version=(("<", "3"),), base=True)),
            Module(module="PIL"),
            Device(device="cuda"),
        )
    )
    assert points(f) == (
        Points(Module(module="PIL"), ("0.0.1", "9999")),
        Points(TORCH, ("0.0.1", "2.5.9999", "2.6", "2.6.1", "2.9999", "3", "3.0.1", "9999")),
    )


RANGE = All((Module(module="kernels", version=((">=", "0.18.2"), ("<", "0.19"))), Device(device="cuda")))
STEPS = ["0.0.1", "0.18.1", "0.18.2", "0.18.3", "0.19", "9999"]


def test_flips_of_a_range():
    assert flips(RANGE, "kernels", STEPS, TOP) == [("0.18.2", True), ("0.19", False)]


def test_a_subject_that_decides_nothing_has_no_flips():
    assert flips(RANGE, "torch", STEPS, TOP) == []


def test_an_unknown_value_anywhere_leaves_no_flips():
    assert flips(All((RANGE, Environment(env="X"))), "kernels", STEPS, TOP) == []
    assert flips(Any((Python(python=((">=", "3.10"),)), False)), "python", ["3.9", "3.10"], TOP) == [("3.10", True)]
