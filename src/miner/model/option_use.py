"""The record of one place where an option takes effect."""

from __future__ import annotations

from typing import Annotated

import msgspec

from miner.model.evidence import Evidence, FormulaJson, Record
from miner.model.mention import Way


class OptionUse(Record, frozen=True):
    """One place where the function `owner` uses an option: `taken` as a parameter or out of keyword arguments, `set` to
    another value, `tested` by a condition, `passed` on to the call `to`, `used` otherwise, or `noted` in a comment.

    `code` is what stands there, `then` what runs first where a test holds, or below a comment, each on one line;
    `description` is what the docstring says of a parameter; `when` is the condition under which the place is reached.
    """

    option: str
    owner: str
    way: Way
    code: str
    when: FormulaJson
    evidence: Annotated[tuple[Evidence, ...], msgspec.Meta(min_length=1)]
    to: str | None = None
    then: str | None = None
    description: str | None = None
