"""Items of simple statements: one builder for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import tree_sitter

from miner.model.span import Span
from miner.syntax.imports import read_import
from miner.syntax.outline import Item, Texts

if TYPE_CHECKING:
    from miner.syntax.division import Divider

Node = tree_sitter.Node
ASIDES = frozenset({"comment", "line_continuation"})


def expression_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build an expression statement: an assignment, an augmented assignment, or an expression."""
    inside = meaningful(node)
    inner = inside[0] if len(inside) == 1 else None
    if inner is not None and inner.type == "assignment":
        return Item(
            "assign", lambda: builder.span(node), parent, arm, index, "", lambda: tuple(_assignment(builder, inner))
        )
    span = builder.span(node)
    if inner is not None and inner.type == "augmented_assignment":
        operator = inner.child_by_field_name("operator")
        texts = builder.texts(inner, target="left", value="right")
        return Item("augment", span, parent, arm, index, text_of(operator)[:-1] if operator else "", texts)
    return Item("expression", span, parent, arm, index, "", (("value", span),))


def _assignment(builder: Divider, node: Node) -> Iterator[tuple[str, Span]]:
    annotation = node.child_by_field_name("type")
    if annotation is not None:
        yield "annotation", builder.span(annotation)
    while True:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None:
            yield "target", builder.span(left)
        if right is None:
            return
        if right.type != "assignment":
            yield "value", builder.span(right)
            return
        node = right


def return_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build a return, with its value if it has one."""
    return Item(
        "return",
        lambda: builder.span(node),
        parent,
        arm,
        index,
        "",
        lambda: _children(builder, node, "value"),
    )


def raise_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build a raise, with its exception and cause."""
    cause = node.child_by_field_name("cause")
    value = [child for child in meaningful(node) if child != cause]
    texts = tuple(("exception", builder.span(child)) for child in value[:1])
    if cause is not None:
        texts += (("cause", builder.span(cause)),)
    return Item("raise", builder.span(node), parent, arm, index, "", texts)


def assert_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build an assert, with its test and message."""
    return Item("assert", builder.span(node), parent, arm, index, "", _children(builder, node, "test", "message"))


def _children(builder: Divider, node: Node, *roles: str) -> tuple[tuple[str, Span], ...]:
    expressions = meaningful(node)
    return tuple((role, builder.span(child)) for role, child in zip(roles, expressions, strict=False))


def import_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build an import, with the names that it binds."""
    read = read_import(text_of(node))
    return Item(
        "import",
        lambda: builder.span(node),
        parent,
        arm,
        index,
        bindings=read.bindings,
        modules=read.modules,
        level=read.level,
        star=read.star,
    )


def jump_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build a break, continue or pass."""
    return Item("jump", builder.span(node), parent, arm, index, text_of(node))


def words_statement(kind: str) -> Callable[[Divider, Node, Item | None, str, int], Item]:
    """Return a builder of statements that are a list of names: global, nonlocal, del."""

    def build(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
        names = tuple(("name", builder.span(child)) for child in meaningful(node))
        return Item(kind, builder.span(node), parent, arm, index, "", names)  # type: ignore[arg-type]

    return build


def type_alias_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build `type X = Y`, or what the grammar takes for one: an assignment to a part of a call of `type`."""
    inside = meaningful(node)
    if len(inside) != 2 or not text_of(inside[0]).startswith(("(", "[")):
        return other_statement(builder, node, parent, arm, index)
    left, value = inside
    constrained = left.named_children[0] if left.named_children else left
    texts: Texts = ()
    if constrained.type == "constrained_type":
        left, annotation = meaningful(constrained)
        texts = (("annotation", builder.span(annotation)),)
    texts += (("target", builder.between(node, left)), ("value", builder.span(value)))
    return Item("assign", builder.span(node), parent, arm, index, "", texts)


def other_statement(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    """Build a statement of no kind that matters here."""
    return Item("other", builder.span(node), parent, arm, index)


def meaningful(node: Node) -> list[Node]:
    """Return the named children of a node that are no comments."""
    return [child for child in node.named_children if child.type not in ASIDES]


def text_of(node: Node) -> str:
    """Return the text of a node."""
    return (node.text or b"").decode("utf-8", "replace")
