"""Expressions as text, for what is not understood; close to the source, not equal to it."""

from __future__ import annotations

from miner.model import expression as ex

_LONGEST = 160


def render(expression: ex.Expression | None) -> str:
    """Return the text of an expression, cut after 160 characters."""
    found = _text(expression)
    return found if len(found) <= _LONGEST else found[: _LONGEST - 3] + "..."


def _text(node: ex.Expression | None, least: int = 0) -> str:
    """Return the text of a node, in brackets where it binds less than `least`."""
    if node is None:
        return ""
    binds, text = _bound(node)
    return f"({text})" if binds < least else text


def _bound(node: ex.Expression) -> tuple[int, str]:
    """Return how strongly a node binds its parts, as the language has it, and its text."""
    match node:
        case ex.Constant(value):
            return _ATOM, repr(value)
        case ex.Name(name):
            return _ATOM, name
        case ex.Attribute(value, name):
            return _ATOM, f"{_text(value, _ATOM)}.{name}"
        case ex.Call(function, arguments):
            return _ATOM, f"{_text(function, _ATOM)}({', '.join(_argument(a) for a in arguments)})"
        case ex.Compare(left, operators, comparators):
            pairs = zip(operators, comparators, strict=True)
            steps = (f"{operator} {_text(right, _COMPARE + 1)}" for operator, right in pairs)
            return _COMPARE, " ".join([_text(left, _COMPARE + 1), *steps])
        case ex.Boolean(operator, values):
            binds = _BOOLEAN[operator]
            return binds, f" {operator} ".join(_text(value, binds) for value in values)
        case ex.Not(operand):
            return _NOT, f"not {_text(operand, _NOT)}"
        case ex.Unary(operator, operand):
            return _UNARY, f"{operator}{_text(operand, _UNARY)}"
        case ex.Binary(left, "**", right):
            return _POWER, f"{_text(left, _POWER + 1)} ** {_text(right, _POWER)}"
        case ex.Binary(left, operator, right):
            binds = _BINARY.get(operator, _COMPARE + 1)
            return binds, f"{_text(left, binds)} {operator} {_text(right, binds + 1)}"
        case ex.Conditional(test, body, orelse):
            return _IF, f"{_text(body, _IF + 1)} if {_text(test, _IF + 1)} else {_text(orelse, _IF)}"
        case ex.Lambda(_, body):
            return _LAMBDA, f"lambda: {_text(body)}"
        case ex.Walrus(target, value):
            return _LAMBDA, f"{_text(target)} := {_text(value)}"
        case ex.Opaque(source, _):
            return _ATOM if source.isidentifier() else _LAMBDA, source
        case _:
            return _ATOM, _display(node)


_LAMBDA, _IF, _NOT, _COMPARE, _UNARY, _POWER, _ATOM = 0, 1, 4, 5, 12, 13, 14
_BOOLEAN = {"or": 2, "and": 3}
_BINARY = {"|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "//": 11, "%": 11, "@": 11}


def _display(node: ex.Expression) -> str:
    match node:
        case ex.Sequence(kind, items):
            brackets = {"list": "[]", "set": "{}"}.get(kind, "()")
            comma = "," if brackets == "()" and len(items) == 1 else ""
            return f"{brackets[0]}{', '.join(_text(item) for item in items)}{comma}{brackets[1]}"
        case ex.Mapping(items):
            return "{" + ", ".join(f"{_text(key) or '**'}: {_text(value)}" for key, value in items) + "}"
        case ex.Subscript(value, index):
            is_several = isinstance(index, ex.Sequence) and index.kind == "tuple" and index.items
            within = _text(index)
            return f"{_text(value, _ATOM)}[{within[1:-1] if is_several else within}]"
        case ex.Slice(lower, upper, step):
            return ":".join([_text(lower), _text(upper), *([_text(step)] if step else [])])
        case ex.Formatted(parts):
            return 'f"' + "".join(p if isinstance(p, str) else "{" + _text(p) + "}" for p in parts) + '"'
        case ex.Starred(value):
            return f"*{_text(value)}"
        case ex.Comprehension():
            brackets = {"list": "[]", "set": "{}", "dict": "{}"}.get(node.kind, "()")
            return f"{brackets[0]}{_loop(node)}{brackets[1]}"
    return ""


def _loop(node: ex.Comprehension) -> str:
    key = f"{_text(node.key)}: " if node.key is not None else ""
    tests = "".join(f" if {_text(test)}" for test in node.conditions)
    return f"{key}{_text(node.element)} for {_text(node.target)} in {_text(node.iterable)}{tests}"


def _argument(argument: ex.Argument) -> str:
    keyword = f"{argument.keyword}=" if argument.keyword else ""
    value = argument.value
    if isinstance(value, ex.Comprehension) and value.kind == "generator":  # its own brackets are left out
        return _loop(value)
    return f"{argument.star}{keyword}{_text(value)}"
