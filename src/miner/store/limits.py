"""Every bound of the cache in one record, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CacheLimits:
    """Sizes in bytes, times in seconds."""

    sites_total: int = 512 << 20
    """A release of transformers has about 15 MB of sites: some thirty releases with all their neighbours."""
    site_value: int = 16 << 20
    """A larger value comes from a file that is cheaper to read again than to keep."""
    graphs_total: int = 1 << 30
    """A graph folder of transformers is some tens of MB: about twenty graphs."""
    busy: float = 2.0
    """Waiting longer for another writer costs more than the cache saves."""
    prune_to: float = 0.75
    """Pruning cuts this deep, so that it does not run on every write."""


CACHE_LIMITS = CacheLimits()
