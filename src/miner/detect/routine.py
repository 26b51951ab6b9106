"""A close reading of some functions of a file: their calls, with conditions, and the methods that classes define.

Most functions of a library are never read so: it is done for those that a workflow's symbols lead to.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial

from miner.detect import inventory
from miner.detect.file import File, items
from miner.detect.option_use import mentions
from miner.detect.routine_text import spans_of, statements_of
from miner.model import expression as ex
from miner.model.mention import Mentions
from miner.model.routine import Call, Routine
from miner.model.site import Guard, Scope
from miner.syntax.outline import Item

_ENDS = frozenset({"return", "raise", "expression", "jump"})
_RAISED = ex.Opaque("something is raised", "an except clause")
_MOST = 2000
"""Calls of one function; the longest one surveyed has 400."""


class CloseFile:
    """One file under a close reading: each routine is read once, when it is asked for."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._items = dict(_definitions(file.outline.items, ""))
        self._found: dict[str, Routine] = {}

    def release(self) -> None:
        """Take the outline apart; nothing can be asked after it."""
        self._file.outline.release()
        self._items.clear()

    @cached_property
    def methods(self) -> dict[str, tuple[str, ...]]:
        """The methods that each class defines itself."""
        return {name: _methods(item) for name, item in self._items.items() if item.kind == "class"}

    def routine(self, name: str) -> Routine | None:
        """Return the function or class called so within the file; None when there is none."""
        item = self._items.get(name)
        if item is not None and name not in self._found:
            self._found[name] = _routine(self._file, item, name)
        return self._found.get(name)

    def mentions(self, options: frozenset[str]) -> Mentions:
        """Return where the functions and methods of the file use some options."""
        return mentions(self._file, self._items, options)


def _methods(item: Item) -> tuple[str, ...]:
    body = items(item.blocks["body"])
    return tuple(dict.fromkeys(inner.name for inner in body if inner.kind == "function"))


def _routine(file: File, item: Item, name: str) -> Routine:
    definition = inventory.nested(file, item, name)
    if item.kind == "class":
        return Routine(definition)
    return Routine(definition, tuple(_calls(file, item)), _is_abstract(file, item))


def _definitions(block: list[Item], within: str) -> Iterator[tuple[str, Item]]:
    """Yield functions and classes by their name within the module; not those of functions."""
    for item in items(block):
        if item.kind in {"class", "function"}:
            name = f"{within}{item.name}"
            yield name, item
            if item.kind == "class":
                yield from _definitions(item.blocks["body"], f"{name}.")


def _calls(file: File, function: Item) -> Iterator[Call]:
    """Yield the calls in the statements of a function, and of the functions in it."""
    count = 0
    for item in statements_of(function):
        for _, span in spans_of(item):
            if not file.holds(span, b"("):
                continue
            before: _Tests = ((_RAISED, True),) if item.kind == "except" else ()  # its type is looked at only then
            for call, tests in _within(file.expression(span), before):
                count += 1
                if count > _MOST:
                    file.unread("calls: more than are read of one function")
                    return
                guards = tuple(Guard(span, "if", test, holds) for test, holds in tests)
                yield Call(item.span, call, file.scope(item, *_head(call)), partial(_full, file, item, call, guards))


def _head(call: ex.Call) -> tuple[ex.Expression, ...]:
    """Return the name that tells what is called; that of the object itself tells by the class."""
    head = (ex.dotted(call.function) or "self").partition(".")[0]
    return () if head in {"self", "cls", "super"} else (ex.Name(head),)


def _full(file: File, item: Item, call: ex.Call, guards: tuple[Guard, ...]) -> tuple[tuple[Guard, ...], Scope | None]:
    conditions = (*file.conditions(item), *guards)
    return conditions, file.scope(item, *(guard.test for guard in conditions), call)


_Tests = tuple[tuple[ex.Expression, bool], ...]


def _within(expression: object, tests: _Tests) -> Iterator[tuple[ex.Call, _Tests]]:
    """Yield the calls in an expression, outermost first, with the tests in it that must hold, or not, to reach them."""
    match expression:
        case ex.Conditional(test=test, body=body, orelse=orelse):
            yield from _within(test, tests)
            yield from _within(body, (*tests, (test, True)))
            yield from _within(orelse, (*tests, (test, False)))
            return
        case ex.Boolean(operator=operator, values=values):
            before = tests
            for value in values:
                yield from _within(value, before)
                before = (*before, (value, operator == "and"))
            return
        case ex.Call():
            yield expression, tests
    if isinstance(expression, tuple):
        for part in expression:
            yield from _within(part, tests)
    elif hasattr(expression, "__struct_fields__"):
        for name in expression.__struct_fields__:
            yield from _within(getattr(expression, name), tests)


def _is_abstract(file: File, function: Item) -> bool:
    body = function.blocks["body"]
    rest = body[1:] if body and body[0].kind == "expression" and _is_text(file, body[0]) else body
    if len(rest) > 1 or any(item.kind not in _ENDS for item in rest):
        return False
    return all(item.kind in {"raise", "jump"} or not file.holds(item.span, b"(") for item in rest)


def _is_text(file: File, item: Item) -> bool:
    return file.outline.source(item.span).lstrip("rRuUbB")[:1] in {'"', "'"}
