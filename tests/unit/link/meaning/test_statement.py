"""What statements do to a meaning: order, conditions, exceptions, loops, imports."""

from __future__ import annotations

import pytest

from miner.formula.atom import Device, Environment, Feature, Module, Package, SameRelease
from miner.formula.connective import All, Any, Not

HEAD = """
import importlib.metadata
import importlib.util
import os
from packaging import version
"""

TORCH = Module(module="torch")
FOO = Module(module="foo")


def body(*lines: str) -> str:
    return HEAD + "def is_x():\n" + "".join(f"    {line}\n" for line in lines)


CASES = {
    "early return": (
        [
            "if importlib.util.find_spec('foo') is None:",
            "    return False",
            "import torch",
            "return torch.cuda.is_available()",
        ],
        All((FOO, TORCH, Device(device="cuda"))),
    ),
    "try import": (
        ["try:", "    import foo", "    return True", "except ImportError:", "    return False"],
        FOO,
    ),
    "try from import, else": (
        ["try:", "    from foo.bar import Baz", "except Exception:", "    return False", "else:", "    return True"],
        All((Module(module="foo.bar"), Feature(feature="foo.bar.Baz"))),
    ),
    "handler of another class": (
        ["try:", "    import foo", "except KeyError:", "    return True", "return True"],
        FOO,
    ),
    "suppress": (
        [
            "found = False",
            "with contextlib.suppress(ImportError):",
            "    import foo",
            "    found = True",
            "return found",
        ],
        FOO,
    ),
    "finally": (
        [
            "try:",
            "    found = importlib.util.find_spec('foo') is not None",
            "finally:",
            "    print('done')",
            "return found",
        ],
        FOO,
    ),
    "arms join": (
        [
            "if 'A' in os.environ:",
            "    name = 'foo'",
            "else:",
            "    name = 'torch'",
            "return importlib.util.find_spec(name) is not None",
        ],
        Any((All((Environment(env="A"), FOO)), All((Not(Environment(env="A")), TORCH)))),
    ),
    "a condition that changes nothing is forgotten": (
        [
            "if 'A' in os.environ:",
            "    logger.info('a')",
            "if 'B' in os.environ:",
            "    logger.info('b')",
            "return importlib.util.find_spec('foo') is not None",
        ],
        FOO,
    ),
    "ternary": (
        ["return importlib.util.find_spec('foo') is not None if 'A' in os.environ else False"],
        All((Environment(env="A"), FOO)),
    ),
    "loop": (
        [
            "for name in ('foo', 'torch'):",
            "    if importlib.util.find_spec(name) is None:",
            "        return False",
            "return True",
        ],
        All((FOO, TORCH)),
    ),
    "loop with break and else": (
        [
            "for name in ('foo', 'torch'):",
            "    if importlib.util.find_spec(name):",
            "        break",
            "else:",
            "    return False",
            "return True",
        ],
        Any((FOO, TORCH)),
    ),
    "augmented": (
        [
            "found = importlib.util.find_spec('foo') is not None",
            "found |= importlib.util.find_spec('torch') is not None",
            "return found",
        ],
        Any((FOO, TORCH)),
    ),
    "walrus": (
        ["if (spec := importlib.util.find_spec('foo')) is not None:", "    return True", "return False"],
        FOO,
    ),
    "nested function": (
        ["def there(name):", "    return importlib.util.find_spec(name) is not None", "return there('foo')"],
        FOO,
    ),
    "lambda": (
        ["there = lambda name: importlib.util.find_spec(name) is not None", "return there('foo')"],
        FOO,
    ),
    "two packages compared": (
        [
            "import foo, torch",
            "def short(v):",
            "    return str(version.parse(v).major) + '.' + str(version.parse(v).minor)",
            "return short(foo.__version__) == short(torch.__version__)",
        ],
        All((FOO, TORCH, SameRelease(same_release=("foo", "torch"), digits=2))),
    ),
    "metadata under another name": (
        [
            "try:",
            "    importlib.metadata.version('foo-dist')",
            "    return True",
            "except importlib.metadata.PackageNotFoundError:",
            "    return False",
        ],
        Package(package="foo-dist"),
    ),
}


