"""Verdicts: every statement of a graph with what the looks, kernels and measurements of one run say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name

from miner.formula import atom as fa
from miner.formula.connective import Formula, conjunction
from miner.formula.disjunctive import atoms
from miner.formula.notation import from_json
from miner.graph.meaning import expanded
from miner.machine.record import Machine
from miner.model.answer import Host
from miner.model.node import Advice, Predicate, Requirement
from miner.store.graph_reader import Graph
from miner.verify.boots import Seen
from miner.verify.host import host
from miner.verify.judge import Answer, error, judge, judge_object, told
from miner.verify.judgement import Judgement
from miner.verify.measured import Claimed, claims_of, judge_claim, kernels_of
from miner.verify.plan import Job, Plan
from miner.verify.record import Level, Reason, Verdict

_HARDWARE = (fa.Device, fa.ComputeCapability, fa.DeviceCount, fa.Toolkit, fa.Rocm)


@dataclass
class Looks:
    """The answers of a run, sorted by what they are of."""

    late: dict[int, dict[tuple[int, int], Answer]] = field(default_factory=dict)
    real: dict[int, dict[tuple[int, int], Answer]] = field(default_factory=dict)
    objects: dict[tuple[str, str], dict[int, Answer]] = field(default_factory=dict)
    kernels: dict[str, Answer] = field(default_factory=dict)
    experiments: dict[str, Answer] = field(default_factory=dict)
    estimates: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @staticmethod
    def read(plan: Plan, rows: list[dict[str, Any]]) -> Looks:
        """Return the rows of a results document by what they are of."""
        found = Looks()
        for row in rows:
            key = row["key"]
            match row["part"]:
                case "late":
                    found.late.setdefault(key[0], {})[key[1], key[2]] = row
                case "real":
                    found.real.setdefault(key[0], {})[key[1], key[2]] = row
                case "boot" if row["outcome"] == "error":
                    found.broken.append(f"{plan.boots[key[0]].words}: {row['message']}")
                case "boot":
                    for each in row["objects"]:
                        found.objects.setdefault((each["module"], each["name"]), {})[key[0]] = each
                case "kernel":
                    found.kernels[plan.kernels[key[0]]] = row
                case "estimate":
                    found.estimates.append(_estimated(row))
                case "experiment":
                    found.experiments[plan.experiments[key[0]]] = row
        return found


class Verdicts:
    """Makes the verdicts on a graph from a plan and what came of it; `missing` is why nothing was looked at."""

    def __init__(
        self,
        graph: Graph,
        plan: Plan,
        machine: Machine,
        looks: Looks,
        levels: tuple[Level, ...],
        missing: Reason | None,
    ) -> None:
        """Take everything that a verdict is made of."""
        self._graph = graph
        self._plan = plan
        self._machine = machine
        self._looks = looks
        self._levels = levels
        self._missing = missing

    def all(self) -> Iterator[Verdict]:
        """Yield the verdicts, at most one for a statement and level, or claim of an advice."""
        skipped = Judgement("not-run", "the library was not looked at", self._missing or "skipped")
        for number, job in enumerate(self._plan.jobs):
            stands = self._host(job.target.formula, conjunction(job.target.conditions[0], job.target.beside))
            if "S2" not in self._levels or self._missing is not None:
                yield _verdict(job.target.node, stands, "S1", skipped)
                continue
            found = judge(job, self._looks.late.get(number, {}), self._plan.distributions, self._varied(job))
            yield _verdict(job.target.node, stands, "S2", found)
            if "S3" in self._levels:
                yield _verdict(job.target.node, stands, "S3", self._here(job, self._looks.real.get(number, {}), stands))
        for seen in self._plan.seen:
            stands = self._host(seen.target.formula)
            if "S2" not in self._levels or self._missing is not None:
                yield _verdict(seen.target.node, stands, "S1", skipped)
                continue
            yield _verdict(seen.target.node, stands, "S2", self._judged(seen))
        for each in self._plan.unlooked:
            stands = self._host(self._formula(each.node))
            yield _verdict(each.node, stands, "S1", Judgement("not-run", each.why, "no-probe"))
        if "S4" in self._levels:
            yield from self._kernels()
        if "S5" in self._levels:
            yield from self._measurements()

    def _judged(self, seen: Seen) -> Judgement:
        rows = self._looks.objects.get(seen.target.names[0], {})
        return judge_object(seen, rows, [boot.words for boot in self._plan.boots])

    def _varied(self, job: Job) -> frozenset[str]:
        """Return the packages that backgrounds vary: of predicates all, of gates those that are not really there."""
        varied = set()
        for module, distribution in self._plan.universe:
            name = str(canonicalize_name(distribution))
            if job.target.kind == "predicate" or self._machine.distribution(name) is False:
                varied |= {f"module:{module}", f"package:{name}"}
        return frozenset(varied)

    def _formula(self, node: Predicate | Requirement) -> Formula:
        return expanded(self._graph, from_json(node.means if isinstance(node, Predicate) else node.needs))

    def _host(self, formula: Formula, condition: Formula = True) -> Host:
        return host(formula, self._machine, condition)

    def _here(self, job: Job, answers: Mapping[tuple[int, int], Answer], stands: Host) -> Judgement:
        """Judge a look at the real machine, beside one at its simulation."""
        by_look = {look: answer for (_, look), answer in answers.items()}
        real, simulated = by_look.get(0), by_look.get(1)
        if real is None or simulated is None:
            return Judgement("not-run", "time was up before it was looked at", "over-budget")
        if "error" in {real["outcome"], simulated["outcome"]}:
            return error(real if real["outcome"] == "error" else simulated, "this machine")
        observed = told(real)
        if _side(real) is None:
            reason: Reason = "package-missing" if real["outcome"] == "missing" else "no-probe"
            return Judgement("not-run", f"the gate was not reached: {observed}", reason)
        if _side(real) is not _side(simulated):
            why = f"the simulation of this machine shows {told(simulated)}: one of the two is wrong"
            return Judgement("inconclusive", why, observed=observed, expected=told(simulated), looks=2)
        expected = {"satisfied": "met", "unsatisfied": "not met"}.get(stands, stands)
        if stands in {"unknown", "not-applicable"}:
            return Judgement("not-applicable", f"on this machine it is {stands}", observed=observed, looks=2)
        is_met = stands == "satisfied"
        claim, why = {
            (True, True): ("consistent", "it is met, and works"),
            (True, False): ("inconclusive", "it is met, and fails all the same"),
            (False, True): ("refuted", "it is not met, and works all the same"),
            (False, False): ("one-sided", "it is not met, and its effect comes"),
        }[is_met, _side(real) is True]
        if claim == "refuted" and isinstance(job.target.node, Requirement):
            claim, why = "inconclusive", f"{why}: what triggers it may not have come about"
        if isinstance(job.target.node, Predicate) and claim == "inconclusive":
            claim, why = "refuted", "it is met, and the predicate says no"
        return Judgement(claim, why, observed=observed, expected=expected, looks=2)  # type: ignore[arg-type]

    def _kernels(self) -> Iterator[Verdict]:
        for node in self._graph.of_type(Requirement):
            formula = self._formula(node)
            devices = {_device(atom) for atom in atoms(formula) if isinstance(atom, _HARDWARE)} - {None}
            for name in kernels_of(node) if devices else ():
                answer = self._looks.kernels.get(name)
                if answer is not None:
                    stands = self._host(formula)
                    yield _verdict(node, stands, "S4", self._kernel(answer, stands, devices), probe=name)
                    break

    def _kernel(self, answer: Answer, stands: Host, devices: set[str | None]) -> Judgement:
        observed = f"{answer.get('device')}: {answer['outcome']} {answer.get('observed') or answer.get('message')}"
        kind = str(answer.get("device")).partition(":")[0]
        if answer["outcome"] == "error":
            return Judgement("error", str(answer.get("message")))
        if kind not in devices:
            wanted = ", ".join(sorted(filter(None, devices)))
            return Judgement("not-run", f"it is about {wanted}", "no-gpu", observed=observed)
        if answer["outcome"] == "absent":
            return Judgement("not-run", observed, "package-missing")
        ran = answer["outcome"] == "ran"
        if stands == "satisfied":
            return Judgement("consistent" if ran else "inconclusive", "it is met", observed=observed, looks=1)
        if stands == "unsatisfied":
            return Judgement("refuted" if ran else "one-sided", "it is not met", observed=observed, looks=1)
        return Judgement("inconclusive", f"on this machine it is {stands}", observed=observed, looks=1)

    def _measurements(self) -> Iterator[Verdict]:
        cores = max((int(each["workload"].get("threads", 1)) for each in self._looks.experiments.values()
                     if each["outcome"] == "measured"), default=1)  # fmt: skip
        for node in self._graph.of_type(Advice):
            seen: set[tuple[str, str]] = set()
            for claim in claims_of(node):
                key = (claim.experiment.name, claim.metric)
                if key not in seen:
                    seen.add(key)
                    yield self._measurement(node, claim, cores)

    def _measurement(self, node: Advice, claim: Claimed, cores: int) -> Verdict:
        found = judge_claim(claim, self._looks.experiments.get(claim.experiment.name), cores)
        return _verdict(node, "not-applicable", "S5", found, probe=f"{claim.experiment.name} {claim.metric}")


def _estimated(row: Mapping[str, Any]) -> str:
    """Return an estimate of memory in words; it is no measurement, and verifies nothing."""
    if row["outcome"] != "estimated":
        return f"no estimate: {row.get('observed') or row.get('message') or row['outcome']}"
    of, memory = row["workload"], row["metrics"]["memory"]
    return (
        f"estimate (fake tensors, nothing is verified by it): one training step of {of['parameters']:,} parameters,"
        f" batch {of['batch']} x {of['length']}, {of['dtype']}: {memory['a']:,.0f} MiB, and {memory['b']:,.0f} MiB with"
        f" gradient checkpointing; activations are {of['share_of_activations']:.0%} of the peak"
    )


def _side(answer: Answer) -> bool | None:
    match answer["outcome"]:
        case "answered":
            return bool(answer["value"])
        case "passed":
            return True
        case "effect":
            return False
        case "raised":
            return False
    return None


def _device(atom: fa.Atom) -> str | None:
    match atom:
        case fa.Device(device=kind):
            return kind
        case fa.DeviceCount(device=kind) | fa.ComputeCapability(device=kind):
            return kind or "cuda"
        case fa.Toolkit() | fa.Rocm():
            return "cuda"
    return None


def _verdict(
    node: Predicate | Requirement | Advice, stands: Host, level: Level, found: Judgement, probe: str | None = None
) -> Verdict:
    reason = found.reason
    if reason == "package-missing" and "'torch'" in found.why:
        reason = "no-torch"
    return Verdict(
        about=node.id,
        host=stands,
        claim=found.claim,
        level=level,
        why=found.why,
        reason=reason if found.claim == "not-run" else None,
        observed=found.observed,
        expected=found.expected,
        probe=probe,
        looks=found.looks,
        quirks=found.quirks,
        evidence=node.evidence[0],
    )
