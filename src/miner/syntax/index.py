"""The default reader: tree-sitter divides a file into items; expressions are read only when they are asked for.

A plain expression is read from the tree, every other from its text by libcst.
"""

from __future__ import annotations

import re
from functools import cache

import tree_sitter
import tree_sitter_python

from miner.model.expression import Argument, Expression, Parameter
from miner.model.span import Span
from miner.syntax import plain
from miner.syntax.division import Divider
from miner.syntax.outline import LineTable, Outline, ParseError
from miner.syntax.snippet import SnippetReader

Node = tree_sitter.Node
_SUSPECTS = tuple(re.compile(word + rb"(?=[\s\"'`>]|\Z)[^\n]?[^\n]?") for word in (b"print", b"exec"))
"""One for each word: a pattern that begins with a literal is looked for several times as fast."""
_PYTHON_2 = re.compile(rb"(?:print|exec)(?:[ \t]+[^\s=(.,:)\]]|[ \t\r]*|[\"'`].?|>>)", re.DOTALL)
_PYTHON_2_RAISE = re.compile(rb"raise[ \t]+[\w.]+[ \t]*,")
"""What may be a statement of Python 2 that the grammar takes; the tree decides."""


@cache
def parser() -> tree_sitter.Parser:
    """Return this process's parser."""
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def read_outline(data: bytes, snippets: SnippetReader) -> Outline:
    """Return the outline of `data` (UTF-8); raises ParseError when it is not Python 3."""
    tree = parser().parse(data)
    root = tree.root_node
    if root.has_error:
        raise ParseError(LineTable(data).line(_first_error(root)), "syntax error")
    is_suspect = any(_PYTHON_2.fullmatch(found) for suspect in _SUSPECTS for found in suspect.findall(data))
    if is_suspect or b"<>" in data or _PYTHON_2_RAISE.search(data):
        _refuse_python_2(root, LineTable(data))
    reader = _Texts(data, root, snippets)
    items = Divider(data).block(root, None, "body")
    return Outline(data, items, reader.expression, reader.arguments, reader.signature)


class _Texts:
    """Reading the text under a span."""

    def __init__(self, data: bytes, root: Node, snippets: SnippetReader) -> None:
        self._data = data
        self._root = root
        self._snippets = snippets

    def expression(self, span: Span) -> Expression:
        return self._snippets.expression(self._text(span), lambda: self._plain(span))

    def arguments(self, span: Span) -> tuple[Argument, ...]:
        return self._snippets.arguments(self._text(span))

    def signature(self, span: Span) -> tuple[Parameter, ...]:
        return self._snippets.signature(self._text(span))

    def _plain(self, span: Span) -> Expression | None:
        """Return the expression that the tree has under a span, when it is plain."""
        node = self._root.named_descendant_for_byte_range(span.start_byte, span.end_byte)
        if node is None or (node.start_byte, node.end_byte) != (span.start_byte, span.end_byte):
            return None
        try:
            return plain.read(node)
        except plain.NotPlain:
            return None

    def _text(self, span: Span) -> str:
        return self._data[span.start_byte : span.end_byte].decode("utf-8", "replace")


def _first_error(node: Node) -> int:
    """Return the byte at which the first error or missing token under `node` starts."""
    while True:
        for child in node.children:
            if child.is_error or child.is_missing:
                return child.start_byte
            if child.has_error:
                node = child
                break
        else:
            return node.start_byte


def _refuse_python_2(root: Node, lines: LineTable) -> None:
    """Raise ParseError where a statement of Python 2 stands that the grammar takes."""
    cursor = tree_sitter.QueryCursor(_python_2_query())
    for node in cursor.captures(root).get("statement", []):
        raise ParseError(lines.line(node.start_byte), "a statement of Python 2")


@cache
def _python_2_query() -> tree_sitter.Query:
    language = tree_sitter.Language(tree_sitter_python.language())
    return tree_sitter.Query(
        language,
        "[(print_statement) (exec_statement)] @statement"
        " (raise_statement (expression_list)) @statement"
        ' (comparison_operator "<>") @statement',
    )
