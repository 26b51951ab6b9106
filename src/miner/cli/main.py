"""The entry point: runs a command and turns however it ends into an exit code and at most one line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from miner.errors import MinerError, OutputError, UsageError

_INTERRUPTED = 130
_INTERNAL = 70


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    code = run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # how it ended is settled: no trace from the interpreter's own end
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run `miner` with `arguments` and return the exit code; whatever goes wrong is told in one line."""
    from miner.cli.stream import say  # noqa: PLC0415  (inside, so that an interrupt at any time is met)

    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        say("interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        return OutputError.exit_code
    except MinerError as error:
        _trace()
        say(f"error: {error}")
        return error.exit_code
    except Exception as error:  # noqa: BLE001  (the last line of defence: nobody is left to handle it)
        _trace()
        hint = "" if os.environ.get("MINER_TRACEBACK") else " (set MINER_TRACEBACK=1 to see where)"
        say(f"internal error: {type(error).__name__}: {error}{hint}")
        return _INTERNAL


def _dispatch(arguments: Sequence[str]) -> int:
    import click  # noqa: PLC0415

    from miner.cli.group import miner  # noqa: PLC0415

    if os.environ.get("_MINER_COMPLETE"):
        miner.main(prog_name="miner")
    try:
        with miner.make_context("miner", list(arguments)) as context:
            return int(miner.invoke(context) or 0)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        where = getattr(error, "ctx", None)
        path = where.command_path if where is not None else "miner"
        message = error.format_message().rstrip(".")
        raise UsageError(f"{message}; see `{path} --help`") from error
    except click.Abort as error:
        raise KeyboardInterrupt from error


def _trace() -> None:
    if os.environ.get("MINER_TRACEBACK"):
        import traceback  # noqa: PLC0415

        traceback.print_exc()
