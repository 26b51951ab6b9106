"""A place that states something: path, span and the role it plays for the statement."""

from __future__ import annotations

from typing import NamedTuple

from miner.model.node import Role
from miner.model.span import Span


class Place(NamedTuple):
    """One place of a snapshot; it becomes an Evidence once its bytes are read."""

    path: str
    span: Span
    role: Role
