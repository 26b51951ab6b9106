"""Runs a plan: every look at every gate, in boxed processes, and writes what happened as one JSON document.

`python run.zip [--results FILE] [--lines FILE] [--minutes N] [--width N] [--levels S2,S3] [--device auto]
[--cap-memory GIB]`; each part
runs in a process of its own: `python run.zip part NAME`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from . import box, digest, estimate, experiment, kernel, looking, objects, server, simulation, turning

_PART_SECONDS = 600.0
_IMPORT_SECONDS = 240.0
_EVERY = 20
_WATCHED_SECONDS = 2.0
_MEASURED = ("experiment", "estimate")
_PROGRAMS = {"kernel": kernel.run, "experiment": experiment.run, "estimate": estimate.run}
"""What runs once, by a request, in a process of its own."""


def main(arguments: list[str], archive: str, plan: dict[str, Any]) -> int:
    """Run the whole plan, or with `part NAME` one part of it; returns the exit status."""
    if arguments[:1] == ["part"]:
        return _part(arguments[1:], plan)
    parser = argparse.ArgumentParser(prog="run.zip", description=f"Looks at the gates of {plan['library']}.")
    parser.add_argument("--results", help="write the results here instead of standard output")
    parser.add_argument("--lines", help="append every look to this file, and do not repeat those that are in it")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop starting new looks after this long")
    parser.add_argument("--width", type=int, default=os.cpu_count() or 1, help="looks at once")
    parser.add_argument("--levels", default="S2,S3,S4", help="of S2, S3, S4, S5")
    parser.add_argument("--tell", action="store_true", help="say the number of looks on standard error now and then")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:N, mps, xpu")
    parser.add_argument("--cap-memory", type=float, metavar="GIB", help="a simulated budget for S5, in GiB")
    options = parser.parse_args(arguments)
    run = _Run(archive, plan, options)
    results = run.results()
    text = json.dumps(results, indent=1)
    if options.results:
        Path(options.results).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text + "\n")
    return 0


class _Run:
    def __init__(self, archive: str, plan: dict[str, Any], options: argparse.Namespace) -> None:
        self._archive = archive
        self._plan = plan
        self._digest = digest.of_plan(plan)
        self._options = options
        self._levels = options.levels.split(",")
        self._end = time.monotonic() + options.minutes * 60
        self._notes: list[str] = []
        self._started = time.monotonic()
        self._cap = options.cap_memory * 1024 if options.cap_memory is not None else None
        self._count = 0

    def results(self) -> dict[str, Any]:
        """Run every part, and return what came out."""
        with tempfile.TemporaryDirectory(prefix="miner-verify-") as scratch:
            self._scratch = scratch
            done = self._read_lines()
            machine = {
                **self._one(["facts"], _IMPORT_SECONDS),
                **self._one(["framework", *self._plan["features"]], _IMPORT_SECONDS),
            }
            self._device = _chosen_device(self._options.device, machine.get("devices", []))
            looks: list[dict[str, Any]] = done
            known = {(row["part"], *row["key"]) for row in done}
            for part, level in (("late", "S2"), ("real", "S3")):
                if level in self._levels and self._plan["jobs"]:
                    left = self._end - time.monotonic()
                    said = {"seconds": left, "width": self._options.width, "machine": machine}
                    said["known"] = [list(each[1:]) for each in known if each[0] == part]
                    request = Path(scratch) / f"{part}.json"
                    request.write_text(json.dumps(said), encoding="utf-8")
                    looks += self._kept(self._many([part, str(request)], left + _IMPORT_SECONDS))
            if "S2" in self._levels:
                looks += self._kept(self._turned(looks, machine))
                looks += self._kept(self._boots({each[1] for each in known if each[0] == "boot"}))
            if "S4" in self._levels:
                looks += self._kept(self._alone("kernel", self._plan["kernels"], known))
            if "S5" in self._levels:
                for kind in _MEASURED:
                    looks += self._kept(self._alone(kind, self._plan[f"{kind}s"], known))
        return {
            "format": self._plan["format"],
            "plan": self._digest,
            "probes": digest.of_probes(self._archive),
            "levels": self._levels,
            "device": self._device,
            "cap_gib": self._options.cap_memory,
            "machine": machine,
            "looks": looks,
            "notes": self._notes,
            "seconds": round(time.monotonic() - self._started, 1),
        }

    def _turned(self, looks: list[dict[str, Any]], machine: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield what comes where a fact that a gate asks for, and is not to, is turned."""
        known = {tuple(row["key"]) for row in looks if row["part"] == "turned"}
        asks = [ask for ask in turning.asks_of(self._plan, looks) if ask not in known]
        left = self._end - time.monotonic()
        if not asks or left <= 0:
            return
        said = {"seconds": left, "width": self._options.width, "machine": machine, "asks": asks}
        request = Path(self._scratch) / "turned.json"
        request.write_text(json.dumps(said), encoding="utf-8")
        yield from self._many(["turned", str(request)], left + _IMPORT_SECONDS)

    def _kept(self, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        path = Path(self._options.lines) if self._options.lines else None
        with path.open("a", encoding="utf-8") if path is not None else contextlib.nullcontext() as lines:
            if lines is not None and not lines.tell():
                lines.write(json.dumps({"plan": self._digest}) + "\n")
            for row in rows:
                if "note" in row:
                    self._notes.append(row["note"])
                    continue
                self._count += 1
                if lines is not None:
                    lines.write(json.dumps(row) + "\n")
                    lines.flush()
                if self._options.tell and not self._count % _EVERY:
                    sys.stderr.write(f"{self._count} looks\n")
                    sys.stderr.flush()
                yield row

    def _read_lines(self) -> list[dict[str, Any]]:
        path = Path(self._options.lines) if self._options.lines else None
        if path is None or not path.exists():
            return []
        text = path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]  # a run that was cut may have left half a line
        if whole != text:
            path.write_text(whole, encoding="utf-8")
        head, *rows = [json.loads(line) for line in whole.splitlines()] or [{}]
        if head.get("plan") != self._digest:
            path.unlink()
            return []
        return [row for row in rows if row["part"] not in _MEASURED or row.get("budget", {}).get("mib") == self._cap]

    def _boots(self, known: set[int]) -> Iterator[dict[str, Any]]:
        """Yield what each machine that is put on before the import showed; `width` of them at once."""
        waiting = [index for index in range(len(self._plan["boots"])) if index not in known]
        running: dict[int, subprocess.Popen[bytes]] = {}
        while waiting or running:
            while waiting and len(running) < self._options.width and time.monotonic() < self._end:
                index = waiting.pop(0)
                running[index] = self._start(["boot", str(index)])
            if waiting and not running:
                return
            for index in list(running):
                try:
                    out, _ = running[index].communicate(timeout=0.2 if len(running) > 1 else 1.0)
                except subprocess.TimeoutExpired:
                    if time.monotonic() > self._end + _PART_SECONDS:
                        _kill(running[index])
                    continue
                yield {"part": "boot", "key": [index], **_last_answer(out, running.pop(index).returncode)}

    def _alone(self, kind: str, specs: list[dict[str, Any]], known: set[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
        """Yield what each kernel or experiment showed, each in a process of its own."""
        for index, spec in enumerate(specs):
            if time.monotonic() > self._end:
                return
            if (kind, index) in known:
                continue
            chosen = spec if kind == "estimate" else {"device": self._device, **spec}
            chosen |= {"cap_mib": self._cap} if kind != "kernel" and self._cap is not None else {}
            busy = {"load": _busy_cores()} if kind == "experiment" else {}
            yield {"part": kind, "key": [index], **self._one([kind, json.dumps(chosen)], _PART_SECONDS), **busy}

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        is_real = command[0] not in {"late", "boot"}
        return subprocess.Popen(  # noqa: S603  this program itself
            [sys.executable, self._archive, "part", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=box.environment(self._scratch, see_devices=is_real),
            cwd=self._scratch,
            start_new_session=True,
        )

    def _one(self, command: list[str], seconds: float) -> dict[str, Any]:
        process = self._start(command)
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            return {"outcome": "error", "message": f"no answer in {seconds:g} seconds"}
        return _last_answer(out, process.returncode)

    def _many(self, command: list[str], seconds: float) -> Iterator[dict[str, Any]]:
        process = self._start(command)
        until = time.monotonic() + seconds
        stream: IO[bytes] | None = process.stdout
        assert stream is not None
        try:
            for line in stream:
                yield json.loads(line)
                if time.monotonic() > until:
                    break
            else:
                if process.wait(timeout=10):
                    yield {"note": f"{command[0]}: ended with {process.returncode}"}
                return
            yield {"note": f"{command[0]}: out of time"}
        finally:
            _kill(process)


def _part(arguments: list[str], plan: dict[str, Any]) -> int:
    name, *rest = arguments
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    server.adopt()
    box.silence(out.fileno())
    if name in {"facts", "framework"}:
        told = importlib.import_module("machine_probe")  # beside this package in a bundle
        answer = told.facts() if name == "facts" else told.framework(rest)
    elif name == "boot":
        answer = _boot(plan, plan["boots"][int(rest[0])])
    elif name in _PROGRAMS:
        answer = _PROGRAMS[name](json.loads(rest[0]))
    else:
        for row in looking.looks(name, plan, json.loads(Path(rest[0]).read_text(encoding="utf-8"))):
            out.write(json.dumps(row) + "\n")
            out.flush()
        return 0
    out.write(json.dumps(answer) + "\n")
    out.flush()
    return 0


def _boot(plan: dict[str, Any], boot: dict[str, Any]) -> dict[str, Any]:
    simulation.Simulation(boot["machine"], plan["universe"], simulation.installed()).install()
    return {"outcome": "looked", "objects": objects.look(boot["names"])}


def _chosen_device(asked: str, devices: list[dict[str, Any]]) -> str:
    """Return the device that is asked for; for auto the first that there is, else the processor."""
    if asked != "auto":
        return asked
    kind = devices[0]["kind"] if devices else "cpu"
    return kind if kind in {"cpu", "mps"} else f"{kind}:0"


def _busy_cores() -> float | None:
    """Return how many cores others keep busy at the moment, where the system tells (Linux); None elsewhere."""

    def ticks() -> tuple[int, int]:
        fields = [int(each) for each in Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    try:
        before = ticks()
        time.sleep(_WATCHED_SECONDS)
        after = ticks()
    except (OSError, ValueError):
        return None
    share = (after[1] - before[1]) / max(after[0] - before[0], 1)
    return round((1 - share) * (os.cpu_count() or 1), 2)


def _last_answer(out: bytes, status: int) -> dict[str, Any]:
    lines = out.splitlines()
    try:
        answer = json.loads(lines[-1])
    except (IndexError, ValueError):
        return {"outcome": "error", "message": f"ended with {status} and no answer"}
    return answer if isinstance(answer, dict) else {"outcome": "error", "message": "answered something else"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
