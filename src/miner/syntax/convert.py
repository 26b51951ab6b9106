"""From libcst nodes to miner's expressions; what has no counterpart becomes an Opaque with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from miner.model import expression as ir
from miner.syntax.literal import LiteralError, number, string, unescape

Converter = Callable[[Any], ir.Expression]
_EMPTY = cst.Module(body=())
_COMMENT = re.compile(r"#[^\n\r]*|\\\r?\n")


def convert(node: cst.BaseExpression) -> ir.Expression:
    """Return `node` in miner's vocabulary. The caller has checked depth and size (see `miner.syntax.limits`)."""
    converter = _CONVERTERS.get(type(node))
    return converter(node) if converter else opaque(node, f"{type(node).__name__} is not modelled")


def opaque(node: cst.CSTNode, reason: str) -> ir.Opaque:
    """Return `node` as seen and not understood."""
    return ir.Opaque(" ".join(_EMPTY.code_for_node(node).split()), reason)


def parameters(node: cst.Parameters) -> tuple[ir.Parameter, ...]:
    """Return the parameters of a function or lambda in the order of their declaration."""
    found: list[ir.Parameter] = []
    found += [_parameter(p, "positional_only") for p in node.posonly_params]
    found += [_parameter(p, "positional") for p in node.params]
    if isinstance(node.star_arg, cst.Param):
        found.append(_parameter(node.star_arg, "vararg"))
    found += [_parameter(p, "keyword_only") for p in node.kwonly_params]
    if node.star_kwarg is not None:
        found.append(_parameter(node.star_kwarg, "kwarg"))
    return tuple(found)


def arguments(args: Sequence[cst.Arg]) -> tuple[ir.Argument, ...]:
    """Return the arguments of a call, or the bases and keywords of a class."""
    return tuple(ir.Argument(convert(a.value), a.keyword.value if a.keyword else None, a.star) for a in args)


def _parameter(node: cst.Param, kind: str) -> ir.Parameter:
    return ir.Parameter(
        node.name.value,
        kind,
        convert(node.default) if node.default else None,
        convert(node.annotation.annotation) if node.annotation else None,
    )


def _name(node: cst.Name) -> ir.Expression:
    constants = {"None": None, "True": True, "False": False}
    return ir.Constant(constants[node.value]) if node.value in constants else ir.Name(node.value)


def _attribute(node: cst.Attribute) -> ir.Expression:
    return ir.Attribute(convert(node.value), node.attr.value)


def _number(node: cst.Integer | cst.Float) -> ir.Expression:
    try:
        return ir.Constant(number(node.value))
    except LiteralError as problem:
        return opaque(node, str(problem))


def _string(node: cst.SimpleString) -> ir.Expression:
    try:
        return ir.Constant(string(node.value))
    except LiteralError as problem:
        return opaque(node, str(problem))


def _concatenated(node: cst.ConcatenatedString) -> ir.Expression:
    parts: list[ir.Expression] = []
    rest: cst.BaseExpression = node
    while isinstance(rest, cst.ConcatenatedString):
        parts.append(convert(rest.left))
        rest = rest.right
    parts.append(convert(rest))
    if any(isinstance(part, ir.Opaque) for part in parts):
        return opaque(node, "a part of the string is not modelled")
    if all(isinstance(part, ir.Constant) for part in parts):
        return ir.Constant("".join(str(part.value) for part in parts if isinstance(part, ir.Constant)))
    pieces: list[str | ir.Expression] = []
    for part in parts:
        if isinstance(part, ir.Formatted):
            pieces.extend(part.parts)
        elif isinstance(part, ir.Constant):
            pieces.append(str(part.value))
    return ir.Formatted(tuple(pieces))


def _formatted(node: cst.FormattedString) -> ir.Expression:
    parts: list[str | ir.Expression] = []
    try:
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                text = part.value.replace("{{", "{").replace("}}", "}")
                parts.append(text if "r" in node.prefix.lower() else unescape(text))
            elif isinstance(part, cst.FormattedStringExpression):
                if part.equal is not None:  # `{name=}` shows the name too
                    parts.append(f"{cst.Module([]).code_for_node(part.expression)}=")
                parts.append(convert(part.expression))
    except LiteralError as problem:
        return opaque(node, str(problem))
    return ir.Formatted(tuple(parts))


def _call(node: cst.Call) -> ir.Expression:
    return ir.Call(convert(node.func), arguments(node.args))


