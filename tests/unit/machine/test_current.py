"""This computer is looked at in a process of its own, and what an interpreter answers is taken with care."""

from __future__ import annotations

import platform
import stat
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest

from miner.errors import SourceError
from miner.formula.atom import Binary, Environment, Module, Package
from miner.machine import probe
from miner.machine.current import this_machine


@pytest.fixture(scope="module")
def here():
    return this_machine(variables=["MINER_TEST_UNSET", "PATH"], binaries=["miner-test-no-such-program"])[0]


def test_the_interpreter_is_told_with_its_packages(here):
    assert here.python == platform.python_version()
    assert here.os == sys.platform
    assert here.read(Package(package="Click")) == version("click")
    assert here.read(Package(package="miner-test-no-such-package")) is False


def test_import_names_are_those_of_the_interpreter(here):
    assert here.read(Module(module="yaml")) == version("PyYAML")
    assert here.read(Module(module="no_such_module")) is False


def test_only_what_is_asked_of_the_environment_is_read(here):
    assert set(here.env) == {"MINER_TEST_UNSET", "PATH"}
    assert here.read(Environment(env="MINER_TEST_UNSET")) is False
    assert here.read(Environment(env="HOME")) is None
    assert here.read(Binary(binary="miner-test-no-such-program")) is False


def _interpreter(folder: Path, body: str) -> str:
    script = folder / "python"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


FACTS = """{"python": "3.12.1", "os": "linux", "packages": {"torch": "2.6.0+cu124", "odd": "not a version"},
 "modules": {"torch": "torch", "PIL": "Pillow"}, "driver": "550.54.15"}""".replace("\n", "")
DEVICES = """{"devices": [{"kind": "cuda", "count": 2, "capability": "9.0", "memory_gib": 79.1}],
 "toolkit": {"cuda": "12.4", "rocm": false}, "features": {"torch.xpu": true}}""".replace("\n", "")


def test_devices_are_those_that_the_framework_of_the_interpreter_sees(tmp_path):
    answers = f"case $2 in facts) echo noise; echo '{FACTS}';; *) echo '{DEVICES}';; esac"
    found, notes = this_machine(_interpreter(tmp_path, answers), features=["torch.xpu"])
    assert notes == ()
    assert found.packages == {"torch": "2.6.0+cu124", "odd": True}
    assert (found.python, found.driver, found.toolkit.cuda) == ("3.12.1", "550.54.15", "12.4")
    assert [(each.kind, each.count, each.capability) for each in found.devices] == [("cuda", 2, "9.0")]
    assert found.features == {"torch.xpu": True}
    assert "devices" in found.complete


def test_a_framework_that_crashes_costs_the_devices_alone(tmp_path):
    answers = f"case $2 in facts) echo '{FACTS}';; *) echo 'ImportError: libcudart' >&2; exit 1;; esac"
    found, notes = this_machine(_interpreter(tmp_path, answers))
    assert found.python == "3.12.1"
    assert "devices" not in found.complete
    assert notes[0].endswith("ImportError: libcudart")
    assert notes[0].startswith("the devices are unknown: ")


@pytest.mark.parametrize("body", ["exit 3", "echo not json", "true"])
def test_an_interpreter_that_does_not_answer_is_one_line(tmp_path, body):
    with pytest.raises(SourceError) as caught:
        this_machine(_interpreter(tmp_path, body))
    assert "\n" not in str(caught.value)


def test_an_interpreter_that_is_not_there_is_one_line():
    with pytest.raises(SourceError, match="cannot be run: No such file or directory; name another with --python"):
        this_machine("/no/such/python")


def test_torch_is_asked_for_what_it_has_and_answers():
    """What is compared with something else, and what is no question, is not known."""
    torch = SimpleNamespace(
        xpu=None,
        npu=SimpleNamespace(is_available=lambda: True),
        backends=SimpleNamespace(mps=SimpleNamespace(is_macos_or_newer=lambda major, minor: (major, minor) <= (14, 0))),
        start=lambda: True,
    )
    asked = {
        "torch.xpu": True,
        "torch.xpu is not None": False,
        "torch.npu is not None": True,
        "torch.mlu": False,
        "torch.npu.is_available()": True,
        "torch.backends.mps.is_macos_or_newer(14, 0)": True,
        "torch.backends.mps.is_macos_or_newer(15, 0)": False,
        "torch.npu.is_available('x', 1)": None,
        "torch.start()": None,
        "torch.npu.kind() == torch.Kind.ONE": None,
        "kit.fast": None,
    }
    assert {name: probe._feature(torch, name) for name in asked} == asked
