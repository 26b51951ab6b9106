"""Advice as it is found, before it is a record."""

from __future__ import annotations

from dataclasses import dataclass, field

from miner.formula.connective import Formula
from miner.link.need import Bound
from miner.link.place import Place
from miner.model.node import AdviceKind, AdviceOrigin


@dataclass(frozen=True)
class Told:
    """One piece of advice of `owner`, and the option, parameter or object that it is about; `description` is all that a
    docstring says of an option, where that is more than the message.
    """

    owner: str
    kind: AdviceKind
    origin: AdviceOrigin
    subject: str
    when: Formula
    message: str | None
    action: str | None
    deprecated_since: str | None
    removed_in: str | None
    replacement: str | None
    places: tuple[Place, ...]
    description: str | None = None


@dataclass
class Advice:
    """All that a library tells; `bounds` are gates whose words advise nothing, `counts` says what is not published."""

    found: list[Told] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Count a call that is not published."""
        self.counts[what] = self.counts.get(what, 0) + 1
