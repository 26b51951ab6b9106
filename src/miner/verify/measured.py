"""What a statement claims that can be measured, and what a measurement says of the claim."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from miner.model.evidence import Quantity
from miner.model.node import Advice, Requirement
from miner.verify.judgement import Judgement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FILE = Path(__file__).parent.parent / "data" / "probes.toml"
Metric = Literal["memory", "time"]
_APPROXIMATE = 0.5
"""How far, as a share of itself, a number that is told as about so much may be off."""
_SMALL_SHARE = 0.3
_BUSY = 0.75
_TIME = re.compile(r"speed|throughput|performance|faster|slower|latency|time", re.IGNORECASE)
_MEMORY = re.compile(r"memory|vram", re.IGNORECASE)
_DIRECTIONS: tuple[tuple[re.Pattern[str], Metric, bool], ...] = (
    (
        re.compile(r"(sav(e|es|ing)|reduc\w+|less|lower\w*|minimi[sz]\w+)\W+(?:[\w']+\W+){0,4}memory", re.IGNORECASE),
        "memory",
        False,
    ),
    (re.compile(r"memory\W+(?:[\w']+\W+){0,2}(saving|reduction|efficient)", re.IGNORECASE), "memory", False),
    (
        re.compile(r"\bslow(er|s down)\b|slower|at the (cost|expense) of (a )?(speed|compute|slow)", re.IGNORECASE),
        "time",
        True,
    ),
    (re.compile(r"\bfaster\b|speed(s|ing)?.?up|\bspeed up\b|\baccelerat", re.IGNORECASE), "time", False),
)


class Kernel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kernel, and the words of the statements that it tests."""

    name: str
    words: str


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An experiment, and the subjects of the advice that it tests."""

    name: str
    subject: str
    activations: bool


class Probes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The kernels and experiments that there are."""

    kernel: tuple[Kernel, ...]
    experiment: tuple[Experiment, ...]


@cache
def probes() -> Probes:
    """Return the kernels and experiments of the data file."""
    return msgspec.convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), Probes)


@dataclass(frozen=True)
class Claimed:
    """A claim on a ratio (with the advice to without): its metric, bounds, and the words it is in."""

    experiment: Experiment
    metric: Metric
    low: float
    high: float
    words: str


def kernels_of(node: Requirement) -> Iterator[str]:
    """Yield the names of the kernels that test a requirement."""
    said = " ".join((node.id, node.otherwise.message or "", node.otherwise.action or ""))
    yield from (kernel.name for kernel in probes().kernel if re.search(kernel.words, said, re.IGNORECASE))


def claims_of(node: Advice) -> Iterator[Claimed]:
    """Yield what an advice claims that an experiment measures: numbers, and where there is none directions."""
    for experiment in probes().experiment:
        if not re.fullmatch(experiment.subject, node.subject) or node.message is None:
            continue
        numbers = list(_numbers(experiment, node.quantities))
        yield from numbers
        metrics = {claim.metric for claim in numbers}
        for pattern, metric, is_more in _DIRECTIONS:
            found = pattern.search(node.message)
            if found and metric not in metrics:
                metrics.add(metric)
                low, high = (1.0, float("inf")) if is_more else (0.0, 1.0)
                yield Claimed(experiment, metric, low, high, " ".join(found.group().split()))


def _numbers(experiment: Experiment, quantities: tuple[Quantity, ...]) -> Iterator[Claimed]:
    for quantity in quantities:
        about = quantity.metric or ""
        metric: Metric | None = "memory" if _MEMORY.search(about) else "time" if _TIME.search(about) else None
        if metric is None or quantity.direction is None or quantity.unit not in {"%", "x"}:
            continue
        grows = (quantity.direction == "increase") is (metric == "memory")
        low, high = quantity.low, quantity.high
        if quantity.unit == "%":
            low, high = (low or 0.0) / 100, (high or low or 0.0) / 100
            if not quantity.text[0].isdigit():  # about as much
                low, high = low * (1 - _APPROXIMATE), high * (1 + _APPROXIMATE)
            bounds = (1 + low, max(1 + high, 1 / (1 - min(high, 0.99)))) if grows else (1 - high, 1 / (1 + low))
        else:
            factor = high or low or 1.0
            bounds = (1.0, factor) if grows else (1 / factor, 1.0)
        yield Claimed(experiment, metric, *bounds, quantity.text)


def judge_claim(claim: Claimed, result: Mapping[str, Any] | None, cores: int) -> Judgement:
    """Return what an experiment says of a claim; None: it was not run."""
    if result is None:
        return Judgement("not-run", "time was up before it was measured", "over-budget")
    if result["outcome"] != "measured":
        said = str(result.get("observed") or result.get("message") or result["outcome"])
        if result["outcome"] == "absent":
            return Judgement("not-run", said, "package-missing")
        return Judgement("error", said)
    found = result["metrics"].get(claim.metric)
    if found is None:
        return Judgement("not-run", f"the experiment measures no {claim.metric}", "no-probe")
    low, high = found["interval"]
    observed = f"{claim.metric} ratio {found['ratio']:.3g} [{low:.3g}, {high:.3g}], n={found['n']}: {_workload(result)}"
    observed += f"; {fits(result)}" if is_capped(result) else ""
    expected = f"{claim.words}: {claim.low:.3g} to {claim.high:.3g}"
    share = result["workload"].get("share_of_activations")

    def judged(verdict: Literal["verified", "refuted", "inconclusive"], why: str) -> Judgement:
        return Judgement(verdict, why, observed=observed, expected=expected, looks=found["n"])

    if claim.metric == "memory" and claim.experiment.activations and share is not None and share < _SMALL_SHARE:
        return judged("inconclusive", f"activations are {share:.0%} of the peak of this workload")
    if claim.metric == "time" and (result.get("load") or 0.0) > cores * _BUSY:
        return judged("inconclusive", f"the machine was busy (load {result['load']:.1f})")
    if claim.low <= low and high <= claim.high:
        return judged("verified", "the interval is within what is claimed")
    is_contrary = high < 1 <= claim.low or low > 1 >= claim.high
    if is_contrary:
        return judged("refuted", "it goes the other way on this workload")
    return judged("inconclusive", "the interval goes beyond what is claimed, which names no workload")


def is_capped(result: Mapping[str, Any]) -> bool:
    """Return whether a result was set against a simulated budget, and something is known of it."""
    return any(each is not None for each in result.get("budget", {}).get("fits", {}).values())


def fits(result: Mapping[str, Any]) -> str:
    """Return in words which variants fit into the simulated budget of a result."""
    budget, variants = result["budget"], result["variants"]
    answers = {True: "fits", False: "does not fit", None: "is not known to fit"}
    told = ", ".join(f"{variants[name]} {answers[budget['fits'][name]]}" for name in ("a", "b"))
    return f"{budget['label']} of {budget['mib'] / 1024:g} GiB: {told}"


def _workload(result: Mapping[str, Any]) -> str:
    of = result["workload"]
    share = of.get("share_of_activations")
    parts = (
        f"{of.get('model', of.get('model_class', 'a small model'))}, {of.get('parameters', 0):,} parameters",
        f"batch {of.get('batch')} x {of.get('length')}",
        str(of.get("dtype")),
        f"on {of.get('device')}",
        f"activations {share:.0%} of the peak" if share is not None else "",
    )
    return ", ".join(filter(None, parts))
