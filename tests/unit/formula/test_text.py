"""Formulas read as one short line."""

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
from miner.formula.text import render

TORCH = Package(package="torch", version=((">=", "2.6.0"),))
CUDA, XPU = Device(device="cuda"), Device(device="xpu")
XLA = Environment(env="USE_XLA", value="1")


def mode(value: str | None) -> Parameter:
    """The argument has this value."""
    return Parameter(param="mode", of="f", op="==", value=value)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (All((TORCH, Module(module="PIL"), Not(CUDA))), "torch >= 2.6.0 and PIL and not cuda"),
        (All((TORCH, Any((CUDA, XPU)))), "torch >= 2.6.0 and (cuda or xpu)"),
        (Not(All((CUDA, XPU))), "not (cuda and xpu)"),
        (Any((XLA, CUDA, Environment(env="USE_XLA", value="ON"))), "$USE_XLA in ('1', 'ON') or cuda"),
        (Environment(env="USE_XLA", value="ON", ignore_case=True), "$USE_XLA == 'ON' (any case)"),
        (
            Any(tuple(Environment(env="USE_XLA", value=value, ignore_case=True) for value in ("1", "ON"))),
            "$USE_XLA in ('1', 'ON') (any case)",
        ),
        (All((Not(XLA), Not(Environment(env="USE_XLA", value="ON")))), "$USE_XLA not in ('1', 'ON')"),
        (Any((mode("a"), mode(None), CUDA)), "mode in ('a', None) or cuda"),
        (All((XLA, Not(Environment(env="USE_XLA", value="ON")))), "$USE_XLA == '1' and not ($USE_XLA == 'ON')"),
        (Not(Opaque(opaque="a is b", reason="a comparison")), "not [a is b]"),
        (True, "always"),
        (False, "never"),
        (Module(module="cv2", version=((">=", "4"), ("<", "5")), distribution="opencv"), "cv2 (from opencv) >= 4, < 5"),
        (Python(python=((">=", "3.10"),)), "Python >= 3.10"),
        (DeviceCount(device_count=((">", "1"),)), "device count > 1"),
        (ComputeCapability(compute_capability=((">=", "8.9"),)), "cuda capability >= 8.9"),
        (Toolkit(cuda=()), "a build for CUDA"),
        (Rocm(rocm=()), "a build for ROCm"),
        (Driver(driver=((">=", "535"),)), "driver >= 535"),
        (Memory(memory_gib=((">=", "20"),)), "device memory in GiB >= 20"),
        (Predicate(predicate="lib.is_x", args=("2.0", True)), "lib.is_x('2.0', True)"),
        (Feature(feature="torch.compile"), "torch.compile"),
        (OperatingSystem(os="linux"), "linux"),
        (Binary(binary="ffmpeg"), "the program ffmpeg"),
        (SameRelease(same_release=("a", "b"), digits=2), "a and b agree in 2 numbers"),
        (Environment(env="RANK"), "$RANK"),
        (Environment(env="X", value="true"), "$X == 'true'"),
        (Environment(env="X", key="a"), "$X['a']"),
        (Environment(env="X", key="a", is_true=True), "$X['a'] is true"),
        (Parameter(param="args.bf16", of="m.f"), "args.bf16"),
        (Parameter(param="p", of="m.f", op="==", value=None), "p == None"),
        (Opaque(opaque="f(\n  x)", reason="call"), "[f( x)]"),
        (
            Opaque(opaque="(OSError, errors.Gone)", reason="reached through except"),
            "[(OSError, errors.Gone) is handled]",
        ),
        (Opaque(opaque="True", reason="reached through except"), "[any exception is handled]"),
        (Opaque(opaque="import slate fails", reason="reached through except"), "[import slate fails]"),
        (Not(Opaque(opaque="a is not None", reason="a comparison")), "[a is None]"),
        (Not(Opaque(opaque="a not in b", reason="a comparison")), "[a in b]"),
        (Not(Opaque(opaque="a is not None and b", reason="a comparison")), "not [a is not None and b]"),
        (Opaque(opaque="\x1b[31mred", reason="call"), "[\\x1b[31mred]"),
    ],
)
def test_render(f, expected):
    assert render(f) == expected
