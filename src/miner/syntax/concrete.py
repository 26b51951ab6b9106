"""The whole-file libcst reader: slow, independent of the tree-sitter index, and the standing check of it.

libcst parses the file, its byte positions place every statement, and expressions are converted from the nodes that
stand in the file rather than from their text. Only the shape of the result, the outline, is shared with the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from miner.model.expression import Argument, Expression, Opaque, Parameter
from miner.model.span import Span
from miner.syntax.convert import arguments, convert, parameters
from miner.syntax.decoding import RefusedError
from miner.syntax.imports import read_import
from miner.syntax.limits import LIMITS
from miner.syntax.outline import Blocks, Item, LineTable, Outline, ParseError
from miner.syntax.snippet import nesting

_Place = tuple[Item | None, str, int]
_Texts = list[tuple[str, Span]]
_T = TypeVar("_T")
_BRANCH = re.compile(r"^([ \t]*)(if|elif)\b", re.MULTILINE)
_FORM_FEED = re.compile(
    r'("""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|#[^\r\n]*'
    r"|\'\'\'(?:\\.|[^\\])*?\'\'\'|'(?:\\.|[^'\\\n])*')|^[ \t]*\f[ \t\f]*",
    re.DOTALL | re.MULTILINE,
)


def read_outline(data: bytes) -> Outline:
    """Return the outline of `data` (UTF-8).

    Raises ParseError when libcst cannot parse it, RefusedError when it is nested too deeply to be given to libcst.
    """
    lines = LineTable(data)
    text = data.decode("utf-8")
    _refuse_deep(text)
    try:
        wrapper = MetadataWrapper(_parsed(text), unsafe_skip_copy=True)
        spans = wrapper.resolve(ByteSpanPositionProvider)
    except cst.ParserSyntaxError as problem:
        raise ParseError(problem.raw_line, "syntax error") from None
    except RecursionError:
        raise RefusedError("nested deeper than libcst can follow") from None
    builder = _Builder(wrapper.module.bytes, lines, spans)
    try:
        items = builder.block(wrapper.module.body, None, "body")
    except RecursionError:
        raise RefusedError("nested deeper than libcst can follow") from None
    return Outline(data, items, builder.expression, builder.arguments, builder.signature)


def _refuse_deep(text: str) -> None:
    """Raise RefusedError for what makes libcst's parser, which recurses in native code, die."""
    branches: dict[int, int] = {}
    for match in _BRANCH.finditer(text):
        level = len(match[1])
        branches[level] = branches.get(level, 0) + 1 if match[2] == "elif" else 0
        if branches[level] > LIMITS.branches:
            raise RefusedError(f"an if with more than {LIMITS.branches} branches")
    brackets, levels = nesting(text, by_line=True)
    if brackets > LIMITS.file_depth or levels > LIMITS.file_chain:
        raise RefusedError("nested deeper than libcst is given")


def _parsed(text: str) -> cst.Module:
    """Parse a file into a module whose code has the length of `text`, so that its positions count in it.

    libcst drops a form feed before a statement. Like a line break, it starts the indentation anew: one replaces the
    other, except in strings and comments.
    """
    module = cst.parse_module(text)
    if "\f" in text and module.code != text:
        text = _FORM_FEED.sub(lambda match: match[1] or match[0].replace("\f", "\n"), text)
        module = cst.parse_module(text)
    if module.code != text:
        raise RefusedError("libcst does not give it back as it is")
    return module


