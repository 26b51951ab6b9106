"""Both readers of a file, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from miner.syntax import concrete, index
from miner.syntax.outline import Item, Outline
from miner.syntax.snippet import SnippetReader

SNIPPETS = SnippetReader()


def fast(data: bytes) -> Outline:
    """Return the outline that the default reader gives."""
    return index.read_outline(data, SNIPPETS)


READERS: dict[str, Callable[[bytes], Outline]] = {"fast": fast, "libcst": concrete.read_outline}


def every(items: list[Item]) -> Iterator[Item]:
    """Yield all items of an outline, also those within definitions."""
    for item in items:
        yield item
        for block in item.blocks.values():
            yield from every(block)
