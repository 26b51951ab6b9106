"""Sets of versions are unions of intervals, and come back as the fewest constraint lists."""

from __future__ import annotations

import pytest
from packaging.version import Version

from miner.formula.region import (
    EMPTY,
    FULL,
    OPERATORS,
    compared,
    constraint_lists,
    contains,
    intersection,
    is_subset,
    union,
)

A, B, C = Version("1"), Version("2"), Version("3")
SPELLED = {A: "1", B: "2", C: "3"}


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_comparison_and_its_opposite_part_the_line(operator):
    opposite = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}[operator]
    assert union(compared(operator, B), compared(opposite, B)) == FULL
    assert intersection(compared(operator, B), compared(opposite, B)) == EMPTY


@pytest.mark.parametrize(
    ("operator", "inside"),
    [("==", "B"), ("!=", "AC"), ("<", "A"), ("<=", "AB"), (">", "C"), (">=", "BC")],
)
def test_a_comparison_contains_what_it_says(operator, inside):
    assert (
        "".join(name for name, v in zip("ABC", (A, B, C), strict=True) if contains(compared(operator, B), v)) == inside
    )


def test_a_version_left_out_is_a_hole_and_not_two_ranges():
    region = intersection(intersection(compared(">=", A), compared("<", C)), compared("!=", B))
    assert constraint_lists(region, SPELLED) == (((">=", "1"), ("<", "3"), ("!=", "2")),)


def test_separate_ranges_are_separate_lists():
    region = union(compared("<", A), compared(">=", B))
    assert constraint_lists(region, SPELLED) == ((("<", "1"),), ((">=", "2"),))


def test_a_single_version_is_an_equality_and_everything_is_no_constraint():
    assert constraint_lists(intersection(compared(">=", B), compared("<=", B)), SPELLED) == ((("==", "2"),),)
    assert constraint_lists(FULL, SPELLED) == ((),)
    assert constraint_lists(EMPTY, SPELLED) == ()


def test_subset():
    assert is_subset(compared(">", B), compared(">=", B))
    assert not is_subset(compared(">=", B), compared(">", B))


def test_an_unknown_operator_is_refused():
    with pytest.raises(ValueError, match="not a version operator: ~="):
        compared("~=", A)
