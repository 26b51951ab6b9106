"""Advice nodes from what a library tells its user."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.formula.notation import text, to_json
from miner.graph.evidence import EvidenceReader, redact
from miner.graph.twin import twins
from miner.link.told import Told
from miner.model.evidence import Evidence, Quantity
from miner.model.node import Advice
from miner.syntax.quantity import quantities


def advice(told: Iterable[Told], evidences: EvidenceReader) -> Iterator[Advice]:
    """Yield a node for each distinct piece of advice; those that say the same of the same owner fold into one."""
    for name, members in twins(told, _identity):
        first = members[0]
        found = evidences.all(place for each in members for place in each.places)
        yield Advice(
            id=name,
            name=f"{first.owner} on {first.subject}: {first.kind}",
            evidence=found,
            owner=first.owner,
            kind=first.kind,
            origin=first.origin,
            subject=first.subject,
            when=to_json(first.when),
            message=redact(first.message)[0] if first.message else None,
            action=redact(first.action)[0] if first.action else None,
            quantities=tuple(_quantities(first.message or "", found, evidences)),
            deprecated_since=first.deprecated_since,
            removed_in=first.removed_in,
            replacement=redact(first.replacement)[0] if first.replacement else None,
            description=redact(first.description)[0] if first.description else None,
        )


def _quantities(message: str, found: tuple[Evidence, ...], evidences: EvidenceReader) -> Iterator[Quantity]:
    """Yield the quantities of a message, each with where it stands in the evidence; one that stands nowhere is none."""
    for each in quantities(message):
        place = evidences.within(found, each.text)
        if place is not None:
            yield Quantity(**each._asdict(), evidence=place)


def _identity(told: Told) -> tuple[str, tuple[str, ...]]:
    said = (told.message, told.action, told.removed_in, told.replacement)
    return f"advice:{told.owner}#{told.subject}/{told.kind}", (told.origin, text(told.when), *(p or "" for p in said))
