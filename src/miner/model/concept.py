"""The published nodes of the graph of concepts: workflows, what they need, what is known, and what contradicts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from miner.model.evidence import Evidence, Line, NodeRecord, Quantity, Record
from miner.model.option_use import OptionUse


class Workflow(NodeRecord, frozen=True, tag_field="type", tag="Workflow"):
    """What users do with the library, in steps: the ids of its principles in order."""

    title: str
    steps: tuple[str, ...]
    origin: Literal["catalog", "derived"]


class Principle(NodeRecord, frozen=True, tag_field="type", tag="Principle"):
    """One step of a workflow: what is done there, whatever implements it; `page` names what does in this library."""

    title: str
    workflow: str
    order: Line
    page: str


class KnownError(Record, frozen=True):
    """An error that users meet: its message, the need behind it in words, the fix, and the requirement that says so."""

    message: str
    cause: str
    fix: str | None
    requirement: str


class Environment(NodeRecord, frozen=True, tag_field="type", tag="Environment"):
    """What a workflow needs of the machine: ids of requirements that its symbols state or reach.

    `always`: enforced on every path, `conditional`: enforced under a condition, `optional`: something else is done
    without. `variables` are ids of environment variables that are read there, `devices` what is asked for by name.
    `install` is the shortest command that brings what is always needed, and what marks on the symbols ask for.
    """

    workflow: str
    always: tuple[str, ...]
    conditional: tuple[str, ...]
    optional: tuple[str, ...]
    install: str
    variables: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    errors: tuple[KnownError, ...] = ()


class Heuristic(NodeRecord, frozen=True, tag_field="type", tag="Heuristic"):
    """What the authors know of a group of options, by ids of advice, constraints and requirements.

    `default`: the values that they have and are given; `trade_off`: gains, losses and recommendations;
    `compatibility`: what does not go together, is limited or demanded; `requires`: what they need of the machine;
    `deprecated`: what goes away; `advice`: all but what they need. `uses` are the places where the options take effect
    and that no statement is about.
    """

    topic: str
    options: tuple[str, ...]
    default: tuple[str, ...]
    trade_off: tuple[str, ...]
    compatibility: tuple[str, ...]
    requires: tuple[str, ...]
    deprecated: tuple[str, ...]
    advice: tuple[str, ...]
    quantities: tuple[Quantity, ...] = ()
    uses: tuple[OptionUse, ...] = ()


ContradictionKind = Literal[
    "gate-looser-than-declared",
    "gate-stricter-than-declared",
    "message-differs",
    "docstring-differs",
    "undeclared",
]
"""A gate is what a predicate of availability asks for; `undeclared`: enforced at run time, declared nowhere."""


class Statement(Record, frozen=True):
    """One of the statements of a contradiction, in words, with the node that makes it and its place."""

    text: str
    node: str
    evidence: Evidence


class Contradiction(NodeRecord, frozen=True, tag_field="type", tag="Contradiction"):
    """Statements of the library about `subject` that do not go together."""

    kind: ContradictionKind
    subject: str
    statements: Annotated[tuple[Statement, ...], msgspec.Meta(min_length=2)]