@pytest.mark.parametrize("shape", CASES)
def test_a_statement_does_what_python_does(mine, shape):
    """The formula of a function follows from its statements."""
    lines, expected = CASES[shape]
    assert mine(m="import contextlib\n" + body(*lines)).meaning("m", "is_x").formula == expected


def test_a_flag_is_read_after_the_whole_module(mine):
    """An assignment under a condition, or before it, is never taken alone."""
    source = (
        HEAD
        + """
_foo = False
if "USE_FOO" in os.environ:
    _foo = importlib.util.find_spec("foo") is not None
else:
    _foo = False

def is_foo():
    return _foo
"""
    )
    meanings = mine(m=source)
    assert meanings.meaning("m", "is_foo").formula == All((Environment(env="USE_FOO"), FOO))
    assert meanings.meaning("m", "_foo").kind == "flag"


def test_a_name_bound_in_one_arm_raises_in_the_other(mine):
    """Reading an unbound name is an error, and not the other arm's value."""
    source = (
        HEAD
        + """
if "A" in os.environ:
    found = importlib.util.find_spec("foo") is not None

def is_x():
    return found
"""
    )
    meaning = mine(m=source).meaning("m", "is_x")
    assert meaning.formula == All((Environment(env="A"), FOO))
    assert meaning.quirks == ("raises",)


def test_imports_of_the_module_itself_are_no_condition(mine):
    """A module whose imports fail has no predicates to ask."""
    assert mine(m="import torch\ndef is_x():\n    return torch.cuda.is_available()\n").meaning(
        "m", "is_x"
    ).formula == Device(device="cuda")


def test_type_checking_is_false(mine):
    """What is under TYPE_CHECKING is not executed."""
    source = "from typing import TYPE_CHECKING\nflag = False\nif TYPE_CHECKING:\n    flag = True\n"
    source += "def is_x():\n    return flag\n"
    assert mine(m=source).meaning("m", "is_x").formula is False


def test_a_call_that_may_fail_is_said_where_a_handler_waits(mine):
    """A call that is not understood is an opaque condition of what follows it in a try."""
    lines = ["import foo", "try:", "    foo.init()", "    return True", "except RuntimeError:", "    return False"]
    meaning = mine(m=body(*lines)).meaning("m", "is_x")
    assert not meaning.exact
    assert FOO in meaning.formula.parts


@pytest.mark.parametrize("tail", ["continue", "pass"])
def test_a_tuple_is_not_made_where_a_call_in_it_raises(mine, tail):
    """What the handler leads to is then what is given."""
    lines = [
        "for each in ['foo']:",
        "    try:",
        "        found = True, importlib.metadata.version(each)",
        "        return found[0]",
        "    except importlib.metadata.PackageNotFoundError:",
        f"        {tail}",
        "return False",
    ]
    assert mine(m=body(*lines)).meaning("m", "is_x").formula == Package(package="foo")


def test_parts_that_are_unpacked_from_what_is_not_known_are_not_the_same(mine):
    """One of them can be so while the other is not."""
    lines = ["few, many = f()", "return bool(few) and not many"]
    formula = mine(m=body(*lines)).meaning("m", "is_x").formula
    assert [getattr(part, "part", part).opaque for part in formula.parts] == ["few", "many"]


@pytest.mark.parametrize("name", ["is_there", "_is_package_available"])
def test_a_package_whose_name_is_not_known_may_be_there_or_not(mine, name):
    """Neither in a helper of the vocabulary, whose opaque tests count as failed where the package is known."""
    source = f"""
import importlib.metadata
def {name}(package, with_release=False):
    try:
        return True, importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False, "N/A"
def is_x(package):
    found, release = {name}(package, with_release=True)
    return found
"""
    formula = mine(m=source).meaning("m", "is_x").formula
    assert formula.opaque == "importlib.metadata.version(package)"
