"""Where functions use options: take them, ask for them, pass them on, set them, or compute with them.

Read closely like calls, for the options that are asked for: most names of a library are never looked at so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from miner.detect.description import descriptions
from miner.detect.file import File, definition, rows
from miner.detect.option_comment import comments
from miner.detect.option_expression import Found, Reading, is_empty, text_of
from miner.detect.routine_text import spans_of, statements_of
from miner.model import expression as ex
from miner.model.mention import Mention, Mentions, Way
from miner.model.site import Guard
from miner.model.span import Span
from miner.syntax.docstring import is_string
from miner.syntax.outline import Item
from miner.syntax.rows import default

MOST_LINES = 25
"""What is longer is told by the line in which the option stands."""
_FOLLOWING = 6  # lines
_KEYWORDS = re.compile(r"\w*kwargs")
_PARAMETER = re.compile(r"[A-Za-z_]\w*")
_RANK: dict[Way, int] = {"taken": 0, "set": 1, "tested": 2, "passed": 3, "used": 4, "noted": 5}


def mentions(file: File, defined: Mapping[str, Item], options: frozenset[str]) -> Mentions:
    """Return where the functions and methods of a file, given by their names, use some options."""
    found: list[Mention] = []
    objects: set[str] = set()
    words = re.compile(rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(sorted(re.escape(option.encode()) for option in options)))
    for name, item in defined.items():
        span = item.span
        if item.kind == "function" and words.search(file.data, span.start_byte, span.end_byte):
            found.extend(_Function(file, item, name, options, words, objects).mentions())
    return Mentions(tuple(found), frozenset(objects))


@dataclass(frozen=True)
class _Function:
    """One function or method under reading; `words` finds the options in bytes, `objects` collects those of them of
    which something is read, or a method called that no plain value has.
    """

    file: File
    item: Item
    name: str
    options: frozenset[str]
    words: re.Pattern[bytes]
    objects: set[str]

    def mentions(self) -> Iterator[Mention]:
        """Yield where the function uses options, in the order of its statements; each once a statement and way."""
        yield from self._parameters()
        for comment in comments(self.file, self.item, self.options):
            conditions = self.file.conditions(comment.item)
            scope = self.file.scope(comment.item, *(guard.test for guard in conditions))
            follows = self._beginning([comment.item])
            yield Mention(comment.option, "noted", self.name, comment.span, None, follows, None, conditions, scope)
        for item in statements_of(self.item):
            if item.kind == "raise":
                continue
            seen: set[tuple[str, Way]] = set()
            for role, span in spans_of(item):
                if role != "message" and self._holds(span) and not self._is_docstring(item):
                    for found, place in self._of_expression(item, role, span):
                        if (found.option, found.way) not in seen:
                            seen.add((found.option, found.way))
                            yield self._mention(item, place, role, found)

    def _reading(self, names: frozenset[str]) -> Reading:
        held = {name: holder for name, holder in self._bound.items() if holder is not None}
        return Reading(self.options, names, self._keywords, self.file.idioms.options.holders, self.objects, held)

    @cached_property
    def _keywords(self) -> frozenset[str]:
        """The keyword arguments that the function takes."""
        return frozenset(filter(_KEYWORDS.fullmatch, self.file.names(self.item).parameters))

    def _is_docstring(self, item: Item) -> bool:
        return item.kind == "expression" and is_string(self.file.outline.source(item.span))

    def _holds(self, span: Span) -> bool:
        return self.words.search(self.file.data, span.start_byte, span.end_byte) is not None

    @cached_property
    def _own(self) -> frozenset[str]:
        """The options that a local of the function stands for: parameters, and what is bound from an option."""
        return (frozenset(self.file.names(self.item).parameters) & self.options) | self._bound.keys()

    @cached_property
    def _bound(self) -> dict[str, str | None]:
        """The locals that are bound from the option of their name, with what holds it, where that is always so."""
        parameters = frozenset(self.file.names(self.item).parameters)
        bound: dict[str, str | None] = {}
        for item in statements_of(self.item):
            value = item.text("value") if item.kind == "assign" else None
            for target in item.all_texts("target") if value is not None else ():
                name = self.file.outline.source(target)
                if name in self.options and name not in parameters and value is not None:
                    reading = Reading(
                        self.options, frozenset({name}), self._keywords, self.file.idioms.options.holders, self.objects
                    )
                    given = [each for each in reading.found(self.file.expression(value), "used") if each.option == name]
                    if given:
                        holders = {each.holder for each in given} | ({bound[name]} if name in bound else set())
                        bound[name] = holders.pop() if len(holders) == 1 else None
        return bound

    def _parameters(self) -> Iterator[Mention]:
        """Yield the parameters that are options and have a default, or a description."""
        span = self.item.text("parameters")
        if span is None or not self._holds(span):
            return
        for text, place in rows(self.file, span):
            match = _PARAMETER.match(text)
            if match is None or match[0] not in self.options:
                continue
            described = self._described.get(match[0])
            if default(text) is not None or described is not None:
                yield Mention(match[0], "taken", self.name, place, description=described)

    @cached_property
    def _described(self) -> dict[str, tuple[str, Span]]:
        """What the docstring of the function, or of the class that it initialises, says of each option, and where."""
        return descriptions(self.file, self.item, self.options)

    def _of_expression(self, item: Item, role: str, span: Span) -> Iterator[tuple[Found, Span]]:
        """Yield the uses in one expression of a statement, each option once: the first of its strongest way."""
        reading = self._reading(self._named_at(item))
        expression = self.file.expression(span)
        if role == "target":
            option, span_of_value = reading.option(expression), item.text("value")
            value = self.file.expression(span_of_value) if option is not None and span_of_value is not None else None
            if option is None or (value is not None and (reading.option(value) == option or is_empty(value))):
                return  # none, the same under another roof, or room for what is to come
            if isinstance(expression, ex.Name) and value is not None and option in self._fields_in(value):
                return  # a local that is made of the option: its value says how that is used
            found = [Found(option, "set", holder=reading.holder(expression))]
        elif role == "value" and (kept := self._kept(item, expression)) is not None:
            found = [kept]
        else:
            option = reading.option(_without_default(expression))
            if option is not None and option in map(self._last_name, item.all_texts("target")):
                return  # the same under another roof
            targets = [self.file.expression(each) for each in item.all_texts("target")]
            locals_ = {target.name for target in targets if isinstance(target, ex.Name)}
            made = self._fields_in(expression) & locals_ if locals_ else locals_
            reading = self._reading(self._named_at(item) - made)  # the local itself is not the option
            found = list(reading.found(expression, "tested" if role == "test" else "used"))
            set_here = {reading.option(target) for target in targets}
            found = [each for each in found if each.option not in set_here]
        strongest: dict[str, Found] = {}
        for each in found:
            known = strongest.get(each.option)
            if known is None or _rank(each) < _rank(known):
                strongest[each.option] = each
        yield from ((each, span) for each in strongest.values())

    def _fields_in(self, value: ex.Expression) -> set[str]:
        """Return the options that an expression reads as fields, or keys, of what holds options."""
        reading = Reading(self.options, frozenset(), frozenset(), self.file.idioms.options.holders, self.objects)
        return {each.option for each in reading.found(value, "used")}

    def _last_name(self, target: Span) -> str | None:
        """Return the name, the field or the key that a target is."""
        match self.file.expression(target):
            case ex.Name(name=name) | ex.Attribute(name=name):
                return name
            case ex.Subscript(index=ex.Constant(value=str(key))):
                return key
        return None

    def _named_at(self, item: Item) -> frozenset[str]:
        """Return the options that a bare name stands for at a statement: also those that an inner function takes."""
        inner = definition(item.parent)
        own = self._own
        if inner is None or inner is self.item or inner.kind != "function":
            return own
        return own | (frozenset(self.file.names(inner).parameters) & self.options)

    def _kept(self, item: Item, value: ex.Expression) -> Found | None:
        """Return the option that a statement takes out of keyword arguments, or puts there, and does nothing else."""
        match value:
            case ex.Call(function=ex.Attribute(value=ex.Name(name=receiver), name=method)) if (
                receiver in self._keywords
            ):
                option = text_of(ex.argument_of(value, 0), self.options)
                if option is not None and item.kind == "assign" and method in {"get", "pop"}:
                    return Found(option, "taken")
                if option is not None and item.kind == "expression" and method == "setdefault":
                    return Found(option, "set")
        return None

    def _mention(self, item: Item, span: Span, role: str, found: Found) -> Mention:
        guards = tuple(Guard(span, "if", test, holds) for test, holds in found.tests)
        conditions = (*self.file.conditions(item), *guards)
        scope = self.file.scope(item, *(guard.test for guard in conditions))
        is_simple = not item.blocks and item.kind not in {"if", "while", "for", "with"}
        follows = self._following(item) if found.way == "tested" and item.kind in {"if", "while"} else None
        described = self._described.get(found.option) if found.way == "taken" else None
        if item.kind == "for" and (target := item.text("target")) is not None and role == "iterable":
            span = self.file.outline.between(target, span)
        place = self._short(item.span if is_simple else span, found.option)
        callee = found.to if found.to is not None and found.to in self.file.outline.source(place) else None
        return Mention(
            found.option, found.way, self.name, place, callee, follows, described, conditions, scope, found.holder
        )

    def _short(self, span: Span, option: str) -> Span:
        """Return a span as it is, or where it is long, the line of it in which the option stands first."""
        if span.end_line - span.start_line < MOST_LINES:
            return span
        data = self.file.data
        match = re.compile(rb"(?<!\w)%s(?!\w)" % re.escape(option.encode())).search(
            data, span.start_byte, span.end_byte
        )
        at = match.start() if match is not None else span.start_byte
        start, end = max(data.rfind(b"\n", 0, at) + 1, span.start_byte), data.find(b"\n", at)
        text = data[start : end if end != -1 else len(data)]
        start += len(text) - len(text.lstrip())
        line = self.file.outline.line(start)
        return Span(start, start + len(text.strip()), line, line)

    def _following(self, item: Item) -> Span | None:
        """Return the first statements that run where the test of one holds."""
        return self._beginning(item.blocks["body"]) if item.blocks["body"] else None

    def _beginning(self, block: list[Item]) -> Span:
        """Return the first statements of a block: as many as fit; of a long one with a body, only how it begins."""
        first = last = block[0].span
        for each in block:
            if each.span.end_line - first.start_line >= _FOLLOWING:
                break
            last = each.span
        if last.end_line - first.start_line < (MOST_LINES if not block[0].blocks else _FOLLOWING):
            return self.file.outline.between(first, last)
        test = block[0].text("test") or block[0].text("iterable")
        if test is not None and test.end_line - first.start_line < MOST_LINES:
            return self.file.outline.between(first, test)
        end = self.file.data.find(b"\n", first.start_byte)
        stop = first.start_byte + len(self.file.data[first.start_byte : end].rstrip())
        return Span(first.start_byte, stop, first.start_line, first.start_line)


def _without_default(value: ex.Expression) -> ex.Expression:
    """Return what a value is where it is not missing: `x` of `x if x is not None else {}`, and of `x or {}`."""
    match value:
        case ex.Conditional(test=ex.Compare(left=tested, operators=("is not",)), body=body, orelse=other):
            return body if tested == body and is_empty(other) else value
        case ex.Conditional(test=ex.Compare(left=tested, operators=("is",)), body=other, orelse=body):
            return body if tested == body and is_empty(other) else value
        case ex.Boolean(operator="or", values=(body, other)):
            return body if is_empty(other) else value
    return value


def _rank(found: Found) -> tuple[int, bool]:
    """Return how strong a use is, the strongest first: of two alike, that of an object that holds the option."""
    return _RANK[found.way], found.holder is None
