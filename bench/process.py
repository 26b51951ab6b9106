"""Runs one program and measures it: processor time, wall time, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


@dataclass(frozen=True)
class Measure:
    """What a program took: seconds of processor and wall, bytes of resident memory in its largest process."""

    name: str
    cpu: float
    wall: float
    memory: int

    def at_least(self, cpu: float, memory: int) -> Measure:
        """Return this with what the program reports of its own workers where that is more: not all are waited for."""
        return replace(self, cpu=max(self.cpu, cpu), memory=max(self.memory, memory))


def measured(name: str, command: list[str | Path], log: Path, **environment: str) -> tuple[Measure, str]:
    """Run `command` and return what it took and what it wrote to standard output.

    Standard error goes to `log`. Raises SystemExit, with the end of that log, when the command fails.
    """
    out = log.with_suffix(".out")
    with log.open("wb") as errors, out.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=os.environ | environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 5):  # 5: done, with failed files
        sys.exit(f"bench: {name} ended with {process.returncode}:\n{log.read_text(errors='replace')[-2000:]}")
    taken = Measure(name, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * _UNIT)
    return taken, out.read_text(encoding="utf-8", errors="replace")


def miner(name: str, spec: str, graph: Path, log: Path, **environment: str) -> tuple[Measure, dict[str, Any]]:
    """Run `miner extract`; what it reports of its workers is taken where that is more."""
    program = Path(sys.executable).with_name("miner")
    command = [program, "extract", "--repo", spec, "--output", graph, "--format", "json"]
    taken, text = measured(name, command, log, **environment)
    document = json.loads(text)
    return taken.at_least(document["run"]["cpu_seconds"], document["run"]["peak_rss_bytes"]), document
