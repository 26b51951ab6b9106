"""Builtin functions, and methods of values."""

from __future__ import annotations

from dataclasses import replace

from miner.formula.atom import Environment, Feature
from miner.formula.connective import conjunction, disjunction
from miner.link.meaning import builtin
from miner.link.meaning.context import Context
from miner.link.meaning.tree import choose
from miner.link.meaning.value import (
    FALSE,
    NONE,
    Accelerator,
    Constant,
    DistributionOf,
    Distributions,
    Document,
    External,
    Index,
    Method,
    NamedDevice,
    Number,
    Parsed,
    Platform,
    Release,
    Series,
    Table,
    Truth,
    Unknown,
    Value,
    Variable,
)
from miner.model import expression as ex

Values = tuple[Value, ...]


def builtin_call(context: Context, path: str, values: Values, source: str) -> Value | None:
    """Return what a builtin function gives; None when it is none, or not understood."""
    match path, values:
        case "hasattr", (External(module), Constant(str(name))):
            return Truth(Feature(feature=f"{module}.{name}"))
        case "getattr", (External() as owner, Constant(str(name)), *default):
            return _getattr(context, owner, name, default)
        case "setattr", (External(), *_):
            context.trace.quirks["side-effect"] = None
            return NONE
        case "bool", (value,):
            return Truth(context.evaluator.test(value))
        case "str", (value,):
            return builtin.as_text(value, source)
        case "int", (Constant() | Truth() as value,):
            return _integer(value, source)
        case "int", (Release(_, "number", _, _) as value,):
            return value
        case "int", (Variable(name, ""),):
            return Number(name)
        case "len", (Series(_, items, True),):
            return Constant(len(items))
        case "all" | "any", (Series(_, items, True),):
            join = conjunction if path == "all" else disjunction
            return context.bind_all(items, lambda v: Truth(join(*(context.evaluator.test(one) for one in v))))
        case "zip", _ if values and all(isinstance(value, Series) and value.whole for value in values):
            columns = [value.items for value in values if isinstance(value, Series)]
            return Series("list", tuple(Series("tuple", row) for row in zip(*columns, strict=False)))
        case "isinstance", (value, kind):
            return _isinstance(value, kind)
        case "callable", (value,) if not isinstance(value, Unknown):
            return Truth(not isinstance(value, Constant | Truth | Series | Table | Release))
        case "print", _:
            return NONE
    return None


def _getattr(context: Context, owner: External, name: str, default: list[Value]) -> Value:
    found = context.evaluator.member(owner, name, ex.Name(name))
    if default and isinstance(found, External) and found.path == f"{owner.path}.{name}":
        if default[0] == NONE:
            return choose(Feature(feature=f"{found.path} is not None"), replace(found, known="there"), NONE)
        return choose(Feature(feature=found.path), found, default[0])
    return found


def _integer(value: Value, source: str) -> Value:
    if isinstance(value, Truth):
        return Constant(int(value.formula)) if isinstance(value.formula, bool) else value
    try:
        return Constant(int(value.value))  # type: ignore[arg-type,union-attr]
    except (TypeError, ValueError):
        return Unknown(source, "a number that is not known")


def _isinstance(value: Value, kind: Value) -> Value | None:
    """Text and versions are told apart, as helpers that take either do."""
    name = kind.path.rpartition(".")[2] if isinstance(kind, External) else ""
    is_text = isinstance(value, Variable | Platform | DistributionOf)
    is_text = (
        is_text or value == Accelerator(is_kind=True) or (isinstance(value, Constant) and isinstance(value.value, str))
    )
    is_text = is_text or (isinstance(value, Release) and value.view in {"text", "base", "joined"})
    is_version = isinstance(value, Parsed) or (isinstance(value, Release) and value.view == "parsed")
    if name == "str" and (is_text or is_version or isinstance(value, Truth | Series | Table | Constant)):
        return Truth(is_text)
    if name == "Version" and (is_text or is_version):
        return Truth(is_version)
    if name == "str" and isinstance(value, Accelerator | NamedDevice):
        return FALSE
    if name in {"list", "tuple", "set"} and isinstance(value, Series | Constant | Truth | Table):
        return Truth(isinstance(value, Series) and value.kind == name)
    if name == "bool" and isinstance(value, Truth | Constant | Series | Release):
        return Truth(isinstance(value, Truth))
    return None


def method_call(method: Method, values: Values, source: str) -> Value:
    """Return what a method of a value gives."""
    match method.receiver, method.name, values:
        case Constant(str(text)), name, _ if all(isinstance(v, Constant) for v in values):
            found = _string(text, name, [v.value for v in values if isinstance(v, Constant)])
            return Unknown(source, "a method that is not understood") if found is None else found
        case Constant(str(text)), "join", (Series(_, items, True),):
            if all(isinstance(i, Constant) for i in items):
                return Constant(text.join(str(i.value) for i in items if isinstance(i, Constant)))
        case Variable() as variable, ("upper" | "lower") as case, ():
            return replace(variable, case=case)
        case (Variable() | DistributionOf() | Release()) as same, "strip", ():
            return same
        case (DistributionOf() | Release()) as same, "replace" | "lower" | "casefold", _:
            return same
        case Release(subject, "text", _, _), "split", _:
            return Series("list", (Release(subject, "text"),), whole=False)
        case Index(), "get", (Constant(str(module)), *_):
            return Distributions(module)
        case Index(), "keys" | "items", _:
            return method.receiver
        case Distributions() as names, "copy", ():
            return names
        case Series(kind, items, whole), "union", (Series(_, more, also),):
            return Series(kind, (*items, *more), whole and also)
        case Series() as series, "copy", ():
            return series
        case Document(variable), "get", (Constant(str(key)), *default) if _is_no(default):
            return Truth(Environment(env=variable, key=key, is_true=True))
        case Table(items), "get", (Constant(key), *default):
            found_item = [value for name, value in items if name == key]
            return found_item[-1] if found_item else (default[0] if default else NONE)
        case Table(items), "keys", ():
            return Series("list", tuple(Constant(key) for key, _ in items))
        case Table(items), "values", ():
            return Series("list", tuple(value for _, value in items))
        case Table(items), "items", ():
            return Series("list", tuple(Series("tuple", (Constant(key), value)) for key, value in items))
    return Unknown(source, "a method that is not understood")


def _is_no(default: list[Value]) -> bool:
    """Say whether what is given in place of a key counts as false, as the key's value may too."""
    return not default or default[0] in {NONE, FALSE}


def _string(text: str, name: str, values: list[object]) -> Value | None:
    if name in {"upper", "lower", "strip", "replace", "removeprefix", "removesuffix", "title", "casefold"}:
        if len(text) > builtin.LONGEST or any(len(str(value)) > builtin.LONGEST for value in values):
            return None
        try:
            return Constant(getattr(text, name)(*values))
        except TypeError:
            return None
    if name in {"startswith", "endswith", "isdigit"}:
        return Truth(bool(getattr(text, name)(*values)))
    if name in {"split", "rsplit"} and len(values) <= 2:
        return Series("list", tuple(Constant(part) for part in getattr(text, name)(*values)))
    return None
