"""Who says what in a release, by what is said: words that another object says now have moved there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Set

Tellers = Mapping[Hashable, Set[str]]
"""The names of objects, those in the new release, by what they say."""


def tellers(said: Iterable[tuple[Hashable, str]]) -> Tellers:
    """Return who says what; what is None is nothing said."""
    found: dict[Hashable, set[str]] = {}
    for words, owner in said:
        if words is not None:
            found.setdefault(words, set()).add(owner)
    return found


def has_moved(words: Hashable, here: Tellers, there: Tellers) -> bool:
    """Return whether something is said there by an object that does not say it here."""
    return bool(there.get(words, frozenset()) - here.get(words, frozenset()))


def is_told_alike(words: Hashable, here: Tellers, there: Tellers) -> bool:
    """Return whether one object says something both here and there."""
    return bool(there.get(words, frozenset()) & here.get(words, frozenset()))
