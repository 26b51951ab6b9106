"""One member of an archive as it is met while the archive is read from front to back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A file in an archive: `pieces` yields its content and is good only until the next member is asked for.

    `refusal` says why a member is not taken (a link, a device, encrypted); such a member has no content.
    """

    name: str
    size: int
    pieces: Callable[[], Iterator[bytes]]
    refusal: str | None = None


def refused_member(name: str, reason: str) -> Member:
    """A member that is not taken, for `reason`."""
    return Member(name, 0, lambda: iter(()), reason)
