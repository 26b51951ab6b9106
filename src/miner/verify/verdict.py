"""Verdicts: every statement of a graph with what the looks, kernels and measurements of one run say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from packaging.utils import canonicalize_name

from miner.formula import atom as fa
from miner.formula.connective import Formula, conjunction
from miner.formula.disjunctive import atoms, device_of
from miner.formula.notation import from_json
from miner.graph.meaning import expanded
from miner.machine.record import Machine
from miner.model.answer import Host
from miner.model.node import Advice, Predicate, Requirement
from miner.store.graph_reader import Graph
from miner.verify.boots import Seen
from miner.verify.host import host
from miner.verify.judge import Answer, error, judge, judge_object, side, told
from miner.verify.judgement import Judgement
from miner.verify.measured import Claimed, claims_of, fits, is_capped, judge_claim, kernels_of
from miner.verify.plan import Job, Plan
from miner.verify.record import Claim, Level, Reason, Verdict
from miner.verify.target import Kind

_HARDWARE = (fa.Device, fa.ComputeCapability, fa.DeviceCount, fa.Toolkit, fa.Rocm)


@dataclass
class Looks:
    """The answers of a run, sorted by what they are of."""

    late: dict[int, dict[tuple[int, int], Answer]] = field(default_factory=dict)
    turned: dict[int, dict[tuple[int, int], dict[str, Sequence[Answer]]]] = field(default_factory=dict)
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
                case "turned":
                    at = found.turned.setdefault(key[0], {}).setdefault((key[1], key[2]), {})
                    at[key[3]] = row["answers"]
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
        is_looked = "S2" in self._levels and self._missing is None
        skipped = Judgement("not-run", "the library was not looked at", self._missing or "skipped")
        for number, job in enumerate(self._plan.jobs):
            node = job.target.node
            stands = self._stands(job, -1)
            if not is_looked:
                yield _verdict(node, stands, "S1", skipped)
                continue
            answers = self._looks.late.get(number, {})
            turned = self._looks.turned.get(number, {})
            judged = judge(job, answers, self._plan.distributions, self._varied[job.target.kind], turned)
            yield _verdict(node, stands, "S2", judged)
            if "S3" in self._levels:
                yield _verdict(node, stands, "S3", self._here(job, self._looks.real.get(number, {})))
        for seen in self._plan.seen:
            found = self._judged(seen) if is_looked else skipped
            yield _verdict(seen.target.node, self._host(seen.target.formula), "S2" if is_looked else "S1", found)
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

    @cached_property
    def _varied(self) -> dict[Kind, frozenset[str]]:
        """The packages that the backgrounds of a kind vary: of predicates all, of gates those that are not there."""
        names = [(module, str(canonicalize_name(distribution))) for module, distribution in self._plan.universe]
        absent = [(module, name) for module, name in names if self._machine.distribution(name) is False]
        of: dict[Kind, list[tuple[str, str]]] = {"predicate": names, "gate": absent}
        return {
            kind: frozenset(fact for module, name in varied for fact in (f"module:{module}", f"package:{name}"))
            for kind, varied in of.items()
        }

    def _formula(self, node: Predicate | Requirement) -> Formula:
        return expanded(self._graph, from_json(node.means if isinstance(node, Predicate) else node.needs))

    def _host(self, formula: Formula, condition: Formula = True) -> Host:
        return host(formula, self._machine, condition)

    def _stands(self, job: Job, variant: int) -> Host:
        """Return whether this machine meets a statement, where what one variant takes for granted holds."""
        return self._host(job.target.formula, conjunction(job.target.conditions[variant], job.target.beside))

    def _here(self, job: Job, answers: Mapping[tuple[int, int], Answer]) -> Judgement:
        """Judge a look at the real machine, beside one at its simulation."""
        stands = self._stands(job, next((variant for variant, _ in answers), -1))
        by_look = {look: answer for (_, look), answer in answers.items()}
        real, simulated = by_look.get(0), by_look.get(1)
        if real is None or simulated is None:
            return Judgement("not-run", "time was up before it was looked at", "over-budget")
        if "error" in {real["outcome"], simulated["outcome"]}:
            return error(real if real["outcome"] == "error" else simulated, "this machine")
        observed = told(real)
        if side(real) is None:
            reason: Reason = "package-missing" if real["outcome"] == "missing" else "no-probe"
            return Judgement("not-run", f"the gate was not reached: {observed}", reason)
        if side(real) is not side(simulated):
            why = f"the simulation of this machine shows {told(simulated)}: one of the two is wrong"
            return Judgement("inconclusive", why, observed=observed, expected=told(simulated), looks=2)
        if stands in {"unknown", "not-applicable"}:
            return Judgement("not-applicable", f"on this machine it is {stands}", observed=observed, looks=2)
        is_met = stands == "satisfied"
        claim, why = _here(is_met=is_met, works=side(real) is True, is_predicate=job.target.kind == "predicate")
        return Judgement(claim, why, observed=observed, expected="met" if is_met else "not met", looks=2)

    def _kernels(self) -> Iterator[Verdict]:
        for node in self._graph.of_type(Requirement):
            formula = self._formula(node)
            devices = {device_of(atom) or "cuda" for atom in atoms(formula) if isinstance(atom, _HARDWARE)}
            for name in kernels_of(node) if devices else ():
                answer = self._looks.kernels.get(name)
                if answer is not None:
                    stands = self._host(formula)
                    yield _verdict(node, stands, "S4", self._kernel(answer, stands, devices), probe=name)
                    break

    def _kernel(self, answer: Answer, stands: Host, devices: set[str]) -> Judgement:
        observed = f"{answer.get('device')}: {answer['outcome']} {answer.get('observed') or answer.get('message')}"
        kind = str(answer.get("device")).partition(":")[0]
        if answer["outcome"] == "error":
            return Judgement("error", str(answer.get("message")))
        if kind not in devices:
            return Judgement("not-run", f"it is about {', '.join(sorted(devices))}", "no-gpu", observed=observed)
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
        + (f"; {fits(row)}" if is_capped(row) else "")
    )


def _here(*, is_met: bool, works: bool, is_predicate: bool) -> tuple[Claim, str]:
    """Return what it says of a statement that it is met on this machine, or not, and works there, or not."""
    if is_met and works:
        return "consistent", "it is met, and works"
    if not is_met and not works:
        return "one-sided", "it is not met, and its effect comes"
    if is_predicate:
        why = "it is met, and the predicate says no" if is_met else "it is not met, and works all the same"
        return "refuted", why
    if is_met:
        return "inconclusive", "it is met, and fails all the same"
    return "inconclusive", "it is not met, and works all the same: what triggers it may not have come about"


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
