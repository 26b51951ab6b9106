"""Standard output and standard error: the result goes to one, what is said about it to the other."""

from __future__ import annotations

import os
import sys

from miner.errors import OutputError
from miner.escape import visible


def emit(text: str) -> None:
    """Write a command's result to standard output and flush it.

    Raises `OutputError` when it cannot be written, and `BrokenPipeError` when the reader has gone.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        silence()
        raise
    except OSError as error:
        silence()
        raise OutputError(f"standard output could not be written: {error.strerror}") from error


def say(line: str) -> None:
    """Write one line about the run to standard error; a closed standard error is not an error."""
    if sys.stderr is None:
        return
    try:
        print(visible(f"miner: {line}"), file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        return


def silence() -> None:
    """Send what is still buffered for standard output nowhere, so that the interpreter can end quietly."""
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, sys.stdout.fileno())
    except (OSError, ValueError):  # not a real file: nothing is left to flush
        return
    finally:
        os.close(sink)
