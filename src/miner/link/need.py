"""A need before it becomes a node: who needs what, when, and what happens otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from miner.formula.connective import Formula
from miner.link.place import Place
from miner.model.node import Effect, Origin


@dataclass(frozen=True)
class Need:
    """One requirement of `owner` (a qualified name); `backends` are the names it was stated with,
    `decorator` the qualified name of the decorator that states it, when that is of this snapshot."""

    owner: str
    needs: Formula
    when: Formula
    effect: Effect
    origin: Origin
    enforced: bool
    places: tuple[Place, ...]
    predicates: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    exception: str | None = None
    message: str | None = None
    action: str | None = None
    decorator: str | None = None
    is_canonical: bool = False
    """`needs` and `when` are in canonical form already."""


@dataclass(frozen=True)
class Bound:
    """What `owner` demands of its parameters alone: `effect` follows when `when` holds.

    `parameters` are the options that parts of the condition ask for that are only quoted.
    """

    owner: str
    when: Formula
    effect: Effect
    places: tuple[Place, ...]
    exception: str | None = None
    message: str | None = None
    parameters: tuple[str, ...] = ()
