"""miner's own source, for the keys of what is kept: another code may find something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parent.parent


def own_source(*packages: str) -> Iterator[bytes]:
    """Yield the names and contents of the modules of some of miner's packages, in a fixed order, to be hashed."""
    for package in packages:
        for path in sorted((_ROOT / package).rglob("*.py")):
            yield path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
