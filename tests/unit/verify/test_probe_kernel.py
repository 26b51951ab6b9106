"""A kernel's outcome is a record whatever is missing; a request that is none is refused."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from miner.verify.probe import kernel
from miner.verify.probe.kernel import KERNELS, AbsentError, Finding, run


@pytest.fixture
def torch(monkeypatch):
    """A torch that can name its devices, and compute nothing."""
    stand_in = SimpleNamespace(__version__="2.9.9", device=lambda name: SimpleNamespace(type=name.split(":")[0]))
    monkeypatch.setattr(kernel, "_need", lambda name: stand_in)
    return stand_in


def _kernel(monkeypatch, result):
    def try_it(_torch, _device, versions):
        versions["extra"] = "1.0"
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setitem(KERNELS, "matmul-bf16", try_it)


def test_the_kernels_are_these():
    assert set(KERNELS) == {
        "matmul-bf16",
        "matmul-fp16",
        "matmul-tf32",
        "matmul-fp8",
        "matmul-int8",
        "sdpa-math",
        "sdpa-flash",
        "sdpa-efficient",
        "sdpa-cudnn",
        "flash-attn",
        "linear-int8",
        "linear-4bit",
        "compile",
    }


@pytest.mark.parametrize("spec", [{}, {"kernel": "matmul-bf17"}, {"kernel": None}])
def test_an_unknown_kernel_is_refused(spec):
    with pytest.raises(ValueError, match="unknown kernel"):
        run(spec)


@pytest.mark.parametrize("device", [None, "", 0])
def test_a_device_is_a_text(device):
    with pytest.raises(ValueError, match="a device is a text"):
        run({"kernel": "compile", "device": device})


@pytest.mark.parametrize("name", sorted(KERNELS))
def test_without_torch_every_kernel_is_absent(name, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    result = run({"kernel": name, "device": "cuda:0"})
    assert result["outcome"] == "absent"
    assert result["observed"] == "torch is not installed"
    assert set(result["versions"]) == {"python"}


@pytest.mark.parametrize(
    ("result", "outcome", "observed"),
    [
        (Finding(0.001, 0.01), "ran", "max error 0.001, tolerance 0.01"),
        (Finding(0.0, 0.0, "aten.flash"), "ran", "max error 0, tolerance 0; aten.flash"),
        (Finding(0.02, 0.01), "wrong", "max error 0.02, tolerance 0.01"),
        (Finding(float("nan"), 0.01), "wrong", "max error nan, tolerance 0.01"),
        (AbsentError("no such operator"), "absent", "no such operator"),
        (RuntimeError("\n no kernel\nfor this device"), "raised", "RuntimeError: no kernel"),
        (AssertionError(), "raised", "AssertionError: "),
        (RuntimeError("x" * 5000), "raised", ("RuntimeError: " + "x" * 5000)[:300]),
    ],
)
def test_what_came_of_a_kernel(torch, monkeypatch, result, outcome, observed):
    """An error beyond the tolerance is wrong, and so is one that is no number; a message is one short line."""
    _kernel(monkeypatch, result)
    found = run({"kernel": "matmul-bf16"})
    assert (found["kernel"], found["device"]) == ("matmul-bf16", "cpu")
    assert (found["outcome"], found["observed"]) == (outcome, observed)
    assert found["versions"]["extra"] == "1.0"
    assert found["versions"]["torch"] == "2.9.9"


def test_a_device_that_cannot_be_described_has_raised(torch):
    def fail(_device):
        message = "Torch not compiled with CUDA enabled"
        raise AssertionError(message)

    torch.version = SimpleNamespace(cuda=None)
    torch.cuda = SimpleNamespace(get_device_name=fail)
    result = run({"kernel": "sdpa-flash", "device": "cuda:0"})
    assert (result["outcome"], result["observed"]) == ("raised", "AssertionError: Torch not compiled with CUDA enabled")


def test_an_operator_that_torch_lacks_is_absent(torch):
    result = run({"kernel": "matmul-fp8"})
    assert (result["outcome"], result["observed"]) == ("absent", "torch._scaled_mm does not exist in torch 2.9.9")


def test_variables_are_as_before_after_a_block(monkeypatch):
    monkeypatch.setenv("MINER_TEST_SET", "before")
    with kernel._environment({"MINER_TEST_SET": "1", "MINER_TEST_UNSET": "2"}):
        assert (os.environ["MINER_TEST_SET"], os.environ["MINER_TEST_UNSET"]) == ("1", "2")
    assert os.environ["MINER_TEST_SET"] == "before"
    assert "MINER_TEST_UNSET" not in os.environ


@pytest.mark.parametrize("name", ["kernel", "experiment", "estimate"])
def test_a_program_runs_beside_its_siblings_alone(name):
    """Isolated from every installed package: none of miner's, nor anything but the standard library, is imported."""
    folder = Path(kernel.__file__).parent
    spec = {
        "kernel": {"kernel": "compile"},
        "experiment": {"experiment": "kv-cache"},
        "estimate": {"batch": 1, "length": 8},
    }[name]
    script = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import {name}; "
        f"result = {name}.run({spec!r}); print(result['outcome'], 'miner' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "absent False\n"
