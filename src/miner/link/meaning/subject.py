"""Comparisons of a version, a capability or a count with a constant, as atoms."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from miner.formula.atom import (
    Binary,
    ComputeCapability,
    Constraints,
    Module,
    Package,
    Python,
    Rocm,
    SameRelease,
    Toolkit,
)
from miner.formula.connective import Formula, negation
from miner.link.meaning.value import Constant, Parsed, Release, Series, Subject, Truth, Value

MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!=", "is": "==", "is not": "!="}
ORDERED = frozenset({"<", ">", "<=", ">="})


def atom(subject: Subject, constraints: Constraints, *, base: bool = False) -> Formula:
    """Return the atom that says `constraints` of the version of `subject`."""
    match subject.kind:
        case "package":
            return Package(package=subject.name, version=constraints, base=base)
        case "module":
            return Module(module=subject.name, version=constraints, base=base)
        case "python":
            return Python(python=constraints)
        case "cuda":
            return Toolkit(cuda=constraints)
        case "rocm":
            return Rocm(rocm=constraints)
        case "program":
            return Binary(binary=subject.name, version=constraints)
    device = None if subject.name == "cuda" else subject.name
    return ComputeCapability(compute_capability=constraints, device=device)


def compare_release(operator: str, left: Release, right: Value, major: int | None) -> Formula | None:
    """Return when `left operator right` holds, or None when that is not understood.

    `major` is the first component of the version where the path condition fixes it.
    """
    operator = {"is": "==", "is not": "!="}.get(operator, operator)
    if operator not in MIRROR:
        return None
    if isinstance(right, Release):
        return _two(operator, left, right)
    if left.view in {"text", "base", "parsed"}:
        found = _text(right)
        if found is None or not _is_version(found):
            return operator == "!=" if operator in {"==", "!="} else None
        return atom(left.subject, ((operator, found),), base=left.base)
    if left.view == "release" and isinstance(right, Series):
        return _tuple(operator, left, right)
    if left.view == "number" and isinstance(right, Constant) and isinstance(right.value, int):
        return _number(operator, left, right.value, major)
    if left.view == "scaled" and isinstance(right, Constant) and isinstance(right.value, int):
        tens, ones = divmod(right.value, left.count)
        return atom(left.subject, ((operator, f"{tens}.{ones}"),))
    if left.view == "digits" and left.subject.kind == "capability" and isinstance(right, Constant):
        return _digits(operator, left, str(right.value))
    if left.view == "joined" and left.count == 2 and isinstance(right, Constant) and operator in {"==", "!="}:
        parts = str(right.value).split(".")
        if len(parts) == 2 and all(part.isdigit() for part in parts):
            return _span(operator, left, f"{parts[0]}.{parts[1]}", f"{parts[0]}.{int(parts[1]) + 1}")
    return None


def _digits(operator: str, left: Release, digits: str) -> Formula | None:
    """Compare the text of two components, `80`: as their order is, while both are one digit, as capabilities' are."""
    if len(digits) != len("80") or not digits.isdigit():
        return None
    major, minor = digits[0], digits[1]
    if operator in ORDERED:
        return atom(left.subject, ((operator, f"{major}.{minor}"),))
    return _span(operator, left, f"{major}.{minor}", f"{major}.{int(minor) + 1}")


def _text(value: Value) -> str | None:
    if isinstance(value, Parsed):
        return value.text
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _two(operator: str, left: Release, right: Release) -> Formula | None:
    if left == right:
        return operator in {"==", "<=", ">="}
    if operator not in {"==", "!="} or left.view != right.view or left.subject == right.subject:
        return None
    if left.view not in {"joined", "release", "number"} or left.count != right.count:
        return None
    digits = left.count + 1 if left.view == "number" else left.count
    if digits < 1 or (left.view == "number" and left.count != 0):
        return None
    same = SameRelease(same_release=tuple(sorted((left.subject.name, right.subject.name))), digits=digits)
    return same if operator == "==" else negation(same)


def _tuple(operator: str, left: Release, right: Series) -> Formula | None:
    numbers = [item.value for item in right.items if isinstance(item, Constant) and isinstance(item.value, int)]
    if len(numbers) != len(right.items) or not numbers:
        return None
    text = ".".join(map(str, numbers))
    is_prefix = left.count > len(numbers) or (left.count < 0 and left.subject.kind == "python")
    if is_prefix and operator in {"==", "!=", "<=", ">"}:
        return negation(atom(left.subject, (("<", text),))) if operator == ">" else None
    if left.count == len(numbers) and operator in {"==", "!=", "<=", ">"} and left.subject.kind != "capability":
        after = ".".join(map(str, [*numbers[:-1], numbers[-1] + 1]))
        if operator in {"<=", ">"}:
            return atom(left.subject, (("<" if operator == "<=" else ">=", after),), base=_base(left))
        return _span(operator, left, text, after)
    if left.subject.kind == "capability" and len(numbers) == 1:
        text += ".0"
    return atom(left.subject, ((operator, text),), base=_base(left))


def _base(release: Release) -> bool:
    return release.subject.kind in {"package", "module"}


def _span(operator: str, left: Release, low: str, high: str) -> Formula:
    inside = atom(left.subject, ((">=", low), ("<", high)), base=_base(left))
    return inside if operator == "==" else negation(inside)


def _number(operator: str, left: Release, number: int, major: int | None) -> Formula | None:
    if left.count == 0:
        low, high = str(number), str(number + 1)
    elif left.count == 1 and major is not None:
        low, high = f"{major}.{number}", f"{major}.{number + 1}"
    else:
        return None
    if left.subject.kind == "capability" and left.count == 0:
        low, high = f"{low}.0", f"{high}.0"
    base = _base(left)
    match operator:
        case "<":
            found = atom(left.subject, (("<", low),), base=base)
        case "<=":
            found = atom(left.subject, (("<", high),), base=base)
        case ">":
            found = atom(left.subject, ((">=", high),), base=base)
        case ">=":
            found = atom(left.subject, ((">=", low),), base=base)
        case _:
            return _span(operator, left, low, high)
    return found


def constants(operator: str, left: object, right: object) -> Truth | None:
    """Compare two constants as Python does; None when it would not."""
    pair: tuple[object, object] = (left, right)
    try:
        match operator:
            case "==" | "is":
                return Truth(pair[0] == pair[1])
            case "!=" | "is not":
                return Truth(pair[0] != pair[1])
            case "<":
                return Truth(bool(left < right))  # type: ignore[operator]
            case "<=":
                return Truth(bool(left <= right))  # type: ignore[operator]
            case ">":
                return Truth(bool(left > right))  # type: ignore[operator]
            case ">=":
                return Truth(bool(left >= right))  # type: ignore[operator]
            case "in":
                return Truth(left in right)  # type: ignore[operator]
            case "not in":
                return Truth(left not in right)  # type: ignore[operator]
    except (TypeError, InvalidVersion):
        return None
    return None
