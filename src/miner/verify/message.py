"""Whether what was said is what was mined: texts against templates."""

from __future__ import annotations

from collections.abc import Iterable

from miner.link.phrase import FIELD
from miner.model.node import Otherwise


def is_said(template: str, text: str) -> bool:
    """Say whether a text is an instance of a template, or of the lines of it that concern what is missing.

    Expressions in braces stand for anything; runs of blanks are one. A message about several packages names at run
    time those that are missing only.
    """
    return _matches(template, text) or all(
        any(_matches(line, said) for line in template.splitlines()) for said in text.splitlines() if said.strip()
    )


def _matches(template: str, text: str) -> bool:
    pieces = [" ".join(piece.split()) for piece in FIELD.split(template)]
    said = " ".join(text.split())
    place = 0
    for piece in pieces:
        found = said.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return any(pieces) or not said


def unsaid_of(otherwise: Otherwise, texts: Iterable[str]) -> str | None:
    """Return the first line of a message that none of the texts has; None when all was said somewhere."""
    if otherwise.effect not in {"raise", "placeholder"} or otherwise.message is None:
        return None
    said = [line for each in texts for line in each.splitlines()]
    lines = [line for line in otherwise.message.splitlines() if line.strip()]
    return next((line for line in lines if not any(_matches(line, each) for each in said)), None)
