"""Each primitive of the standard library, of packaging and of torch becomes its atom."""

from __future__ import annotations

import pytest

from miner.formula.atom import (
    Binary,
    ComputeCapability,
    Device,
    DeviceCount,
    Environment,
    Feature,
    Module,
    OperatingSystem,
    Package,
    Python,
    Rocm,
    Toolkit,
)
from miner.formula.connective import All, Any, Not
from miner.formula.disjunctive import atoms

CASES = [
    ('importlib.util.find_spec("foo") is not None', Module(module="foo")),
    ('bool(importlib.util.find_spec("foo"))', Module(module="foo")),
    (
        'version.parse(importlib.metadata.version("foo")) >= version.parse("1.2")',
        Package(package="foo", version=((">=", "1.2"),)),
    ),
    (
        'version.parse("1.2") <= version.parse(importlib.metadata.version("foo"))',
        Package(package="foo", version=((">=", "1.2"),)),
    ),
    ('version.parse(torch.__version__) < Version("2.6.0")', Module(module="torch", version=(("<", "2.6.0"),))),
    (
        'version.parse(version.parse(torch.__version__).base_version) >= Version("2.6")',
        Module(module="torch", version=((">=", "2.6"),), base=True),
    ),
    (
        "version.parse(torch.__version__).major == 2",
        Module(module="torch", version=((">=", "2"), ("<", "3")), base=True),
    ),
    (
        "version.parse(torch.__version__).release[:2] >= (2, 6)",
        Module(module="torch", version=((">=", "2.6"),), base=True),
    ),
    ("torch.cuda.is_available()", Device(device="cuda")),
    ("torch.backends.mps.is_available()", Device(device="mps")),
    ("torch.distributed.is_available()", Feature(feature="torch.distributed.is_available()")),
    ("torch.version.cuda is not None", Toolkit(cuda=())),
    ("bool(torch.version.hip)", Rocm(rocm=())),
    ('getattr(torch, "version").cuda is not None', Toolkit(cuda=())),
    ("torch.cuda.device_count() > 1", DeviceCount(device_count=((">", "1"),), device="cuda")),
    ("torch.cuda.get_device_capability() >= (8, 9)", ComputeCapability(compute_capability=((">=", "8.9"),))),
    ("torch.cuda.get_device_capability()[0] >= 9", ComputeCapability(compute_capability=((">=", "9.0"),))),
    ("torch.cuda.get_device_properties(0).major < 8", ComputeCapability(compute_capability=(("<", "8.0"),))),
    ("torch.accelerator.current_accelerator() is not None", Device(device="accelerator")),
    (
        'torch.accelerator.current_accelerator().type == "xpu"',
        All((Device(device="accelerator"), Device(device="xpu"))),
    ),
    (
        '(torch.accelerator.current_accelerator() or torch.device("cpu")).type in ("cuda", "xpu")',
        All((Device(device="accelerator"), Any((Device(device="cuda"), Device(device="xpu"))))),
    ),
    ('(torch.accelerator.current_accelerator() or torch.device("cpu")).type != "cpu"', Device(device="accelerator")),
    (
        (
            '("rocm" if torch.version.hip and torch.accelerator.current_accelerator().type == "cuda" '
            'else torch.accelerator.current_accelerator().type) != "xpu"'
        ),
        All((Device(device="accelerator"), Not(Device(device="xpu")))),
    ),
    ('torch.device("cuda:0").type == "cuda"', True),
    ('isinstance(torch.device("cuda:0"), str)', False),
    ("torch.device(mode).type == 'cuda'", None),
    ('hasattr(torch, "npu")', Feature(feature="torch.npu")),
    ('getattr(torch.version, "xpu", None) is not None', Feature(feature="torch.version.xpu is not None")),
    ('getattr(torch, "xpu", None) is None', Not(Feature(feature="torch.xpu is not None"))),
    ('getattr(torch, "xpu", 0) is None', None),
    ("torch.backends.mps.is_macos_or_newer(14, 0)", Feature(feature="torch.backends.mps.is_macos_or_newer(14, 0)")),
    ("torch.distributed.is_available(mode)", None),
    (
        "comet_ml.config.get_config('api_key') is not None",
        Feature(feature="comet_ml.config.get_config('api_key') is not None"),
    ),
    (
        "experimental._get_device_type() == experimental.DeviceType.GAUDI",
        Feature(
            feature="habana_frameworks.torch.utils.experimental._get_device_type() == "
            "habana_frameworks.torch.utils.experimental.DeviceType.GAUDI"
        ),
    ),
    ("experimental._get_device_type() < experimental.DeviceType.GAUDI", None),
    (
        'f"{torch.musa.get_device_properties(0).major}{torch.musa.get_device_properties(0).minor}" >= "22"',
        ComputeCapability(compute_capability=((">=", "2.2"),), device="musa"),
    ),
    (
        'f"{torch.cuda.get_device_properties(0).major}{torch.cuda.get_device_properties(0).minor}" == "89"',
        ComputeCapability(compute_capability=((">=", "8.9"), ("<", "8.10"))),
    ),
    ('f"{torch.cuda.get_device_properties(0).major}{torch.cuda.get_device_properties(0).minor}" >= "9"', None),
    ('int(os.getenv("FOO", 3)) == 2', Environment(env="FOO", value="2")),
    (
        'int(os.getenv("FOO", 3)) in (2, 3)',
        Any((Not(Environment(env="FOO")), Environment(env="FOO", value="2"), Environment(env="FOO", value="3"))),
    ),
    ('int(os.getenv("FOO", 3)) == "2"', None),
    ('bool(json.loads(os.getenv("FOO", "{}")).get("a"))', Environment(env="FOO", key="a", is_true=True)),
    ('"a" in json.loads(os.getenv("FOO", "{}"))', Environment(env="FOO", key="a")),
    (
        'json.loads(os.getenv("FOO", "{}")).get("a", False) and "a" in json.loads(os.getenv("FOO", "{}"))',
        Environment(env="FOO", key="a", is_true=True),
    ),
    (
        'bool(os.getenv("FOO")) and "a" in json.loads(os.environ["FOO"]) and "b" in json.loads(os.environ["FOO"])',
        All((Environment(env="FOO", key="a"), Environment(env="FOO", key="b"))),
    ),
    ('json.loads(os.getenv("FOO", "{}")).get("a", 7)', None),
    ('json.loads(os.getenv("FOO", "[1]")).get("a")', None),
    ('int(os.getenv("FOO", 3)) > 2', None),
    ('shutil.which("ninja") is not None', Binary(binary="ninja")),
    ("sys.version_info >= (3, 11)", Python(python=((">=", "3.11"),))),
    ('sys.platform == "linux"', OperatingSystem(os="linux")),
    ('sys.platform.startswith("win") or os.name == "nt"', None),
    ('platform.system() == "Darwin"', OperatingSystem(os="darwin")),
    ('os.name == "nt"', OperatingSystem(os="win32")),
    ('"FOO" in os.environ', Environment(env="FOO")),
    ('os.environ.get("FOO") is not None', Environment(env="FOO")),
    ('os.getenv("FOO", "0") == "1"', Environment(env="FOO", value="1")),
    ('os.getenv("FOO", "1") == "1"', Any((Not(Environment(env="FOO")), Environment(env="FOO", value="1")))),
    (
        'os.environ.get("FOO", "no").upper() in {"YES", "ON"}',
        Any(
            (
                Environment(env="FOO", value="YES", ignore_case=True),
                Environment(env="FOO", value="ON", ignore_case=True),
            )
        ),
    ),
    (
        'os.environ.get("FOO", "no").upper() in {"yes", "ON"}',  # nothing in upper case is "yes"
        Environment(env="FOO", value="ON", ignore_case=True),
    ),
    ('all(importlib.util.find_spec(m) for m in ("a", "b"))', All((Module(module="a"), Module(module="b")))),
    (
        '"foo-dist" in [n.replace("_", "-") for n in importlib.metadata.packages_distributions().get("foo", [])]',
        Package(package="foo-dist"),
    ),
]

