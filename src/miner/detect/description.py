"""What the docstring of a function, or of its class, says of single names in it."""

from __future__ import annotations

from collections.abc import Collection

from miner.detect.file import File
from miner.model.span import Span
from miner.syntax.docstring import is_string, passages
from miner.syntax.outline import Item

_LONGEST = 400  # characters


def descriptions(file: File, function: Item, names: Collection[str]) -> dict[str, tuple[str, Span]]:
    """Return what the docstring of a function, or of the class that it initialises, says of some names, and where.

    Of a long description as many sentences as fit.
    """
    holders = [function]
    if function.name == "__init__" and function.parent is not None and function.parent.kind == "class":
        holders.append(function.parent)
    found: dict[str, tuple[str, Span]] = {}
    for holder in holders:
        docstring, _ = holder.opening("")
        if docstring is None or docstring.kind != "expression":
            continue
        source = file.outline.source(docstring.span)
        if not is_string(source) or not any(name in source for name in names):
            continue
        for passage in passages(source):
            if passage.subject is not None and passage.subject in names and passage.subject not in found:
                said = list(passage.sentences(source))
                while len(said) > 1 and sum(len(each.text) + 1 for each in said) > _LONGEST:
                    said.pop()
                if said:
                    place = file.part(docstring.span, said[0].start, said[-1].end)
                    found[passage.subject] = (" ".join(each.text for each in said), place)
    return found
