"""Advisory locks on folders: released by the system when their holder dies, and leaving no file behind."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miner.errors import OutputError


def try_lock(descriptor: int) -> bool | None:
    """Lock an open folder without waiting: True when locked, False when another holds it, None when not supported."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None  # some network file systems: work goes on without the lock
    return True


@contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the lock of `folder`; OutputError when another run has held it for `seconds`."""
    descriptor = -1
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        deadline = time.monotonic() + seconds
        while try_lock(descriptor) is False:
            if time.monotonic() > deadline:
                raise OutputError(f"another run is writing into {str(folder)!r}; try again when it has ended")
            time.sleep(0.02)
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)