HEAD = """
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import sys
import comet_ml
import habana_frameworks.torch.utils.experimental as experimental
import torch
from packaging import version
from packaging.version import Version
"""


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_a_primitive_is_its_atom(mine, expression, expected):
    """What the expression asks, and nothing else, is in the formula."""
    meaning = mine(m=f"{HEAD}\ndef is_x():\n    return {expression}\n").meaning("m", "is_x")
    if expected is None:
        assert not meaning.exact
    else:
        assert meaning.formula == expected
        assert meaning.exact
        assert meaning.boolean


def test_a_minor_number_counts_only_where_the_major_is_known(mine):
    """`.minor < 6` alone says nothing of an order of versions."""
    source = (
        HEAD
        + """
v = version.parse(torch.__version__)

def is_old():
    return v.major == 2 and v.minor < 6

def is_vague():
    return v.minor < 6
"""
    )
    meanings = mine(m=source)
    old = meanings.meaning("m", "is_old")
    assert old.formula == Module(module="torch", version=((">=", "2"), ("<", "3"), ("<", "2.6")), base=True)
    assert not meanings.meaning("m", "is_vague").exact


def test_comparing_text_is_a_quirk(mine):
    """The order of strings is not the order of versions."""
    source = HEAD + "def is_x():\n    return importlib.metadata.version('foo') >= '0.4.1'\n"
    meaning = mine(m=source).meaning("m", "is_x")
    assert meaning.formula == Package(package="foo", version=((">=", "0.4.1"),))
    assert set(meaning.quirks) == {"compares-strings", "raises"}


def test_importing_a_module_of_the_library_needs_nothing(mine):
    """By its name, or relative to a package; what is asked of it is not looked into. Others are needed."""
    head = "import importlib\n\ndef is_x():\n    return bool(importlib.import_module("
    for named in ("'kit.other'", "'kit'", "'.other', 'kit'"):
        meaning = mine(kit__m=f"{head}{named}))\n").meaning("kit.m", "is_x")
        assert not any(isinstance(atom, Module) for atom in atoms(meaning.formula))
    for named, module in (("'foo'", "foo"), ("'.bar', 'foo'", "foo.bar")):
        meaning = mine(kit__m=f"{head}{named}))\n").meaning("kit.m", "is_x")
        assert Module(module=module) in atoms(meaning.formula)
