"""EnvironmentVariable nodes from linked reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.graph.evidence import EvidenceReader, redact
from miner.link.variable import Variable, folded
from miner.model.node import EnvironmentVariable


def environment_variables(reads: Iterable[Variable], evidences: EvidenceReader) -> Iterator[EnvironmentVariable]:
    """Yield a node for each variable of each owner; of default, comment and description the first that is given."""
    for (owner, name), members in sorted(folded(reads).items()):
        default = next((read.default for read in members if read.default is not None), None)
        comment = next((read.comment for read in members if read.comment is not None), None)
        description = next((read.description for read in members if read.description is not None), None)
        then = next((read.then for read in members if read.then is not None), None)
        kept = next((read.kept for read in members if read.kept is not None), None)
        yield EnvironmentVariable(
            id=f"environment-variable:{owner}#{name}",
            name=name,
            evidence=evidences.all(place for read in members for place in read.places),
            variable=name,
            owner=owner,
            default=redact(default)[0] if default is not None else None,
            choices=tuple(sorted({choice for read in members for choice in read.choices})),
            comment=redact(comment)[0] if comment is not None else None,
            description=redact(description)[0] if description is not None else None,
            then=evidences.one(then).text if then is not None else None,
            kept=evidences.one(kept).text if kept is not None else None,
        )
