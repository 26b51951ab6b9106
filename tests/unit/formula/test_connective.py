"""The constructors fold what is trivial and never confuse values that Python calls equal."""

from __future__ import annotations

import pytest

from miner.formula.atom import Device, Parameter
from miner.formula.connective import All, Any, Not, conjunction, disjunction, negation

CUDA, XPU = Device(device="cuda"), Device(device="xpu")


def is_set_to(value):
    return Parameter(param="bf16", of="m.f", op="==", value=value)


def test_constants_are_folded():
    assert conjunction() is True
    assert disjunction() is False
    assert conjunction(CUDA, True) == CUDA
    assert conjunction(CUDA, False) is False
    assert disjunction(CUDA, True) is True


def test_nested_connectives_of_one_kind_are_one_and_order_is_kept():
    assert conjunction(XPU, All((CUDA, XPU))) == All((XPU, CUDA))
    assert disjunction(XPU, All((CUDA, XPU))) == Any((XPU, All((CUDA, XPU))))


def test_a_part_and_its_negation_decide():
    assert conjunction(CUDA, Not(CUDA)) is False
    assert disjunction(Not(All((CUDA, XPU))), All((CUDA, XPU))) is True


@pytest.mark.parametrize(("left", "right"), [(True, 1), (1, 1.0), (0, False), (0.0, -0.0)])
def test_values_that_python_calls_equal_stay_apart(left, right):
    joined = conjunction(is_set_to(left), is_set_to(right))
    assert isinstance(joined, All)
    assert [repr(part.value) for part in joined.parts] == [repr(left), repr(right)]
    assert isinstance(disjunction(is_set_to(left), Not(is_set_to(right))), Any)


def test_negation_folds_constants_and_itself():
    assert negation(True) is False
    assert negation(negation(CUDA)) == CUDA
