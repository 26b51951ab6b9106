"""What a close reading of some functions adds to the facts of their file: what they call, and what classes define."""

from __future__ import annotations

from typing import Union

import msgspec

from miner.model.expression import Call as CallExpression
from miner.model.site import Definition, Guard, Scope
from miner.model.span import Span


class Call(msgspec.Struct, frozen=True, array_like=True):
    """A call in a function: the call itself, the statement that it stands in, and the path condition of that."""

    span: Span
    call: CallExpression
    conditions: tuple[Guard, ...] = ()
    scope: Union[Scope, None] = None  # noqa: UP007


class Routine(msgspec.Struct, frozen=True, array_like=True):
    """A function, method or class, with the calls in it; those of a class are none.

    `is_abstract`: the body does nothing but refuse, or give back nothing or what it was given: others are to override
    it.
    """

    definition: Definition
    calls: tuple[Call, ...] = ()
    is_abstract: bool = False
