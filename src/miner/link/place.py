"""A place that states something: path, span and the role it plays for the statement."""

from __future__ import annotations

from typing import NamedTuple

from miner.model.evidence import Role
from miner.model.site import Site
from miner.model.span import Span


class Place(NamedTuple):
    """One place of a snapshot; it becomes an Evidence once its bytes are read."""

    path: str
    span: Span
    role: Role


def places_of(path: str, site: Site) -> tuple[Place, ...]:
    """Return where a site of the file at `path` stands: itself, its path condition, and what binds its locals."""
    return (
        Place(path, site.span, "site"),
        *(Place(path, guard.span, "guard") for guard in site.conditions),
        *(Place(path, statement.span, "binding") for statement in site.bound),
    )