class _Builder:
    """Items from libcst nodes, and the nodes under the spans that were given out.

    `data` is what libcst parsed, `lines` are those of the file: they differ where a form feed stood.
    """

    def __init__(self, data: bytes, lines: LineTable, spans: Any) -> None:
        self._data = data
        self._lines = lines
        self._own_lines = LineTable(data)
        self._spans = spans
        self._nodes: dict[tuple[int, int], Any] = {}

    def expression(self, span: Span) -> Expression:
        missing: Expression = Opaque("", "no expression of this file stands there")
        return self._converted(span, convert, missing)

    def arguments(self, span: Span) -> tuple[Argument, ...]:
        return self._converted(span, arguments, ())

    def signature(self, span: Span) -> tuple[Parameter, ...]:
        return self._converted(span, parameters, ())

    def _converted(self, span: Span, converter: Callable[[Any], _T], otherwise: _T) -> _T:
        node = self._nodes.get((span.start_byte, span.end_byte))
        if node is None:
            return otherwise
        try:
            return converter(node)
        except RecursionError:
            return otherwise

    def span(self, node: cst.CSTNode) -> Span:
        """Return the span of a node, with the parentheses around an expression, and remember the node."""
        place = self._spans[node]
        start, end = place.start, place.start + place.length
        if isinstance(node, (cst.BaseExpression, cst.MatchPattern)):
            for bracket in reversed(node.lpar):
                start = _opening(self._data, self._own_lines, start, bracket.whitespace_after)
            for _ in node.rpar:
                end = _past_comments(self._data, end) + 1
        self._nodes[start, end] = node
        return self._lines.span(start, end)

    def block(self, body: Sequence[Any], parent: Item | None, arm: str) -> list[Item]:
        items: list[Item] = []
        for statement in body:
            small = statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
            for node in small:
                build = _BUILDERS.get(type(node))
                place = (parent, arm, len(items))
                items.append(build(self, node, place) if build else self.simple("other", node, place, []))
        return items

    def suite(self, node: Any, item: Item | None, arm: str) -> list[Item]:
        """Return the statements of the body of a compound statement, also when they stand on its own line."""
        if isinstance(node, cst.SimpleStatementSuite):
            return self.block([cst.SimpleStatementLine(node.body)], item, arm)
        return self.block(node.body, item, arm)

    def simple(self, kind: str, node: cst.CSTNode, place: _Place, texts: _Texts, name: str = "") -> Item:
        return Item(kind, self.span(node), *place, name, tuple(texts))  # type: ignore[arg-type]

    def compound(
        self, kind: str, node: cst.CSTNode, place: _Place, texts: _Texts, load: Callable[[Item], Blocks], name: str = ""
    ) -> Item:
        start = self._spans[node].start
        item = Item(kind, self._lines.span(start, start + 1), *place, name, tuple(texts))  # type: ignore[arg-type]
        item.loaded = load(item)
        inner = [statement.span.end_byte for block in item.blocks.values() for statement in block]
        item.placed = self._lines.span(start, max(inner, default=self._spans[node].start + self._spans[node].length))
        return item


def _opening(data: bytes, lines: LineTable, start: int, space: cst.BaseParenthesizableWhitespace) -> int:
    """Return where the bracket stands that `space` separates from the expression starting at `start`."""
    if isinstance(space, cst.ParenthesizedWhitespace):
        line = lines.line(start) - 1 - len(space.empty_lines)
        end = lines.start(line + 1)
        if space.first_line.comment is not None:
            end = data.rindex(space.first_line.comment.value.encode("utf-8"), 0, end)
        return data.rindex(b"(", 0, end)
    return data.rindex(b"(", 0, start)


def _function(builder: _Builder, node: cst.FunctionDef, place: _Place) -> Item:
    texts: _Texts = [("decorator", builder.span(d.decorator)) for d in node.decorators]
    texts.append(("parameters", _parameters(builder, node)))
    if node.returns is not None:
        texts.append(("returns", builder.span(node.returns.annotation)))
    return _definition(builder, "function", node, place, texts)


def _parameters(builder: _Builder, node: cst.FunctionDef) -> Span:
    name = builder._spans[node.name]
    data = builder._data
    opening = data.index(b"(", name.start + name.length)
    params = node.params
    last = builder._spans[params]
    end = max(opening + 1, last.start + last.length)
    end = data.index(b")", _past_comments(data, end)) + 1
    builder._nodes[opening, end] = params
    return builder._lines.span(opening, end)


