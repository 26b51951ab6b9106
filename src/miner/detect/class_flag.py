"""Attributes by which a class says what it supports, or needs: `_supports_sdpa = True`.

**Finds** assignments of `True` or `False` at the top of a class to the names that the vocabulary says are flags, each
with the comment right above.

**Misses** flags that are computed, are properties, or are set from outside of the class.
"""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect.comment import comment_above
from miner.detect.detector import Detector, cores
from miner.detect.file import File, is_type_checking, matches, qualname
from miner.detect.idiom import Idioms
from miner.model import expression as ex
from miner.model.site import Site
from miner.syntax.outline import Item

ID = "class-flag"


def find(file: File, item: Item | None) -> Iterator[Site]:
    """Yield the flags of one class."""
    if item is None or is_type_checking(item, file.outline):
        return
    for inner in item.blocks["body"]:
        value = inner.text("value") if inner.kind == "assign" else None
        source = file.outline.source(value) if value is not None else ""
        for target in inner.all_texts("target") if source in {"True", "False"} else ():
            name = file.outline.source(target)
            if matches(name, file.idioms.predicates.class_flags):
                comment, place = comment_above(file, inner)
                spans = {"comment": place} if place is not None else {}
                said: dict[str, ex.Expression] = {"comment": ex.Constant(comment)} if comment else {}
                yield Site(ID, "flag", inner.span, qualname(item), (), said, spans, (name, source))


def _words(idioms: Idioms) -> tuple[bytes, ...]:
    return cores(*idioms.predicates.class_flags)


DETECTOR = Detector(ID, 2, frozenset({"class"}), _words, find)
