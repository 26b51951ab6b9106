"""Comparing the two readers of a file: the outline, every expression under it, and the facts mined from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from miner.detect.engine import mine
from miner.detect.idiom import Idioms
from miner.model.expression import Expression, Opaque
from miner.syntax import concrete, index
from miner.syntax.decoding import RefusedError, decode
from miner.syntax.outline import Item, Outline, ParseError
from miner.syntax.snippet import SnippetReader

TOO_DEEP = "too deep for libcst"
SECOND_OPINION = "left to libcst by tree-sitter, which finds a syntax error"
"""Then libcst's outline is the one that is used."""
LIBCST_ALONE = "a syntax error for libcst alone"
"""Rare syntax of the standard library's own tests; the default reader takes it."""
_LIMITED = {"nested deeper than the limit for one expression", "longer than the limit for one expression"}
"""Only the snippet reader has these limits; the file's own limits bound the other."""


class Readers:
    """Both readers, and the vocabulary that they mine with."""

    def __init__(self, idioms: Idioms) -> None:
        self._idioms = idioms
        self._snippets = SnippetReader()

    def fast(self, data: bytes) -> Outline:
        """Return the outline as tree-sitter gives it."""
        return index.read_outline(data, self._snippets)

    def differences(self, path: str, data: bytes) -> list[str]:
        """Return what the readers say differently of a file, one line for each; none when both refuse it."""
        try:
            text = decode(data).data
        except RefusedError:
            return []
        try:
            outlines = [_outline(self.fast, text), _outline(concrete.read_outline, text)]
        except RefusedError:
            return [f"{path}: {TOO_DEEP}"]
        refused = [found for found in outlines if isinstance(found, ParseError)]
        if refused:
            if isinstance(outlines[0], ParseError) and isinstance(outlines[1], Outline):
                return [f"{path}: {SECOND_OPINION}"]
            return [] if len(refused) == 2 else [f"{path}: {LIBCST_ALONE}"]
        found = [f"{path}: {line}" for line in _compare(outlines[0], outlines[1])]  # type: ignore[arg-type]
        facts = [mine(path, data, self._idioms, read) for read in (self.fast, concrete.read_outline)]
        if facts[0] != facts[1]:
            found.extend(f"{path}: facts: {line}" for line in _unequal(facts[0], facts[1], "outcome"))
        return found


def _outline(read: Any, data: bytes) -> Outline | ParseError:
    try:
        outline: Outline = read(data)
    except ParseError as problem:
        return problem
    return outline


def _compare(fast: Outline, whole: Outline) -> Iterator[str]:
    one, two = list(flat(fast.items)), list(flat(whole.items))
    seen, other = [row for row, _ in one], [row for row, _ in two]
    if seen != other:
        known, others = set(map(repr, seen)), set(map(repr, other))
        yield from (f"outline: fast only {row}" for row in seen if repr(row) not in others)
        yield from (f"outline: libcst only {row}" for row in other if repr(row) not in known)
        return
    for _, item in one:
        for role, span in item.texts:
            if role not in {"definition", "pattern", "target", "name"}:
                yield from _read(fast, whole, role, span)


def _read(fast: Outline, whole: Outline, role: str, span: Any) -> Iterator[str]:
    method = {"parameters": "signature", "arguments": "arguments"}.get(role, "expression")
    one, two = getattr(fast, method)(span), getattr(whole, method)(span)
    if one != two and not _is_limited(one):
        yield f"{role} at line {span.start_line}: {fast.source(span)!r}: {_unequal(one, two, method)}"


def _is_limited(found: Expression | tuple[Any, ...]) -> bool:
    return isinstance(found, Opaque) and found.reason in _LIMITED


def flat(items: list[Item], depth: int = 0) -> Iterator[tuple[tuple[Any, ...], Item]]:
    """Yield every item of an outline with all that it says, in order."""
    for item in items:
        said = (item.kind, item.arm, item.index, item.name, item.span, item.texts)
        yield (depth, *said, item.bindings, item.modules, item.level, item.star), item
        for arm, block in item.blocks.items():
            yield (depth, arm, len(block)), Item("other", item.span, None, arm, 0)
            yield from flat(block, depth + 1)


def _unequal(one: Any, two: Any, where: str) -> list[str]:
    """Return the innermost parts in which two values differ."""
    if one == two and type(one) is type(two):
        return []
    if isinstance(one, msgspec.Struct) and type(one) is type(two):
        names = one.__struct_fields__
        return [line for name in names for line in _unequal(getattr(one, name), getattr(two, name), f"{where}.{name}")]
    if isinstance(one, tuple) and isinstance(two, tuple) and len(one) == len(two):
        pairs = enumerate(zip(one, two, strict=True))
        return [line for position, (a, b) in pairs for line in _unequal(a, b, f"{where}[{position}]")]
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        return [line for key in one for line in _unequal(one[key], two[key], f"{where}[{key!r}]")]
    return [f"{where}: {one!r:.300} / {two!r:.300}"]