def _past_comments(data: bytes, position: int) -> int:
    """Return the first position at or after `position` that is not within white space, a comma or a comment."""
    while True:
        while data[position : position + 1] in {b" ", b"\t", b"\n", b"\r", b",", b"\\", b"\f"}:
            position += 1
        if data[position : position + 1] != b"#":
            return position
        position = data.index(b"\n", position)


def _class(builder: _Builder, node: cst.ClassDef, place: _Place) -> Item:
    texts: _Texts = [("decorator", builder.span(d.decorator)) for d in node.decorators]
    data = builder._data
    name = builder._spans[node.name]
    if isinstance(node.lpar, cst.LeftParen):
        opening = data.index(b"(", name.start + name.length)
        args = (*node.bases, *node.keywords)
        last = opening + 1
        if args:
            last = builder.span(args[-1].value).end_byte
        end = data.index(b")", _past_comments(data, last)) + 1
        builder._nodes[opening, end] = args
        texts.append(("arguments", builder._lines.span(opening, end)))
    return _definition(builder, "class", node, place, texts)


def _definition(builder: _Builder, kind: str, node: Any, place: _Place, texts: _Texts) -> Item:
    item = builder.compound(
        kind, node, place, texts, lambda i: {"body": builder.suite(node.body, i, "body")}, node.name.value
    )
    start = builder._spans[node].start
    first = builder._spans[node.decorators[0]].start if node.decorators else start
    if node.decorators:
        word = b"class" if kind == "class" else (b"async" if node.asynchronous else b"def")
        after = builder._spans[node.decorators[-1]]
        start = builder._data.index(word, _past_comments(builder._data, after.start + after.length))
    end = item.span.end_byte
    item.stated = (*item.texts, ("definition", builder._lines.span(start, end)))
    item.placed = builder._lines.span(first, end)
    return item


def _if(builder: _Builder, node: cst.If, place: _Place) -> Item:
    def load(item: Item) -> Blocks:
        orelse: list[Item] = []
        if isinstance(node.orelse, cst.If):
            orelse = [_if(builder, node.orelse, (item, "orelse", 0))]
        elif node.orelse is not None:
            orelse = builder.suite(node.orelse.body, item, "orelse")
        return {"body": builder.suite(node.body, item, "body"), "orelse": orelse}

    return builder.compound("if", node, place, [("test", builder.span(node.test))], load)


def _loop(builder: _Builder, node: Any, item: Item) -> Blocks:
    orelse = builder.suite(node.orelse.body, item, "orelse") if node.orelse else []
    return {"body": builder.suite(node.body, item, "body"), "orelse": orelse}


def _while(builder: _Builder, node: cst.While, place: _Place) -> Item:
    texts = [("test", builder.span(node.test))]
    return builder.compound("while", node, place, texts, lambda item: _loop(builder, node, item))


def _for(builder: _Builder, node: cst.For, place: _Place) -> Item:
    texts = [("target", builder.span(node.target)), ("iterable", builder.span(node.iter))]
    return builder.compound("for", node, place, texts, lambda item: _loop(builder, node, item))


def _try(builder: _Builder, node: Any, place: _Place) -> Item:
    def load(item: Item) -> Blocks:
        handlers = [_handler(builder, h, (item, "handlers", n)) for n, h in enumerate(node.handlers)]
        return {
            "body": builder.suite(node.body, item, "body"),
            "handlers": handlers,
            "orelse": builder.suite(node.orelse.body, item, "orelse") if node.orelse else [],
            "finalbody": builder.suite(node.finalbody.body, item, "finalbody") if node.finalbody else [],
        }

    return builder.compound("try", node, place, [], load)


def _handler(builder: _Builder, node: Any, place: _Place) -> Item:
    texts: _Texts = [("type", builder.span(node.type))] if node.type is not None else []
    name = node.name.name.value if node.name is not None else ""
    return builder.compound("except", node, place, texts, lambda i: {"body": builder.suite(node.body, i, "body")}, name)


