"""Plain expressions, read from the tree that the file already has; libcst reads what is not plain.

Names, attributes, calls, comparisons, truth and arithmetic operators, displays, numbers and strings make up nine of ten
expressions that are read. What is of another shape raises NotPlain, and nothing is guessed: on every expression this
reader and libcst agree, or this one declines.
"""

from __future__ import annotations

from collections.abc import Callable

import tree_sitter

from miner.model import expression as ex
from miner.syntax.literal import LiteralError, number, string, unescape
from miner.syntax.simple import ASIDES

Node = tree_sitter.Node


class NotPlain(Exception):  # noqa: N818  it is an answer, not a failure
    """The expression is left to libcst."""


def read(node: Node) -> ex.Expression:
    """Return the expression at `node`; raises NotPlain."""
    reader = _READERS.get(node.type)
    if reader is None:
        raise NotPlain
    return reader(node)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8")


def _field(node: Node, name: str) -> ex.Expression:
    child = node.child_by_field_name(name)
    if child is None:
        raise NotPlain
    return read(child)


def _inner(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type not in ASIDES]


def _name(node: Node) -> ex.Expression:
    return ex.Name(_text(node))


def _attribute(node: Node) -> ex.Expression:
    name = node.child_by_field_name("attribute")
    if name is None:
        raise NotPlain
    return ex.Attribute(_field(node, "object"), _text(name))


def _literal(value: bool | None) -> Callable[[Node], ex.Expression]:
    return lambda _: ex.Constant(value)


def _number(node: Node) -> ex.Expression:
    try:
        return ex.Constant(number(_text(node)))
    except LiteralError:
        raise NotPlain from None


def _string(node: Node) -> ex.Expression:
    if any(child.type == "interpolation" for child in node.named_children):
        return _formatted(node)
    text = _text(node)
    if "f" in text[: text.index(text[-1])].lower():
        raise NotPlain
    try:
        return ex.Constant(string(text))
    except LiteralError:
        raise NotPlain from None


def _formatted(node: Node) -> ex.Expression:
    """Read an f-string whose fields have no conversion and no format."""
    start, *inside, end = node.children
    if start.type != "string_start" or end.type != "string_end" or "r" in _text(start).lower():
        raise NotPlain
    parts: list[str | ex.Expression] = []
    for child in inside:
        if child.type == "string_content":
            parts.append(_content(_text(child)))
        elif child.type == "interpolation" and [c.type for c in child.children if not c.is_named] == ["{", "}"]:
            fields = child.named_children
            if len(fields) != 1:
                raise NotPlain
            parts.append(read(fields[0]))
        else:
            raise NotPlain
    return ex.Formatted(tuple(parts))


def _content(text: str) -> str:
    try:
        return unescape(text.replace("{{", "{").replace("}}", "}"))
    except LiteralError:
        raise NotPlain from None


def _concatenated(node: Node) -> ex.Expression:
    """Join strings side by side; neighbouring parts stay apart when one of the strings is formatted."""
    strings = [read(child) for child in _inner(node)]
    if all(isinstance(found, ex.Constant) for found in strings):
        return ex.Constant("".join(str(found.value) for found in strings if isinstance(found, ex.Constant)))
    parts: list[str | ex.Expression] = []
    for found in strings:
        if isinstance(found, ex.Formatted):
            parts.extend(found.parts)
        elif isinstance(found, ex.Constant):
            parts.append(str(found.value))
    return ex.Formatted(tuple(parts))


def _parenthesised(node: Node) -> ex.Expression:
    inside = _inner(node)
    if len(inside) != 1:
        raise NotPlain
    return read(inside[0])


def _call(node: Node) -> ex.Expression:
    arguments = node.child_by_field_name("arguments")
    if arguments is not None and arguments.type == "generator_expression":
        return ex.Call(_field(node, "function"), (ex.Argument(read(arguments)),))
    if arguments is None or arguments.type != "argument_list":
        raise NotPlain
    return ex.Call(_field(node, "function"), tuple(_argument(child) for child in _inner(arguments)))


def _argument(node: Node) -> ex.Argument:
    if node.type == "keyword_argument":
        name = node.child_by_field_name("name")
        return ex.Argument(_field(node, "value"), _text(name) if name is not None else None)
    if node.type in {"list_splat", "dictionary_splat"}:
        return ex.Argument(_parenthesised(node), None, "*" if node.type == "list_splat" else "**")
    return ex.Argument(read(node))


def _comparison(node: Node) -> ex.Expression:
    operators: list[str] = []
    operands: list[ex.Expression] = []
    for child in node.children:
        if child.is_named and child.type not in ASIDES:
            operands.append(read(child))
        elif not child.is_named:
            operators.append(" ".join(_text(child).split()))
    if len(operands) != len(operators) + 1 or "<>" in operators:
        raise NotPlain
    return ex.Compare(operands[0], tuple(operators), tuple(operands[1:]))


