"""The statements of a function, and where their expressions stand."""

from __future__ import annotations

from collections.abc import Iterator

from miner.model.span import Span
from miner.syntax.outline import Item

_NOT_READ = frozenset({"parameters", "returns", "annotation", "definition", "pattern", "decorator", "arguments"})


def statements_of(function: Item) -> Iterator[Item]:
    """Yield the statements of a function in the order of the source, and of the functions in it."""
    waiting = list(reversed(function.blocks["body"]))
    while waiting:
        item = waiting.pop()
        yield item
        if item.kind != "class":
            for block in reversed(item.blocks.values()):
                waiting.extend(reversed(block))


def spans_of(item: Item) -> Iterator[tuple[str, Span]]:
    """Yield the role and the place of each expression of a statement."""
    if item.kind == "expression":
        yield "value", item.text("value") or item.span
        return
    yield from ((role, span) for role, span in item.texts if role not in _NOT_READ)
