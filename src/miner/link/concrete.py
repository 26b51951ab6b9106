"""Evaluating small pure pieces of mined code on concrete values, without running them as Python.

File rules are lambdas over a file's name and text, applied by a function that walks a folder. Both are interpreted here
over strings, booleans, lists and a folder made of the snapshot's paths. What is not understood raises NotUnderstood;
nothing is guessed. Regular expressions come from strangers and run with a time limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import regex

from miner.model import expression as ex

_REGEX_SECONDS = 2.0
_MOST_STEPS = 3_000_000
"""The rules of transformers take 0.13 million on its 1,700 files; these are under three seconds."""
_LONGEST_LOOP = 100_000
_LONGEST_VALUE = 1_000_000  # characters or items; twice as much may be made on the way
_FLAGS = {
    "MULTILINE": regex.M,
    "M": regex.M,
    "IGNORECASE": regex.I,
    "I": regex.I,
    "DOTALL": regex.S,
    "S": regex.S,
    "VERBOSE": regex.X,
    "X": regex.X,
    "ASCII": regex.A,
    "A": regex.A,
}
_STRING_METHODS = frozenset(
    {
        "startswith",
        "endswith",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "removeprefix",
        "removesuffix",
        "split",
        "rsplit",
        "replace",
        "count",
        "find",
        "isidentifier",
        "splitlines",
        "partition",
        "rpartition",
        "join",
    }
)
_PATTERN_METHODS = frozenset({"search", "match", "fullmatch"})


class NotUnderstood(ValueError):  # noqa: N818  it is an answer, not a failure
    """The expression has a shape, or needs a fact, that this evaluator does not have."""


class Budget:
    """The steps, and the seconds of regular expressions, that all evaluations for one snapshot may take together."""

    def __init__(self, steps: int = _MOST_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps; raises NotUnderstood when none are left."""
        self._left -= steps
        if self._left < 0:
            raise NotUnderstood("rules that take too long")


BUDGET = "#budget"
"""The name, which no code can bind, that the budget stands under among the names of an evaluation."""


