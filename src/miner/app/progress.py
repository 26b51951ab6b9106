"""How a use case tells its caller how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A listener: stages follow each other, and within a stage units of work are done."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin the stage `name` (clone, download, read, link) of `total` units, or of an unknown number."""

    def advance(self, n: int) -> None:
        """Say that `n` more units of the current stage are done."""


class Silent:
    """A listener that shows nothing: for a library caller, or where standard error is no terminal."""

    def stage(self, name: str, total: int | None) -> None:
        """Ignore the stage."""

    def advance(self, n: int) -> None:
        """Ignore the step."""