def _comparison(node: cst.Comparison) -> ir.Expression:
    return ir.Compare(
        convert(node.left),
        tuple(_operator(target.operator) for target in node.comparisons),
        tuple(convert(target.comparator) for target in node.comparisons),
    )


def _operator(node: cst.CSTNode) -> str:
    """Return an operator in one line, without the comments and continuations that libcst keeps beside it."""
    return " ".join(_COMMENT.sub("", _EMPTY.code_for_node(node)).split())


def _boolean(node: cst.BooleanOperation) -> ir.Expression:
    operator = "and" if isinstance(node.operator, cst.And) else "or"
    values: list[ir.Expression] = []
    for side in (node.left, node.right):
        value = convert(side)
        bracketed = bool(side.lpar)
        if isinstance(value, ir.Boolean) and value.operator == operator and not bracketed:
            values.extend(value.values)
        else:
            values.append(value)
    return ir.Boolean(operator, tuple(values))


def _unary(node: cst.UnaryOperation) -> ir.Expression:
    operand = convert(node.expression)
    if isinstance(node.operator, cst.Not):
        return ir.Not(operand)
    operator = _operator(node.operator)
    if operator == "-" and isinstance(operand, ir.Constant) and type(operand.value) in (int, float):
        return ir.Constant(-operand.value)  # type: ignore[operator]
    return ir.Unary(operator, operand)


def _binary(node: cst.BinaryOperation) -> ir.Expression:
    return ir.Binary(convert(node.left), _operator(node.operator), convert(node.right))


def _conditional(node: cst.IfExp) -> ir.Expression:
    return ir.Conditional(convert(node.test), convert(node.body), convert(node.orelse))


def _sequence(kind: str) -> Converter:
    def read(node: cst.Tuple | cst.List | cst.Set) -> ir.Expression:
        return ir.Sequence(kind, tuple(_element(element) for element in node.elements))

    return read


def _element(element: cst.BaseElement) -> ir.Expression:
    value = convert(element.value)
    return ir.Starred(value) if isinstance(element, cst.StarredElement) else value


def _mapping(node: cst.Dict) -> ir.Expression:
    return ir.Mapping(
        tuple(
            (convert(element.key) if isinstance(element, cst.DictElement) else None, convert(element.value))
            for element in node.elements
        )
    )


def _subscript(node: cst.Subscript) -> ir.Expression:
    indices = [_index(element.slice) for element in node.slice]
    index = indices[0] if len(indices) == 1 else ir.Sequence("tuple", tuple(indices))
    return ir.Subscript(convert(node.value), index)


def _index(node: cst.BaseSlice) -> ir.Expression:
    if isinstance(node, cst.Index):
        value = convert(node.value)
        return ir.Starred(value) if node.star else value
    if isinstance(node, cst.Slice):
        bounds = [convert(bound) if bound else None for bound in (node.lower, node.upper, node.step)]
        return ir.Slice(bounds[0], bounds[1], bounds[2])
    return opaque(node, "a subscript of this shape is not modelled")


def _lambda(node: cst.Lambda) -> ir.Expression:
    return ir.Lambda(parameters(node.params), convert(node.body))


def _comprehension(kind: str) -> Converter:
    def read(node: Any) -> ir.Expression:
        loop = node.for_in
        if loop.inner_for_in is not None or loop.asynchronous is not None:
            return opaque(node, "a comprehension with several loops is not modelled")
        return ir.Comprehension(
            kind,
            convert(node.key) if kind == "dict" else None,
            convert(node.value if kind == "dict" else node.elt),
            convert(loop.target),
            convert(loop.iter),
            tuple(convert(condition.test) for condition in loop.ifs),
        )

    return read


def _walrus(node: cst.NamedExpr) -> ir.Expression:
    return ir.Walrus(convert(node.target), convert(node.value))


_CONVERTERS: dict[type[cst.BaseExpression], Converter] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Integer: _number,
    cst.Float: _number,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.Call: _call,
    cst.Comparison: _comparison,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.IfExp: _conditional,
    cst.Tuple: _sequence("tuple"),
    cst.List: _sequence("list"),
    cst.Set: _sequence("set"),
    cst.Dict: _mapping,
    cst.Subscript: _subscript,
    cst.Lambda: _lambda,
    cst.ListComp: _comprehension("list"),
    cst.SetComp: _comprehension("set"),
    cst.DictComp: _comprehension("dict"),
    cst.GeneratorExp: _comprehension("generator"),
    cst.NamedExpr: _walrus,
}
