"""The plan of a verification: which looks, at which machines, and what each is expected to show."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from miner.formula import atom as fa
from miner.formula.connective import Formula, conjunction
from miner.formula.disjunctive import atoms
from miner.formula.notation import from_json, text
from miner.formula.threshold import HIGHEST, ladder
from miner.link.library import is_part
from miner.model.node import Advice, EnvironmentVariable, Package, Predicate, Requirement
from miner.store.graph_reader import Graph
from miner.verify.boots import Boot, Seen, boots_of
from miner.verify.fact import explained
from miner.verify.measured import claims_of, kernels_of
from miner.verify.points import Trial, trial
from miner.verify.probe.digest import of_plan
from miner.verify.state import Distributions, provider
from miner.verify.target import Target, Targets, Unlooked

FORMAT = 1
PREDICATE_BACKGROUNDS = ("absent", "0.0.1", "9999")
GATE_BACKGROUNDS = ("real", "stubbed")
_VALUES: dict[str, str | None] = {"absent": None, "0.0.1": "0", "9999": "1"}
"""What variables that a formula does not name hold in each background of a predicate."""
_OWN_VARIABLES = frozenset({"HOME", "PATH", "TMPDIR", "PYTHONPATH"})
_SECONDS = 20.0
_ESTIMATE: dict[str, Any] = {
    "batch": 4,
    "length": 1024,
    "hidden_size": 2048,
    "layers": 18,
    "heads": 16,
    "intermediate": 5632,
    "vocab": 32000,
    "dtype": "bfloat16",
}
"""A model of about a thousand million parameters."""
_EXPERIMENT: dict[str, Any] = {"batch": 4, "length": 256, "repeats": 12, "seconds": 30.0}
_MOST_SCOUTS = 6
_FEW_POINTS = 12


@dataclass(frozen=True)
class Job:
    """One target, its trials (one for each variant), and its looks: (variant, point, background) by number."""

    target: Target
    trials: tuple[Trial, ...]
    looks: tuple[tuple[tuple[int, str], ...], ...]

    @property
    def id(self) -> str:
        """The id of the statement."""
        return self.target.node.id


@dataclass(frozen=True)
class Plan:
    """Everything to run, and `unlooked`, what cannot be."""

    library: str
    version: str | None
    roots: tuple[str, ...]
    modules: tuple[str, ...]
    universe: tuple[tuple[str, str], ...]
    variables: tuple[str, ...]
    features: tuple[str, ...]
    versions: Mapping[str, str]
    jobs: tuple[Job, ...]
    boots: tuple[Boot, ...]
    seen: tuple[Seen, ...]
    unlooked: tuple[Unlooked, ...]
    kernels: tuple[str, ...]
    experiments: tuple[str, ...]
    distributions: Distributions

    def document(self) -> dict[str, Any]:
        """Return the plan as plain data for the probes; what is expected is not in it."""
        return {
            "format": FORMAT,
            "library": self.library,
            "version": self.version,
            "roots": list(self.roots),
            "features": list(self.features),
            "modules": list(self.modules),
            "universe": [list(each) for each in self.universe],
            "seconds": _SECONDS,
            "jobs": [_job(job, self.variables, self.versions, self.distributions) for job in self.jobs],
            "kernels": [{"kernel": name} for name in self.kernels],
            "experiments": [{"experiment": name, **_EXPERIMENT} for name in self.experiments],
            "estimates": [_ESTIMATE] if self.experiments else [],
            "boots": [{"machine": boot.machine, "names": [list(name) for name in boot.names]} for boot in self.boots],
        }

    def digest(self) -> str:
        """Return the SHA-256 of the plan's document, as the probes state it."""
        return of_plan(self.document())


