"""What a program declares itself: the lowest version of each package that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from miner.formula.specifier import floor
from miner.link.declared import DeclarationError, is_declaration, read_declaration


def floors(paths: Iterable[Path]) -> dict[str, Version]:
    """Return the floors that the folders among `paths` declare for all their users, by canonical name, or `python`.

    What is declared of an extra, under a marker or without a lowest version counts for nothing, nor does a file that
    cannot be read as what its name says.
    """
    found: dict[str, Version] = {}
    for folder in paths:
        for path in _files(folder):
            try:
                rows = read_declaration(path.relative_to(folder).as_posix(), path.read_bytes())
            except (DeclarationError, OSError):
                continue
            for row in rows:
                least = None if row.extra or row.marker else lowest(row.specifier)
                if least is not None:
                    found[row.package] = max(least, found.get(row.package, least))
    return found


def lowest(specifier: str) -> Version | None:
    """Return the lowest version that a specifier names as one that is taken; None where it names none."""
    try:
        return floor(SpecifierSet(specifier))
    except InvalidSpecifier:
        return None


def is_taken(version: Version, specifier: str) -> bool:
    """Say whether a specifier, without a marker, takes a version."""
    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False


def _files(folder: Path) -> Iterator[Path]:
    """Yield the declarations at the top of a folder, and those of its metadata."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for inner in sorted(folder.iterdir()):
        if inner.name.endswith((".dist-info", ".egg-info")) and inner.is_dir():
            yield from (each for each in sorted(inner.iterdir()) if is_declaration(f"{inner.name}/{each.name}"))
        elif inner.is_file() and not inner.is_symlink() and is_declaration(inner.name):
            yield inner
