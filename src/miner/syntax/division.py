"""Dividing a tree-sitter tree into items: one builder for each kind of statement."""

from __future__ import annotations

from collections.abc import Callable

import tree_sitter

from miner.model.span import Span
from miner.syntax.decoding import RefusedError
from miner.syntax.limits import LIMITS
from miner.syntax.outline import Blocks, Item, LineTable, Texts
from miner.syntax.simple import (
    ASIDES,
    assert_statement,
    expression_statement,
    import_statement,
    jump_statement,
    meaningful,
    raise_statement,
    return_statement,
    text_of,
    type_alias_statement,
    words_statement,
)

Node = tree_sitter.Node
_Place = tuple["Item | None", str, int]
_CLAUSES = frozenset({"elif_clause", "else_clause", "except_clause", "except_group_clause", "finally_clause"})


class Divider:
    """Items from the nodes of one tree; spans count in `data`."""

    def __init__(self, data: bytes) -> None:
        # tree-sitter ends lines at LF alone
        self._lines = LineTable(data) if b"\r" in data else None

    def block(self, node: Node, parent: Item | None, arm: str) -> list[Item]:
        """Return the statements of a block (or module) node."""
        items: list[Item] = []
        for child in node.named_children:
            build = _BUILDERS.get(child.type)
            if build is None:
                continue
            items.append(build(self, child, parent, arm, len(items)))
        return items

    def span(self, node: Node) -> Span:
        """Return the span of a node."""
        return self.between(node, node)

    def between(self, first: Node, last: Node) -> Span:
        """Return the span from the start of `first` to the end of `last`."""
        if self._lines is not None:
            return self._lines.span(first.start_byte, last.end_byte)
        return Span(first.start_byte, last.end_byte, first.start_point[0] + 1, last.end_point[0] + 1)

    def extent(self, first: Node, last: Node) -> Span:
        """Return the span from `first` to the end of the last statement in `last`, without trailing comments."""
        while last.type in _COMPOUND:
            index = last.named_child_count - 1
            inner = last.named_child(index) if index >= 0 else None
            while inner is not None and inner.type in ASIDES:
                index -= 1
                inner = last.named_child(index) if index >= 0 else None
            if inner is None:
                break
            last = inner
        return self.between(first, last)

    def texts(self, node: Node, **roles: str) -> tuple[tuple[str, Span], ...]:
        """Return (role, span) for the fields of `node` that are there; roles map role to field name."""
        found = []
        for role, name in roles.items():
            child = node.child_by_field_name(name)
            if child is not None:
                found.append((role, self.span(child)))
        return tuple(found)

    def compound(
        self,
        kind: str,
        node: Node,
        place: tuple[Item | None, str, int],
        texts: Texts | Callable[[], Texts],
        load: Callable[[Item], Blocks],
        *,
        name: str = "",
        first: Node | None = None,
    ) -> Item:
        """Build a compound statement whose span ends with its last statement."""
        parent, arm, index = place
        item = Item(kind, lambda: self.extent(first or node, node), parent, arm, index, name, texts, load=load)  # type: ignore[arg-type]
        if kind in {"class", "function"}:
            item.pick = lambda owner, wanted: _pick(self, node, owner, wanted)
            item.list_functions = lambda: _function_names(node)
        return item


