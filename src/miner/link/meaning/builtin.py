"""Attributes, items, arithmetic and text of values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from miner.formula.atom import Environment
from miner.link.meaning.tree import choose
from miner.link.meaning.value import (
    Accelerator,
    Argument,
    Constant,
    DistributionOf,
    Distributions,
    Document,
    External,
    Index,
    Metadata,
    Method,
    NamedDevice,
    Parsed,
    Properties,
    Raised,
    Release,
    Series,
    Subject,
    Table,
    Truth,
    Unknown,
    Value,
    Variable,
)

NAMES = frozenset(
    [
        "__import__",
        "all",
        "any",
        "bool",
        "callable",
        "dict",
        "float",
        "frozenset",
        "getattr",
        "hasattr",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "map",
        "filter",
        "max",
        "min",
        "next",
        "object",
        "open",
        "print",
        "range",
        "repr",
        "reversed",
        "set",
        "setattr",
        "sorted",
        "str",
        "sum",
        "super",
        "tuple",
        "type",
        "zip",
        "__name__",
        "__file__",
        "NotImplemented",
        "Ellipsis",
    ]
)
LONGEST = 500
"""Text that is computed with; names and versions are shorter."""
_COMPONENTS = {"major": 0, "minor": 1, "micro": 2}
_BAD = object()
_REASON = "an attribute that is not understood"


def member(value: Value, name: str, source: str) -> Value:
    """Return the attribute `name` of a value that is nothing external."""
    match value:
        case Release(subject, "parsed" | "release", _, base):
            if name in _COMPONENTS:
                return Release(subject, "number", _COMPONENTS[name], base)
            if name == "release":
                return Release(subject, "release", -1, base)
            if name in {"base_version", "public"}:
                return Release(subject, "base", 0, base=name == "base_version")
        case Parsed(text) if name == "base_version":
            return Constant(text)
        case Properties(device) if name in _COMPONENTS:
            return Release(Subject("capability", device), "number", _COMPONENTS[name])
        case Constant(None):
            return Raised("AttributeError")
        case Accelerator(False) if name == "type":
            return Accelerator(is_kind=True)
        case NamedDevice(kind) if name == "type":
            return Constant(kind)
        case Metadata(package) if name in {"version", "parsed_version"}:
            return Release(Subject("package", package), "text" if name == "version" else "parsed")
        case Argument(argument, of):
            return Argument(f"{argument}.{name}", of)
        case Unknown(_, reason):
            return Unknown(source, reason)
        case Constant() | Release() | Variable() | Series() | Table() | Index() | Distributions() | DistributionOf():
            return Method(value, name)
        case Document():
            return Method(value, name)
        case Metadata():
            return Method(value, name)
    return Unknown(source, _REASON)


def item(value: Value, index: Value, source: str) -> Value:
    """Return `value[index]`."""
    match value, index:
        case (Series(_, items, True), Constant(int(position))) if -len(items) <= position < len(items):
            return items[position]
        case Table(items), Constant(key):
            found = [kept for name, kept in items if name == key and type(name) is type(key)]
            return found[-1] if found else Raised("KeyError")
        case Index(), Constant(str(module)):
            return Distributions(module)
        case Distributions(module), Constant(int()):
            return DistributionOf(module)
        case Release(subject, "release", _, base), Constant(int(position)) if position >= 0:
            return Release(subject, "number", position, base)
        case External("os.environ"), Constant(str(name)):
            return choose(Environment(env=name), Variable(name), Raised("KeyError"))
        case Metadata(package), Constant(str(name)) if name.lower() in {"version", "name"}:
            return Release(Subject("package", package)) if name.lower() == "version" else Constant(package)
    return Unknown(source, "an item that is not known")


def cut(value: Value, lower: Value, upper: Value, source: str) -> Value:
    """Return `value[lower:upper]`."""
    low, high = _bound(lower), _bound(upper)
    if low is not _BAD and high is not _BAD:
        part = slice(low, high)
        if isinstance(value, Series) and value.whole:
            return Series(value.kind, value.items[part])
        if isinstance(value, Release) and value.view == "release" and not low and isinstance(high, int) and high > 0:
            return replace(value, count=high)
        if isinstance(value, Constant) and isinstance(value.value, str):
            return Constant(value.value[part])
    return Unknown(source, "a slice that is not known")


def _bound(value: Value) -> Any:
    is_bound = isinstance(value, Constant) and (value.value is None or isinstance(value.value, int))
    return value.value if is_bound and isinstance(value, Constant) else _BAD


def as_text(value: Value, source: str) -> Value:
    """Return `str(value)`."""
    match value:
        case Constant(constant):
            return Constant(str(constant))
        case Truth(bool(formula)):
            return Constant(str(formula))
        case Release(_, "parsed", _, _):
            return replace(value, view="text")
        case Parsed(text):
            return Constant(text)
        case Release(_, "number", 0, _):
            return replace(value, view="joined", count=1)
        case Release(_, "number", _, _) | Release(_, "text" | "base" | "joined" | "dotted") | Variable():
            return value
    return Unknown(source, "a text that is not known")


def arithmetic(operator: str, left: Value, right: Value, source: str) -> Value:
    """Return `left operator right` for text, numbers and components of versions."""
    match left, operator, right:
        case Constant(str(a)), "+", Constant(str(b)) if len(a) + len(b) <= LONGEST:
            return Constant(a + b)
        case Constant(str("")), "+", other:
            return other
        case Constant(int(a)), "+", Constant(int(b)) if abs(a) + abs(b) < 1 << 60:
            return Constant(a + b)
        case Constant(int(a)), "-", Constant(int(b)):
            return Constant(a - b)
        case Constant(int(a)), "*", Constant(int(b)) if abs(a) + abs(b) < 1 << 30:
            return Constant(a * b)
        case Release(subject, "joined", 1, _), "+", Release(other, "number", 1, _) if subject == other:
            return replace(left, view="digits", count=2)
        case Release(_, "joined", n, _), "+", Constant("."):
            return replace(left, view="dotted", count=n)
        case Release(subject, "dotted", n, _), "+", Release(other, "number", m, _) if subject == other and n == m:
            return replace(left, view="joined", count=n + 1)
        case Release(_, "number", 0, _), "*", Constant(int(scale)) if scale in {10, 100}:
            return replace(left, view="scaled-major", count=scale)
        case Release(subject, "scaled-major", _, _), "+", Release(other, "number", 1, _) if subject == other:
            return replace(left, view="scaled")
        case Series(kind, a, first), "+" | "|", Series(_, b, second):
            return Series(kind, (*a, *b), first and second)
    return Unknown(source, "an operation that is not understood")
