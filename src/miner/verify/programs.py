"""Programs that a simulated machine has or lacks, with the files and variables by which libraries find them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from miner.detect.idiom import load_idioms
from miner.detect.primitive import Program
from miner.formula.subject import version as parsed


def without(name: str) -> dict[str, Any]:
    """Return the part of a simulated machine that lacks a program."""
    return {"binaries": {name: False}, **_hidden(name)}


def having(name: str, version: str) -> dict[str, Any]:
    """Return the part of a simulated machine that has a program in this version."""
    made: dict[str, Any] = {"binaries": {name: True}, **_hidden(name)}
    known, found = _programs().get(name), parsed(version)
    if known is not None and found is not None:
        whole = f"{found.major}.{found.minor}.{found.micro}"
        slots = {"version": whole, "major": found.major, "minor": found.minor}
        made["folders"] = {name: {path: text.format(**slots) for path, text in known.files.items()}}
    return made


def variables(name: str) -> tuple[str, ...]:
    """Return the environment variables in which the folder of a program is looked for."""
    known = _programs().get(name)
    return () if known is None else known.variables


def _hidden(name: str) -> dict[str, Any]:
    """Return where a program is not, whatever this machine has."""
    known = _programs().get(name)
    return {} if known is None else {"env": dict.fromkeys(known.variables), "hidden": list(known.places)}


@cache
def _programs() -> Mapping[str, Program]:
    return {each.name: each for each in load_idioms().probe.programs}
