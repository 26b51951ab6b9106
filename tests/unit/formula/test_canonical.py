"""Each rule of the canonical form on its smallest example."""

from __future__ import annotations

import pytest

from miner.formula.atom import (
    ComputeCapability,
    Device,
    DeviceCount,
    Environment,
    Memory,
    Module,
    Opaque,
    Package,
    Parameter,
    Python,
)
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Not
from miner.formula.notation import text

CUDA, XPU = Device(device="cuda"), Device(device="xpu")
BF16 = Parameter(param="bf16", of="m.f")
PRESENT, IMPORTABLE = Package(package="torch"), Module(module="torch")
NEW = Module(module="torch", version=((">=", "2.6"),))
NEW_DISTRIBUTION = Module(module="torch", version=((">=", "2.6"),), distribution="torch")
AT_2_6 = Package(package="torch", version=((">=", "2.6"),))


def torch(*constraints, base=False):
    return Package(package="torch", version=tuple(tuple(each.split()) for each in constraints), base=base)


def memory(constraint):
    return Memory(memory_gib=(tuple(constraint.split()),))


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (Not(All((CUDA, Not(XPU)))), Any((XPU, Not(CUDA)))),
        (Not(Any((CUDA, False))), Not(CUDA)),
        (All((CUDA, All((XPU, CUDA)))), All((CUDA, XPU))),
        (Any((XPU, Any((CUDA,)))), Any((CUDA, XPU))),
        (All(()), True),
        (Any(()), False),
        (All((CUDA, Not(CUDA))), False),
        (Any((CUDA, Not(CUDA))), True),
        (Any((CUDA, All((CUDA, XPU)))), CUDA),
        (All((CUDA, Any((CUDA, XPU)))), CUDA),
        (All((CUDA, Any((Not(CUDA), XPU)))), All((CUDA, XPU))),
        (Any((CUDA, All((Not(CUDA), XPU)))), Any((CUDA, XPU))),
        (All((Any((CUDA, XPU)), Any((CUDA, XPU, BF16)))), Any((CUDA, XPU))),
    ],
)
def test_boolean_rules(f, expected):
    assert canonical(f) == expected


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (All((torch(">= 2.0"), torch(">= 2.6"))), torch(">= 2.6")),
        (Any((torch(">= 2.0"), torch(">= 2.6"))), torch(">= 2.0")),
        (All((torch(">= 2.6"), torch("< 2.0"))), False),
        (All((torch(">= 2.0"), torch("< 3"), torch("!= 2.5"))), torch(">= 2.0", "< 3", "!= 2.5")),
        (torch("< 3", ">= 2.0", ">= 1"), torch(">= 2.0", "< 3")),
        (torch(">= 2", "<= 2.0"), torch("== 2.0")),
        (Any((torch("< 2"), torch("> 2"))), torch("!= 2")),
        (Any((torch("< 2"), torch(">= 2"))), PRESENT),
        (Any((torch(">= 2", "< 3"), torch(">= 2.5", "< 4"))), torch(">= 2", "< 4")),
        (All((Not(torch("< 2")), Not(torch(">= 2")))), Not(PRESENT)),
        (Any((Not(torch(">= 2.6")), Not(torch(">= 2.0")))), Not(torch(">= 2.6"))),
        (All((torch(">= 2.6"), Any((torch(">= 2.0"), CUDA)))), torch(">= 2.6")),
        (All((torch("< 2.0"), Any((torch(">= 2.6"), CUDA)))), All((CUDA, torch("< 2.0")))),
        (All((torch(">= 2", "< 1"), CUDA)), False),
        (Any((Not(torch(">= 2", "< 1")), CUDA)), True),
    ],
)
def test_versions_of_one_subject_are_intervals(f, expected):
    assert text(canonical(f)) == text(expected)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (All((PRESENT, Not(AT_2_6))), All((Not(AT_2_6), PRESENT))),
        (Not(AT_2_6), Not(AT_2_6)),
        (All((Not(PRESENT), AT_2_6)), False),
        (All((Not(PRESENT), Not(AT_2_6))), Not(PRESENT)),
        (Any((PRESENT, Not(AT_2_6))), True),
        (All((Not(AT_2_6), torch("< 2.6"))), torch("< 2.6")),
        (All((Not(AT_2_6), torch(">= 2.7"))), False),
    ],
)
def test_negation_also_holds_where_the_subject_is_absent(f, expected):
    assert canonical(f) == expected


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (All((IMPORTABLE, NEW)), NEW),
        (Any((IMPORTABLE, NEW)), IMPORTABLE),
        (All((IMPORTABLE, NEW_DISTRIBUTION)), NEW_DISTRIBUTION),
        (All((Not(IMPORTABLE), NEW_DISTRIBUTION)), False),
        (All((PRESENT, torch(">= 2", base=True))), torch(">= 2", base=True)),
        (All((Environment(env="X"), Environment(env="X", value="1"))), Environment(env="X", value="1")),
        (All((Not(Environment(env="X")), Environment(env="X", value="1"))), False),
    ],
)
def test_presence_follows_from_a_version_or_value(f, expected):
    assert canonical(f) == expected