def _boolean(node: Node) -> ex.Expression:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        raise NotPlain
    word = operator.type
    values: list[ex.Expression] = []
    for side in (left, right):
        value = read(side)
        if side.type == "boolean_operator" and isinstance(value, ex.Boolean) and value.operator == word:
            values.extend(value.values)
        else:
            values.append(value)
    return ex.Boolean(word, tuple(values))


def _not(node: Node) -> ex.Expression:
    return ex.Not(_field(node, "argument"))


def _unary(node: Node) -> ex.Expression:
    operator = node.child_by_field_name("operator")
    operand = _field(node, "argument")
    if operator is None:
        raise NotPlain
    if operator.type == "-" and isinstance(operand, ex.Constant) and type(operand.value) in (int, float):
        return ex.Constant(-operand.value)  # type: ignore[operator]
    return ex.Unary(operator.type, operand)


def _binary(node: Node) -> ex.Expression:
    """Read an operation; in this grammar `^` binds before `&`, in Python after it, so it is left alone."""
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type == "^":
        raise NotPlain
    return ex.Binary(_field(node, "left"), operator.type, _field(node, "right"))


def _conditional(node: Node) -> ex.Expression:
    inside = _inner(node)
    if len(inside) != 3:
        raise NotPlain
    body, test, orelse = map(read, inside)
    return ex.Conditional(test, body, orelse)


def _sequence(kind: str) -> Callable[[Node], ex.Expression]:
    return lambda node: ex.Sequence(kind, tuple(_element(child) for child in _inner(node)))


def _pattern(node: Node) -> ex.Expression:
    """Read a target in brackets: of one name, without a comma, it is that name."""
    inside = _inner(node)
    if len(inside) == 1 and all(child.type != "," for child in node.children):
        return read(inside[0])
    return ex.Sequence("tuple", tuple(map(_element, inside)))


def _element(node: Node) -> ex.Expression:
    return ex.Starred(_parenthesised(node)) if node.type == "list_splat" else read(node)


def _mapping(node: Node) -> ex.Expression:
    items: list[tuple[ex.Expression | None, ex.Expression]] = []
    for child in _inner(node):
        if child.type == "pair":
            items.append((_field(child, "key"), _field(child, "value")))
        elif child.type == "dictionary_splat":
            items.append((None, _parenthesised(child)))
        else:
            raise NotPlain
    return ex.Mapping(tuple(items))


def _subscript(node: Node) -> ex.Expression:
    indices = [_index(child) for child in node.children_by_field_name("subscript")]
    is_several = len(indices) > 1 or any(child.type == "," for child in node.children)
    if not indices or (is_several and len(indices) == 1):
        raise NotPlain
    index = ex.Sequence("tuple", tuple(indices)) if is_several else indices[0]
    return ex.Subscript(_field(node, "value"), index)


def _index(node: Node) -> ex.Expression:
    if node.type != "slice":
        return read(node)
    bounds: list[ex.Expression | None] = [None]
    for child in node.children:
        if child.type == ":":
            bounds.append(None)
        elif child.type not in ASIDES:
            bounds[-1] = read(child)
    lower, upper, step = (*bounds, None)[:3]
    return ex.Slice(lower, upper, step)


def _comprehension(kind: str) -> Callable[[Node], ex.Expression]:
    def read_it(node: Node) -> ex.Expression:
        inside = _inner(node)
        if len(inside) < 2 or [child.type for child in inside].count("for_in_clause") != 1:
            raise NotPlain
        element, loop, *tests = inside
        if loop.type != "for_in_clause" or any(test.type != "if_clause" for test in tests):
            raise NotPlain
        if any(child.type == "async" for child in loop.children) or len(loop.children_by_field_name("right")) != 1:
            raise NotPlain
        key = _field(element, "key") if kind == "dict" else None
        value = _field(element, "value") if kind == "dict" else read(element)
        conditions = tuple(_parenthesised(test) for test in tests)
        return ex.Comprehension(kind, key, value, _field(loop, "left"), _field(loop, "right"), conditions)

    return read_it


_READERS: dict[str, Callable[[Node], ex.Expression]] = {
    "identifier": _name,
    "attribute": _attribute,
    "true": _literal(True),
    "false": _literal(False),
    "none": _literal(None),
    "integer": _number,
    "float": _number,
    "string": _string,
    "concatenated_string": _concatenated,
    "parenthesized_expression": _parenthesised,
    "call": _call,
    "comparison_operator": _comparison,
    "boolean_operator": _boolean,
    "not_operator": _not,
    "unary_operator": _unary,
    "binary_operator": _binary,
    "conditional_expression": _conditional,
    "tuple": _sequence("tuple"),
    "list": _sequence("list"),
    "set": _sequence("set"),
    "dictionary": _mapping,
    "subscript": _subscript,
    "list_comprehension": _comprehension("list"),
    "set_comprehension": _comprehension("set"),
    "dictionary_comprehension": _comprehension("dict"),
    "generator_expression": _comprehension("generator"),
    "pattern_list": _sequence("tuple"),
    "tuple_pattern": _pattern,
}
