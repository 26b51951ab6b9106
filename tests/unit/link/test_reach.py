"""What functions reach through calls and overrides, and what conditions on the way mean for who calls."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.app.close_reading import CloseReader
from miner.detect.idiom import load_idioms
from miner.formula.atom import Parameter
from miner.formula.text import render
from miner.link.reach import Reach, along
from miner.link.routine import Routines

IDIOMS = load_idioms()
KIT = """
    from kit import other
    from kit.other import Far, helper as aid
    import numpy

    class Base:
        def __init__(self, mode):
            self.mode = mode
        def hook(self):
            '''Others do it.'''
            raise NotImplementedError
        def shared(self, deep=False):
            return leaf(deep)

    class Middle(Base):
        def hook(self):
            return leaf(True)

    class Last(Middle):
        def shared(self, deep=False):
            return super().shared(deep)
        def run(self, fast, config, rest=None):
            self.hook()
            if fast:
                leaf(config.deep)
            local = leaf
            local()
            rest.go()
            numpy.sum(rest)
            Far(1).go()
            return aid(1) if config.far else other.helper(2)

    def leaf(deep):
        return deep

    def chained(first, second):
        return aid(first) or leaf(second) or Far(first)

    def nested(items):
        from kit.other import helper
        def inner():
            return helper(3)
        return [leaf(each) for each in items if leaf(not each)] and inner()

    def make(cls, config):
        return leaf(config)

    class Made:
        @classmethod
        def build(cls, config):
            return make(cls, config.deep)

    def fails():
        try:
            leaf(1)
        except aid(1):
            pass
"""
OTHER = """
    class Far:
        def go(self): pass

    def helper(number):
        return number
"""


@pytest.fixture(scope="module")
def reach() -> Reach:
    """The reach of two modules."""
    files = {"kit/__init__.py": "", "kit/a.py": KIT, "kit/other.py": OTHER}
    found = linked(files)
    close = CloseReader(lambda path: dedent(files[path]).encode(), IDIOMS, "fast")
    return Reach(Routines(found.library, close), found.conditions)


def steps(reach: Reach, name: str) -> list[tuple[str, str, str]]:
    """Way, target and condition of the steps from a function of the first module."""
    return [(step.way, step.target.removeprefix("kit."), render(step.when)) for step in reach.steps(f"kit.a.{name}")]


def test_what_is_called_and_when(reach):
    assert steps(reach, "Last.run") == [
        ("calls", "a.Middle.hook", "always"),
        ("calls", "a.leaf", "fast"),
        ("calls", "other.Far", "always"),
        ("calls", "other.helper", "always"),
    ]


def test_calls_that_are_not_followed_are_counted():
    files = {"kit/__init__.py": "", "kit/a.py": KIT, "kit/other.py": OTHER}
    found = linked(files)
    routines = Routines(found.library, CloseReader(lambda path: dedent(files[path]).encode(), IDIOMS, "fast"))
    Reach(routines, found.conditions).steps("kit.a.Last.run")
    assert routines.unresolved == {"a local": 1, "an argument": 1, "another library": 1, "the result of a call": 1}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Last.shared", [("calls", "a.Base.shared", "always")]),
        ("nested", [("calls", "a.leaf", "always")]),
        (
            "chained",
            [
                ("calls", "other.helper", "always"),
                ("calls", "a.leaf", "not [aid(first)]"),
                ("calls", "other.Far", "not [aid(first)] and not [leaf(second)]"),
            ],
        ),
        ("fails", [("calls", "a.leaf", "always"), ("calls", "other.helper", "[something is raised]")]),
        ("Last", [("calls", "a.Last.__init__", "always")]),
        ("Base.hook", [("overrides", "a.Middle.hook", "[the object is a Middle]")]),
        ("Base.shared", [("calls", "a.leaf", "always")]),
    ],
)
def test_the_steps_of(name, found, reach):
    if name == "Last":  # it inherits what makes it
        assert steps(reach, name) == []
        assert reach.routines.method("kit.a.Last", "__init__") == "kit.a.Base.__init__"
        return
    assert steps(reach, name) == found


def test_a_start_reaches_what_takes_its_place_and_the_members_of_a_class(reach):
    assert set(reach.paths("kit.a.Base.shared")) == {"kit.a.Base.shared", "kit.a.Last.shared", "kit.a.leaf"}
    assert {"kit.a.Last.run", "kit.a.Last.shared"} <= set(reach.paths("kit.a.Last"))


def test_depth_counts_calls_alone(reach):
    assert "kit.a.leaf" not in reach.paths("kit.a.Last.shared", depth=1)
    assert "kit.a.leaf" in reach.paths("kit.a.Last.shared", depth=2)
    assert "kit.a.Middle.hook" in reach.paths("kit.a.Base.hook", depth=0)


@pytest.mark.parametrize(
    ("start", "end", "asked", "meant"),
    [
        ("Last.run", "leaf", Parameter(param="deep", of="kit.a.leaf"), "config.deep and fast"),
        (
            "Last.run",
            "leaf",
            Parameter(param="deep.er", of="kit.a.leaf", op="==", value=1),
            "config.deep.er == 1 and fast",
        ),
        ("Last.shared", "Base.shared", Parameter(param="self.mode", of="kit.a.Base.shared"), "self.mode"),
        ("Middle.hook", "leaf", Parameter(param="deep", of="kit.a.leaf"), "always"),
        ("Middle.hook", "leaf", Parameter(param="deep", of="kit.a.leaf", op="==", value=False), "never"),
        ("nested", "leaf", Parameter(param="deep", of="kit.a.leaf"), "[each] or [not each]"),
        ("Made.build", "leaf", Parameter(param="deep", of="kit.a.leaf"), "config.deep"),
    ],
)
def test_what_a_condition_means_for_the_caller(start, end, asked, meant, reach):
    path = reach.paths(f"kit.a.{start}")[f"kit.a.{end}"]
    assert render(along(path, asked)) == meant
