"""The installed command as a process of its own, with nothing of this process's environment but what it needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

MINER = Path(sys.executable).with_name("miner")
_KEPT = ("PATH", "TMPDIR", "COVERAGE_PROCESS_START")
_INDEX = ("PIP_", "SSL_CERT_", "REQUESTS_CA_", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy")


def surroundings(folder: Path, *, online: bool = False, **changes: str) -> dict[str, str]:
    """Return an environment with a home and a cache below `folder`; `online` keeps how the package index is reached."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    if online:
        kept |= {name: value for name, value in os.environ.items() if name.startswith(_INDEX)} | {
            "HOME": os.environ.get("HOME", str(folder))
        }
    else:
        kept |= {"HOME": str(folder), "PIP_CONFIG_FILE": os.devnull}
    return kept | {"XDG_CACHE_HOME": str(folder / "cache"), "LC_ALL": "C.UTF-8"} | changes


def run(
    *arguments: str | Path,
    folder: Path,
    environment: dict[str, str] | None = None,
    seconds: float = 120,
    wrapper: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run `miner` in `folder`; a run over time is ended with all that it started."""
    process = subprocess.Popen(
        [*wrapper, str(MINER), *map(str, arguments)],
        cwd=folder,
        env=environment if environment is not None else surroundings(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        start_new_session=True,
    )
    try:
        out, errors = process.communicate(timeout=seconds)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)
