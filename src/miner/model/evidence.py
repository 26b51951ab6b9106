"""Evidence: a place whose bytes are the source of a statement, and what every published record is made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

FormulaJson = Annotated[Any, msgspec.Meta(extra_json_schema={"$ref": "formula.schema.json"})]
"""A formula in its JSON form; built and read by `miner.formula`, whose atoms make its schema."""

Sha256 = Annotated[str, msgspec.Meta(min_length=64, max_length=64, extra_json_schema={"pattern": "^[0-9a-f]{64}$"})]
"""The pattern is for readers of the schema: here the length is enough, and what is not the digest is found by audit."""
BlobId = Annotated[
    str,
    msgspec.Meta(min_length=40, max_length=64, extra_json_schema={"pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$"}),
]
Line = Annotated[int, msgspec.Meta(ge=1)]
Offset = Annotated[int, msgspec.Meta(ge=0)]

Role = Literal["site", "guard", "constant", "default", "message", "declaration", "binding", "definition", "authored"]


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A published record: immutable, by keyword, without fields that the schema does not know."""


class Evidence(Record, frozen=True):
    """A place whose bytes are the source of a statement.

    `path` is relative to the repository's root, or to the archive's with an sdist's top folder stripped; lines from 1
    inclusive, bytes half-open; `sha256` is of the exact bytes; `text` (at most 4 KiB) is left out for definitions.
    With role `authored` the place is a line of a data file of miner itself.
    """

    role: Role
    path: str
    blob: BlobId
    start_line: Line
    end_line: Line
    start_byte: Offset
    end_byte: Offset
    sha256: Sha256
    text: str | None = None
    redacted: bool = False


class NodeRecord(Record, frozen=True, omit_defaults=False):
    """What every node has: a readable id, a name, and evidence."""

    id: str
    name: str
    evidence: Annotated[tuple[Evidence, ...], msgspec.Meta(min_length=1)]

    @property
    def place(self) -> tuple[str, int, str]:
        """Where its first evidence stands, to sort by: path, line and, for those of one line, the id."""
        return self.evidence[0].path, self.evidence[0].start_line, self.id


class Quantity(Record, frozen=True):
    """A number with a unit that a message states: `~20%`.

    `low` and `high` bound it in `unit` (`%`, `x` for a ratio, `GB`, `ms`, ...), None where it is open; `metric` is what
    it measures and `direction` where that goes, as far as the clause says.
    """

    text: str
    unit: str
    low: float | None
    high: float | None
    metric: str | None
    direction: Literal["increase", "decrease"] | None
    evidence: Evidence
