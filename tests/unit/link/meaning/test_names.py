"""Names across modules: constants, re-exports, star imports, defaults, operator tables."""

from __future__ import annotations

from miner.formula.atom import Module, Package
from miner.link.meaning import Found, Place
from miner.model.expression import Constant, Name
from miner.model.span import Span

SPAN = Span(0, 10, 1, 1)
GATE = """
from packaging import version
import importlib.metadata
from .constant import FLOOR
from . import deeper

def is_foo(min_version=FLOOR):
    return version.parse(importlib.metadata.version("foo")) >= version.parse(min_version)

def is_bar():
    return deeper.is_there("bar")
"""

DEEPER = """
import importlib.util

def is_there(name):
    return importlib.util.find_spec(name) is not None
"""


def test_relative_imports_between_programs(mine):
    """A constant and a helper of other modules are found through relative imports."""
    meanings = mine(
        lib__init="from .gate import *\n",
        lib__gate=GATE,
        lib__constant='FLOOR = "1.2"\n',
        lib__deeper=DEEPER,
    )
    foo = meanings.meaning("lib.gate", "is_foo")
    assert foo.formula == Package(package="foo", version=((">=", "1.2"),))
    assert [(place.module, place.role) for place in foo.evidence] == [
        ("lib.constant", "constant"),
        ("lib.gate", "definition"),
    ]
    assert meanings.meaning("lib.gate", "is_bar").formula == Module(module="bar")
    assert meanings.meaning("lib", "is_bar").formula == Module(module="bar")


def test_a_constant_of_a_module_that_is_no_program(mine):
    """Such a constant is asked for, with its place; a re-export is followed."""

    def resolve(module, name):
        known = {
            ("lib.constant", "FLOOR"): "lib.base.FLOOR",
            ("lib.base", "FLOOR"): Found(Name("_LOW"), SPAN),
            ("lib.base", "_LOW"): Found(Constant("3.4"), SPAN),
        }
        return known.get((module, name))

    meaning = mine(resolve, lib__gate=GATE).meaning("lib.gate", "is_foo")
    assert meaning.formula == Package(package="foo", version=((">=", "3.4"),))
    assert Place("lib.base", SPAN, "constant") in meaning.evidence


def test_arguments_by_position_and_name(mine):
    """Absent arguments take their defaults, given ones their value."""
    meanings = mine(lib__gate=GATE, lib__constant='FLOOR = "1.2"\n')
    for arguments in ((("0", "2.0"),), (("min_version", "2.0"),)):
        meaning = meanings.meaning("lib.gate", "is_foo", arguments)
        assert meaning.formula == Package(package="foo", version=((">=", "2.0"),))


def test_circular_imports_and_recursion_end(mine):
    """Modules that import each other, and functions that call each other, are opaque at worst."""
    meanings = mine(
        a="from b import is_b\ndef is_a():\n    return is_b()\n",
        b="from a import is_a\ndef is_b():\n    return is_a()\n",
    )
    assert not meanings.meaning("a", "is_a").exact


def test_decorators(mine):
    """A decorator that returns its argument changes nothing; a wrapper is followed."""
    source = """
import functools
import importlib.util

def marked(fn):
    setattr(fn, "_mark", True)
    return fn

def denied(fn):
    def wrapper(*args, **kwargs):
        return not fn(*args, **kwargs)
    return wrapper

@functools.lru_cache(maxsize=1)
@marked
def is_foo():
    return importlib.util.find_spec("foo") is not None

@denied
def is_foo_absent():
    return importlib.util.find_spec("foo") is not None
"""
    meanings = mine(m=source)
    assert meanings.meaning("m", "is_foo").formula == Module(module="foo")
    assert str(meanings.meaning("m", "is_foo_absent").formula).startswith("Not")


def test_a_condition_anywhere(mine):
    """A condition of a module that is no program is read with the names that the module imports."""
    targets = {("lib.use", "is_foo"): "lib.gate.is_foo", ("lib.use", "torch"): "torch"}
    meanings = mine(lambda module, name: targets.get((module, name)), lib__gate=GATE, lib__constant='FLOOR = "1.2"\n')
    call = Name("is_foo")
    from miner.model.expression import Attribute, Boolean, Call
    from miner.model.site import Scope

    condition = Boolean("and", (Call(call, ()), Call(Attribute(Attribute(Name("torch"), "cuda"), "is_available"), ())))
    meaning = meanings.condition("lib.use", condition)
    assert meaning.exact
    assert meaning.uses == ("lib.gate.is_foo",)
    assert not meanings.condition("lib.use", Call(call, ()), Scope(unknown=("is_foo",))).exact
