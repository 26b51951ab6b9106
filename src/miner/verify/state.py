"""The states that a machine can be in, as far as a formula asks: entities, their states, and what holds in each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.formula.evaluate import holds
from miner.formula.subject import VERSIONED, constraints, version
from miner.formula.threshold import HIGHEST, ladder
from miner.machine.record import Accelerator, Machine, Table, Toolkits
from miner.verify import programs

Distributions = Mapping[str, str]
"""The distribution that provides a module, by the module's name."""
_COMPLETE: tuple[Table, ...] = ("packages", "modules", "features", "binaries", "devices", "env")
_ANY = "accelerator"
_ANOTHER = "privateuseone"
"""A kind of device that nothing asks for by its name."""
_OTHER_VALUES = ("miner-other", "0", "1", "on", "true", "YES")
_SYSTEMS = ("linux", "darwin", "win32")


@dataclass(frozen=True)
class State:
    """One state of an entity: the part of a machine that says so, for the simulation and for evaluation, in words."""

    words: str
    simulated: Mapping[str, Any]
    facts: Mapping[str, Any]
    holds: Mapping[Atom, bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Entity:
    """What varies by itself: a distribution with its modules, a kind of device, a toolkit, a variable, ..."""

    name: str
    states: tuple[State, ...]


def entities(asked: Iterable[Atom], distributions: Distributions) -> list[Entity] | str:
    """Return the entities that atoms are about, each with its states; a sentence for what no machine can be made of."""
    groups: dict[str, list[Atom]] = {}
    listed = tuple(asked)
    is_any = fa.Device(device=_ANY) in listed
    for atom in listed:
        name = _entity(atom, distributions)
        if name is None:
            return f"{_words(atom)} cannot be simulated"
        if is_any and name.startswith("device "):
            name = f"device {_ANY}"  # the one that is in use: of one kind, whatever others there are
        groups.setdefault(name, []).append(atom)
    modules = {name: {atom.module for atom in of if isinstance(atom, fa.Module)} for name, of in groups.items()}
    return [
        _stated(
            name, tuple(groups[name]), frozenset(each for other in groups if other != name for each in modules[other])
        )
        for name in sorted(groups)
    ]


def machine_of(states: Iterable[State]) -> Machine:
    """Return the machine that is in all of these states, for evaluation; what they do not say is absent."""
    facts: dict[str, Any] = {"packages": {}, "modules": {}, "features": {}, "binaries": {}, "env": {}, "devices": ()}
    toolkit: dict[str, Any] = {}
    for state in states:
        for table, found in state.facts.items():
            if table == "toolkit":
                toolkit |= found
            elif table == "devices":
                facts["devices"] = (*facts["devices"], *found)
            elif isinstance(found, dict):
                facts[table] = {**facts[table], **found}
            else:
                facts[table] = found
    return Machine(name="simulated", toolkit=Toolkits(**toolkit), complete=_COMPLETE, **facts)


def simulation_of(states: Iterable[State]) -> dict[str, Any]:
    """Return the machine that is in all of these states, as the simulation puts it on."""
    made: dict[str, Any] = {}
    for state in states:
        for table, found in state.simulated.items():
            if isinstance(found, dict):
                made[table] = {**made.get(table, {}), **found}
            elif isinstance(found, list):
                made[table] = [*made.get(table, []), *found]
            else:
                made[table] = found
    return made


def provider(module: str, distributions: Distributions) -> str:
    """Return the distribution of a module: its own, its outer packages', or one of the name of the outermost."""
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        found = distributions.get(".".join(parts[:end]))
        if found is not None:
            return canonicalize_name(found)
    return canonicalize_name(parts[0])


def _entity(atom: Atom, distributions: Distributions) -> str | None:
    match atom:
        case fa.Package(package=name):
            return f"package {canonicalize_name(name)}"
        case fa.Module(module=name, distribution=distribution):
            return f"package {canonicalize_name(distribution) if distribution else provider(name, distributions)}"
        case fa.Device(device=name):
            return f"device {name}"
        case fa.DeviceCount(device=name) | fa.ComputeCapability(device=name):
            return f"device {name or 'cuda'}"
        case fa.Memory():
            return "device cuda"
        case fa.Toolkit():
            return "toolkit cuda"
        case fa.Rocm():
            return "toolkit rocm"
        case fa.Environment(env=name):
            return f"variable {name}"
        case fa.OperatingSystem():
            return "system"
        case fa.Python():
            return "python"
        case fa.Binary(binary=name):
            return f"program {name}"
        case fa.Feature(feature=name):
            return f"feature {fa.question(name)}"
    return None


def _words(atom: Atom) -> str:
    match atom:
        case fa.Opaque(opaque=text):
            return f"`{text[:80]}`"
        case fa.Parameter(param=name):
            return f"the argument {name}"
        case fa.Predicate(predicate=name):
            return f"{name.rpartition('.')[2]}(...)"
    return type(atom).__name__.lower()


def _stated(name: str, of: tuple[Atom, ...], foreign: frozenset[str]) -> Entity:
    """Return an entity with its states; `foreign` are the modules that other entities rule over."""
    kind, _, subject = name.partition(" ")
    if kind == "package":
        return _distinct(name, of, _package_states(subject, of, foreign))
    made = {
        "device": _device_states,
        "toolkit": _toolkit_states,
        "variable": _variable_states,
        "system": _system_states,
        "python": _python_states,
        "program": _program_states,
        "feature": _feature_states,
    }[kind](subject, of)
    return _distinct(name, of, made)


def _distinct(name: str, of: tuple[Atom, ...], made: Iterable[State]) -> Entity:
    distinct: dict[str, State] = {}
    for state in made:
        looked = machine_of((state,))
        known = {atom: holds(atom, looked) for atom in of}
        distinct.setdefault(state.words, State(state.words, state.simulated, state.facts, known))
    return Entity(name, tuple(distinct.values()))


def _package_states(distribution: str, of: tuple[Atom, ...], foreign: frozenset[str]) -> Iterator[State]:
    modules = sorted({atom.module for atom in of if isinstance(atom, fa.Module)})
    roots = sorted({module.partition(".")[0] for module in modules} - foreign)
    own = {atom.package for atom in of if isinstance(atom, fa.Package)}
    names = {*roots, *modules} if modules else {distribution.replace("-", "_")} - foreign
    provided = {distribution: sorted(foreign)} if not modules and foreign else {}
    bounds = [bound for atom in of if isinstance(atom, VERSIONED) for _, bound in constraints(atom)]
    versions = list(ladder(fa.Package(package=distribution), bounds))
    if any(atom.base for atom in of if isinstance(atom, fa.Package | fa.Module)):
        known = [found for found in map(version, bounds) if found is not None and not found.is_prerelease]
        versions += [f"{found.base_version}.dev0" for found in known]
    for index, each in enumerate((None, *sorted(versions, key=Version))):
        if index == 0:
            yield _package(distribution, dict.fromkeys(names, False), None, f"without {distribution}")
        else:
            yield _package(distribution, dict.fromkeys(names, True), each, f"{distribution} {each}", provided)
    for module in modules:
        parents = module.rpartition(".")[0]
        if parents and parents not in foreign:
            there = {name: name != module and not name.startswith(f"{module}.") for name in names}
            yield _package(distribution, there, HIGHEST, f"{distribution} {HIGHEST} without {module}")
    if own and modules:
        yield _package(distribution, dict.fromkeys(names, True), None, f"{'.'.join(roots)} without metadata")
        yield _package(distribution, dict.fromkeys(names, False), HIGHEST, f"metadata of {distribution} alone")


def _package(
    distribution: str,
    modules: dict[str, bool],
    found: str | None,
    words: str,
    provided: Mapping[str, list[str]] | None = None,
) -> State:
    own = distribution.replace("-", "_")
    listed = {name: (name == own or distribution) if there else False for name, there in modules.items()}
    facts = {
        "packages": {distribution: found or False},
        "modules": {own: False, **listed} if own in modules else listed,
    }
    simulated = {"modules": modules, "distributions": {distribution: found}, "provides": dict(provided or {})}
    return State(words, simulated, facts)


def _device_states(kind: str, of: tuple[Atom, ...]) -> Iterator[State]:
    yield State(f"no {kind}", {"devices": []}, {})
    if kind != _ANY:
        yield from _present(kind, of)
        return
    kinds = {name: [atom for atom in of if _kind(atom) == name] for name in map(_kind, of)}
    for name in sorted(kinds.keys() - {_ANY}):
        yield from _present(name, tuple(kinds[name]))
    yield _device(_ANOTHER, {})


def _kind(atom: Atom) -> str:
    return (_entity(atom, {}) or "").partition(" ")[2]


def _present(kind: str, of: tuple[Atom, ...]) -> Iterator[State]:
    """Yield the states in which devices of a kind are there."""
    capability = _rungs(fa.ComputeCapability(compute_capability=()), of)
    count = _rungs(fa.DeviceCount(device_count=()), of)
    memory = _rungs(fa.Memory(memory_gib=()), of)
    best = {"count": count[-1:], "capability": capability[-1:], "memory_gib": memory[-1:]}
    for facet, rungs in (("count", count), ("capability", capability), ("memory_gib", memory)):
        for rung in rungs:
            yield _device(kind, {**{name: top[0] for name, top in best.items() if top}, facet: rung})
    if not (capability or count or memory):
        yield _device(kind, {})


def _rungs(subject: Atom, of: tuple[Atom, ...]) -> tuple[str, ...]:
    stated = [atom for atom in of if type(atom) is type(subject)]
    bounds = [bound for atom in stated if isinstance(atom, VERSIONED) for _, bound in constraints(atom)]
    return ladder(subject, bounds) if stated else ()


def _device(kind: str, facets: dict[str, str]) -> State:
    count = int(float(facets.get("count", "1")))
    device: dict[str, Any] = {"kind": kind, "count": count}
    if "capability" in facets:
        device["capability"] = facets["capability"]
    if "memory_gib" in facets:
        device["memory_gib"] = float(facets["memory_gib"])
    words = " ".join((f"{count} {kind}", *(f"{name} {value}" for name, value in facets.items() if name != "count")))
    return State(words, {"devices": [device]}, {"devices": (Accelerator(**device),)})


def _toolkit_states(name: str, of: tuple[Atom, ...]) -> Iterator[State]:
    subject: Atom = fa.Toolkit(cuda=()) if name == "cuda" else fa.Rocm(rocm=())
    yield State(f"no {name} toolkit", {"toolkit": {name: None}}, {"toolkit": {name: False}})
    for rung in _rungs(subject, of):
        yield State(f"{name} toolkit {rung}", {"toolkit": {name: rung}}, {"toolkit": {name: rung}})


def _variable_states(name: str, of: tuple[Atom, ...]) -> Iterator[State]:
    yield State(f"{name} is not set", {"env": {name: None}}, {"env": {name: False}})
    values = [atom.value for atom in of if isinstance(atom, fa.Environment) and atom.value is not None]
    keys = [atom.key for atom in of if isinstance(atom, fa.Environment) and atom.key is not None]
    values += [json.dumps({key: is_true}) for key in keys for is_true in (True, False)]
    values += [json.dumps(dict.fromkeys(keys, True))] if keys else []
    for value in dict.fromkeys((*values, *(_OTHER_VALUES if values else ("1",)))):
        yield State(f"{name}={value}", {"env": {name: value}}, {"env": {name: value}})


def _system_states(_: str, of: tuple[Atom, ...]) -> Iterator[State]:
    named = [atom.os for atom in of if isinstance(atom, fa.OperatingSystem)]
    for system in dict.fromkeys((*named, *_SYSTEMS)):
        yield State(system, {"os": system}, {"os": system})


def _python_states(_: str, of: tuple[Atom, ...]) -> Iterator[State]:
    for rung in _rungs(fa.Python(python=()), of):
        yield State(f"Python {rung}", {"python": rung}, {"python": rung})


def _program_states(name: str, of: tuple[Atom, ...]) -> Iterator[State]:
    yield State(f"without {name}", programs.without(name), {"binaries": {name: False}})
    rungs = _rungs(fa.Binary(binary=name), tuple(atom for atom in of if isinstance(atom, fa.Binary) and atom.version))
    for rung in rungs:
        yield State(f"{name} {rung}", programs.having(name, rung), {"binaries": {name: rung}})
    if not rungs:
        yield State(f"with {name}", programs.having(name, HIGHEST), {"binaries": {name: True}})


def _feature_states(asked: str, of: tuple[Atom, ...]) -> Iterator[State]:
    """Yield the states of one attribute or answer: not there, None, what it is compared with, or something else."""
    names = [atom.feature for atom in of if isinstance(atom, fa.Feature)]
    others = [name for name in names if " == " in name]
    root = asked.partition(".")[0]

    def state(words: str, *holding: str) -> State:
        features = {name: name in holding for name in names}
        return State(f"{asked} is {words}", {"features": features}, {"features": features, "modules": {root: True}})

    there = [name for name in names if name not in others]
    yield state("not there")
    if not asked.endswith(")") and f"{asked} is not None" in names:
        yield state("None", asked)
    yield state("there", *there)
    for other in others:
        yield state(other.partition(" == ")[2], *there, other)
