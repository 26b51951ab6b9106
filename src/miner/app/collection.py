"""Python's cyclic garbage collector, told to look less often: mining makes many records that all stay alive."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_ALLOCATIONS = 20_000_000
"""Between two looks at the youngest records; Python's own 700 cost a tenth of a cold extract. What is cyclic, the items
of a file, is taken apart when the file is done."""


def collect_rarely() -> None:
    """Collect rarely from now on: for a worker process that does nothing else."""
    gc.set_threshold(_ALLOCATIONS, 50, 50)


@contextmanager
def rare_collection() -> Iterator[None]:
    """Collect rarely within the block, and as before after it, but nothing of what is there then: the process ends."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*before)
