"""Turning the facts that a gate asks for and its statement does not name, to see whether they make a difference."""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import simulation

_MOST = 12
"""Facts of one gate that are turned: one that asks for more is about something else."""
_IMPORT = "import:"
_DECIDED = frozenset({"effect", "passed", "answered"})
_VALUES = (None, "0", "1", "true")
_SYSTEMS = ("linux", "win32", "darwin")

Ask = tuple[int, int, int, str]
"""The job, its variant, a look of it by number, and the fact that is to be turned there."""


def asks_of(plan: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[Ask]:
    """Return what to turn: at one look for each decisive point that asks for it, every fact that is not explained."""
    by_job: dict[int, dict[tuple[int, int], Mapping[str, Any]]] = {}
    for row in rows:
        if row["part"] == "late":
            by_job.setdefault(row["key"][0], {})[row["key"][1], row["key"][2]] = row
    found: list[Ask] = []
    for number, looks in sorted(by_job.items()):
        job = plan["jobs"][number]
        variant = next(iter(looks))[0]
        stated = job["variants"][variant]
        asked = {fact for row in looks.values() for fact in row.get("reads", ())} - set(stated["explains"])
        asked = {fact for fact in asked if not fact.startswith(_IMPORT)} if len(asked) > _MOST else asked
        if not asked or len(asked) > _MOST:
            continue
        for of_point in stated["decisive"]:
            rows_there = {index: looks[variant, index] for index in of_point if (variant, index) in looks}
            for fact in sorted(asked):
                asking = (index for index, row in rows_there.items()
                          if row["outcome"] in _DECIDED and fact in row.get("reads", ()))  # fmt: skip
                found += [(number, variant, index, fact) for index in itertools.islice(asking, 1)]
    return found


def turned(machine: Mapping[str, Any], fact: str, real: Mapping[str, simulation.Listed]) -> Iterator[dict[str, Any]]:
    """Yield the machine with one fact otherwise than it is; none for what cannot be turned."""
    kind, _, name = fact.partition(":")
    match kind:
        case "module" | "import":
            root = name.partition(".")[0]
            owners = [each for each, listed in real.items() if root in listed.modules]
            if owners or importlib.util.find_spec(root) is not None:
                yield _with(machine, modules={root: False}, distributions=dict.fromkeys(owners))
            elif machine.get("modules", {}).get(root):  # the module alone: there is metadata or not
                yield _with(machine, modules={root: False})
            else:
                yield _with(machine, modules={root: True, name: True}, distributions={simulation.normal(root): "9999"})
        case "package" if name in machine.get("distributions", {}):  # the metadata alone: there is a module or not
            is_there = machine["distributions"][name] is not None
            yield _with(machine, distributions={name: None if is_there else "9999"})
        case "package" if name in real:
            yield _with(machine, modules=dict.fromkeys(real[name].modules, False), distributions={name: None})
        case "feature" | "attribute":
            for value in (False, True) if name.endswith(")") else (False,):
                yield _with(machine, features={name: value})
        case "device" | "count" | "capability" | "memory":
            yield from _devices(machine, kind, "cuda" if name == "any" else name)
        case "toolkit":
            for version in (None, "99.0"):
                yield _with(machine, toolkit={"rocm" if name == "hip" else name: version})
        case "os":
            here = machine.get("os", sys.platform)
            yield from (_with(machine, os=system) for system in _SYSTEMS if system != here)
        case "env":
            here = machine.get("env", {}).get(name, os.environ.get(name))
            yield from (_with(machine, env={name: value}) for value in _VALUES if value != here)
        case "binary":
            yield from (_with(machine, binaries={name: value}) for value in (False, True))


def _devices(machine: Mapping[str, Any], facet: str, kind: str) -> Iterator[dict[str, Any]]:
    others = [each for each in machine.get("devices") or () if each["kind"] != kind]
    own = next((each for each in machine.get("devices") or () if each["kind"] == kind), None)
    match facet:
        case "device" | "count":
            yield _with(machine, devices=others if own is not None else [*others, {"kind": kind, "count": 1}])
        case "capability" if own is not None:
            yield from (_with(machine, devices=[*others, {**own, "capability": each}]) for each in ("3.0", "99.0"))
        case "memory" if own is not None:
            yield from (_with(machine, devices=[*others, {**own, "memory_gib": each}]) for each in (1, 4096))


def _with(machine: Mapping[str, Any], **tables: Any) -> dict[str, Any]:
    """Return a machine with some facts of its tables otherwise."""
    merged = {
        name: {**machine.get(name, {}), **value} if isinstance(value, dict) else value for name, value in tables.items()
    }
    return {**machine, **merged}
