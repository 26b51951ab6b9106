"""Uses: the places of a program that name something of a library, and what they do with it."""

from __future__ import annotations

from typing import Any, Literal

from miner.model.evidence import Record

UseKind = Literal["import", "call", "read", "base", "override", "variable"]
"""`base`: a class of the program derives from it; `override`: a method of such a class takes its place; `variable`: an
environment variable is set there."""


class Passed(Record, frozen=True):
    """One argument of a call: by keyword or at a position (from 0); `value` where it is a literal, and `known` then."""

    keyword: str | None = None
    position: int | None = None
    known: bool = False
    value: Any = None


class Use(Record, frozen=True):
    """One use: `name` is absolute, as the program imports it; a method of an object is one of its class; of a variable
    it is its own name.

    `path` as it was given, with the number of the cell behind it for a notebook; `line` from 1, of the file or the
    cell. `is_open`: the call unpacks arguments that are not seen, or is of a class of the program, which may give more.
    Of an override, the arguments are its parameters. `is_member`: it is reached through an object. `is_handled`: the
    program goes on where it fails, or only type checkers see it; `is_met`: there is something else then.
    """

    kind: UseKind
    name: str
    path: str
    line: int
    arguments: tuple[Passed, ...] = ()
    is_open: bool = False
    is_member: bool = False
    is_handled: bool = False
    is_met: bool = False
