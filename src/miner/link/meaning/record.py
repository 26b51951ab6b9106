"""What the interpreter takes and gives: programs in, meanings out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Union

from miner.formula.connective import Formula
from miner.model.evidence import Role
from miner.model.expression import Expression
from miner.model.site import Scope
from miner.model.span import Span
from miner.model.statement import Statement

Scalar = Union[None, bool, int, float, str]  # noqa: UP007
Arguments = tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True)
class Program:
    """A module whose statements are interpreted; `module` is its dotted name, `path` its path in the snapshot."""

    module: str
    path: str
    is_package: bool
    statements: tuple[Statement, ...]


class Found(NamedTuple):
    """A constant of a module that is no program: its expression and the statement that assigns it."""

    expression: Expression
    span: Span


Resolve = Callable[[str, str], Union[Found, str, None]]  # noqa: UP007
"""For a module that is no program and a name in it: a constant, the dotted target of a re-export, or None."""


class Given(NamedTuple):
    """An argument of a call: the parameter, and the expression in the caller's module, function and scope."""

    parameter: str
    module: str
    expression: Expression
    scope: Scope
    owner: str


class Place(NamedTuple):
    """Where a part of a meaning is said: role is definition, constant or default."""

    module: str
    span: Span
    role: Role


@dataclass(frozen=True)
class Meaning:
    """What a predicate answers.

    `quirks` say how it lies or does more than answer. Every version and name of `formula` stands in the text of one of
    the places of `evidence`. `uses` are the qualified names of the predicates it delegates to. `boolean`: it answers
    True or False on all paths. `exact`: nothing in the formula is opaque or a parameter.
    """

    formula: Formula
    quirks: tuple[str, ...]
    evidence: tuple[Place, ...]
    uses: tuple[str, ...]
    kind: Literal["function", "flag"]
    boolean: bool
    exact: bool