class Closure:
    """A lambda or a function of one return statement, with the names it was made among."""

    def __init__(self, parameters: tuple[str, ...], body: ex.Expression, names: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self.body = body
        self.names = names

    def __call__(self, *values: Any) -> Any:
        """Return the value of the body with the parameters bound to `values`."""
        if len(values) != len(self.parameters):
            raise NotUnderstood("a call with another number of arguments")
        return evaluate(self.body, {**self.names, **dict(zip(self.parameters, values, strict=True))})


def evaluate(expression: ex.Expression, names: Mapping[str, Any]) -> Any:
    """Return the value of an expression over `names`; raises NotUnderstood for anything it does not know."""
    rule = _RULES.get(type(expression))
    if rule is None:
        raise NotUnderstood(type(expression).__name__)
    budget = names.get(BUDGET)
    if isinstance(budget, Budget):
        budget.spend()
    try:
        value = rule(expression, names)
    except NotUnderstood:
        raise
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as problem:
        raise NotUnderstood(f"a {type(problem).__name__} in it") from None
    if isinstance(value, (str, list, tuple)) and len(value) > _LONGEST_VALUE:
        raise NotUnderstood("a value that grows too long")
    return value


def _constant(e: ex.Constant, _: Mapping[str, Any]) -> Any:
    return e.value


def _name(e: ex.Name, names: Mapping[str, Any]) -> Any:
    if e.name not in names:
        raise NotUnderstood(f"the name {e.name}")
    return names[e.name]


def _attribute(e: ex.Attribute, names: Mapping[str, Any]) -> Any:
    value = evaluate(e.value, names)
    fields = getattr(value, "fields", None)
    if isinstance(fields, dict) and e.name in fields:
        return fields[e.name]
    if isinstance(fields, dict) and e.name == "parent" and hasattr(value, "parent"):
        return value.parent
    raise NotUnderstood(f"the attribute {e.name}")


def _boolean(e: ex.Boolean, names: Mapping[str, Any]) -> Any:
    value: Any = None
    for part in e.values:
        value = evaluate(part, names)
        if bool(value) is (e.operator == "or"):
            return value
    return value


def _not(e: ex.Not, names: Mapping[str, Any]) -> Any:
    return not evaluate(e.operand, names)


def _conditional(e: ex.Conditional, names: Mapping[str, Any]) -> Any:
    return evaluate(e.body if evaluate(e.test, names) else e.orelse, names)


def _sequence(e: ex.Sequence, names: Mapping[str, Any]) -> Any:
    found = []
    for item in e.items:
        if isinstance(item, ex.Starred):
            found.extend(evaluate(item.value, names))
        else:
            found.append(evaluate(item, names))
    return {"tuple": tuple, "list": list, "set": set}[e.kind](found)


def _mapping(e: ex.Mapping, names: Mapping[str, Any]) -> Any:
    found: dict[Any, Any] = {}
    for key, value in e.items:
        if key is None:
            found.update(evaluate(value, names))
        else:
            found[evaluate(key, names)] = evaluate(value, names)
    return found


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
    "is": lambda a, b: a is b,
    "is not": lambda a, b: a is not b,
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _plain(value: Any) -> Any:
    """Return a text that is read on demand as a string, everything else as it is."""
    return str(value) if hasattr(value, "read_on_demand") else value


def _compare(e: ex.Compare, names: Mapping[str, Any]) -> Any:
    left = _plain(evaluate(e.left, names))
    for operator, right_side in zip(e.operators, e.comparators, strict=True):
        right = _plain(evaluate(right_side, names))
        try:
            if not _COMPARISONS[operator](left, right):
                return False
        except (KeyError, TypeError):
            raise NotUnderstood(f"the comparison {operator}") from None
        left = right
    return True


def _subscript(e: ex.Subscript, names: Mapping[str, Any]) -> Any:
    value = evaluate(e.value, names)
    try:
        if isinstance(e.index, ex.Slice):
            bounds = [None if b is None else evaluate(b, names) for b in (e.index.lower, e.index.upper, e.index.step)]
            return value[slice(*bounds)]
        return value[evaluate(e.index, names)]
    except (TypeError, KeyError, IndexError):
        raise NotUnderstood("a subscript") from None


def _binary(e: ex.Binary, names: Mapping[str, Any]) -> Any:
    left, right = evaluate(e.left, names), evaluate(e.right, names)
    if e.operator == "+" and type(left) is type(right) and isinstance(left, (str, tuple, list)):
        return left + right
    if e.operator in {"+", "-"} and isinstance(left, int) and isinstance(right, int):
        return left + right if e.operator == "+" else left - right
    if e.operator == "/" and hasattr(left, "join"):
        return left.join(right)
    if e.operator == "|" and isinstance(left, regex.RegexFlag):
        return left | right
    raise NotUnderstood(f"the operator {e.operator}")


def _formatted(e: ex.Formatted, names: Mapping[str, Any]) -> Any:
    return "".join(part if isinstance(part, str) else _text(evaluate(part, names)) for part in e.parts)


def _lambda(e: ex.Lambda, names: Mapping[str, Any]) -> Any:
    return Closure(tuple(p.name for p in e.parameters), e.body, names)


def _comprehension(e: ex.Comprehension, names: Mapping[str, Any]) -> Any:
    found: list[Any] = []
    keys: list[Any] = []
    for count, value in enumerate(evaluate(e.iterable, names)):
        if count > _LONGEST_LOOP:
            raise NotUnderstood("a loop that is too long")
        inner = {**names, **unpacked(e.target, value)}
        if all(evaluate(condition, inner) for condition in e.conditions):
            found.append(evaluate(e.element, inner))
            if e.key is not None:
                keys.append(evaluate(e.key, inner))
    if e.kind == "dict":
        return dict(zip(keys, found, strict=True))
    return set(found) if e.kind == "set" else found


def unpacked(target: ex.Expression, value: Any) -> dict[str, Any]:
    """Return the names that a target binds to the parts of a value."""
    if isinstance(target, ex.Name):
        return {target.name: value}
    if not isinstance(target, ex.Sequence) or len(value) != len(target.items):
        raise NotUnderstood("a target of this shape")
    bound: dict[str, Any] = {}
    for part, piece in zip(target.items, value, strict=True):
        bound |= unpacked(part, piece)
    return bound


def _walrus(e: ex.Walrus, names: Mapping[str, Any]) -> Any:
    if not isinstance(e.target, ex.Name) or not isinstance(names, dict):
        raise NotUnderstood("a name that is bound within an expression")
    names[e.target.name] = value = evaluate(e.value, names)
    return value


def _call(e: ex.Call, names: Mapping[str, Any]) -> Any:
    if any(argument.star == "**" for argument in e.arguments):
        raise NotUnderstood("unpacked arguments")
    dotted = ex.dotted(e.function)
    if dotted == "re.compile":
        return _compile(e, names)
    values: list[Any] = []
    for argument in e.arguments:
        if argument.star:
            values.extend(evaluate(argument.value, names))
        elif argument.keyword is None:
            values.append(evaluate(argument.value, names))
    if dotted is not None and dotted in names and callable(names[dotted]):
        return names[dotted](*values)
    if dotted in _BUILTINS and len(values) == 1 and not any(a.keyword for a in e.arguments):
        return _BUILTINS[dotted](values[0])
    if isinstance(e.function, ex.Attribute):
        return _method(evaluate(e.function.value, names), e.function.name, values, names)
    raise NotUnderstood(f"a call of {dotted}")


def _text(value: Any) -> str:
    plain = _plain(value)
    if plain is not None and not isinstance(plain, (str, int, float)):
        raise NotUnderstood("the text of a value")
    return str(plain)


_BUILTINS: dict[str | None, Callable[[Any], Any]] = {
    "any": any,
    "all": all,
    "len": len,
    "sorted": sorted,
    "list": list,
    "tuple": tuple,
    "set": set,
    "str": _text,
    "bool": bool,
    "frozenset": frozenset,
}


def _method(receiver: Any, name: str, values: list[Any], names: Mapping[str, Any]) -> Any:
    if isinstance(receiver, str) and name in _STRING_METHODS:
        if name in {"replace", "join"} and len(receiver) * max(len(value) for value in values) > _LONGEST_VALUE:
            raise NotUnderstood("a value that grows too long")
        try:
            return getattr(receiver, name)(*values)
        except (TypeError, ValueError):
            raise NotUnderstood(f"a call of {name}") from None
    if isinstance(receiver, regex.Pattern) and name in _PATTERN_METHODS and len(values) == 1:
        try:
            return getattr(receiver, name)(_plain(values[0]), timeout=_REGEX_SECONDS)
        except TimeoutError:
            budget = names.get(BUDGET)
            if isinstance(budget, Budget):
                budget.spend(_MOST_STEPS // 4)
            raise NotUnderstood("a pattern that takes too long") from None
    if isinstance(receiver, dict) and name in {"items", "keys", "values"} and not values:
        return list(getattr(receiver, name)())
    if hasattr(receiver, "fields") and callable(receiver.fields.get(name)):
        return receiver.fields[name](*values)
    raise NotUnderstood(f"the method {name}")


def _compile(e: ex.Call, names: Mapping[str, Any]) -> Any:
    arguments = [argument.value for argument in e.arguments]
    flags = regex.RegexFlag(0)
    for part in arguments[1:]:
        flags |= _flags(part)
    pattern = evaluate(arguments[0], names)
    try:
        return regex.compile(pattern, flags)
    except (regex.error, TypeError):
        raise NotUnderstood("a pattern that does not compile") from None


def _flags(expression: ex.Expression) -> regex.RegexFlag:
    if isinstance(expression, ex.Binary) and expression.operator == "|":
        return _flags(expression.left) | _flags(expression.right)
    name = (ex.dotted(expression) or "").rpartition(".")[2]
    if name not in _FLAGS:
        raise NotUnderstood("a flag of a pattern")
    return regex.RegexFlag(_FLAGS[name])


_RULES: dict[type[Any], Callable[[Any, Mapping[str, Any]], Any]] = {
    ex.Constant: _constant,
    ex.Name: _name,
    ex.Attribute: _attribute,
    ex.Boolean: _boolean,
    ex.Not: _not,
    ex.Conditional: _conditional,
    ex.Sequence: _sequence,
    ex.Mapping: _mapping,
    ex.Compare: _compare,
    ex.Subscript: _subscript,
    ex.Binary: _binary,
    ex.Formatted: _formatted,
    ex.Lambda: _lambda,
    ex.Comprehension: _comprehension,
    ex.Walrus: _walrus,
    ex.Call: _call,
}
