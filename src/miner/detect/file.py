"""The file that detectors look at: its outline, its trigger words, and what they may ask about a place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache

from miner.detect.idiom import Idioms
from miner.detect.trigger import Offsets
from miner.flow.condition import path_condition
from miner.flow.scope import Names, is_bound_after, names_of, names_of_module, scope_at, text_at
from miner.model.expression import Binary, Expression, Name, names_in
from miner.model.site import Guard, Scope
from miner.model.span import Span
from miner.syntax.outline import Item, Outline
from miner.syntax.rows import entries

_MORE = Name("...")
"""What is added to a text on the way, in a template: `{...}`."""


@dataclass(eq=False)
class File:
    """One file under detection. `path` is relative to the snapshot's root."""

    path: str
    outline: Outline
    idioms: Idioms
    triggers: dict[str, Offsets] = field(default_factory=dict)
    given: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    """Words that the file itself gives, by detector."""
    guarded: dict[str, Span] | None = None
    """The names that only imports under a test bind, each with that test, once they are worked out."""
    dynamic: dict[str, int] = field(default_factory=dict)
    """Shapes that were seen and not understood, counted."""
    _names: dict[int, Names] = field(default_factory=dict)
    _module_names: Names | None = None

    @property
    def data(self) -> bytes:
        """The bytes that spans count in."""
        return self.outline.data

    def holds(self, span: Span, word: bytes) -> bool:
        """Say whether `word` occurs, as bytes, within a span."""
        return self.data.find(word, span.start_byte, span.end_byte) != -1

    def part(self, span: Span, start: int, end: int) -> Span:
        """Return the place of the characters `start` to `end` of the text under a span."""
        source = self.outline.source(span)
        first = span.start_byte + len(source[:start].encode())
        last = first + len(source[start:end].encode())
        return Span(first, last, self.outline.line(first), self.outline.line(last - 1))

    def expression(self, span: Span) -> Expression:
        """Return the expression under a span."""
        return self.outline.expression(span)

    def unread(self, shape: str) -> None:
        """Count a shape that is seen and not understood."""
        self.dynamic[shape] = self.dynamic.get(shape, 0) + 1

    def names(self, function: Item) -> Names:
        """Return the names of a function; worked out once."""
        if id(function) not in self._names:
            self._names[id(function)] = names_of(function, self.outline)
        return self._names[id(function)]

    def conditions(self, item: Item) -> tuple[Guard, ...]:
        """Return the path condition of `item` within its definition."""
        return path_condition(item, self.outline, within=definition(item.parent))

    def text_at(self, item: Item, text: Expression) -> tuple[Expression, Span] | None:
        """Return what a local that several statements bind holds at `item`, and where it is given; see `flow.scope`."""
        function = definition(item.parent)
        if function is None or function.kind != "function" or not isinstance(text, Name):
            return None
        found = text_at(text.name, item, self.names(function), self.outline)
        span = found[0].text("value") if found is not None else None
        if found is None or span is None:
            return None
        value = self.expression(span)
        return (Binary(value, "+", _MORE) if found[1] else value), span

    def scope(self, item: Item, *expressions: object) -> Scope | None:
        """Return what the names in `expressions` are at `item`.

        At module level that is what the module says in the end, None, but for names that are bound anew below.
        """
        function = definition(item.parent)
        if function is None:
            return self._module_scope(item, names_in(*expressions))
        if function.kind != "function":
            return None
        return scope_at(item, self.names(function), names_in(*expressions), self.outline)

    def _module_scope(self, item: Item, mentioned: set[str]) -> Scope | None:
        if self._module_names is None:
            self._module_names = names_of_module(self.outline)
        names = self._module_names

        def is_rebound(name: str) -> bool:
            return is_bound_after(name, item, names, self.outline)

        rebound = set(filter(is_rebound, mentioned))
        return scope_at(item, names, rebound, self.outline, is_rebound) if rebound else None


def definition(item: Item | None) -> Item | None:
    """Return the function or class that `item` is, or stands in; None at module level."""
    while item is not None and item.kind not in {"function", "class"}:
        item = item.parent
    return item


def qualname(item: Item | None) -> str:
    """Return the name within the module of the definition that `item` is, or stands in; empty at module level."""
    names: list[str] = []
    current = definition(item)
    while current is not None:
        names.append(current.name)
        current = definition(current.parent)
    return ".".join(reversed(names))


def owning(item: Item | None) -> Item | None:
    """Return the definition that owns what is stated at `item`: the outermost function around it, else the class."""
    found: Item | None = None
    current = definition(item)
    while current is not None:
        if current.kind == "function" or found is None:
            found = current
        current = definition(current.parent)
    return found


def is_type_checking(item: Item, outline: Outline) -> bool:
    """Say whether `item` is seen by type checkers only: under `if TYPE_CHECKING` (also with `or`)."""
    child, parent = item, item.parent
    while parent is not None:
        test = parent.text("test") if parent.kind == "if" else None
        if test is not None and child.arm == "body" and "TYPE_CHECKING" in outline.source(test):
            source = outline.source(test)
            if "not TYPE_CHECKING" not in source and " and " not in source:
                return True
        child, parent = parent, parent.parent
    return False


def is_taken(file: File, item: Item, failures: tuple[str, ...]) -> bool:
    """Say whether a handler around a statement, within its function, takes one of some failures in it, by its name."""
    child, parent = item, item.parent
    while parent is not None and parent.kind not in {"function", "class"}:
        if parent.kind == "try" and child.arm == "body":
            for handler in parent.blocks["handlers"]:
                span = handler.text("type")
                if span is None or any(name in file.outline.source(span) for name in failures):
                    return True
        child, parent = parent, parent.parent
    return False


def items(block: list[Item]) -> Iterator[Item]:
    """Yield the statements of a block, and of the compound statements in it, but not the insides of definitions."""
    for item in block:
        yield item
        if item.kind in {"if", "try", "with", "for", "while", "except", "match", "case"}:
            for inner in item.blocks.values():
                yield from items(inner)


def rows(file: File, display: Span, skip: int = 0) -> Iterator[tuple[str, Span]]:
    """Yield the text and the place of each entry of a display, which begins `skip` characters into `display`."""
    text = file.outline.source(display)
    position, place = 0, display.start_byte
    for start, end in entries(text[skip:]):
        entry = text[skip + start : skip + end]
        first = place + len(text[position : skip + start].encode())
        position, place = skip + end, first + len(entry.encode())
        yield entry, Span(first, place, file.outline.line(first), file.outline.line(place - 1))


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(name) for name in names) or r"(?!)")


def matches(name: str | None, names: tuple[str, ...]) -> bool:
    """Say whether the last part of a dotted name matches one of the patterns (`*` and `?`, case counts)."""
    return name is not None and _pattern(names).match(name.rpartition(".")[2]) is not None
