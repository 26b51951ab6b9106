"""Mining one file: decode, outline, one descent that all detectors share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec

from miner.detect import inventory
from miner.detect.detector import Detector
from miner.detect.file import File, items, owning
from miner.detect.idiom import Idioms
from miner.detect.registry import DETECTORS
from miner.detect.trigger import Offsets, Triggers, is_within, merged
from miner.machine.installed import installed_version
from miner.model.site import Facts, FileOutcome, Site
from miner.model.span import Span
from miner.store.own_source import own_source
from miner.syntax.decoding import Decoded, RefusedError, decode
from miner.syntax.outline import Item, Outline, ParseError

ReadOutline = Callable[[bytes], Outline]
_ByKind = dict[str, list[tuple[Detector, Offsets]]]


def revision(idioms: Idioms, reader: str) -> str:
    """Return what the facts of a blob depend on besides its bytes, as a short hash: the key of the blob cache.

    The detectors' own revisions, the parsers' versions, the vocabulary, and the source of the packages that read.
    """
    parts = [f"reader={reader}", f"idioms={idioms.digest}", f"source={_source_digest()}"]
    parts += [
        f"{name}={installed_version(name)}" for name in ("libcst", "msgspec", "tree-sitter", "tree-sitter-python")
    ]
    parts += [f"{detector.id}={detector.revision}" for detector in DETECTORS]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


@cache
def _source_digest() -> str:
    digest = hashlib.sha256()
    for part in own_source("detect", "flow", "model", "syntax"):
        digest.update(part)
    return digest.hexdigest()


def mine(path: str, data: bytes, idioms: Idioms, read_outline: ReadOutline) -> FileOutcome:
    """Return what became of one file; never raises for what the file holds."""
    try:
        decoded = decode(data)
        outline = read_outline(decoded.data)
        facts = _facts(File(path, outline, idioms))
        outline.release()
    except RefusedError as problem:
        return FileOutcome("skipped", str(problem), None)
    except ParseError as problem:
        return FileOutcome("skipped", f"not Python 3: {problem}", None)
    except RecursionError:
        return FileOutcome("skipped", "nested deeper than miner follows", None)
    if decoded.single_byte or decoded.skipped:
        facts = _shifted(facts, decoded)
    return FileOutcome("mined", None, facts)


def _facts(file: File) -> Facts:
    exports = inventory.exports(file)
    definitions = list(inventory.definitions(file))
    known = {definition.name for definition in definitions}
    sites: list[Site] = []
    for site, owner in _sites(file):
        sites.append(site)
        if owner is not None and site.owner not in known:
            known.add(site.owner)
            definitions.append(inventory.nested(file, owner, site.owner))
    return Facts(
        tuple(definitions),
        tuple(inventory.imports(file)),
        inventory.constants(file),
        exports,
        tuple(sorted(sites, key=lambda site: (site.span, site.detector, site.form, site.owner))),
        file.dynamic,
    )


def _sites(file: File) -> Iterator[tuple[Site, Item | None]]:
    triggers = file.triggers = _triggers(file.idioms).find(file.data)
    shallow: _ByKind = {}
    deep: _ByKind = {}
    for detector in DETECTORS:
        if detector.more is not None and (words := detector.more(file)):
            file.given[detector.id] = words
            triggers[detector.id] = merged(triggers.get(detector.id, ()), file.data, words)
        if detector.places is not None and (places := detector.places(file)):
            triggers[detector.id] = places
        if detector.id not in triggers:
            continue
        if not detector.kinds:
            for site in detector.find(file, None):
                yield site, None
        by_kind = deep if detector.deep else shallow
        for kind in detector.kinds:
            by_kind.setdefault(kind, []).append((detector, triggers[detector.id]))
    if shallow:
        yield from _descend(file, file.outline.items, shallow)
    if deep:
        yield from _dive(file, file.outline.items, deep)


_KNOWN_TRIGGERS: dict[str, Triggers] = {}


def _triggers(idioms: Idioms) -> Triggers:
    """Return the words of every detector; made once for each vocabulary."""
    if idioms.digest not in _KNOWN_TRIGGERS:
        _KNOWN_TRIGGERS[idioms.digest] = Triggers({detector.id: detector.words(idioms) for detector in DETECTORS})
    return _KNOWN_TRIGGERS[idioms.digest]


def _descend(file: File, block: list[Item], by_kind: _ByKind) -> Iterator[tuple[Site, Item | None]]:
    """Visit the statements of a block; classes are entered, functions are not."""
    for item in items(block):
        for detector, offsets in by_kind.get(item.kind, ()):
            if is_within(offsets, item.span):
                for site in detector.find(file, item):
                    yield site, item if item.kind == "function" else None
        if item.kind == "class" and any(
            is_within(offsets, item.span) for found in by_kind.values() for _, offsets in found
        ):
            yield from _descend(file, item.blocks["body"], by_kind)


def _dive(file: File, block: list[Item], by_kind: _ByKind) -> Iterator[tuple[Site, Item | None]]:
    """Visit the statements of a block and all that stand in them, functions too, as far as they hold a word."""
    offsets = tuple(sorted({offset for found in by_kind.values() for _, each in found for offset in each}))
    waiting = list(reversed(block))
    while waiting:
        item = waiting.pop()
        if item.kind in _LEAVES and item.kind not in by_kind:
            continue
        if not is_within(offsets, item.span):
            continue
        for detector, each in by_kind.get(item.kind, ()):
            if is_within(each, item.span):
                for site in detector.find(file, item):
                    yield site, owning(item)
        for inner in reversed(item.blocks.values()):
            waiting.extend(reversed(inner))


_LEAVES = frozenset(
    {"return", "raise", "assert", "assign", "augment", "import", "expression", "global", "delete", "jump"}
)


def _shifted(facts: Facts, decoded: Decoded) -> Facts:
    """Return facts whose spans count in the original bytes of a file with a BOM or in a one-byte encoding."""

    def shift(value: Any) -> Any:
        if isinstance(value, Span):
            start, end = decoded.original(value.start_byte), decoded.original(value.end_byte)
            return Span(start, end, value.start_line, value.end_line)
        if isinstance(value, msgspec.Struct):
            fields = {name: shift(getattr(value, name)) for name in value.__struct_fields__}
            return type(value)(**fields)
        if isinstance(value, tuple):
            return tuple(shift(part) for part in value)
        if isinstance(value, dict):
            return {key: shift(part) for key, part in value.items()}
        return value

    shifted: Facts = shift(facts)
    return shifted
