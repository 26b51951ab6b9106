"""What a close reading of a function adds to the facts of its file: what it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from miner.model.expression import Call as CallExpression
from miner.model.site import Definition, Guard, Scope
from miner.model.span import Span


@dataclass(eq=False)
class Call:
    """A call in a function: the call itself, and the statement that it stands in.

    `head` is what the first name of the callee is there. `work_out` gives the path condition, and what the names in it
    and in the call are: that costs, and most calls are never asked.
    """

    span: Span
    call: CallExpression
    head: Scope | None
    work_out: Callable[[], tuple[tuple[Guard, ...], Scope | None]]

    @cached_property
    def full(self) -> tuple[tuple[Guard, ...], Scope | None]:
        """The path condition, and what its names and those of the call are."""
        return self.work_out()


@dataclass(eq=False)
class Routine:
    """A function, method or class, with the calls in it; those of a class are none.

    `is_abstract`: the body does nothing but refuse, or give back nothing or what it was given: others are to override
    it.
    """

    definition: Definition
    calls: tuple[Call, ...] = ()
    is_abstract: bool = False
