"""Writing one file that the user names."""

from __future__ import annotations

from pathlib import Path

from miner.errors import OutputError


def write_file(path: Path, data: bytes) -> None:
    """Write a file; OutputError, in one line that names it, when that cannot be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
