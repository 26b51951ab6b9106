"""Functions and flags that answer a question about the environment.

**Finds** the modules that define such functions or flags at top level, and hands their top level, with the bodies of
the functions that may matter, to the linker, which works out what each of them means.

**Misses** predicates that are methods or nested functions, and functions of more than 150 lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from miner.detect.detector import Detector
from miner.detect.file import File, items, matches
from miner.detect.idiom import Idioms
from miner.model.site import Site
from miner.model.span import Span
from miner.syntax.freeze import freeze
from miner.syntax.outline import Item

ID = "predicate"
_LONGEST = 150  # lines
_HELPER = 25  # lines: a function of another module may call these
_ASKING = frozenset(
    {"spec", "version", "metadata", "index", "which", "device", "count", "capability", "feature", "toolkit", "rocm"}
)
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield one site with the module's statements, when the module defines a predicate or flag."""
    top = [statement for statement in items(file.outline.items) if statement.kind in {"function", "assign"}]
    functions = {i.name: i for i in top if i.kind == "function" and _lines(i.span) <= _LONGEST}
    words = probe_words(file.idioms)
    seeds = {name for name, i in functions.items() if _is_seed(file, i, words)}
    if not seeds and not any(_is_flag(file, i) for i in top if i.kind == "assign"):
        return
    short = {name for name, i in functions.items() if _lines(i.span) <= _HELPER}
    kept = _closure(file, functions, seeds | short)
    statements = freeze(file.outline.items, file.outline, keep=lambda i: i.kind == "function" and i.name in kept)
    whole = Span(0, len(file.data), 1, file.outline.line(max(len(file.data) - 1, 0)))
    yield Site(ID, "module", whole, statements=statements, names=tuple(sorted(seeds)))


def _lines(span: Span) -> int:
    return span.end_line - span.start_line + 1


def _is_seed(file: File, item: Item, words: tuple[bytes, ...]) -> bool:
    """A function named like a predicate, or a short one that asks the environment and returns."""
    if matches(item.name, file.idioms.predicates.names):
        return True
    return any(file.holds(item.span, word) for word in words) and file.holds(item.span, b"return ")


def _is_flag(file: File, item: Item) -> bool:
    value = item.text("value")
    if value is None or not any(file.holds(value, word) for word in _words(file.idioms)):
        return False
    return any(b"(" not in file.data[t.start_byte : t.end_byte] for t in item.all_texts("target"))


def _closure(file: File, functions: dict[str, Item], seeds: set[str]) -> set[str]:
    """Return the seeds and the functions of the module that they mention, directly or not."""
    kept: set[str] = set()
    waiting = sorted(seeds)
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept.add(name)
        span = functions[name].span
        mentioned = {word.decode() for word in _WORD.findall(file.data[span.start_byte : span.end_byte])}
        waiting.extend(sorted(mentioned & functions.keys() - kept))
    return kept


@lru_cache(maxsize=4)
def _probe_words(names: tuple[str, ...]) -> tuple[bytes, ...]:
    found = set()
    for name in names:
        last = [part for part in name.split(".")[-2:] if "{" not in part]
        found.add(".".join(last) if len(last) == 2 else f".{last[-1]}" if last else name)
    return tuple(sorted(word.encode() for word in found))


def probe_words(idioms: Idioms) -> tuple[bytes, ...]:
    """Return what to look for in a file: the last parts of the names that ask the environment something."""
    asking = (item for item in idioms.probe.primitives if item.kind in _ASKING)
    return _probe_words(tuple(name for item in asking for name in item.names))


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return (*probe_words(idioms), *_named(idioms))


def _named(idioms: Idioms) -> tuple[bytes, ...]:
    """Return what the usual names of predicates end in: a call of one is a probe too."""
    return tuple(sorted({name.rpartition("*")[2].encode() for name in idioms.predicates.names if "_" in name.rpartition("*")[2]}))


DETECTOR = Detector(ID, 1, frozenset(), _words, find)
