"""Running a bundle with the Python that is looked at, and reading back what it found."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from miner.errors import SourceError, UsageError
from miner.verify.plan import FORMAT

_FIELDS = ("format", "plan", "probes", "levels", "device", "machine", "looks", "seconds")
_GRACE = 900.0


def run(
    python: str,
    bundle: bytes,
    levels: Sequence[str],
    device: str,
    minutes: float,
    lines: Path | None,
    advance: Callable[[int], None],
    cap: float | None = None,
) -> dict[str, Any]:
    """Run a bundle with an interpreter and return its results; `lines` keeps every look, so that a run can go on.

    `cap` is a simulated budget of memory in GiB.

    `advance` is told now and then how many more looks there were. Raises SourceError when the interpreter cannot be
    run or gives no results.
    """
    with tempfile.TemporaryDirectory(prefix="miner-verify-") as place:
        archive, results = Path(place) / "run.zip", Path(place) / "results.json"
        archive.write_bytes(bundle)
        command = [python, str(archive), "--results", str(results), "--minutes", str(minutes)]
        command += ["--levels", ",".join(levels), "--device", device, "--tell"]
        command += ["--lines", str(lines)] if lines is not None else []
        command += ["--cap-memory", str(cap)] if cap is not None else []
        try:
            process = subprocess.Popen(  # noqa: S603  the interpreter that the user names
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                text=True, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise SourceError(f"{python}: cannot be run: {error.strerror}; name another with --python") from error
        said, told = "", 0
        assert process.stderr is not None
        try:
            for line in process.stderr:
                number, _, rest = line.partition(" ")
                if rest.strip() == "looks" and number.isdigit():
                    advance(int(number) - told)
                    told = int(number)
                else:
                    said = line.strip() or said
            process.wait(timeout=_GRACE)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stderr.close()
        if process.returncode or not results.exists():
            raise SourceError(f"{python}: the probes ended with {process.returncode}: {said}")
        return read(results)


def read(path: Path) -> dict[str, Any]:
    """Return the results in a file; UsageError, in one line, when it is none of this format."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: not the results of a bundle: {error}") from error
    if not isinstance(found, dict) or any(name not in found for name in _FIELDS):
        raise UsageError(f"{path}: not the results of a bundle")
    if found["format"] != FORMAT:
        raise UsageError(f"{path}: results of format {found['format']}; this miner reads {FORMAT}")
    return found


def prepare(folder: Path, library: str, version: str | None) -> str:
    """Make an environment in `folder` with the release of a graph and torch, and return its interpreter.

    Raises UsageError when the graph is of no release, SourceError when the packages cannot be installed.
    """
    if version is None:
        raise UsageError(f"{library}: the graph is of no release, so no environment can be made for it")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", f"{library}=={version}", "torch"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own arguments
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise SourceError(f"{folder}: pip cannot install {library}=={version}: {said[-1] if said else ''}")
    return str(python)
