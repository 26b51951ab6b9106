"""What a close reading of a function finds of an option: one place where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from miner.model.site import Guard, Scope
from miner.model.span import Span

Way = Literal["taken", "set", "tested", "passed", "used", "noted"]
"""How an option is used: `taken` as a parameter or out of keyword arguments, `set` to another value, `tested` by a
condition, `passed` on to a call, `used` otherwise, or `noted` in a comment above what is done."""


@dataclass(frozen=True)
class Mention:
    """One use of an option in the function `owner`, a name within its module.

    `to` is the callee as it is written, `follows` where the statements stand that run where a test holds, or that a
    comment stands above, and
    `description` what the docstring says of it, with its place. `holder` is what the object is called
    of which it is a field (`args` of `args.depth`); None: it is a name, or a field of the object itself.
    """

    option: str
    way: Way
    owner: str
    span: Span
    to: str | None = None
    follows: Span | None = None
    description: tuple[str, Span] | None = None
    conditions: tuple[Guard, ...] = ()
    scope: Scope | None = None
    holder: str | None = None


@dataclass(frozen=True)
class Mentions:
    """The uses of options in one file, in the order of the source; `objects` are the options that more is done with
    there than with a plain value: something of them is read, or a method of their own is called.
    """

    found: tuple[Mention, ...] = ()
    objects: frozenset[str] = frozenset()
