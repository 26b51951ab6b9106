"""Brings the archive of one release from the configured index into the vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec
from unearth import Link
from unearth.fetchers.sync import PyPIClient

from miner.errors import SourceError
from miner.source.index import CLIENT_ERRORS, find_release, index_client, place_name
from miner.source.limits import MIB, SourceLimits
from miner.source.pipconf import IndexConfiguration
from miner.source.spec import Release
from miner.source.text import visible
from miner.source.vault import Resolution, Vault

if TYPE_CHECKING:
    from httpx2 import Response

Progress = Callable[[str], None]


def bring_release(
    release: Release, configuration: IndexConfiguration, vault: Vault, progress: Progress, limits: SourceLimits
) -> Resolution:
    """Looks `release` up, downloads its archive unless the vault has it, and says what it is."""
    progress(f"look up {release.name}=={release.version}")
    with index_client(configuration) as client:
        package = find_release(release, configuration, client)
        link = package.link
        expected = _stated_sha256(link)
        resolution = Resolution(
            name=release.name,
            version=str(release.version),
            filename=link.filename,
            sha256=expected or "",
            stated=expected is not None,
            yanked=None if link.yank_reason is None else str(link.yank_reason),
        )
        if expected is not None and vault.archive(resolution) is not None:
            return resolution
        try:
            digest = vault.store(_pieces(client, link, progress, limits), link.filename, expected)
        except CLIENT_ERRORS as error:
            if isinstance(error, OSError) and error.filename is not None:
                raise
            raise SourceError(
                f"{visible(link.filename)} could not be downloaded from {place_name(link.url)}: "
                f"{visible(str(error) or type(error).__name__)}"
            ) from None
    return msgspec.structs.replace(resolution, sha256=digest)


def _stated_sha256(link: Link) -> str | None:
    stated = (link.hash_option or {}).get("sha256")
    return stated[0].lower() if stated else None


def _pieces(client: PyPIClient, link: Link, progress: Progress, limits: SourceLimits) -> Iterator[bytes]:
    """The archive as it arrives, at most as much as the limit and exactly as much as announced."""
    with client.get_stream(link.url_without_fragment, headers={"Accept-Encoding": "identity"}) as response:
        if response.status_code != 200:
            raise SourceError(
                f"{visible(link.filename)} could not be downloaded: "
                f"{place_name(link.url)} answers with status {response.status_code}"
            )
        announced = _announced(response)
        progress(f"download {visible(link.filename)}" + (f" ({announced / MIB:.1f} MiB)" if announced else ""))
        size = 0
        for piece in response.iter_bytes(1 << 18):
            size += len(piece)
            if size > limits.max_download_bytes:
                raise SourceError(f"{visible(link.filename)} is larger than {limits.max_download_bytes} bytes: refused")
            yield piece
        if announced is not None and size != announced:
            raise SourceError(f"{visible(link.filename)} arrived cut: {size} of {announced} bytes; try again")


def _announced(response: Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isdecimal() else None
