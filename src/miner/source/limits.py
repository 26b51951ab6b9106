"""Every bound that reading a source respects, in one record, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class SourceLimits:
    """Bounds on trees and archives; what exceeds a bound on one member costs that member, else the source is refused.

    max_entries: torch, the largest library read so far, has about 20,000 files; a nested-tree bomb has billions.
    max_path_bytes: Linux's PATH_MAX, above which no tool could have checked the file out.
    max_member_bytes: a Python file is never this large; a native library in a wheel may be.
    max_total_bytes: the largest wheels with native libraries unpack to about 3 GiB.
    max_download_bytes: the largest wheels on an index are about 1 GiB.
    max_ratio, ratio_free_bytes: source text compresses 4 to 12 times, a decompression bomb about 1,000 times; small
    archives of repeated text are left alone.
    max_read_bytes: tarfile reads an extended header in one piece; honest ones are a few KiB.
    keep_member_bytes, keep_total_bytes: what of an archive stays in memory (all Python text of transformers is
    53 MB); anything else is read from the archive again when asked for.
    dirty_files: how many files of a work tree are compared with the commit before the answer is "may differ".
    read_seconds: a reading verb that takes longer hangs on something, for instance a pipe included as configuration.
    """

    max_entries: int = 300_000
    max_path_bytes: int = 4096
    max_member_bytes: int = 2048 * MIB
    max_total_bytes: int = 4096 * MIB
    max_download_bytes: int = 2048 * MIB
    max_ratio: int = 100
    ratio_free_bytes: int = 16 * MIB
    max_read_bytes: int = 2 * MIB
    keep_member_bytes: int = 8 * MIB
    keep_total_bytes: int = 192 * MIB
    dirty_files: int = 20_000
    read_seconds: float = 300.0


LIMITS = SourceLimits()
