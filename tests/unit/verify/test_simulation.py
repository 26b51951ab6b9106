"""A machine that is put on says what it has, and leaves nothing behind when it is taken off."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from miner.verify.probe import simulation
from miner.verify.probe.hardware import ABSENT, install
from miner.verify.probe.stand_in import anything, made

UNIVERSE = [["fancylib", "fancy-lib"], ["click", "click"], ["otherlib", "otherlib"]]


@contextmanager
def worn(**machine: Any) -> Iterator[simulation.Simulation]:
    """Wear a machine for a while."""
    found = simulation.Simulation(machine, UNIVERSE, simulation.installed())
    found.install()
    try:
        yield found
    finally:
        found.remove()


def test_a_package_that_is_not_there_stands_in() -> None:
    """For the module, its parts and attributes, and for its metadata."""
    with worn(modules={"fancylib": True}, distributions={"fancy-lib": "2.1"}):
        module = importlib.import_module("fancylib.deep.part")
        assert issubclass(type("Mine", (module.Base,), {}), module.Base)
        assert importlib.import_module("fancylib").__version__ == "2.1"
        assert importlib.metadata.version("fancy_lib") == "2.1"
        assert "fancy-lib" in importlib.metadata.packages_distributions()["fancylib"]
    assert importlib.util.find_spec("fancylib") is None
    assert "fancylib" not in sys.modules
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("fancy-lib")


def test_a_package_that_is_there_is_blocked_or_of_another_version() -> None:
    """As it really is afterwards."""
    import click

    with worn(modules={"click": False}, distributions={"click": None}):
        assert importlib.util.find_spec("click") is None
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("click")
        with pytest.raises(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version("click")
    really = importlib.metadata.version("click")
    with worn(distributions={"click": "0.0.1"}):
        assert importlib.metadata.version("click") == "0.0.1"
    assert importlib.metadata.version("click") == really
    assert importlib.import_module("click") is click


@pytest.mark.parametrize(("others", "there"), [("absent", False), ("9999", True), ("stubbed", True), ("real", False)])
def test_a_background_says_what_the_rest_of_the_universe_is(others: str, there: bool) -> None:
    """Absent, at a version, as stand-ins, or as it is."""
    with worn(others=others, modules={"fancylib": False}):
        assert (importlib.util.find_spec("otherlib") is not None) is there
        assert importlib.util.find_spec("fancylib") is None
        assert (importlib.util.find_spec("click") is not None) is (others != "absent")


def test_a_part_may_be_missing() -> None:
    """A module, an attribute, or the metadata alone."""
    machine = {"modules": {"fancylib": True, "fancylib.gpu": False}, "features": {"fancylib.fast": False}}
    with worn(**machine, distributions={"fancy-lib": None}):
        assert importlib.util.find_spec("fancylib") is not None
        assert importlib.util.find_spec("fancylib.gpu") is None
        assert not hasattr(importlib.import_module("fancylib"), "fast")
        with pytest.raises(ImportError):
            exec("from fancylib import fast", {})
        with pytest.raises(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version("fancy-lib")


def test_what_a_stand_in_answers_is_what_the_machine_says() -> None:
    """None, something, or what the answer is compared with; afterwards it is a stand-in again."""

    def asked(**features: bool) -> tuple[bool, bool]:
        with worn(modules={"fancylib": True}, features=features):
            fancylib: Any = importlib.import_module("fancylib")
            found = fancylib.config.kind("key")
            return found is not None, found == fancylib.Kind.ONE

    key, one = "fancylib.config.kind('key') is not None", "fancylib.config.kind('key') == fancylib.Kind.ONE"
    assert asked(**{key: False, one: False}) == (False, False)
    assert asked(**{key: True, one: False}) == (True, False)
    assert asked(**{key: True, one: True}) == (True, True)


def test_system_python_variables_and_programs() -> None:
    """And everything is put back."""
    before = (
        sys.platform,
        sys.version_info,
        platform.python_version(),
        dict(os.environ),
        type(os.environ),
        shutil.which,
    )
    with worn(os="darwin", python="3.9.1", env={"MINER_A": "1", "PATH": None}, binaries={"nvcc": True, "ls": False}):
        assert (sys.platform, platform.system()) == ("darwin", "Darwin")
        assert sys.version_info >= (3, 9)
        assert not sys.version_info >= (3, 10)
        assert (sys.version_info.major, sys.version_info.minor, platform.python_version()) == (3, 9, "3.9.1")
        assert os.environ.get("MINER_A") == "1"
        assert "PATH" not in os.environ
        assert shutil.which("nvcc")
        assert shutil.which("ls") is None
    after = (
        sys.platform,
        sys.version_info,
        platform.python_version(),
        dict(os.environ),
        type(os.environ),
        shutil.which,
    )
    assert after == before


def test_what_is_asked_is_noted() -> None:
    """Packages of the universe and what is nowhere, variables, programs and attributes of stand-ins."""
    with worn(modules={"fancylib": True}, distributions={"fancy-lib": "1"}) as machine:
        machine.reads.clear()
        importlib.util.find_spec("click")
        importlib.util.find_spec("nowhere_at_all")
        importlib.metadata.version("fancy-lib")
        os.environ.get("MINER_B")
        shutil.which("nvcc")
        _ = importlib.import_module("fancylib").speed
        import click  # noqa: F401  it is loaded: no finder hears of it

        asked = machine.reads
    assert "import:click" in asked
    assert {"module:click", "module:nowhere_at_all", "package:fancy-lib", "env:MINER_B", "binary:nvcc"} <= asked
    assert "feature:fancylib.speed" in asked


def test_what_a_package_is_asked_to_have_is_noted_but_not_what_it_asks_itself() -> None:
    """A real one too, where its modules are those of the universe."""
    with worn() as machine:
        click: Any = importlib.import_module("click")
        machine.reads.clear()
        assert hasattr(click, "echo")
        assert not hasattr(pytest, "no_such_thing")
        exec("hasattr(click, 'Path')", {"__name__": "click.core", "click": click})
        exec("from click import Choice", {"__name__": "kit"})
        asked = set(machine.reads)
        machine._machine["features"] = {"click.echo": False}
        machine._watch_attributes()
        assert not hasattr(click, "echo")
    assert "attribute:click.echo" in asked
    assert not {"attribute:pytest.no_such_thing", "attribute:click.Path", "attribute:click.Choice"} & asked
    assert hasattr(click, "echo")


@pytest.mark.parametrize("text", [False, True])
def test_a_program_of_the_machine_is_not_run(text: bool) -> None:
    """It says nothing and ends well; what the machine does not have is run as it really is."""
    with worn(binaries={"nvcc": True, "ls": False}):
        assert not subprocess.check_output(["nvcc", "--version"], text=text)
        assert subprocess.run("nvcc -V", check=True, text=text).returncode == 0
        with subprocess.Popen(["/opt/bin/nvcc"]) as started:
            assert (started.poll(), started.wait(1)) == (0, 0)
        assert subprocess.run([sys.executable, "-c", "raise SystemExit(3)"], check=False).returncode == 3
    assert subprocess.Popen.__name__ == "Popen"


def test_a_program_lies_in_its_folder_and_is_nowhere_else(tmp_path: Path) -> None:
    """What lies beside it is written, and gone afterwards; hidden paths hold nothing."""
    (tmp_path / "opt").mkdir()
    (tmp_path / "options").mkdir()
    machine = {"folders": {"nvcc": {"bin/nvcc": "", "version.txt": "12.3"}}, "hidden": [str(tmp_path / "opt")]}
    with worn(binaries={"nvcc": True}, **machine):
        found = Path(str(shutil.which("nvcc")))
        assert found.is_file()
        assert (found.parent.parent / "version.txt").read_text() == "12.3"
        assert not (tmp_path / "opt").is_dir()
        assert not (tmp_path / "opt" / "bin").exists()
        assert (tmp_path / "options").is_dir()
    assert not found.exists()
    assert (tmp_path / "opt").is_dir()


@pytest.mark.parametrize(
    ("features", "found"),
    [
        ({"torch.xpu": False, "torch.xpu is not None": False}, "missing"),
        ({"torch.xpu": True, "torch.xpu is not None": False}, None),
        ({"torch.xpu is not None": False}, None),
        ({"torch.xpu is not None": True}, "there"),
    ],
)
def test_an_attribute_of_torch_is_missing_none_or_there(features: dict[str, bool], found: str | None) -> None:
    torch: Any = SimpleNamespace(backends=SimpleNamespace(mps=None), version=SimpleNamespace(), xpu=object())
    install(torch, {"features": features}, [], set(), _put)
    there = getattr(torch, "xpu", "missing")
    assert (there if there is None or there == "missing" else "there") == found


def _put(owner: Any, name: str, value: Any) -> None:
    if value is ABSENT:
        delattr(owner, name)
    else:
        setattr(owner, name, value)


def test_a_torch_is_told_of_devices() -> None:
    """Count, capability, memory, toolkit; what it has no name for is made; questions are noted."""
    torch: Any = SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: False),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True)),
        version=SimpleNamespace(cuda=None, hip=None, git="x"),
        accelerator=SimpleNamespace(),
        device=lambda kind: SimpleNamespace(type=kind),
    )
    reads: set[str] = set()
    devices = [{"kind": "cuda", "count": 2, "capability": "8.9", "memory_gib": 24}, {"kind": "npu", "count": 1}]
    devices.append({"kind": "newkind"})
    machine = {"devices": devices, "toolkit": {"cuda": "12.4", "rocm": None}, "features": {"torch.npu": True}}
    install(torch, machine, ["torch.cuda.is_available()"], reads, setattr)
    assert torch.cuda.is_available()
    assert (torch.cuda.device_count(), torch.cuda.get_device_capability(0)) == (2, (8, 9))
    assert torch.cuda.get_device_properties(0).total_memory == 24 << 30
    assert torch.cuda.is_bf16_supported()
    assert torch.npu.is_available()
    assert torch.newkind.is_available()
    assert not torch.backends.mps.is_available()
    assert (torch.version.cuda, torch.version.hip, torch.version.git) == ("12.4", None, "x")
    assert torch.accelerator.current_accelerator().type == "cuda"
    assert {
        "device:cuda",
        "count:cuda",
        "capability:cuda",
        "device:npu",
        "toolkit:cuda",
        "feature:torch.cuda.is_available()",
    } <= reads


def test_a_torch_that_is_told_of_no_devices_answers_for_itself() -> None:
    """What it is asked is noted all the same."""
    torch: Any = SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: False, device_count=lambda: 3),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True)),
        version=SimpleNamespace(cuda="12.6", hip=None, git="x"),
    )
    reads: set[str] = set()
    install(torch, {}, [], reads, setattr)
    assert (torch.cuda.is_available(), torch.cuda.device_count(), torch.version.cuda) == (False, 3, "12.6")
    assert torch.backends.mps.is_available()
    assert reads == {"device:cuda", "count:cuda", "device:mps", "toolkit:cuda"}


def test_stand_ins_can_be_anything() -> None:
    """Called, entered, iterated, compared, subclassed and used as decorators."""
    thing = anything("thing")

    @thing
    def kept() -> int:
        return 1

    @made("Mark")
    def marked() -> int:
        return 2

    with thing as inner:
        assert inner is thing
    assert (kept(), marked(), list(thing), thing < 3, bool(thing.deep.er)) == (1, 2, [], False, True)
    assert thing + 1 is thing
