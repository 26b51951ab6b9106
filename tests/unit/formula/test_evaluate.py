"""Evaluation has three values: what is missing is unknown and never false."""

from __future__ import annotations

import pytest

from miner.formula.atom import (
    Binary,
    ComputeCapability,
    Device,
    DeviceCount,
    Driver,
    Environment,
    Feature,
    Memory,
    Module,
    Opaque,
    OperatingSystem,
    Package,
    Parameter,
    Predicate,
    Python,
    Rocm,
    SameRelease,
    Toolkit,
)
from miner.formula.connective import All, Any, Not
from miner.formula.evaluate import evaluate, value
from miner.formula.vantage import TOP, At
from miner.machine.record import Accelerator, Machine, Toolkits

UNKNOWN = Machine(name="unknown")
SERVER = Machine(
    name="server",
    packages={"torch": "2.6.0+cu124", "Flash_Attn": "2.7.4", "odd": "not a version", "numpy": True, "jax": False},
    modules={"PIL": "pillow", "flash_attn": "flash-attn", "absent": False},
    features={"torch.compile": True},
    binaries={"ffmpeg": True},
    devices=(Accelerator(kind="cuda", count=2, capability="8.9", memory_gib=44.5),),
    toolkit=Toolkits(cuda="12.4", rocm=False),
    driver="550.54",
    env={"RANK": "0", "DEBUG": False, "MODE": "auto"},
    python="3.11.7",
    os="linux",
)


def package(name, *constraints, base=False):
    return Package(package=name, version=tuple(tuple(each.split()) for each in constraints), base=base)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (package("torch"), True),
        (package("torch", ">= 2.6.0"), True),
        (package("torch", "== 2.6.0"), False),
        (package("torch", "> 2.6.0"), True),
        (package("torch", "== 2.6.0", base=True), True),
        (package("torch", ">= 2.6.0", "< 2.6.1"), True),
        (package("flash-attn", ">= 2"), True),
        (package("jax"), False),
        (package("jax", ">= 1"), False),
        (package("unheard"), None),
        (package("numpy"), True),
        (package("numpy", ">= 1"), None),
        (package("odd"), True),
        (package("odd", ">= 1"), None),
        (package("torch", "~= 2.6"), None),
        (package("torch", "< 2", "~= 2.6"), False),
        (Module(module="PIL"), True),
        (Module(module="PIL.Image"), None),
        (Module(module="absent.part"), False),
        (Module(module="torch", version=((">=", "2.6"),)), True),
        (Module(module="flash_attn", version=(("<", "2.7"),), distribution="flash-attn"), False),
        (Module(module="flash_attn", distribution="jax"), False),
        (Module(module="jax"), False),
        (Module(module="unheard", version=((">=", "2.6"),)), None),
        (Module(module="PIL", version=((">=", "1"),)), None),
        (SameRelease(same_release=("torch", "flash_attn"), digits=1), True),
        (SameRelease(same_release=("torch", "flash_attn"), digits=2), False),
        (SameRelease(same_release=("torch", "jax"), digits=2), False),
        (SameRelease(same_release=("torch", "numpy"), digits=2), None),
        (Python(python=((">=", "3.10"),)), True),
        (Python(python=()), True),
        (OperatingSystem(os="linux"), True),
        (OperatingSystem(os="win32"), False),
        (Binary(binary="ffmpeg"), True),
        (Binary(binary="git"), None),
        (Feature(feature="torch.compile"), True),
        (Feature(feature="jax.numpy"), False),
        (Feature(feature="torch.other"), None),
        (Device(device="cuda"), True),
        (Device(device="cpu"), True),
        (Device(device="xpu"), None),
        (DeviceCount(device_count=((">=", "2"),)), True),
        (DeviceCount(device_count=((">", "10"),), device="cuda"), False),
        (DeviceCount(device_count=((">=", "tp_size"),)), None),
        (ComputeCapability(compute_capability=((">=", "8.9"),)), True),
        (ComputeCapability(compute_capability=((">=", "9.0"),)), False),
        (Memory(memory_gib=((">=", "44.45"),)), True),
        (Toolkit(cuda=((">=", "12.10"),)), False),
        (Rocm(rocm=()), False),
        (Driver(driver=((">=", "535"),)), True),
        (Environment(env="RANK"), True),
        (Environment(env="RANK", value="1"), False),
        (Environment(env="MODE", value="AUTO"), False),
        (Environment(env="MODE", value="AUTO", ignore_case=True), True),
        (Environment(env="DEBUG"), False),
        (Environment(env="OTHER", value="1"), None),
        (Parameter(param="p", of="f"), None),
        (Opaque(opaque="f(x)", reason="call"), None),
        (Predicate(predicate="p"), None),
    ],
)
def test_an_atom(f, expected):
    assert evaluate(f, SERVER) is expected
    assert evaluate(Not(f), SERVER) is (None if expected is None else not expected)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (All((Opaque(opaque="x", reason=""), Package(package="jax"))), False),
        (All((Opaque(opaque="x", reason=""), Package(package="torch"))), None),
        (Any((Opaque(opaque="x", reason=""), Package(package="torch"))), True),
        (Any((Opaque(opaque="x", reason=""), Package(package="jax"))), None),
        (Not(All((Package(package="torch"), Package(package="jax")))), True),
        (All(()), True),
        (Any(()), False),
    ],
)
def test_unknown_parts_count_only_where_they_decide(f, expected):
    assert evaluate(f, SERVER) is expected


def test_of_an_unknown_machine_nothing_is_known():
    for atom in (
        package("torch"),
        Module(module="torch"),
        Device(device="cuda"),
        Toolkit(cuda=()),
        Memory(memory_gib=()),
    ):
        assert evaluate(atom, UNKNOWN) is None


def test_a_valuation_may_come_from_anywhere():
    assert value(All((Parameter(param="p", of="f"), True)), lambda atom: isinstance(atom, Parameter)) is True


def test_vantages():
    assert evaluate(package("anything", ">= 100"), TOP) is True
    assert evaluate(Environment(env="X"), TOP) is None
    assert evaluate(All((package("a", "< 2"), package("b", ">= 2"))), At(TOP, "a", "1")) is True
    assert evaluate(Module(module="a.part"), At(TOP, "a", False)) is False
    assert evaluate(Python(python=(("<", "3.10"),)), At(TOP, "python", "3.9")) is True


@pytest.mark.parametrize(
    ("text", "has", "is_true"),
    [
        ('{"a": 1}', True, True),
        ('{"a": 0}', True, False),
        ("{}", False, False),
        ("[1]", False, False),
        ("a", False, False),
    ],
)
def test_a_variable_may_hold_json(text, has, is_true):
    """A text that is none, or no object, has no keys."""
    machine = Machine(name="m", env={"X": text})
    assert evaluate(Environment(env="X", key="a"), machine) is has
    assert evaluate(Environment(env="X", key="a", is_true=True), machine) is is_true