def _definition(kind: str) -> Callable[[Divider, Node, Item | None, str, int], Item]:
    def build(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
        return _define(builder, node, (parent, arm, index), tuple, node)

    def _define(
        builder: Divider,
        node: Node,
        place: tuple[Item | None, str, int],
        decorators: Callable[[], Texts],
        first: Node,
    ) -> Item:
        def texts() -> Texts:
            if kind == "class":
                found = builder.texts(node, arguments="superclasses")
            else:
                found = builder.texts(node, parameters="parameters", returns="return_type")
            return (*decorators(), *found, ("definition", builder.extent(node, node)))

        name = node.child_by_field_name("name")
        return builder.compound(
            kind,
            node,
            place,
            texts,
            lambda item: {"body": _body(builder, node, item, "body")},
            name=text_of(name) if name else "",
            first=first,
        )

    build.define = _define  # type: ignore[attr-defined]
    return build


def _pick(builder: Divider, node: Node, item: Item, name: str) -> list[Item]:
    """Build only the first statement of a definition's body and the function called `name` in it."""
    block = node.child_by_field_name("body")
    found: list[Item] = []
    index = -1
    for child in block.named_children if block is not None else ():
        build = _BUILDERS.get(child.type)
        if build is None:
            continue
        index += 1
        if index == 0 or (child.type in _FUNCTIONS and _defined_name(child) == name):
            found.append(build(builder, child, item, "body", index))
            if not name or (index and found[-1].kind == "function"):
                break
    return found


def _function_names(node: Node) -> list[str]:
    """Return the names of the functions that a definition's body itself defines."""
    block = node.child_by_field_name("body")
    children = block.named_children if block is not None else ()
    named = (_defined_name(child) for child in children if _is_function(child))
    return [name for name in named if name is not None]


def _is_function(node: Node) -> bool:
    definition = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
    return definition is not None and definition.type == "function_definition"


def _defined_name(node: Node) -> str | None:
    definition = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
    name = definition.child_by_field_name("name") if definition is not None else None
    return text_of(name) if name is not None else None


def _decorated(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    definition = node.child_by_field_name("definition")

    def decorators() -> Texts:
        return tuple(
            ("decorator", builder.span(expression))
            for child in node.named_children
            if child.type == "decorator"
            for expression in meaningful(child)[:1]
        )

    if definition is None or definition.type not in _BUILDERS:
        return Item("other", builder.span(node), parent, arm, index)
    define = _BUILDERS[definition.type].define  # type: ignore[attr-defined]
    item: Item = define(builder, definition, (parent, arm, index), decorators, node)
    return item


def _body(builder: Divider, node: Node, item: Item | None, arm: str, name: str = "body") -> list[Item]:
    block = node.child_by_field_name(name)
    if block is None:
        block = next((child for child in node.named_children if child.type == "block"), None)
    return [] if block is None else builder.block(block, item, arm)


def _if(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    alternatives = [child for child in node.named_children if child.type in _CLAUSES]
    if len(alternatives) > LIMITS.branches:
        raise RefusedError(f"an if with more than {LIMITS.branches} branches")
    return _if_chain(builder, node, node, alternatives, (parent, arm, index), 0)


def _if_chain(
    builder: Divider,
    whole: Node,
    node: Node,
    alternatives: list[Node],
    place: tuple[Item | None, str, int],
    depth: int,
) -> Item:
    """Build an if whose elif and else clauses are `alternatives`; an elif becomes an if alone in the else block."""

    def load(item: Item) -> Blocks:
        blocks: Blocks = {"body": _body(builder, node, item, "body", "consequence"), "orelse": []}
        if alternatives and alternatives[0].type == "elif_clause":
            rest = _if_chain(builder, whole, alternatives[0], alternatives[1:], (item, "orelse", 0), depth + 1)
            blocks["orelse"] = [rest]
        elif alternatives:
            blocks["orelse"] = _body(builder, alternatives[0], item, "orelse")
        return blocks

    last = alternatives[-1] if alternatives else node
    parent, arm, index = place
    return Item(
        "if",
        lambda: builder.extent(node, last),
        parent,
        arm,
        index,
        "",
        lambda: builder.texts(node, test="condition"),
        load=load,
    )


def _while(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    texts = builder.texts(node, test="condition")
    return builder.compound("while", node, (parent, arm, index), texts, lambda item: _loop_blocks(builder, node, item))


def _for(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    texts = builder.texts(node, target="left", iterable="right")
    return builder.compound("for", node, (parent, arm, index), texts, lambda item: _loop_blocks(builder, node, item))


def _loop_blocks(builder: Divider, node: Node, item: Item) -> Blocks:
    orelse = next((child for child in node.named_children if child.type == "else_clause"), None)
    return {
        "body": _body(builder, node, item, "body"),
        "orelse": _body(builder, orelse, item, "orelse") if orelse else [],
    }


def _try(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    def load(item: Item) -> Blocks:
        blocks: Blocks = {"body": _body(builder, node, item, "body"), "handlers": [], "orelse": [], "finalbody": []}
        for child in node.named_children:
            if child.type in {"except_clause", "except_group_clause"}:
                blocks["handlers"].append(_except(builder, child, item, len(blocks["handlers"])))
            elif child.type == "else_clause":
                blocks["orelse"] = _body(builder, child, item, "orelse")
            elif child.type == "finally_clause":
                blocks["finalbody"] = _body(builder, child, item, "finalbody")
        return blocks

    return builder.compound("try", node, (parent, arm, index), (), load)


def _except(builder: Divider, node: Node, parent: Item, index: int) -> Item:
    alias = node.child_by_field_name("alias")
    types = [child for child in meaningful(node) if child.type != "block" and child != alias]  # several: `except A, B:`
    if len(types) == 1 and types[0].type == "as_pattern":
        alias = types[0].child_by_field_name("alias")
        types = meaningful(types[0])[:1]
    texts = (("type", builder.between(types[0], types[-1])),) if types else ()
    name = text_of(alias) if alias is not None else ""
    return builder.compound(
        "except",
        node,
        (parent, "handlers", index),
        texts,
        lambda item: {"body": _body(builder, node, item, "body")},
        name=name,
    )


def _with(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    texts: list[tuple[str, Span]] = []
    for value in _contexts(node):
        if value.type == "as_pattern":
            alias = value.child_by_field_name("alias")
            texts.append(("context", builder.span(meaningful(value)[0])))
            if alias is not None:
                texts.append(("target", builder.span(alias)))
        else:
            texts.append(("context", builder.span(value)))
    return builder.compound(
        "with", node, (parent, arm, index), tuple(texts), lambda item: {"body": _body(builder, node, item, "body")}
    )


def _contexts(node: Node) -> list[Node]:
    """Return the items of a with statement; brackets around all of them are taken for an expression's at times."""
    clause = next((child for child in node.named_children if child.type == "with_clause"), None)
    entries = [child for child in clause.named_children if child.type == "with_item"] if clause is not None else []
    values = [value for entry in entries if (value := entry.child_by_field_name("value")) is not None]
    if len(values) == 1 and values[0].type in {"parenthesized_expression", "tuple"}:
        inner = meaningful(values[0])
        if values[0].type == "tuple" and all(child.type != "as_pattern" for child in inner):
            return values
        if inner and inner[0].type not in {"yield", "named_expression"}:
            return inner
    return values


def _match(builder: Divider, node: Node, parent: Item | None, arm: str, index: int) -> Item:
    def load(item: Item) -> Blocks:
        body = node.child_by_field_name("body")
        cases = [child for child in (body or node).named_children if child.type == "case_clause"]
        return {"cases": [_case(builder, child, item, position) for position, child in enumerate(cases)]}

    subjects = [child for child in node.children[1:] if child.type not in {*ASIDES, ":", "block", "case_clause"}]
    texts = (("subject", builder.between(subjects[0], subjects[-1])),) if subjects else ()  # several: `match a, b:`
    return builder.compound("match", node, (parent, arm, index), texts, load)


def _case(builder: Divider, node: Node, parent: Item, index: int) -> Item:
    patterns = [child for child in node.children if child.type in {"case_pattern", ","}]
    texts: Texts = ()
    if patterns:
        texts = (("pattern", builder.between(patterns[0], patterns[-1])),)
    guard = node.child_by_field_name("guard")
    if guard is not None:
        texts += tuple(("guard", builder.span(expression)) for expression in meaningful(guard)[:1])
    return builder.compound(
        "case",
        node,
        (parent, "cases", index),
        texts,
        lambda item: {"body": _body(builder, node, item, "body", "consequence")},
    )


_BUILDERS: dict[str, Callable[[Divider, Node, Item | None, str, int], Item]] = {
    "function_definition": _definition("function"),
    "class_definition": _definition("class"),
    "decorated_definition": _decorated,
    "if_statement": _if,
    "while_statement": _while,
    "for_statement": _for,
    "try_statement": _try,
    "with_statement": _with,
    "match_statement": _match,
    "expression_statement": expression_statement,
    "return_statement": return_statement,
    "raise_statement": raise_statement,
    "assert_statement": assert_statement,
    "import_statement": import_statement,
    "import_from_statement": import_statement,
    "future_import_statement": import_statement,
    "pass_statement": jump_statement,
    "break_statement": jump_statement,
    "continue_statement": jump_statement,
    "global_statement": words_statement("global"),
    "nonlocal_statement": words_statement("global"),
    "delete_statement": words_statement("delete"),
    "type_alias_statement": type_alias_statement,
}
_FUNCTIONS = frozenset({"function_definition", "decorated_definition"})
_COMPOUND = frozenset(
    {
        *_CLAUSES,
        "function_definition",
        "class_definition",
        "decorated_definition",
        "if_statement",
        "while_statement",
        "for_statement",
        "try_statement",
        "with_statement",
        "match_statement",
        "case_clause",
        "block",
    }
)
