"""Two folders change places in one step, where the system can do that."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_LINUX_EXCHANGE = 2
_MACOS_SWAP = 2


def exchange(first: Path, second: Path) -> bool:
    """Swap two existing paths of one file system atomically; False when the system or file system cannot.

    Linux: renameat2(2) with RENAME_EXCHANGE, in the C library since glibc 2.28. macOS: renamex_np(2), RENAME_SWAP.
    """
    library = ctypes.CDLL(None)
    source, target = os.fsencode(first), os.fsencode(second)
    try:
        if sys.platform == "darwin":
            return bool(library.renamex_np(source, target, ctypes.c_uint(_MACOS_SWAP)) == 0)
        return bool(library.renameat2(_AT_FDCWD, source, _AT_FDCWD, target, ctypes.c_uint(_LINUX_EXCHANGE)) == 0)
    except AttributeError:
        return False
