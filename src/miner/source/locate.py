"""Turns what the user typed into a snapshot, whatever kind of source it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from miner.errors import SourceError, UsageError
from miner.model.snapshot import Identity, Snapshot
from miner.source.limits import LIMITS, SourceLimits
from miner.source.spec import GitUrl, Installed, LocalRepository, Release, check_ref, parse_spec


def open_source(
    spec: str, ref: str | None, *, cache: Path, progress: Callable[[str], None], limits: SourceLimits = LIMITS
) -> Snapshot:
    """The snapshot that `spec` (a git URL, a local repository, name==version or installed:name) names at `ref`.

    `cache` is the user's cache folder; mirrors and archives are kept in it. `progress` gets one short line at the
    start of each slow step and none when nothing is fetched. UsageError when the arguments are malformed or refused
    (before anything is spawned), SourceError when the source cannot be had.
    """
    if ref is not None:
        check_ref(ref)
    place = parse_spec(spec)
    match place:
        case GitUrl():
            from miner.source.remote import open_remote  # noqa: PLC0415 - GitPython is slow to import

            return open_remote(place, ref, cache=cache, home=_empty_home(cache), progress=progress, limits=limits)
        case LocalRepository():
            from miner.source.repository import open_local  # noqa: PLC0415 - GitPython is slow to import

            return open_local(place.path, ref, home=_empty_home(cache), limits=limits)
        case Release():
            if ref is not None:
                raise UsageError("a release has no refs: leave out --ref, or give the version after ==")
            from miner.source.release import open_release  # noqa: PLC0415 - the index client is slow to import

            return open_release(place, cache=cache, progress=progress, limits=limits)
        case Installed():
            if ref is not None:
                raise UsageError("what is installed has no refs: leave out --ref")
            from miner.source.distribution import open_installed  # noqa: PLC0415 - only this source needs it

            return open_installed(place.name, limits=limits)


def identify(spec: str, ref: str | None, *, cache: Path) -> Identity | None:
    """What `spec` names, where that is known without reading the source: a release that has been read before.

    None says nothing about the source; `open_source` tells. A malformed `spec` ends as it does there.
    """
    if ref is not None:
        return None
    place = parse_spec(spec)
    if not isinstance(place, Release):
        return None
    from miner.source.release import identify_release  # noqa: PLC0415 - the index client is slow to import

    return identify_release(place, cache=cache)


def _empty_home(cache: Path) -> Path:
    """A folder in which git finds no configuration, standing for the user's home."""
    home = cache / "empty-home"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if any(home.iterdir()):
            raise SourceError(f"{home} must stay empty: remove what is in it")
    except OSError as error:
        raise SourceError(f"the cache folder {cache} cannot be used: {error.strerror or error}") from None
    return home.resolve()