def plan(graph: Graph, recipes: Mapping[str, Sequence[Mapping[str, Any]]], wanted: Iterable[str] | None = None) -> Plan:
    """Return the plan for a graph, or for the statements with the ids that are `wanted`."""
    targets = Targets(graph, recipes)
    asked = None if wanted is None else frozenset(wanted)
    jobs: list[Job] = []
    objects: list[Target] = []
    unlooked: list[Unlooked] = []
    tried: dict[str, Trial | str] = {}

    def tried_at(formula: Formula, condition: Formula) -> Trial | str:
        key = f"{text(formula)}|{text(condition)}"
        if key not in tried:
            tried[key] = trial(formula, targets.distributions, condition)
        return tried[key]

    for target in targets.all():
        if asked is not None and target.node.id not in asked:
            continue
        if isinstance(target, Unlooked):
            unlooked.append(target)
        elif target.kind == "objects":
            objects.append(target)
        else:
            job = _planned(target, [_first(target, each, tried_at) for each in target.conditions])
            (jobs if isinstance(job, Job) else unlooked).append(job)  # type: ignore[arg-type]
    boots, seen, lost = boots_of(objects, targets.distributions)
    source = graph.manifest.source
    known = _asked(graph)
    modules = sorted({job.target.look["module"] for job in jobs})
    return Plan(
        library=source.name,
        version=source.version,
        roots=tuple(targets.roots),
        modules=tuple(modules),
        universe=_universe(graph, known, targets.distributions),
        variables=tuple(sorted({node.variable for node in graph.of_type(EnvironmentVariable)} - _OWN_VARIABLES)),
        features=tuple(sorted({atom.feature for atom in known if isinstance(atom, fa.Feature)})),
        versions=_versions(graph),
        jobs=tuple(jobs),
        boots=boots,
        seen=seen,
        unlooked=(*unlooked, *lost),
        kernels=tuple(sorted({name for node in graph.of_type(Requirement) for name in kernels_of(node)})),
        experiments=tuple(
            sorted({claim.experiment.name for node in graph.of_type(Advice) for claim in claims_of(node)})
        ),
        distributions=targets.distributions,
    )


def _first(target: Target, condition: Formula, tried: Callable[[Formula, Formula], Trial | str]) -> Trial | str:
    """Return a trial where nothing else brings the effect about, else one in which something else may."""
    found = tried(target.formula, conjunction(condition, target.beside))
    if isinstance(found, Trial) and found.pairs:
        return found
    alone = tried(target.formula, condition)
    return replace(alone, is_shadowed=target.beside is not True) if isinstance(alone, Trial) else alone


def _planned(target: Target, trials: Sequence[Trial | str]) -> Job | Unlooked:
    kept = [(index, each) for index, each in enumerate(trials) if isinstance(each, Trial)]
    if not kept:
        return Unlooked(target.node, str(trials[0]))
    backgrounds = PREDICATE_BACKGROUNDS if target.kind == "predicate" else GATE_BACKGROUNDS
    chosen = replace(
        target,
        variants=tuple(target.variants[index] for index, _ in kept),
        conditions=tuple(target.conditions[index] for index, _ in kept),
    )
    is_swept = target.kind == "predicate"
    everywhere = any(isinstance(atom, fa.Environment) for atom in atoms(target.formula))
    looks = tuple(_looks(each, backgrounds, is_swept=is_swept, everywhere=everywhere) for _, each in kept)
    return Job(chosen, tuple(each for _, each in kept), looks)


def _looks(of: Trial, backgrounds: Sequence[str], *, is_swept: bool, everywhere: bool) -> tuple[tuple[int, str], ...]:
    """Return (point, background): those of pairs in every background; in the first all, or else the extremes too.

    `everywhere`: all in every background, where there are few: a gate may be reached in one of them only.
    """
    paired = of.decisive or {0}
    count = len(of.points) - (0 if is_swept else of.ways)
    extremes = {0, count - 1} | paired
    is_few = count <= _FEW_POINTS
    first = [(index, backgrounds[0]) for index in (range(count) if is_swept or is_few else sorted(extremes))]
    others = range(count) if everywhere and is_few else sorted(paired)
    return (*first, *((index, each) for each in backgrounds[1:] for index in others))


def _worn(
    machine: Mapping[str, Any], background: str, variables: Iterable[str], versions: Mapping[str, str]
) -> dict[str, Any]:
    """Return a machine in a background, which says what the rest is: other packages, and variables that are read."""
    if background == "stubbed" and versions:
        machine = {**machine, "versions": dict(versions)}
    others = dict.fromkeys(variables, _VALUES[background]) if background in _VALUES else {}
    return {**machine, "others": background, "env": {**others, **machine.get("env", {})}}


