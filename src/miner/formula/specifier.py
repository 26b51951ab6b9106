"""The lowest and highest versions that a specifier names."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.specifiers import Specifier
from packaging.version import InvalidVersion, Version

_FLOORS = frozenset({">=", ">", "~=", "=="})
_CAPS = frozenset({"<", "<=", "~=", "=="})


def floor(specifiers: Iterable[Specifier]) -> Version | None:
    """Return the highest version that is named as one from which on is taken; None where none is."""
    return max(_versions(specifiers, _FLOORS), default=None)


def cap(specifiers: Iterable[Specifier]) -> Version | None:
    """Return the lowest version that is named as one up to which is taken; None where none is."""
    return min(_versions(specifiers, _CAPS), default=None)


def plain(text: str) -> Version | str:
    """Return a version as it is written in a specifier, without a wildcard; the text itself, where it is none."""
    try:
        return Version(text.removesuffix(".*"))
    except InvalidVersion:
        return text


def _versions(specifiers: Iterable[Specifier], operators: frozenset[str]) -> list[Version]:
    found = (plain(each.version) for each in specifiers if each.operator in operators)
    return [each for each in found if isinstance(each, Version)]
