"""What declarations leave as values, as bounds on their owner."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.formula.atom import Parameter
from miner.formula.notation import text


def bounds(body: str) -> list[tuple[str, str, str]]:
    """Return owner, condition and effect of each bound of a module of one package."""
    found = linked({"src/kit/__init__.py": "", "src/kit/a.py": f"WAYS = ['up', 'down']\n{body}"})
    return [(bound.owner, text(bound.when), bound.effect) for bound in found.bounds]


def text_of(name: str, of: str, op: str, value: object) -> str:
    """Return a comparison of a parameter as it is written in notation."""
    return text(Parameter(param=name, of=of, op=op, value=value))


@pytest.mark.parametrize(
    ("decorator", "field", "expected"),
    [
        ("@strict\n", "x: int = interval(min=1)(default=2)", [("x", "<", 1, "raise")]),
        ("", "x: int = interval(min=1, max=3)()", [("x", "<", 1, "raise"), ("x", ">", 3, "raise")]),
        ("", "x: float = Field(1, gt=0, lt=2)", [("x", "<=", 0, "unchecked"), ("x", ">=", 2, "unchecked")]),
        ("@strict\n", "x: float = Field(1, gt=0)", [("x", "<=", 0, "raise")]),
        ("", "x: int = interval(min=LEAST)()", []),
        ("", "_x: int = interval(min=1)()", []),
    ],
)
def test_bounds_of_fields(decorator, field, expected):
    """A value beyond a bound is refused where something checks it; bounds that are no constants say nothing."""
    found = bounds(f"{decorator}class C:\n    {field}\n")
    said = [("kit.a.C", text_of(name, "kit.a.C", op, value), effect) for name, op, value, effect in expected]
    assert sorted(found) == sorted(said)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("x: Literal['a', 'b']", ("a", "b")),
        ("x: Literal['a'] | None = None", ("a", None)),
        ("x: str = field(default='up', metadata={'choices': WAYS})", ("down", "up")),
        ("x: str = field(default='up', metadata={'choices': OTHERS})", ()),
    ],
)
def test_values_of_fields(field, values):
    """Any value but those that are named, also where a constant of the module names them."""
    found = bounds(f"class C:\n    {field}\n")
    names = [text_of("x", "kit.a.C", "==", value) for value in values]
    assert len(found) == (1 if values else 0)
    for owner, when, effect in found:
        assert (owner, effect) == ("kit.a.C", "unchecked")
        assert all(name in when for name in names)
        assert when.count("==") == len(names)


def test_no_bound_is_what_can_never_be_refused():
    """An assertion in an arm that the tests above leave only where it holds demands nothing; the refusal below does."""
    found = bounds("""
        def resize(low=None, high=None):
            if low is None and high is None:
                return 1
            elif low is None:
                assert high is not None
            if low == 7:
                raise ValueError("not 7")
        """)
    assert [owner for owner, *_ in found] == ["kit.a.resize"]
    assert text_of("low", "kit.a.resize", "==", 7) in found[0][1]


def test_a_private_method_may_bound_public_fields():
    """What it demands of fields of the object holds for all who set those; of its own arguments, for nobody else."""
    found = bounds("""
        class Options:
            def __init__(self, fast=False, exact=False):
                self.fast, self.exact = fast, exact
                self._check(1)

            def _check(self, count):
                if self.fast and self.exact:
                    raise ValueError("not both")
                if count > 2:
                    raise ValueError("too many")
                if self._depth > 2:
                    raise ValueError("too deep")

        class _Hidden:
            def _check(self):
                if self.fast:
                    raise ValueError("never")
        """)
    assert [owner for owner, *_ in found] == ["kit.a.Options._check"]
