"""Versions of the distributions that this computer has installed, from their metadata."""

from __future__ import annotations

import importlib.metadata


def installed_version(name: str) -> str | None:
    """Return the version of a distribution, or None when it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
