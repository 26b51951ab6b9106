"""This computer, or another interpreter of it, as a machine: from metadata, and from torch in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from miner.errors import SourceError
from miner.machine.record import Machine

_PROBE = Path(__file__).with_name("probe.py")
_SECONDS = {"facts": 60, "framework": 180}
_FACTS = ("python", "os", "packages", "modules", "driver", "devices", "toolkit", "features")
NAME = "this computer"


def this_machine(
    python: str | None = None,
    variables: Iterable[str] = (),
    binaries: Iterable[str] = (),
    features: Iterable[str] = (),
) -> tuple[Machine, tuple[str, ...]]:
    """Return what this computer offers to the interpreter `python` (None: the one that runs miner), and what is unsure.

    Of the environment only `variables` are read, of the programs on PATH only `binaries` are looked for, and of torch
    only `features`: attributes, or with brackets behind them questions that it answers. torch is imported, in a process
    of its own, only where it is installed; where that fails the devices are unknown, and a note says why.

    Raises SourceError when the interpreter cannot be run.
    """
    facts = _run(python or sys.executable, "facts")
    notes: list[str] = []
    try:
        facts |= _run(python or sys.executable, "framework", *sorted(set(features)))
    except SourceError as problem:
        notes.append(f"the devices are unknown: {problem}")
    if "devices" not in facts and not notes:
        notes.append("the devices are unknown: torch is not installed")
    env = {name: os.environ.get(name, False) for name in sorted(set(variables))}  # noqa: PLW1508
    looked_for = {name: shutil.which(name) is not None for name in sorted(set(binaries))}
    return machine_of(facts, NAME, env, looked_for), tuple(notes)


def machine_of(
    facts: dict[str, Any],
    name: str,
    env: dict[str, Any],
    binaries: dict[str, bool],
    more: Iterable[str] = (),
) -> Machine:
    """Return what the probe says of a computer as a machine; `more` tables are complete besides those it always is."""
    facts = {key: facts[key] for key in _FACTS if key in facts}
    facts["packages"] = {name: _version(stated) for name, stated in facts["packages"].items()}
    installed = {canonicalize_name(name) for name in facts["packages"]}
    facts["modules"] = {
        name: owner
        for name, owner in facts["modules"].items()
        if owner is True
        or (canonicalize_name(owner) in installed and canonicalize_name(name) != canonicalize_name(owner))
    }
    if isinstance(facts.get("driver"), str):
        facts["driver"] = _version(facts["driver"])
    complete = ["packages", "modules", *(["devices"] if "devices" in facts else []), *more]
    facts |= {"name": name, "env": env, "binaries": binaries, "complete": complete}
    return msgspec.convert({key: value for key, value in facts.items() if value is not None}, Machine)


def _run(python: str, what: str, *features: str) -> dict[str, Any]:
    """Run the probe with an interpreter; SourceError, in one line, when that does not answer."""
    try:
        done = subprocess.run(  # noqa: S603  the interpreter that the user names
            [python, str(_PROBE), what, *features], capture_output=True, timeout=_SECONDS[what], check=False, text=True
        )
    except OSError as error:
        raise SourceError(f"{python}: cannot be run: {error.strerror}; name another with --python") from error
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{python}: no answer in {_SECONDS[what]} seconds") from error
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        said = done.stderr.strip().splitlines()
        raise SourceError(f"{python}: {said[-1] if said else f'ended with {done.returncode}'}")
    try:
        return msgspec.json.decode(lines[-1], type=dict[str, Any])  # what a library prints on its import goes before
    except msgspec.DecodeError as error:
        raise SourceError(f"{python}: answered something that is no JSON") from error


def _version(stated: object) -> str | bool:
    """Return a version as it is stated where it is one, else that it is there."""
    try:
        return str(Version(str(stated))) if stated is not True else True
    except InvalidVersion:
        return True
