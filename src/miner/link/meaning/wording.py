"""Expressions as text, for what is not understood; close to the source, not equal to it."""

from __future__ import annotations

from miner.model import expression as ex

_LONGEST = 160


def render(expression: ex.Expression | None) -> str:
    """Return the text of an expression, cut after 160 characters."""
    found = _text(expression)
    return found if len(found) <= _LONGEST else found[: _LONGEST - 3] + "..."


def _text(node: ex.Expression | None) -> str:
    match node:
        case None:
            return ""
        case ex.Constant(value):
            return repr(value)
        case ex.Name(name):
            return name
        case ex.Attribute(value, name):
            return f"{_text(value)}.{name}"
        case ex.Call(function, arguments):
            return f"{_text(function)}({', '.join(_argument(a) for a in arguments)})"
        case ex.Compare(left, operators, comparators):
            pairs = zip(operators, comparators, strict=True)
            return " ".join([_text(left), *(f"{operator} {_text(right)}" for operator, right in pairs)])
        case ex.Boolean(operator, values):
            return f" {operator} ".join(_text(value) for value in values)
        case ex.Not(operand):
            return f"not {_text(operand)}"
        case ex.Unary(operator, operand):
            return f"{operator}{_text(operand)}"
        case ex.Binary(left, operator, right):
            return f"{_text(left)} {operator} {_text(right)}"
        case ex.Conditional(test, body, orelse):
            return f"{_text(body)} if {_text(test)} else {_text(orelse)}"
        case _:
            return _display(node)


def _display(node: ex.Expression) -> str:
    match node:
        case ex.Sequence(kind, items):
            brackets = {"list": "[]", "set": "{}"}.get(kind, "()")
            return f"{brackets[0]}{', '.join(_text(item) for item in items)}{brackets[1]}"
        case ex.Mapping(items):
            return "{" + ", ".join(f"{_text(key) or '**'}: {_text(value)}" for key, value in items) + "}"
        case ex.Subscript(value, index):
            return f"{_text(value)}[{_text(index)}]"
        case ex.Slice(lower, upper, step):
            return ":".join([_text(lower), _text(upper), *([_text(step)] if step else [])])
        case ex.Lambda(_, body):
            return f"lambda: {_text(body)}"
        case ex.Formatted(parts):
            return 'f"' + "".join(p if isinstance(p, str) else "{" + _text(p) + "}" for p in parts) + '"'
        case ex.Starred(value):
            return f"*{_text(value)}"
        case ex.Comprehension(_, _, element, target, iterable, _):
            return f"{_text(element)} for {_text(target)} in {_text(iterable)}"
        case ex.Walrus(target, value):
            return f"{_text(target)} := {_text(value)}"
        case ex.Opaque(source, _):
            return source
    return ""


def _argument(argument: ex.Argument) -> str:
    keyword = f"{argument.keyword}=" if argument.keyword else ""
    return f"{argument.star}{keyword}{_text(argument.value)}"
