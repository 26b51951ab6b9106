"""From a path condition to what is needed, and when."""

from __future__ import annotations

import pytest

from miner.formula.atom import (
    ComputeCapability,
    Device,
    DeviceCount,
    Module,
    Opaque,
    Package,
    Parameter,
    Python,
)
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Not
from miner.formula.gate import split

TORCH, OLD = Module(module="torch"), Package(package="torch", version=(("<", "2.6"),))
NEW = Package(package="torch", version=((">=", "2.6"),))
CUDA, XPU = Device(device="cuda"), Device(device="xpu")
WEAK = ComputeCapability(compute_capability=(("<", "8.9"),))
STRONG = ComputeCapability(compute_capability=((">=", "8.9"),))
FAST = Parameter(param="fast", of="f")
ODD = Opaque(opaque="len(x)", reason="a call")


@pytest.mark.parametrize(
    ("condition", "records", "calls"),
    [
        (Not(TORCH), [(TORCH, True)], False),
        (All((Not(TORCH), FAST, ODD)), [(TORCH, All((FAST, ODD)))], False),
        (All((Not(CUDA), Not(XPU))), [(Any((CUDA, XPU)), True)], False),
        (Any((Not(CUDA), Not(XPU))), [(All((CUDA, XPU)), True)], False),
        (OLD, [(NEW, Package(package="torch"))], False),
        (Not(OLD), [(OLD, True)], False),
        (All((CUDA, WEAK, Not(FAST))), [(STRONG, All((CUDA, Not(FAST))))], False),
        (WEAK, [(STRONG, CUDA)], False),
        (Python(python=(("<", "3.10"),)), [(Python(python=((">=", "3.10"),)), True)], False),
        (DeviceCount(device_count=(("==", "0"),)), [(DeviceCount(device_count=((">=", "1"),)), True)], False),
        (All((CUDA, FAST)), [(Not(CUDA), FAST)], False),
        (All((CUDA, TORCH)), [(Not(All((CUDA, TORCH))), True)], False),
        (All((CUDA, Not(TORCH))), [(TORCH, CUDA)], False),
        (FAST, [], FAST),
        (Any((FAST, Not(TORCH))), [(TORCH, Not(FAST))], FAST),  # where it is fast, nothing helps
        (Any((All((FAST, ODD)), Not(TORCH))), [(TORCH, True)], All((FAST, ODD))),
        (All((ODD, Any((FAST, Not(TORCH))))), [(TORCH, All((Not(FAST), ODD)))], All((FAST, ODD))),
        (True, [], True),
        (False, [], False),
    ],
)
def test_what_is_needed_and_when(condition, records, calls):
    """Lacks are needed under the rest, where not one more part of it decides; presences must not all be there."""
    found = split(condition)
    assert found.whole
    assert list(found.records) == [(canonical(needs), canonical(when)) for needs, when in records]
    assert found.calls == canonical(calls)


A, B, C, D = (Module(module=name) for name in "abcd")


@pytest.mark.parametrize(
    ("condition", "records"),
    [
        (Not(Any((All((A, B)), C))), [(Any((All((A, B)), C)), True)]),  # and not (a or c) and (b or c)
        (All((CUDA, FAST, Not(Any((All((A, B)), C))))), [(Any((All((A, B)), C)), All((CUDA, FAST)))]),
        (Not(All((Any((A, B)), Any((C, D))))), [(All((Any((A, B)), Any((C, D)))), True)]),
        (
            Any((OLD, WEAK)),
            [(NEW, Package(package="torch")), (STRONG, CUDA)],
        ),  # what is there and falls short is told by itself
    ],
)
def test_what_is_written_shorter_is_kept_so(condition, records):
    """What is lacking in all cases is needed as it is written, where its alternatives would be longer."""
    found = split(condition)
    assert sorted(map(repr, found.records)) == sorted(
        repr((canonical(needs), canonical(when))) for needs, when in records
    )


def test_many_alternatives_of_what_is_lacking_are_followed():
    """They are no product: none of the parts that lack has to be expanded."""
    parts = tuple(All((Module(module=f"a{n}"), Module(module=f"b{n}"))) for n in range(6))
    found = split(All((FAST, Not(Any(parts)))))
    assert found.whole
    assert list(found.records) == [(canonical(Any(parts)), FAST)]


def test_a_condition_with_too_many_alternatives_is_one_opaque_record():
    """Nothing of it is guessed."""
    parts = tuple(Any((Module(module=f"a{n}"), Module(module=f"b{n}"))) for n in range(6))
    found = split(All(parts))
    assert not found.whole
    assert [type(needs) for needs, _ in found.records] == [Opaque]
