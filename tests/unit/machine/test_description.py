"""Described machines are read strictly, and what they leave out is unknown."""

from __future__ import annotations

import inspect
import textwrap

import msgspec
import pytest

from miner.errors import UsageError
from miner.formula.atom import (
    Binary,
    ComputeCapability,
    Device,
    DeviceCount,
    Environment,
    Memory,
    Module,
    Package,
    Toolkit,
)
from miner.machine.description import described, find, load, parse
from miner.machine.record import Accelerator, Machine, Toolkits

EXAMPLE = textwrap.dedent(inspect.cleandoc(parse.__doc__).partition("::\n")[2].partition("\nRaises")[0])


def test_the_documented_example_is_read():
    assert parse(EXAMPLE, "example") == Machine(
        name="a100",
        python="3.11.9",
        os="linux",
        driver="550.54.15",
        complete=("packages", "devices"),
        packages={"torch": "2.6.0+cu124", "flash-attn": False},
        modules={"PIL": "Pillow"},
        features={"torch.nn.functional.grouped_mm": True},
        binaries={"ffmpeg": True},
        devices=(Accelerator(kind="cuda", count=2, capability="8.0", memory_gib=80.0),),
        toolkit=Toolkits(cuda="12.4", rocm=False),
        env={"WORLD_SIZE": "2"},
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not a machine description: Object missing required field `name`"),
        ("name = ", "not TOML: "),
        ("name = 'm'\ngpus = 1", "unknown field `gpus`"),
        ("name = 'm'\npackages.torch = 2.6", r"Expected `bool \| str`, got `float`.*packages"),
        ("name = 'm'\npackages.torch = 'latest'", "packages.torch: 'latest' is not a version"),
        ("name = 'm'\npackages.a-b = '1'\npackages.A_B = '2'", "packages: a-b is stated twice"),
        ("name = 'm'\nenv.X = true", "env"),
        ("name = 'm'\ncomplete = ['gpus']", "Invalid enum value 'gpus'"),
        ("name = 'm'\n[[devices]]\ncount = 1", "missing required field `kind`"),
        ("name = 'm'\n[[devices]]\nkind = 'cuda'\ncount = -1", "count"),
        (
            "name = 'm'\n[[devices]]\nkind = 'cuda'\ncapability = 'sm_89'",
            "devices.cuda.capability: 'sm_89' is not a version",
        ),
        ("name = 'm'\n[[devices]]\nkind = 'cuda'\n[[devices]]\nkind = 'cuda'", "devices: cuda is stated twice"),
    ],
)
def test_anything_else_is_one_line_that_names_the_file(content, reason):
    with pytest.raises(UsageError, match=reason) as caught:
        parse(content, "m.toml")
    assert str(caught.value).startswith("m.toml: ")
    assert "\n" not in str(caught.value)


def test_a_file_is_loaded_and_a_missing_one_is_named(tmp_path):
    (tmp_path / "m.toml").write_text("name = 'm'\n", encoding="utf-8")
    assert load(tmp_path / "m.toml") == Machine(name="m")
    with pytest.raises(UsageError, match=r"none\.toml: cannot read the machine description: No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not UTF-8 text"):
        load(tmp_path / "bad.toml")


WHOLE = Machine(name="m", complete=("packages", "modules", "features", "binaries", "devices", "env"))


@pytest.mark.parametrize(
    ("subject", "absent"),
    [
        (Package(package="a"), False),
        (Module(module="a"), False),
        (Binary(binary="a"), False),
        (Environment(env="A"), False),
        (Device(device="cuda"), False),
        (DeviceCount(device_count=()), "0"),
        (ComputeCapability(compute_capability=()), False),
        (Memory(memory_gib=()), False),
        (Toolkit(cuda=()), None),
    ],
)
def test_complete_tables_make_the_rest_absent(subject, absent):
    assert Machine(name="m").read(subject) is None
    assert WHOLE.read(subject) == absent


def test_a_device_that_is_not_there_is_not_the_accelerator_in_use():
    machine = Machine(name="m", devices=(Accelerator(kind="cuda", count=0), Accelerator(kind="xpu", memory_gib=16)))
    assert machine.read(Device(device="cuda")) is False
    assert machine.read(ComputeCapability(compute_capability=())) is False
    assert machine.read(Memory(memory_gib=())) == "16"
    assert machine.read(DeviceCount(device_count=())) is None
    assert machine.read(Device(device="cpu")) is True


def test_importable_without_metadata_has_an_unknown_version():
    machine = Machine(name="m", packages={"a": False}, modules={"a": True, "b": "c"})
    assert machine.read(Module(module="a")) is True
    assert machine.read(Module(module="b")) is True
    assert machine.read(Module(module="a", distribution="a")) is False


def test_every_machine_that_miner_describes_is_read_and_says_where_its_facts_are_from():
    assert set(described()) == {"t4", "a100", "l4", "rtx4090", "h100", "b200", "mi300x", "apple-m", "cpu"}
    for name in described():
        machine = find(name)
        assert machine.name == name
        assert machine.about
        assert all(source.startswith("https://") for source in machine.sources)
        assert machine.sources
        assert "devices" in machine.complete


def test_a_described_machine_has_its_one_device_and_no_other():
    machine = find("T4")
    assert machine.read(ComputeCapability(compute_capability=(), device="cuda")) == "7.5"
    assert machine.read(Device(device="xpu")) is False
    assert machine.read(Package(package="torch")) is None


def test_a_machine_written_as_json_is_read_back(tmp_path):
    path = tmp_path / "here.json"
    path.write_bytes(msgspec.json.encode(find("h100")))
    assert find(str(path)) == find("h100")
    path.write_text("{")
    with pytest.raises(UsageError, match="not a machine description"):
        find(str(path))


def test_an_unknown_name_lists_those_that_are_known():
    with pytest.raises(UsageError, match="no machine is called 'k80', and it is no file; there are: a100, apple-m"):
        find("k80")


def test_any_accelerator_is_one_that_is_there():
    """Whatever its kind; a kind of which none is there is none."""
    asked = Device(device="accelerator")
    assert Machine(name="m", devices=(Accelerator(kind="xpu"),)).read(asked) is True
    none = (Accelerator(kind="cuda", count=0),)
    assert Machine(name="m", devices=none).read(asked) is None
    assert Machine(name="m", devices=none, complete=("devices",)).read(asked) is False