def _with(builder: _Builder, node: cst.With, place: _Place) -> Item:
    texts: _Texts = []
    for entry in node.items:
        texts.append(("context", builder.span(entry.item)))
        if entry.asname is not None:
            texts.append(("target", builder.span(entry.asname.name)))
    return builder.compound("with", node, place, texts, lambda i: {"body": builder.suite(node.body, i, "body")})


def _match(builder: _Builder, node: cst.Match, place: _Place) -> Item:
    def load(item: Item) -> Blocks:
        return {"cases": [_case(builder, case, (item, "cases", n)) for n, case in enumerate(node.cases)]}

    return builder.compound("match", node, place, [("subject", builder.span(node.subject))], load)


def _case(builder: _Builder, node: cst.MatchCase, place: _Place) -> Item:
    texts: _Texts = [("pattern", builder.span(node.pattern))]
    if node.guard is not None:
        texts.append(("guard", builder.span(node.guard)))
    return builder.compound("case", node, place, texts, lambda i: {"body": builder.suite(node.body, i, "body")})


def _assign(builder: _Builder, node: cst.Assign, place: _Place) -> Item:
    texts = [("target", builder.span(target.target)) for target in node.targets]
    return builder.simple("assign", node, place, [*texts, ("value", builder.span(node.value))])


def _annotated(builder: _Builder, node: cst.AnnAssign, place: _Place) -> Item:
    texts = [("annotation", builder.span(node.annotation.annotation)), ("target", builder.span(node.target))]
    if node.value is not None:
        texts.append(("value", builder.span(node.value)))
    return builder.simple("assign", node, place, texts)


def _augmented(builder: _Builder, node: cst.AugAssign, place: _Place) -> Item:
    texts = [("target", builder.span(node.target)), ("value", builder.span(node.value))]
    operator = builder._spans[node.operator]
    word = builder._data[operator.start : operator.start + operator.length].decode().strip()
    return builder.simple("augment", node, place, texts, word[:-1])


def _expression(builder: _Builder, node: cst.Expr, place: _Place) -> Item:
    span = builder.span(node.value)
    return Item("expression", span, *place, "", (("value", span),))


def _return(builder: _Builder, node: cst.Return, place: _Place) -> Item:
    return builder.simple("return", node, place, [("value", builder.span(node.value))] if node.value else [])


def _raise(builder: _Builder, node: cst.Raise, place: _Place) -> Item:
    texts: _Texts = [("exception", builder.span(node.exc))] if node.exc else []
    if node.cause is not None:
        texts.append(("cause", builder.span(node.cause.item)))
    return builder.simple("raise", node, place, texts)


def _assert(builder: _Builder, node: cst.Assert, place: _Place) -> Item:
    texts = [("test", builder.span(node.test))]
    if node.msg is not None:
        texts.append(("message", builder.span(node.msg)))
    return builder.simple("assert", node, place, texts)


def _import(builder: _Builder, node: cst.Import | cst.ImportFrom, place: _Place) -> Item:
    item = builder.simple("import", node, place, [])
    read = read_import(builder._data[item.span.start_byte : item.span.end_byte].decode("utf-8"))
    item.bindings, item.modules, item.level, item.star = read
    return item


def _jump(builder: _Builder, node: cst.CSTNode, place: _Place) -> Item:
    return builder.simple("jump", node, place, [], type(node).__name__.lower())


def _declare(builder: _Builder, node: cst.Global | cst.Nonlocal, place: _Place) -> Item:
    return builder.simple("global", node, place, [("name", builder.span(name.name)) for name in node.names])


def _delete(builder: _Builder, node: cst.Del, place: _Place) -> Item:
    return builder.simple("delete", node, place, [("name", builder.span(node.target))])


_BUILDERS: dict[type[cst.CSTNode], Callable[[_Builder, Any, _Place], Item]] = {
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.If: _if,
    cst.While: _while,
    cst.For: _for,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Expr: _expression,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Import: _import,
    cst.ImportFrom: _import,
    cst.Pass: _jump,
    cst.Break: _jump,
    cst.Continue: _jump,
    cst.Global: _declare,
    cst.Nonlocal: _declare,
    cst.Del: _delete,
}
