"""A release on the package index: found once, downloaded once, checked at every use, read as an archive."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from miner.errors import SourceError
from miner.model.snapshot import Identity, Snapshot, SourceRecord
from miner.source.archive import read_archive
from miner.source.limits import SourceLimits
from miner.source.pipconf import configuration_files, index_configuration
from miner.source.spec import Release
from miner.source.text import visible
from miner.source.vault import Resolution, Vault


def open_release(release: Release, *, cache: Path, progress: Callable[[str], None], limits: SourceLimits) -> Snapshot:
    """The snapshot of `release`; without network when it has been read before under the same pip configuration."""
    configuration = index_configuration(os.environ, configuration_files(os.environ))
    vault = Vault(cache)
    try:
        resolution = vault.recall(release, configuration)
        archive = vault.archive(resolution) if resolution is not None else None
        if resolution is None or archive is None:
            from miner.source.download import bring_release  # noqa: PLC0415 - the index client is slow to import

            resolution = bring_release(release, configuration, vault, progress, limits)
            vault.remember(release, configuration, resolution)
            archive = vault.archive(resolution)
    except OSError as error:
        raise SourceError(f"the cache folder {cache} cannot be used: {error.strerror or error}") from None
    if archive is None:
        raise SourceError(f"{visible(resolution.filename)} disappeared from the cache folder: try again")
    return _snapshot(resolution, archive, vault, limits)


def identify_release(release: Release, *, cache: Path) -> Identity | None:
    """The identity of a release whose archive has been read before under the same pip configuration, else None."""
    vault = Vault(cache)
    try:
        resolution = vault.recall(release, index_configuration(os.environ, configuration_files(os.environ)))
        tree = vault.tree(resolution) if resolution is not None else None
    except (OSError, SourceError):
        return None
    if resolution is None or tree is None:
        return None
    return Identity(_record(resolution, tree), _notes(resolution))


def _record(resolution: Resolution, tree: str) -> SourceRecord:
    return SourceRecord(
        kind="index",
        name=resolution.name,
        version=resolution.version,
        revision=resolution.sha256,
        tree=tree,
        archive=resolution.filename,
    )


def _snapshot(resolution: Resolution, archive: Path, vault: Vault, limits: SourceLimits) -> Snapshot:
    contents = read_archive(archive, limits)
    vault.note_tree(resolution, contents.tree)
    return Snapshot(
        source=_record(resolution, contents.tree),
        entries=contents.entries,
        read=contents.read,
        refused=contents.refused,
        notes=_notes(resolution),
    )


def _notes(resolution: Resolution) -> tuple[str, ...]:
    notes = []
    if resolution.yanked is not None:
        reason = f": {visible(resolution.yanked)}" if resolution.yanked not in ("", "True") else ""
        notes.append(f"{resolution.name} {resolution.version} was yanked from the index{reason}")
    if not resolution.stated:
        notes.append("the index states no SHA-256 for this archive; the one recorded was computed here")
    return tuple(notes)
