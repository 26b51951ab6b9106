"""The child side of the pool: one process that works through runs of payloads and answers each in turn.

Whatever a payload does to it, it costs only itself: an exception becomes an answer, and a death is seen by the parent
as the end of the pipe. Nothing is pickled; the work is named by `module:function`.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from pkgutil import resolve_name
from typing import Literal

import msgspec

Work = Callable[[bytes], bytes]
Kind = Literal["ready", "done", "failed", "spent", "broken"]

_REASON_LENGTH = 200
"""A reason is a line in a table; what does not fit says nothing more."""
_LONGEST_TEXT = 4096
"""Of an exception's text, before its first line is looked for."""
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_ABSOLUTE_PATH = re.compile(r"(?<![\w.~/-])/(?:[^\s/'\":,()]+/)+[^\s/'\":,()]*")


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """One message to the parent.

    `ready`: the work is imported. `done`: `value` is the result of the next payload. `failed`: `reason` instead.
    `spent`: as failed, but for want of memory, and the worker ends. `broken`: the work cannot be imported.
    `cpu`: seconds since the process began. `peak`: bytes, told with the last answer of a run.
    """

    kind: Kind
    value: bytes = b""
    reason: str = ""
    cpu: float = 0.0
    peak: int = 0


def serve(connection: Connection, work_name: str, memory: int, longest: int) -> None:
    """Answer runs (msgpack arrays of payloads) until the parent closes the pipe."""
    _isolate(memory)
    try:
        work: Work = resolve_name(work_name)
    except BaseException as error:  # noqa: BLE001  told to the parent, which stops
        _send(connection, Reply("broken", reason=describe(error)))
        return
    _send(connection, Reply("ready", cpu=time.process_time(), peak=_peak()))
    while True:
        try:
            payloads = msgspec.msgpack.decode(connection.recv_bytes(), type=list[bytes])
        except (EOFError, OSError):
            return
        for left, payload in zip(reversed(range(len(payloads))), payloads, strict=True):
            reply = attempt(work, payload, longest)
            peak = 0 if left else _peak()
            _send(connection, msgspec.structs.replace(reply, cpu=time.process_time(), peak=peak))
            if reply.kind == "spent":
                return


def attempt(work: Work, payload: bytes, longest: int, *, is_interruptible: bool = False) -> Reply:
    """Return what `work` makes of `payload`, or why it did not; results over `longest` bytes are refused."""
    try:
        value = work(payload)
    except KeyboardInterrupt as error:
        if is_interruptible:
            raise
        return Reply("failed", reason=describe(error))
    except MemoryError as error:
        return Reply("spent", reason=describe(error))
    except BaseException as error:  # noqa: BLE001  a file's outcome is made here
        return Reply("failed", reason=describe(error))
    if type(value) is not bytes:
        return Reply("failed", reason=f"TypeError: the work returned {type(value).__name__}, not bytes")
    if len(value) > longest:
        return Reply("failed", reason=f"a result of {len(value)} bytes is over the limit of {longest}")
    return Reply("done", value=value)


def describe(error: BaseException) -> str:
    """Return `Name: first line`, the same on every machine: no addresses, no absolute paths, nothing unprintable."""
    try:
        text = str(error)[:_LONGEST_TEXT].strip()
    except BaseException:  # noqa: BLE001  an exception that cannot even be shown
        text = ""
    line = re.split(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", text, maxsplit=1)[0]
    line = _ABSOLUTE_PATH.sub("<path>", _ADDRESS.sub("<address>", line))
    whole = f"{type(error).__name__}: {line}" if line else type(error).__name__
    visible = "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in whole[:_REASON_LENGTH]
    )
    return visible[:_REASON_LENGTH]


def _isolate(memory: int) -> None:
    """Ctrl-C is the parent's business; no output, no core file; bounded memory; no life after the parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_DATA, memory)
    _die_with_parent()


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(limit, (value, hard))


def _die_with_parent() -> None:
    """Have the kernel end this process when the parent's end of their pipe closes, even within a call that hangs.

    On Linux SIGIO ends a process that does not handle it. Elsewhere the closed pipe is seen at the next message.
    """
    parent = parent_process()
    if sys.platform != "linux" or parent is None:
        return
    import fcntl  # noqa: PLC0415  only here

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    descriptor = parent.sentinel
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
    if not parent.is_alive():
        os._exit(1)


def _send(connection: Connection, reply: Reply) -> None:
    try:
        connection.send_bytes(msgspec.msgpack.encode(reply))
    except OSError:
        os._exit(1)  # the parent is gone


def _peak() -> int:
    """Return the peak resident memory in bytes; `ru_maxrss` alone would count the parent's, from before exec."""
    try:
        status = Path("/proc/self/status").read_bytes()
        return int(status.partition(b"VmHWM:")[2].split(maxsplit=1)[0]) * 1024
    except (OSError, IndexError, ValueError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
