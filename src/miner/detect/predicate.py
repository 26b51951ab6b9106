"""Functions and flags that answer a question about the environment.

**Finds** the modules that define such functions or flags at top level, and hands their top level, with the bodies of
the functions that may matter, to the linker, which works out what each of them means.

**Misses** predicates that are methods or nested functions, and functions of more than 150 lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from miner.detect.detector import Detector, cores, minimal, remembered
from miner.detect.file import File, items, matches
from miner.detect.idiom import Idioms
from miner.detect.inventory import rebound_names
from miner.model.site import Site
from miner.model.span import Span
from miner.model.statement import Binding
from miner.syntax.freeze import freeze
from miner.syntax.outline import Item

ID = "predicate"
_LONGEST = 150  # lines
_SHORT = 6  # lines: a flag is computed in a few
_UNNAMED = 40  # lines: a longer function that is not named like a predicate does other work
_OF_PACKAGES = frozenset({"spec", "version", "metadata", "index"})
_HELPER = 25  # lines: a function of another module may call these
_ASKING = frozenset(
    {
        "spec",
        "version",
        "metadata",
        "index",
        "which",
        "device",
        "accelerator",
        "count",
        "capability",
        "feature",
        "toolkit",
        "rocm",
    }
)
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


def find(file: File, _: Item | None) -> Iterator[Site]:
    """Yield one site with the module's statements, when the module defines a predicate or flag."""
    asking, calling = probe_words(file.idioms), _named(file.idioms)
    top = [statement for statement in items(file.outline.items) if statement.kind in {"function", "assign"}]
    functions = {i.name: i for i in top if i.kind == "function" and _lines(i.span) <= _LONGEST}
    seeds = {name for name, i in functions.items() if _is_seed(file, i, asking, calling)}
    words = (*asking, *calling, *_variable_words(file.idioms))
    flags = {name for i in top if i.kind == "assign" for name in _flags(file, i, words)}
    if not seeds and not flags:
        return
    flags |= _derived(file, top, seeds | flags)
    is_home = bool(seeds) and any(word in file.data for word in _home_words(file.idioms))
    short = {name for name, i in functions.items() if _lines(i.span) <= _HELPER} if is_home else set()
    needed = _closure(file, functions, seeds | short) | flags
    kept = _slice(file, functions, needed)
    statements = freeze(kept, file.outline, keep=lambda i: i.kind == "function" and i.name in needed)
    whole = Span(0, len(file.data), 1, file.outline.line(max(len(file.data) - 1, 0)))
    yield Site(ID, "module", whole, statements=statements, names=tuple(sorted(seeds | flags)))


def _slice(file: File, functions: dict[str, Item], needed: set[str]) -> list[Item]:
    """Return the top-level statements that bind a name which matters, directly or for another that does.

    `needed` grows by the names that the statements kept, and the functions among them, mention.
    """
    for name in [name for name in needed if name in functions]:
        needed |= _mentioned(file, functions[name].span)
    bound = {id(item): _bound(file, item) for item in file.outline.items if item.kind != "function"}
    changing = _changing(file, [functions[name] for name in needed if name in functions])
    bound = {key: names for key, names in bound.items() if not names - {"*"} or not names - {"*"} <= changing}
    kept: set[int] = set()
    grown = True
    while grown:
        grown = False
        for item in file.outline.items:
            if id(item) in bound and id(item) not in kept and bound[id(item)] & needed:
                kept.add(id(item))
                needed |= _mentioned(file, item.span)
                grown = True
    return [i for i in file.outline.items if id(i) in kept or (i.kind == "function" and i.name in needed)]


def _changing(file: File, readers: list[Item]) -> set[str]:
    """Return the names of the module that a function binds anew and one of `readers` only reads: at any value."""
    declared = rebound_names(file.data)
    found: set[str] = set()
    for reader in readers if declared else ():
        own = rebound_names(file.data[reader.span.start_byte : reader.span.end_byte])
        found |= (declared & _mentioned(file, reader.span)) - own
    return found


def _bound(file: File, item: Item) -> set[str]:
    """Return the names that a top-level statement may bind."""
    found: set[str] = set()
    for inner in items([item]):
        if inner.kind in {"assign", "augment", "for"}:
            for target in inner.all_texts("target"):
                found |= _mentioned(file, target) - {"*"}
        elif inner.kind == "import":
            found.update(binding.name for binding in inner.bindings)
            if inner.star:
                found.add("*")
        elif inner.kind in {"function", "class"}:
            found.add(inner.name)
    return found


def _mentioned(file: File, span: Span) -> set[str]:
    return {word.decode() for word in _WORD.findall(file.data[span.start_byte : span.end_byte])} | {"*"}


def _lines(span: Span) -> int:
    return span.end_line - span.start_line + 1


