"""The use case that finds out on a machine whether what was mined is so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from packaging.utils import canonicalize_name

from miner.app.graph_at import graph_at
from miner.app.progress import Progress
from miner.errors import UsageError
from miner.explain.subject import find
from miner.model.node import Implementation, Predicate
from miner.model.snapshot import SourceRecord
from miner.store.file import write_file
from miner.store.graph_reader import Graph
from miner.verify import bundle
from miner.verify.host import measured
from miner.verify.plan import Plan, plan, statements
from miner.verify.recipe import recipes
from miner.verify.record import FILE, LEVELS, Level, Ran, Reason, Verification, recorded
from miner.verify.running import prepare, read, run
from miner.verify.verdict import Looks, Verdicts

__all__ = ["LEVELS", "Level", "Planned", "Request", "Verification", "recorded", "verify"]
_FACTS_MINUTES = 1.0
_LOOK_SECONDS = 0.02
_BOOT_SECONDS = 12.0
_KERNEL_SECONDS = 15.0
_EXPERIMENT_SECONDS = 45.0


@dataclass(frozen=True)
class Request:
    """What to verify: of which names (none: everything), up to which level, how, and where the record goes.

    `cap` is a simulated budget of memory, in GiB, for what is measured.
    """

    graph: str
    names: tuple[str, ...] = ()
    level: Level = "S3"
    device: str = "auto"
    minutes: float = 30.0
    python: str | None = None
    bundle: Path | None = None
    results: Path | None = None
    resume: Path | None = None
    record: Path | None = None
    prepare: Path | None = None
    cap: float | None = None


@dataclass(frozen=True)
class Planned:
    """What a run will do: how many looks and machines, and about how many minutes that takes."""

    library: SourceRecord
    looks: int
    boots: int
    kernels: int
    experiments: int
    unlooked: int
    minutes: float


def verify(request: Request, ask: Callable[[Planned], bool], progress: Progress) -> Verification | None:
    """Verify a graph and return the record; None when only a bundle was written, or `ask` says no.

    Raises UsageError for names that mean nothing or results of another plan, SourceError when the interpreter cannot be
    run, OutputError when a file cannot be written.
    """
    graph = graph_at(request.graph, progress)
    progress.stage("plan", None)
    wanted = statements(graph, _owners(graph, request.names)) if request.names else None
    planned = plan(graph, recipes(graph.manifest.source.name), wanted)
    levels = LEVELS[: LEVELS.index(request.level) + 1]
    if request.bundle is not None:
        write_file(request.bundle, bundle.made(planned.document()))
        return None
    if request.results is not None:
        found = read(request.results)
        if found["plan"] != planned.digest():
            raise UsageError(f"{request.results}: results of another plan: give the graph and the --for of the bundle")
        levels = ("S1", *found["levels"])
        missing = _missing(found["machine"], planned)
    else:
        python = request.python or sys.executable
        if request.prepare is not None:
            progress.stage("prepare", None)
            python = prepare(request.prepare, planned.library, planned.version)
        program = bundle.made(planned.document())
        found = run(python, program, levels[:1], "auto", _FACTS_MINUTES, None, lambda _: None)  # what the machine is
        missing = _missing(found["machine"], planned)
        if missing is None and request.level != "S1":
            summary = _summary(graph, planned, levels)
            if not ask(summary):
                return None
            progress.stage("verify", summary.looks)
            found = run(
                python, program, levels[1:], request.device, request.minutes, request.resume, progress.advance,
                request.cap,
            )  # fmt: skip
    record = _record(graph, planned, found, levels, missing)
    place = request.record or (Path(request.graph) / FILE if Path(request.graph).is_dir() else None)
    if place is not None:
        write_file(place, msgspec.json.format(msgspec.json.encode(record), indent=1))
    return record


def _owners(graph: Graph, names: tuple[str, ...]) -> list[str]:
    found = []
    for name in names:
        subject = find(graph, name)
        if not isinstance(subject.node, Implementation | Predicate):
            raise UsageError(f"{name!r} is a {subject.kind}: name an object or a predicate")
        found.append(subject.node.qualname)
    return found


def _missing(facts: dict[str, Any], planned: Plan) -> Reason | None:
    """Return why the library cannot be looked at on a machine; None when it can."""
    wanted = canonicalize_name(planned.library)
    installed = {canonicalize_name(name): version for name, version in facts["packages"].items()}
    if wanted not in installed:
        return "package-missing"
    return None if planned.version is None or installed[wanted] == planned.version else "other-version"


def _summary(graph: Graph, planned: Plan, levels: tuple[Level, ...]) -> Planned:
    looks = sum(max(map(len, job.looks)) for job in planned.jobs)
    seconds = looks * _LOOK_SECONDS + len(planned.boots) * _BOOT_SECONDS if "S2" in levels else 0.0
    kernels = len(planned.kernels) if "S4" in levels else 0
    experiments = len(planned.experiments) if "S5" in levels else 0
    seconds += kernels * _KERNEL_SECONDS + experiments * _EXPERIMENT_SECONDS
    return Planned(
        library=graph.manifest.source,
        looks=looks,
        boots=len(planned.boots),
        kernels=kernels,
        experiments=experiments,
        unlooked=len(planned.unlooked),
        minutes=seconds / 60,
    )


def _record(
    graph: Graph, planned: Plan, found: dict[str, Any], levels: tuple[Level, ...], missing: Reason | None
) -> Verification:
    machine = measured(found["machine"])
    looks = Looks.read(planned, found["looks"])
    source = graph.manifest.source
    verdicts = Verdicts(graph, planned, machine, looks, levels, missing)
    packages = {str(canonicalize_name(name)): str(version) for name, version in found["machine"]["packages"].items()}
    named = (str(canonicalize_name(source.name)), "torch", "numpy")
    shown = {name: packages[name] for name in named if name in packages}
    return Verification(
        library=source.name,
        version=source.version,
        revision=source.revision,
        machine=machine,
        ran=Ran(
            plan=found["plan"],
            probes=found["probes"],
            levels=levels,
            device=found["device"],
            cap_gib=found.get("cap_gib"),
            looks=len(found["looks"]),
            seconds=found["seconds"],
            python=found["machine"]["python"],
            versions=shown,
        ),
        verdicts=tuple(verdicts.all()),
        notes=(*found.get("notes", ()), *looks.broken, *looks.estimates),
    )