@pytest.mark.parametrize(
    "f",
    [
        All((IMPORTABLE, PRESENT)),
        All((NEW, AT_2_6)),
        All((torch(">= 2.0"), torch(">= 2.6", base=True))),
        All((NEW, NEW_DISTRIBUTION)),
        All((Package(package="torch", version=(("~=", "2.6"),)), torch(">= 2.0"))),
    ],
)
def test_different_statements_stay_apart(f):
    assert len(canonical(f).parts) == len(f.parts)


def test_the_spelling_of_the_source_stays_and_one_of_two_equal_ones_is_kept():
    assert canonical(torch(">= 2.6.0")) == torch(">= 2.6.0")
    assert canonical(All((torch(">= 2.6"), torch(">= 2.6.0")))) == torch(">= 2.6.0")
    assert canonical(Any((torch(">= 2.6.0"), torch(">= 2.6")))) == torch(">= 2.6.0")


def test_memory_and_counts_are_numbers_and_not_versions():
    assert canonical(All((memory(">= 20.5"), memory(">= 20.45")))) == memory(">= 20.5")
    assert canonical(All((torch(">= 20.5"), torch(">= 20.45")))) == torch(">= 20.45")
    assert canonical(DeviceCount(device_count=((">=", "2"), (">", "1")))) == DeviceCount(device_count=((">=", "2"),))


def test_what_always_holds_goes_away():
    assert canonical(All((Python(python=()), CUDA))) == CUDA
    assert canonical(Any((Python(python=((">=", "3.10"),)), Python(python=(("<", "3.10"),))))) is True


def test_capability_is_of_cuda_by_default():
    bound = ((">=", "8.9"),)
    assert canonical(
        All((ComputeCapability(compute_capability=bound, device="cuda"), ComputeCapability(compute_capability=bound)))
    ) == ComputeCapability(compute_capability=bound)


def test_values_that_python_calls_equal_stay_apart():
    f = Any(tuple(Parameter(param="p", of="f", op="==", value=value) for value in (True, 1, 1.0)))
    assert sorted(repr(part.value) for part in canonical(f).parts) == ["1", "1.0", "True"]


def test_absorption_does_not_confuse_values_that_python_calls_equal():
    true, one = (Parameter(param="p", of="f", op="==", value=value) for value in (True, 1))
    f = All((Any((true, CUDA)), Any((one, CUDA, XPU)), Any((true, CUDA, BF16))))
    assert text(canonical(f)) == text(canonical(All((Any((true, CUDA)), Any((one, CUDA, XPU))))))
    assert len(canonical(f).parts) == 2


def test_a_number_without_json_form_is_opaque():
    f = Parameter(param="p", of="f", op="<", value=float("inf"))
    assert canonical(f) == Opaque(opaque="p < inf", reason="number that JSON cannot hold")


def test_many_versions_stay_quick():
    gates = tuple(Package(package="a", version=((">=", f"{i}.0"), ("<", f"{i}.5"))) for i in range(300))
    assert len(canonical(Any(gates)).parts) == 300
