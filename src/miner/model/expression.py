"""Expressions as detectors and the linker see them: names as written, nothing resolved, nothing evaluated.

One vocabulary for both readers. The structures are encoded as arrays with a tag, so that they travel compactly between
processes and into the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

import msgspec


class _Expression(msgspec.Struct, frozen=True, array_like=True, tag_field="t"):
    pass


class Constant(_Expression, frozen=True, tag="c"):
    """A literal None, bool, int, float or str (implicit concatenation joined)."""

    value: bool | int | float | str | None


class Name(_Expression, frozen=True, tag="n"):
    """A bare name."""

    name: str


class Attribute(_Expression, frozen=True, tag="a"):
    """`value.name`."""

    value: Expression
    name: str


class Argument(msgspec.Struct, frozen=True, array_like=True):
    """One argument of a call: positional (keyword None), by keyword, or unpacked (`star` is `*` or `**`)."""

    value: Expression
    keyword: str | None = None
    star: str = ""


class Call(_Expression, frozen=True, tag="call"):
    """`function(arguments)`."""

    function: Expression
    arguments: tuple[Argument, ...]


class Compare(_Expression, frozen=True, tag="cmp"):
    """`left op comparator op comparator ...`; operators as written: `<`, `not in`, `is not`, ..."""

    left: Expression
    operators: tuple[str, ...]
    comparators: tuple[Expression, ...]


class Boolean(_Expression, frozen=True, tag="bool"):
    """`and` / `or` over two or more values, flattened."""

    operator: str
    values: tuple[Expression, ...]


class Not(_Expression, frozen=True, tag="not"):
    """`not operand`."""

    operand: Expression


class Unary(_Expression, frozen=True, tag="un"):
    """`-`, `+` or `~` applied to an operand."""

    operator: str
    operand: Expression


class Binary(_Expression, frozen=True, tag="bin"):
    """An arithmetic or bitwise operation; operator as written."""

    left: Expression
    operator: str
    right: Expression


class Conditional(_Expression, frozen=True, tag="if"):
    """`body if test else orelse`."""

    test: Expression
    body: Expression
    orelse: Expression


class Sequence(_Expression, frozen=True, tag="seq"):
    """A tuple, list or set display; `kind` is `tuple`, `list` or `set`."""

    kind: str
    items: tuple[Expression, ...]


class Mapping(_Expression, frozen=True, tag="map"):
    """A dict display; a key of None is a `**` entry."""

    items: tuple[tuple[Union[Expression, None], Expression], ...]  # noqa: UP007  evaluated by msgspec on 3.10


class Subscript(_Expression, frozen=True, tag="sub"):
    """`value[index]`; a slice is a `Slice`."""

    value: Expression
    index: Expression


class Slice(_Expression, frozen=True, tag="slice"):
    """`lower:upper:step` within a subscript."""

    lower: Union[Expression, None]  # noqa: UP007
    upper: Union[Expression, None]  # noqa: UP007
    step: Union[Expression, None]  # noqa: UP007


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """A parameter of a function or lambda; `kind` is positional_only, positional, vararg, keyword_only or kwarg."""

    name: str
    kind: str
    default: Union[Expression, None] = None  # noqa: UP007
    annotation: Union[Expression, None] = None  # noqa: UP007


class Lambda(_Expression, frozen=True, tag="lam"):
    """`lambda parameters: body`."""

    parameters: tuple[Parameter, ...]
    body: Expression


class Formatted(_Expression, frozen=True, tag="fmt"):
    """An f-string: literal parts are str, replacement fields are expressions."""

    parts: tuple[Union[str, Expression], ...]  # noqa: UP007


class Starred(_Expression, frozen=True, tag="star"):
    """`*value` within a display."""

    value: Expression


class Comprehension(_Expression, frozen=True, tag="comp"):
    """A comprehension with a single `for`; `kind` is list, set, dict or generator; `key` only for dict."""

    kind: str
    key: Union[Expression, None]  # noqa: UP007
    element: Expression
    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]


class Walrus(_Expression, frozen=True, tag="wal"):
    """`target := value`."""

    target: Expression
    value: Expression


class Opaque(_Expression, frozen=True, tag="o"):
    """An expression that is seen and not understood, with the reason."""

    text: str
    reason: str


Expression = Union[  # noqa: UP007
    Constant,
    Name,
    Attribute,
    Call,
    Compare,
    Boolean,
    Not,
    Unary,
    Binary,
    Conditional,
    Sequence,
    Mapping,
    Subscript,
    Slice,
    Lambda,
    Formatted,
    Starred,
    Comprehension,
    Walrus,
    Opaque,
]


def walk(expression: object) -> Iterator[object]:
    """Yield an expression and everything in it, outermost first, in the order of the source."""
    if isinstance(expression, tuple):
        for part in expression:
            yield from walk(part)
    elif isinstance(expression, msgspec.Struct):
        yield expression
        for name in expression.__struct_fields__:
            yield from walk(getattr(expression, name))


def names_in(*expressions: object) -> set[str]:
    """Return the bare names that expressions mention, at any depth."""
    found: set[str] = set()
    waiting: list[object] = list(expressions)
    while waiting:
        part = waiting.pop()
        if type(part) is Name:
            found.add(part.name)
        elif type(part) is tuple:
            waiting.extend(part)
        elif isinstance(part, msgspec.Struct):
            waiting.extend(msgspec.structs.astuple(part))
    return found


def argument_of(call: Call, position: int | None, *keywords: str) -> Expression | None:
    """Return the argument under the first of `keywords` that is given, else the one at `position` (from 0)."""
    named = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
    for keyword in keywords:
        if keyword in named:
            return named[keyword]
    placed = [argument.value for argument in call.arguments if argument.keyword is None and not argument.star]
    return placed[position] if position is not None and position < len(placed) else None


def is_literal(expression: Expression) -> bool:
    """Say whether an expression is a constant, or a display of nothing else."""
    match expression:
        case Constant():
            return True
        case Unary(operand=operand):
            return is_literal(operand)
        case Sequence(items=items):
            return all(map(is_literal, items))
        case Mapping(items=items):
            return all(key is not None and is_literal(key) and is_literal(value) for key, value in items)
    return False


INERT = frozenset(
    ("abs", "all", "any", "bool", "dict", "enumerate", "float", "frozenset", "int", "isinstance", "issubclass", "len")
) | frozenset(("list", "max", "min", "range", "reversed", "set", "sorted", "str", "sum", "tuple", "type", "zip"))
"""Builtins that ask no environment anything."""


def dotted(expression: Expression) -> str | None:
    """Return `a.b.c` for a name or a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(expression, Attribute):
        parts.append(expression.name)
        expression = expression.value
    if not isinstance(expression, Name):
        return None
    parts.append(expression.name)
    return ".".join(reversed(parts))
