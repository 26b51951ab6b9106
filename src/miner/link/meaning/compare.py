"""Truth and comparison of values that are no decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from miner.formula.atom import (
    Device,
    DeviceCount,
    Environment,
    Feature,
    Module,
    Opaque,
    OperatingSystem,
    Package,
    Parameter,
)
from miner.formula.connective import All, Any, Formula, Not, conjunction, conjuncts, disjunction, negation
from miner.formula.gate import BELOW, MEASURED
from miner.link.meaning.subject import MIRROR, ORDERED, compare_release, constants
from miner.link.meaning.tree import decide, inwards
from miner.link.meaning.value import (
    Accelerator,
    Argument,
    Choice,
    Constant,
    Count,
    DistributionOf,
    Distributions,
    Document,
    External,
    Index,
    Number,
    Parsed,
    Platform,
    Raised,
    Release,
    Series,
    Spec,
    Table,
    Truth,
    Unknown,
    Value,
    Variable,
)

ACCELERATOR = "accelerator"
"""The device that says that there is one, of whatever kind."""

NEGATED = {"is not": "is", "!=": "==", "not in": "in"}


@dataclass(frozen=True)
class Comparison:
    """One comparison: what it is told about the path (`major`) and the words for operating systems."""

    systems: Mapping[str, str]
    text: str
    major: int | None = None


def truth(value: Value) -> Formula:
    """Return when `value` is true; an exception is never."""
    match value:
        case Truth(formula):
            return formula
        case Choice(test, then, orelse):
            return decide(test, truth(then), truth(orelse))
        case Constant(constant):
            return bool(constant)
        case Spec(module) | Distributions(module):
            return Module(module=module)
        case Count(device):
            return DeviceCount(device_count=((">=", "1"),), device=device)
        case Series(_, items, whole):
            return bool(items) if whole or items else Opaque(opaque="a collection", reason="its items are not known")
        case Table(items):
            return bool(items)
        case Argument(name, of):
            return Parameter(param=name, of=of)
        case Unknown(text, reason):
            return Opaque(opaque=text, reason=reason)
        case External(path):
            return Opaque(opaque=path, reason="a value of another library")
        case Raised():
            return False
    return True


def compare(operator: str, left: Value, right: Value, how: Comparison) -> Formula:
    """Return when `left operator right` holds; opaque when that is not understood."""
    plain = NEGATED.get(operator, operator)
    found = _membership(left, right, how) if plain == "in" else _pair(plain, left, right, how)
    if found is None and plain in MIRROR:
        found = _pair(MIRROR[plain], right, left, how)
    if found is not None:
        return found if plain == operator else negation(found)
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Argument):
            reason = f"depends on the argument {side.name}"
            return (
                _measured(operator, how.text, reason)
                if isinstance(other, Release | Count)
                else Opaque(opaque=how.text, reason=reason)
            )
    return Opaque(opaque=how.text, reason="a comparison that is not understood")


def _measured(operator: str, text: str, reason: str) -> Formula:
    """Return a comparison of what the machine has with an argument: to fall short is to not reach it."""
    reason += MEASURED
    reached = BELOW.get(operator)
    if reached is None or text.count(f" {operator} ") != 1:
        return Opaque(opaque=text, reason=reason)
    return negation(Opaque(opaque=text.replace(f" {operator} ", f" {reached} "), reason=reason))


def of_one_kind(formula: Formula) -> Formula:
    """Return a comparison of an accelerator's kind without what is said by its being of one kind only.

    Where `tpu` is refused, that it may be `cuda` says no more; where it is wanted, that it is not `cuda`.
    """
    shorter = _without_others(inwards(formula))
    return inwards(_without_others(inwards(shorter, holds=False)), holds=False)


def _without_others(formula: Formula) -> Formula:
    """Leave out alternatives that ask for another kind than the one that is refused beside them."""
    if isinstance(formula, All):
        return conjunction(*map(_without_others, formula.parts))
    if not isinstance(formula, Any):
        return formula
    parts = [_without_others(part) for part in formula.parts]
    kinds = {part.part.device for part in parts if isinstance(part, Not) and isinstance(part.part, Device)}
    known = {ACCELERATOR, *kinds}
    if len(known) != len({ACCELERATOR}) + 1:
        return disjunction(*parts)
    asked = ((part, [each.device for each in conjuncts(part) if isinstance(each, Device)]) for part in parts)
    return disjunction(*(part for part, devices in asked if known.issuperset(devices)))


def _pair(operator: str, left: Value, right: Value, how: Comparison) -> Formula | None:
    if isinstance(left, Release):
        if right == Constant(None):
            return False
        return compare_release(operator, left, right, how.major)
    if right == Constant(None) and operator in {"is", "=="}:
        return _is_none(left)
    if isinstance(left, Parsed) and isinstance(right, Parsed):
        return _versions(operator, left, right)
    if isinstance(left, Constant) and isinstance(right, Constant):
        found = constants(operator, left.value, right.value)
        return found.formula if found else None
    if isinstance(left, Truth):
        return _truths(operator, left, right)
    if isinstance(left, External) and left.known and isinstance(right, External) and operator == "==":
        return Feature(feature=f"{left.path} == {right.path}")
    if not isinstance(right, Constant):
        return None
    return _with_constant(operator, left, right.value, how)


def _with_constant(operator: str, left: Value, constant: float | str | None, how: Comparison) -> Formula | None:
    is_equal = operator in {"==", "is"}
    match left:
        case Variable(name, case) if is_equal and isinstance(constant, str):
            if case and constant != getattr(constant, case)():
                return False  # no converted value is spelled so
            return Environment(env=name, value=constant, ignore_case=bool(case))
        case Number(name) if is_equal and not isinstance(constant, str) and str(constant).isdigit():
            return Environment(env=name, value=str(constant))
        case Platform() if is_equal and constant in how.systems:
            return OperatingSystem(os=how.systems[str(constant)])
        case Accelerator(True) if is_equal and isinstance(constant, str):
            return constant != "cpu" and Device(device=constant)
        case Count(device) if operator in ORDERED or is_equal:
            return DeviceCount(device_count=(("==" if is_equal else operator, str(constant)),), device=device)
        case Argument(name, of) if operator in ORDERED or is_equal:
            return Parameter(param=name, of=of, op="==" if is_equal else operator, value=constant)
    return None


def _is_none(value: Value) -> Formula | None:
    match value:
        case Constant(constant):
            return constant is None
        case Spec(module):
            return negation(Module(module=module))
        case Argument(name, of):
            return Parameter(param=name, of=of, op="==", value=None)
        case External(path, "answer"):
            return negation(Feature(feature=f"{path} is not None"))
        case External(_, "there"):
            return False
        case Unknown() | External():
            return None
    return False


def _truths(operator: str, left: Truth, right: Value) -> Formula | None:
    if operator not in {"==", "is"}:
        return None
    if isinstance(right, Constant) and right.value in (0, 1):
        return left.formula if right.value == 1 else negation(left.formula)
    if isinstance(right, Constant):
        return False
    if isinstance(right, Truth):
        return decide(left.formula, right.formula, negation(right.formula))
    return None


def _versions(operator: str, left: Parsed, right: Parsed) -> Formula | None:
    try:
        found = constants(operator, Version(left.text), Version(right.text))
    except InvalidVersion:
        return None
    return found.formula if found else None


def _among(left: Value, items: tuple[Value, ...], how: Comparison) -> Formula | None:
    """Return when `left` equals one of `items`; None when one cannot be told: the text is of the whole comparison."""
    found = [compare("==", left, item, how) for item in items]
    is_told = not any(isinstance(each, Opaque) and each.opaque == how.text for each in found)
    return disjunction(*found) if is_told else None


def _membership(left: Value, right: Value, how: Comparison) -> Formula | None:
    match left, right:
        case _, Series(_, items, True):
            return _among(left, items, how)
        case _, Table(items):
            return _among(left, tuple(Constant(key) for key, _ in items), how)
        case Constant(str(name)), Distributions():
            return Package(package=name)
        case DistributionOf(), Distributions():
            return True
        case Constant(str(name)), Index():
            return Module(module=name)
        case Constant(str(key)), Document(variable):
            return Environment(env=variable, key=key)
        case Constant(str(name)), External("os.environ"):
            return Environment(env=name)
        case Constant(str(name)), Platform() if name in how.systems:
            return OperatingSystem(os=how.systems[name])
        case Constant(str(part)), Constant(str(whole)):
            return part in whole
        case Unknown() | Argument(), Constant():
            return None
    return None
