"""Work for the tests of the pool: each payload says what to do to the worker that gets it."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import sys
import time


class Wordless(BaseException):
    """Cannot be shown and cannot be pickled."""

    def __init__(self, lock: object) -> None:
        super().__init__(lock)
        self.hold = lambda: lock

    def __str__(self) -> str:
        raise RuntimeError("no words")


def act(payload: bytes) -> bytes:
    """Do what `payload` names; any other payload is returned in upper case."""
    word, _, argument = payload.decode().partition(" ")
    actions = {
        "segv": lambda: ctypes.string_at(0),
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "abort": os.abort,
        "leave": lambda: os._exit(int(argument)),
        "exit": lambda: sys.exit(3),
        "interrupt": lambda: (_ for _ in ()).throw(KeyboardInterrupt()),
        "hang": lambda: time.sleep(600),
        "spin": _spin,
        "memory": lambda: [bytearray(1 << 26) for _ in range(1 << 12)],
        "map": lambda: mmap.mmap(-1, 1 << 40, flags=mmap.MAP_PRIVATE),
        "raise": lambda: (_ for _ in ()).throw(ValueError(argument.replace("|", "\n"))),
        "wordless": lambda: (_ for _ in ()).throw(Wordless(object())),
        "recursion": _recur,
        "text": lambda: "not bytes",
        "huge": lambda: b"x" * int(argument),
        "print": lambda: (os.write(1, b"noise"), os.write(2, b"noise"), b"quiet")[2],
        "pid": lambda: str(os.getpid()).encode(),
        "modules": lambda: " ".join(sorted(sys.modules)).encode(),
        "sleep": lambda: (time.sleep(float(argument)), payload)[1],
        "once": lambda: _once(argument),
    }
    return actions.get(word, payload.upper)()  # type: ignore[return-value]


def _spin() -> None:
    while True:
        pass


def _recur() -> object:
    return [_recur()]


def _once(marker: str) -> bytes:
    """Die the first time, live the second."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return b"alive"
    os._exit(7)
