"""The installed command as a process: streams, signals, colours, encodings."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

MINER = Path(sys.executable).with_name("miner")


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what a terminal or locale would say, and with `changes`."""
    without = (
        "NO_COLOR",
        "FORCE_COLOR",
        "TERM",
        "COLUMNS",
        "LINES",
        "LC_ALL",
        "LANG",
        "PYTHONIOENCODING",
        "PYTHONUTF8",
    )
    return {key: value for key, value in os.environ.items() if key not in without} | changes


def on_a_terminal(arguments: list[str], **changes: str) -> tuple[int, bytes]:
    """Run the command with standard output on a pseudo-terminal; return its exit code and what it wrote there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [MINER, *arguments], stdout=theirs, stderr=subprocess.DEVNULL, env=environment(**changes)
    ) as run:
        os.close(theirs)
        written = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError:  # Linux: the other side has been closed
                break
            if not block:
                break
            written += block
    os.close(ours)
    return run.returncode, written


def test_a_reader_that_goes_away_is_no_error_message() -> None:
    """`miner schema formula | head -c 1` says nothing."""
    with subprocess.Popen([MINER, "schema", "formula"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 4


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_under_standard_output_is_one_line() -> None:
    """Exit code 4: output could not be written."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([MINER, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr == "miner: error: standard output could not be written: No space left on device\n"


def test_a_closed_standard_output_is_one_line() -> None:
    """And not a trace about None."""
    done = subprocess.run(["sh", "-c", f"exec '{MINER}' schema >&-"], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (4, "miner: error: standard output is closed\n")


def test_colours_are_for_terminals_and_not_for_who_declines_them() -> None:
    """NO_COLOR is honoured; what a program reads has none."""
    code, colourful = on_a_terminal(["schema"], TERM="xterm-256color")
    assert (code, b"\x1b[" in colourful) == (0, True)
    code, plain = on_a_terminal(["schema"], TERM="xterm-256color", NO_COLOR="1")
    assert (code, b"\x1b[3" in plain) == (0, False)
    done = subprocess.run([MINER, "schema"], capture_output=True, env=environment(TERM="xterm-256color"), check=True)
    assert b"\x1b" not in done.stdout


def test_the_result_is_written_in_any_locale() -> None:
    """A character that the encoding lacks is an escape, never an error."""
    program = "from miner.cli.stream import emit; emit('caf\\u00e9 \\ud800\\n')"
    for encoding, expected in (("ascii", b"caf\\xe9 \\ud800\n"), ("utf-8", b"caf\xc3\xa9 \\ud800\n")):
        changed = environment(PYTHONIOENCODING=encoding, LC_ALL="C")
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=changed, check=True)
        assert done.stdout == expected
