"""What one file says on its own: definitions, imports, constants, exports and sites, names still as written."""

from __future__ import annotations

from typing import Literal, Union

import msgspec

from miner.model.expression import Expression
from miner.model.span import Span
from miner.model.statement import Binding, Statement


class Guard(msgspec.Struct, frozen=True, array_like=True):
    """One part of a path condition.

    `kind`: `if` (the test of an enclosing if, while or conditional), `exit` (an earlier test whose body always leaves),
    `except` (within a handler; `test` is the exception type), `case` (a match case; `test` is the pattern's text),
    `else` (the body of a try went through without its own raise under `test`), `missing` (an import failed; `test` is a
    Sequence of what is imported, `..name` when relative), `program` (there was no such program to run; `test` is its
    name). `holds` is the test's polarity.
    """

    span: Span
    kind: Literal["if", "exit", "except", "case", "else", "missing", "program"]
    test: Expression
    holds: bool


class Scope(msgspec.Struct, frozen=True, array_like=True):
    """What the names in the expressions of a site are within its function; all others are the module's.

    `statements` bind locals, in order, each once before the site; `unknown` are locals that are bound otherwise.
    """

    parameters: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()


class Site(msgspec.Struct, frozen=True, array_like=True):
    """One place that matters, as a detector sees it.

    `owner` is the name within the module (`Trainer.train`; empty for the module itself), `conditions` the path
    condition, outermost first. What `expressions`, `spans`, `names` and `statements` hold is the detector's to say.
    """

    detector: str
    form: str
    span: Span
    owner: str = ""
    conditions: tuple[Guard, ...] = ()
    expressions: dict[str, Expression] = {}
    spans: dict[str, Span] = {}
    names: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    scope: Union[Scope, None] = None  # noqa: UP007

    @property
    def bound(self) -> tuple[Statement, ...]:
        """The statements that bind the locals that the site speaks of; none outside of functions."""
        return self.scope.statements if self.scope is not None else ()


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """A class, function, method or variable, where it is defined.

    `name` within the module; `span` with decorators; `head` from its first line to the end of its signature (for a
    variable, the assignment). `type_checking`: seen by type checkers only. Of a class are `bases`, `members` (methods)
    and, with a decorator and no initialiser, `fields`, with short `defaults` as they are written; the one base of a
    variable is what it is another name of.
    """

    name: str
    kind: Literal["class", "function", "method", "variable"]
    span: Span
    head: Span
    signature: str | None = None
    summary: str | None = None
    bases: tuple[str, ...] = ()
    type_checking: bool = False
    members: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    defaults: dict[str, str] | None = None


class ImportRow(msgspec.Struct, frozen=True, array_like=True):
    """A module-level import statement; see `miner.model.statement.Import`. `nested`: within another statement."""

    span: Span
    bindings: tuple[Binding, ...]
    modules: tuple[str, ...]
    level: int
    star: bool
    type_checking: bool
    nested: bool = False


class ExportRow(msgspec.Struct, frozen=True, array_like=True):
    """One name in the module's `__all__`, and the statement that puts it there."""

    name: str
    span: Span


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """Everything that one file says on its own.

    `exports` is None without an `__all__`; `dynamic` counts shapes that were seen and not understood.
    """

    definitions: tuple[Definition, ...]
    imports: tuple[ImportRow, ...]
    constants: dict[str, Expression]
    exports: Union[tuple[ExportRow, ...], None]  # noqa: UP007
    sites: tuple[Site, ...]
    dynamic: dict[str, int]


class FileOutcome(msgspec.Struct, frozen=True, array_like=True):
    """What became of one file in a worker: its facts, or why there are none."""

    outcome: Literal["mined", "skipped", "failed"]
    reason: Union[str, None]  # noqa: UP007
    facts: Union[Facts, None]  # noqa: UP007