def _job(
    job: Job, variables: Iterable[str], versions: Mapping[str, str], distributions: Distributions
) -> dict[str, Any]:
    return {
        "id": job.id,
        "target": job.target.look,
        "variants": [
            {
                "with": variant,
                "scouts": _scouts(of, looks),
                "explains": sorted(explained(job.target.asked(number), distributions)),
                "decisive": _decisive(of, looks),
                "machines": [
                    _worn(of.points[point].machine, background, variables, versions) for point, background in looks
                ],
            }
            for number, (variant, of, looks) in enumerate(zip(job.target.variants, job.trials, job.looks, strict=True))
        ],
    }


def _scouts(of: Trial, looks: Sequence[tuple[int, str]]) -> list[int]:
    """Return the numbers of the looks at which the effect should come soonest, of different pairs and backgrounds."""
    failing = {pair.low if of.points[pair.high].expected else pair.high for pair in of.pairs} or {0}
    return [index for index, (point, _) in enumerate(looks) if point in failing][:_MOST_SCOUTS]


def _decisive(of: Trial, looks: Sequence[tuple[int, str]]) -> list[list[int]]:
    """Return the numbers of the looks at each point between which the formula flips."""
    return [[index for index, (point, _) in enumerate(looks) if point == each] for each in sorted(of.decisive)]


def _universe(graph: Graph, asked: Iterable[fa.Atom], distributions: Distributions) -> tuple[tuple[str, str], ...]:
    """Return what the library may look for but does not need in any case, as (top-level module, distribution)."""
    found: dict[str, str] = {}
    core: set[str] = set()
    own = canonicalize_name(graph.manifest.source.name)
    for node in graph.of_type(Package):
        roots = [module.partition(".")[0] for module in node.import_names]
        if _is_core(node):
            core.update(roots)
        elif node.name not in {"python", own}:
            for root in roots:
                found.setdefault(root, node.name)
    for atom in asked:
        if isinstance(atom, fa.Module):
            root = atom.module.partition(".")[0]
            if root not in core and root not in sys.stdlib_module_names:
                found.setdefault(root, provider(root, distributions))
    return tuple(sorted(found.items()))


def _versions(graph: Graph) -> dict[str, str]:
    """Return a version that meets all that the library enforces of a package, where the newest does not."""
    found: dict[str, str] = {}
    for node in graph.of_type(Package):
        try:
            enforced = [SpecifierSet(gate.specifier) for gate in node.gated]
        except InvalidSpecifier:
            continue
        bounds = [each.version for specifiers in enforced for each in specifiers]
        meets = [
            version
            for version in ladder(fa.Package(package=node.name), bounds)
            if all(specifiers.contains(version, prereleases=True) for specifiers in enforced)
        ]
        if meets and meets[-1] != HIGHEST:
            found[node.name] = meets[-1]
    return found


def _asked(graph: Graph) -> set[fa.Atom]:
    """Return every atom that a predicate means or a requirement needs."""
    formulas = [from_json(node.means) for node in graph.of_type(Predicate)]
    formulas += [from_json(node.needs) for node in graph.of_type(Requirement)]
    return {atom for formula in formulas for atom in atoms(formula)}


def _is_core(node: Package) -> bool:
    """Say whether the library cannot do without a package."""
    places = {"metadata", "build-script"}
    return any(row.extra is None and row.marker is None and row.place in places for row in node.declared)


def statements(graph: Graph, owners: Iterable[str]) -> list[str]:
    """Return the ids of the predicates and requirements of owners, and of what they reach."""
    wanted = set(owners)
    found = [node.id for node in graph.of_type(Predicate) if node.qualname in wanted]
    found += [node.id for node in graph.of_type(Requirement) if any(is_part(node.owner, each) for each in wanted)]
    for owner in wanted:
        for edge in graph.edges_from(f"implementation:{owner}"):
            if edge.relation == "requires":
                found.append(edge.target)
    return list(dict.fromkeys(found))
