"""Writing a folder of files with folders in it, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from miner.errors import OutputError

MARK = ".miner-export"
"""A file that says that a folder was written by this module and may be replaced by it."""


def write_tree(target: Path, files: Mapping[str, bytes]) -> None:
    """Write `files`, by relative path, as the folder `target`, in the place of one written before.

    Raises OutputError, leaving `target` as it was, when it holds anything else, or the disk does not take it.
    """
    target = target.absolute()
    scratch = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tmp")
    aside = target.with_name(f".{target.name}.{os.urandom(6).hex()}.old")
    try:
        if target.exists() and not _is_ours(target):
            raise OutputError(f"{str(target)!r} is no folder of an export, or not empty; name another folder")
        try:
            for path, data in {MARK: b"", **files}.items():
                place = scratch / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            if target.exists():
                target.rename(aside)
            scratch.rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as problem:
        raise OutputError(f"{str(target)!r} could not be written: {problem.strerror}") from problem


def _is_ours(target: Path) -> bool:
    return target.is_dir() and not target.is_symlink() and ((target / MARK).is_file() or not any(target.iterdir()))
