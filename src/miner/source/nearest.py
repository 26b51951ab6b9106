"""What the user may have meant: the names or versions closest to one that does not exist."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Iterable

from packaging.version import Version

_SHOWN = 5


def nearest_names(wanted: str, names: Iterable[str]) -> tuple[str, ...]:
    """At most five of `names`, most similar first; any five when none is similar."""
    ordered = sorted(set(names))
    close = difflib.get_close_matches(wanted, ordered, n=_SHOWN, cutoff=0.5)
    if len(close) < _SHOWN:
        close += [name for name in ordered if wanted in name and name not in close]
    return tuple((close or ordered)[:_SHOWN])


def nearest_versions(wanted: Version, versions: Iterable[Version]) -> tuple[Version, ...]:
    """At most five of `versions` in order: the neighbours of `wanted`, and the one whose text is most like it."""
    ordered = sorted(set(versions))
    at = bisect_left(ordered, wanted)
    similar = difflib.get_close_matches(str(wanted), [str(version) for version in ordered], n=1, cutoff=0.5)
    start = max(0, min(at - 2, len(ordered) - _SHOWN))
    shown = ordered[start : start + _SHOWN]
    if similar and Version(similar[0]) not in shown:
        shown = [*ordered[max(0, at - 2) : at + 2], Version(similar[0])]
    return tuple(sorted(shown))