def _is_seed(file: File, item: Item, asking: tuple[bytes, ...], calling: tuple[bytes, ...]) -> bool:
    """A function that returns and asks the environment, itself or, when named like a predicate, through others."""
    parameters = item.text("parameters")
    if parameters is None or not file.holds(item.span, b"return "):
        return False
    body = Span(parameters.end_byte, item.span.end_byte, parameters.end_line, item.span.end_line)
    if matches(item.name, file.idioms.predicates.names):
        return any(file.holds(body, word) for word in (*asking, *calling))
    return _lines(item.span) <= _UNNAMED and any(file.holds(body, word) for word in asking)


def _flags(file: File, item: Item, words: tuple[bytes, ...]) -> Iterator[str]:
    """Yield the names that an assignment binds to something that asks the environment, or to True or False where
    something that asks it decides.
    """
    value = item.text("value")
    if value is None:
        return
    if not any(file.holds(value, word) for word in words) and not _is_decided(file, item, value, words):
        return
    for target in item.all_texts("target"):
        if b"(" not in file.data[target.start_byte : target.end_byte]:
            yield from _mentioned(file, target) - {"*"}


def _is_decided(file: File, item: Item, value: Span, words: tuple[bytes, ...]) -> bool:
    """Say whether a truth is assigned under a test that asks the environment, or where an import may fail."""
    if file.data[value.start_byte : value.end_byte] not in {b"True", b"False"}:
        return False
    parent = item.parent
    while parent is not None:
        test = parent.text("test") if parent.kind == "if" else None
        if test is not None and any(file.holds(test, word) for word in words):
            return True
        if parent.kind == "try" and any(inner.kind == "import" for inner in parent.blocks["body"]):
            return True
        parent = parent.parent
    return False


def _derived(file: File, top: list[Item], known: set[str]) -> set[str]:
    """Return the names bound to short expressions over known flags and predicates, directly or not."""
    reached = set(known)
    assigned = [item for item in top if item.kind == "assign" and _lines(item.span) <= _SHORT]
    grown = True
    while grown:
        grown = False
        for item in assigned:
            value = item.text("value")
            names = {name for target in item.all_texts("target") for name in _mentioned(file, target) - {"*"}}
            if value is not None and not names <= reached and not reached.isdisjoint(_mentioned(file, value)):
                reached |= names
                grown = True
    return reached - known


def _closure(file: File, functions: dict[str, Item], seeds: set[str]) -> set[str]:
    """Return the seeds and the functions of the module that they mention, directly or not."""
    kept: set[str] = set()
    waiting = sorted(seeds)
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept.add(name)
        waiting.extend(sorted(_mentioned(file, functions[name].span) & functions.keys() - kept))
    return kept


@lru_cache(maxsize=4)
def _probe_words(names: tuple[str, ...]) -> tuple[bytes, ...]:
    found = set()
    for name in names:
        last = [part for part in name.split(".")[-2:] if "{" not in part]
        found.add(".".join(last) if len(last) == 2 else f".{last[-1]}" if last else name)
    return tuple(sorted(word.encode() for word in found))


@remembered
def probe_words(idioms: Idioms) -> tuple[bytes, ...]:
    """Return what to look for in a file: the last parts of the names that ask the environment something."""
    return _probe_words(_asking_names(idioms, _ASKING))


@remembered
def _home_words(idioms: Idioms) -> tuple[bytes, ...]:
    """Return what a module holds that asks for packages itself: other modules may call any of its short functions."""
    return _probe_words(_asking_names(idioms, _OF_PACKAGES))


def asks_for_packages(idioms: Idioms, binding: Binding) -> bytes | None:
    """Return the word by which to find uses of an import that asks for packages, or whose attributes do; else None."""
    names = _asking_names(idioms, _OF_PACKAGES)
    if binding.target in names:
        return binding.name.encode()
    is_around = any(name.startswith(f"{binding.target}.") for name in names)
    return f"{binding.name}.".encode() if is_around else None


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    packages = {name.partition(".")[0].encode() for name in _asking_names(idioms, _OF_PACKAGES)}
    others = _probe_words(_asking_names(idioms, _ASKING - _OF_PACKAGES))
    return minimal((*packages, *others, *_named(idioms), *_variable_words(idioms)))


def _asking_names(idioms: Idioms, kinds: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for item in idioms.probe.primitives if item.kind in kinds for name in item.names)


@remembered
def _named(idioms: Idioms) -> tuple[bytes, ...]:
    """Return what the usual names of predicates end in: a call of one is a probe too."""
    ends = [name.rpartition("*")[2] for name in idioms.predicates.names]
    return minimal((*(end.encode() for end in ends if "_" in end), *cores(*idioms.predicates.calls)))


@remembered
def _variable_words(idioms: Idioms) -> tuple[bytes, ...]:
    """Return what reads of environment variables look like."""
    return minimal(
        name.rpartition(".")[2].encode() if name.count(".") == 1 else ".".join(name.split(".")[-2:]).encode()
        for item in idioms.probe.primitives
        if item.kind in {"read", "environ"}
        for name in item.names
    )


DETECTOR = Detector(ID, 1, frozenset(), _words, find)
