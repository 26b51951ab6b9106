"""The outline of a file: its statements as a tree of items whose expressions are still text.

Both readers build the same outline, so that everything above this package sees one shape. An expression is read only
when asked for; the body of a function is divided into items only when asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from miner.model.expression import Argument, Expression, Parameter
from miner.model.site import Guard
from miner.model.span import Span
from miner.model.statement import Binding

Kind = Literal[
    "function",
    "class",
    "if",
    "for",
    "while",
    "try",
    "except",
    "with",
    "match",
    "case",
    "return",
    "raise",
    "assert",
    "assign",
    "augment",
    "import",
    "expression",
    "global",
    "delete",
    "jump",
    "other",
]
Blocks = dict[str, list["Item"]]
Texts = tuple[tuple[str, Span], ...]
"""The expressions of a statement: role and span."""


@dataclass(slots=True, eq=False)
class Item:
    """One statement (or except or case clause).

    `texts` are the spans of its expressions by role: test, target, iterable, value, exception, message, type, context,
    parameters, returns, arguments, decorator, annotation, subject, pattern. `arm` names the parent's block that it
    stands in: body, orelse, handlers, finalbody, cases. `name` is the name of a definition, the operator of an
    augmented assignment, the bound name of an except clause, or the word of a jump.
    """

    kind: Kind
    placed: Span | Callable[[], Span]
    parent: Item | None
    arm: str
    index: int
    name: str = ""
    stated: Texts | Callable[[], Texts] = ()
    bindings: tuple[Binding, ...] = ()
    modules: tuple[str, ...] = ()
    level: int = 0
    star: bool = False
    load: Callable[[Item], Blocks] | None = field(default=None, repr=False)
    pick: Callable[[Item, str], list[Item]] | None = field(default=None, repr=False)
    list_functions: Callable[[], list[str]] | None = field(default=None, repr=False)
    loaded: Blocks | None = field(default=None, repr=False)

    @property
    def span(self) -> Span:
        """The place of the statement, with its decorators and without trailing comments; worked out on first use."""
        if not isinstance(self.placed, Span):
            self.placed = self.placed()
        return self.placed

    @property
    def texts(self) -> Texts:
        """The spans of the statement's expressions by role, in source order; worked out on first use."""
        if not isinstance(self.stated, tuple):
            self.stated = self.stated()
        return self.stated

    @property
    def blocks(self) -> Blocks:
        """The blocks of a compound statement by arm, in source order; loaded on first use."""
        if self.loaded is None:
            self.loaded = self.load(self) if self.load else {}
            self.load = None
        return self.loaded

    def opening(self, name: str) -> tuple[Item | None, Item | None]:
        """Return the first statement of the body, and the first function called `name` in it, without the rest."""
        found = self.pick(self, name) if self.pick is not None and self.loaded is None else self.blocks["body"]
        first = found[0] if found and found[0].index == 0 else None
        return first, next((item for item in found if item.kind == "function" and item.name == name), None)

    def functions(self) -> tuple[str, ...]:
        """Return the names of the functions that the body itself defines, each once, without building the rest."""
        if self.list_functions is not None and self.loaded is None:
            return tuple(dict.fromkeys(self.list_functions()))
        return tuple(dict.fromkeys(item.name for item in self.blocks["body"] if item.kind == "function"))

    def text(self, role: str) -> Span | None:
        """Return the span of the first expression with this role."""
        for name, span in self.texts:
            if name == role:
                return span
        return None

    def all_texts(self, role: str) -> tuple[Span, ...]:
        """Return the spans of all expressions with this role, in source order."""
        return tuple(span for name, span in self.texts if name == role)

    def siblings(self, top: list[Item]) -> list[Item]:
        """Return the block this item stands in; `top` is the module's own block."""
        return top if self.parent is None else self.parent.blocks[self.arm]


class ParseError(ValueError):
    """The file is not Python 3; `line` is where the parser noticed."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"{message} at line {line}")
        self.line = line


class LineTable:
    """Line numbers of byte offsets; a line ends at LF, CR LF or CR, as for Python (never at a form feed)."""

    def __init__(self, data: bytes) -> None:
        pieces = data.splitlines(keepends=True) if b"\r" in data else data.split(b"\n")
        ends = 0 if b"\r" in data else 1
        self._starts = [0, *accumulate(len(piece) + ends for piece in pieces)]
        if ends == 0 and data and not data.endswith((b"\n", b"\r")):
            self._starts.pop()
        if ends == 1:
            self._starts.pop()

    def line(self, offset: int) -> int:
        """Return the 1-based line of a byte offset."""
        return bisect_right(self._starts, offset)

    def start(self, line: int) -> int:
        """Return the byte offset at which a 1-based line starts."""
        return self._starts[line - 1]

    def span(self, start: int, end: int) -> Span:
        """Return the span of bytes `start` to `end`, half-open; its last line is that of its last byte."""
        return Span(start, end, self.line(start), self.line(max(start, end - 1)))


@dataclass(slots=True, eq=False)
class Exits:
    """What is known of one block's early exits: the guards of its first `seen` statements, each with its position."""

    seen: int = 0
    positions: list[int] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Outline:
    """One file as its reader gives it: the top-level items and the means to read text and expressions.

    `data` are the bytes that spans count in, with lines that end at LF or CR LF. `expression`, `arguments` and
    `signature` read the text of a span as an expression, as the parenthesised arguments of a call or class, and as the
    parenthesised parameters of a function.
    """

    data: bytes
    items: list[Item]
    expression: Callable[[Span], Expression]
    arguments: Callable[[Span], tuple[Argument, ...]]
    signature: Callable[[Span], tuple[Parameter, ...]]
    exits: dict[tuple[Item | None, str], Exits] = field(default_factory=dict)
    _last: tuple[int, int] = (0, 1)

    def release(self) -> None:
        """Take the items apart, which hold each other: they are then freed at once, without the collector's help."""
        waiting = [self.items]
        while waiting:
            for item in waiting.pop():
                if item.loaded:
                    waiting.extend(item.loaded.values())
                item.parent = item.load = item.pick = item.list_functions = None
                item.loaded = {}
        self.items = []
        self.exits.clear()

    def source(self, span: Span) -> str:
        """Return the text of a span."""
        return self.data[span.start_byte : span.end_byte].decode("utf-8", "replace")

    def between(self, first: Span, last: Span) -> Span:
        """Return the span from the start of `first` to the end of `last`."""
        return Span(first.start_byte, last.end_byte, first.start_line, last.end_line)

    def line(self, offset: int) -> int:
        """Return the 1-based line of a byte offset; quick for offsets that rise from call to call."""
        known, line = self._last if self._last[0] <= offset else (0, 1)
        line += self.data.count(b"\n", known, offset)
        self._last = (offset, line)
        return line

    def read(self, item: Item, role: str) -> Expression | None:
        """Return the first expression of `item` with this role, read."""
        span = item.text(role)
        return None if span is None else self.expression(span)
