"""Judging: what the looks at a gate, a predicate or an object say of the statement that was mined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import msgspec

from miner.formula.disjunctive import mentions
from miner.formula.notation import from_json
from miner.model.node import Otherwise, Predicate, Requirement
from miner.verify.boots import Seen
from miner.verify.fact import explained, ruled
from miner.verify.judgement import Judgement
from miner.verify.message import is_said, unsaid_of
from miner.verify.plan import Job
from miner.verify.points import Trial
from miner.verify.record import Claim
from miner.verify.state import Distributions
from miner.verify.target import Target, is_unread

Answer = Mapping[str, Any]
"""What one look returned: `outcome`, and what it tells of it."""
_UNSAFE = (
    "starts a process",
    "reaches for a network",
    "signals a process",
    "changes files",
    "writes elsewhere",
    "reads what is private",
)
_INSTEAD = "something else was said"
_LONGEST = 300


@dataclass(frozen=True)
class _Look:
    point: int
    background: str
    answer: Answer
    expected: bool
    seen: bool | None
    words: str
    turned: Mapping[str, Sequence[Answer]]


def judge(
    job: Job,
    answers: Mapping[tuple[int, int], Answer],
    distributions: Distributions,
    varied: frozenset[str],
    turned: Mapping[tuple[int, int], Mapping[str, Sequence[Answer]]] = MappingProxyType({}),
) -> Judgement:
    """Return what the looks at a predicate or a gate say; `answers` by (variant, look).

    `varied` are the packages, as reads name them, that the backgrounds of its kind vary. `turned` are the answers where
    one fact that was asked for is otherwise, by the look and the fact.
    """
    if not answers:
        return Judgement("not-run", "time was up before it was looked at", "over-budget")
    variant = next(iter(answers))[0]
    trial = job.trials[variant]
    node = job.target.node
    looks = []
    for key, answer in sorted(answers.items()):
        point, background = job.looks[variant][key[1]]
        at = trial.points[point]
        words = f"{at.words}; others {background}"
        seen = _seen(answer, node, expected=at.expected)
        looks.append(_Look(point, background, answer, at.expected, seen, words, turned.get(key, {})))
    looks = [look for look in looks if not _is_unreal(look, node)] or looks
    if isinstance(node, Predicate) and any(look.answer["outcome"] == "answered" for look in looks):
        looks = [replace(look, seen=False) if _is_away(look) else look for look in looks]
    judged = _broken(looks) or _unlike(looks, job, variant) or _weak(looks, job, variant, distributions, varied)
    if judged is None:
        judged = Judgement("verified", _sides(trial))
    quirks = tuple({quirk.partition(" on ")[0]: quirk for look in looks for quirk in _quirks(look, node)}.values())
    return replace(judged, looks=len(looks), quirks=quirks)


def _is_unreal(look: _Look, node: Predicate | Requirement) -> bool:
    """Say whether a look differs on a machine that lacks what the gate's own module has imported: there is none."""
    if not look.answer.get("held") or look.answer["outcome"] == "error":
        return False
    if look.seen is not look.expected or not isinstance(node, Requirement):
        return look.seen is not look.expected
    return look.answer["outcome"] == "effect" and differs(node.otherwise, look.answer) is not None


def _is_away(look: _Look) -> bool:
    """Say whether the module of a predicate, which answers elsewhere, cannot be imported where it has to say no."""
    return look.answer["outcome"] == "missing" and not look.expected


def _seen(answer: Answer, node: Predicate | Requirement, *, expected: bool) -> bool | None:
    """Return what a look says of the formula; a predicate that raises says no where it is known to, or has to."""
    is_known = isinstance(node, Predicate) and ("raises" in node.quirks or not expected)
    return None if answer["outcome"] == "raised" and not is_known else side(answer)


def side(answer: Answer) -> bool | None:
    """Return which side of a statement a look shows: met, not met, or None for neither."""
    match answer["outcome"]:
        case "answered":
            return bool(answer["value"])
        case "passed":
            return True
        case "effect" | "raised":
            return False
    return None


def _quirks(look: _Look, node: Predicate | Requirement) -> Iterable[str]:
    if look.answer["outcome"] == "raised" and look.seen is False:
        yield f"raises {look.answer['exception']} instead of answering no"
    if look.answer["outcome"] == "missing" and look.seen is False:
        yield f"its module raises {look.answer['exception']} instead of answering no"
    if look.answer["outcome"] == "effect" and isinstance(node, Requirement):
        unlike = differs(node.otherwise, look.answer)
        if unlike is not None:
            yield f"{unlike} on {look.words}"[:_LONGEST]


def _broken(looks: Sequence[_Look]) -> Judgement | None:
    outcomes = {look.answer["outcome"] for look in looks}
    first = looks[0].answer
    if "missing" in outcomes and len(outcomes) == 1:
        is_package = first.get("exception") == "ModuleNotFoundError"
        return Judgement("not-run", told(first), "package-missing" if is_package else "no-probe")
    if outcomes == {"unreached"}:
        return Judgement("not-run", f"the gate was not reached: {told(first)}", "no-probe")
    return next((error(look.answer, look.words) for look in looks if look.answer["outcome"] == "error"), None)


def error(answer: Answer, words: str) -> Judgement:
    """Return what a look that broke comes to: not run where it did what no probe may, else an error."""
    message = str(answer.get("message"))
    if message.startswith(_UNSAFE):
        return Judgement("not-run", f"it {message}, which no probe may", "unsafe")
    return Judgement("error", message, observed=words)


def _unlike(looks: Sequence[_Look], job: Job, variant: int) -> Judgement | None:
    """Return that a statement is refuted where a look shows otherwise than it says."""
    node = job.target.node
    other = next((look for look in looks if look.seen is not None and look.seen is not look.expected), None)
    if other is not None:
        claim, why = _unlike_look(other, looks, node, is_shadowed=job.trials[variant].is_shadowed)
        observed = f"{told(other.answer)} on {other.words}"[:_LONGEST]
        return Judgement(claim, why, observed=observed, expected=_words(other.expected, node))
    if isinstance(node, Requirement):
        effects = [look for look in looks if look.answer["outcome"] == "effect"]
        unlike = [differs(node.otherwise, look.answer) for look in effects]
        if unlike and all(unlike):
            observed = f"{told(effects[0].answer)} on {effects[0].words}"[:_LONGEST]
            return Judgement("refuted", str(unlike[0]), observed=observed, expected=_stated(node.otherwise))
        unsaid = unsaid_of(node.otherwise, (str(look.answer.get("message")) for look in effects))
        is_whole = all(look.seen is not None for look in looks)
        if effects and unsaid and is_whole:
            return Judgement("refuted", f"it was never said: {unsaid}"[:_LONGEST], expected=_stated(node.otherwise))
    return None


def _unlike_look(
    other: _Look, looks: Sequence[_Look], node: Predicate | Requirement, *, is_shadowed: bool
) -> tuple[Claim, str]:
    """Return the claim, and why, where a look shows the other side of what was expected."""
    if other.seen is False and is_shadowed:
        return "inconclusive", "another requirement of the same effect is the stricter one"
    if isinstance(node, Predicate) or {True, False} <= {look.seen for look in looks}:
        return "refuted", "the library does otherwise"
    if other.seen is False:
        return "inconclusive", "the effect comes where the need is met too: something else brings it"
    if mentions(from_json(node.when), is_unread):
        return "inconclusive", "the condition around it is not understood, and may not hold"
    return "refuted", "its effect came on no machine: it cannot be reached"


def _weak(
    looks: Sequence[_Look], job: Job, variant: int, distributions: Distributions, varied: frozenset[str]
) -> Judgement | None:
    """Return why a statement that nothing speaks against is not verified."""
    trial = job.trials[variant]
    by_point = {(look.point, look.background): look for look in looks if look.seen is not None}
    lost = [look for look in looks if look.seen is None]
    is_predicate = job.target.kind == "predicate"
    if lost and (is_predicate or not by_point):
        claim: Claim = "one-sided" if by_point else "inconclusive"
        return Judgement(claim, f"{told(lost[0].answer)} on {lost[0].words}"[:_LONGEST])
    if isinstance(job.target.node, Requirement) and job.target.node.otherwise.effect == "warn":
        effects = [look for look in by_point.values() if look.answer["outcome"] == "effect"]
        if effects and not any(look.answer.get("said") for look in effects):
            return Judgement("inconclusive", "its effect came, and nothing was heard of it")
    if is_predicate and (torn := _torn(looks)) is not None:
        return Judgement("inconclusive", f"it depends on others too: {told(torn.answer)} on {torn.words}"[:_LONGEST])
    formulas = job.target.asked(variant)
    ignored: tuple[str, ...] = ("import:",)
    ignored += ("env:",) if is_predicate else ()
    asked = {fact for look in by_point.values() for fact in look.answer.get("reads", ())}
    asked -= explained(formulas, distributions)
    if not is_predicate:  # a gate is passed, and what is done then may ask for more
        asked = {fact for fact in asked if not fact.startswith("attribute:")}
    if "statement" in job.target.look:  # what a stand-in has is no question: nothing real is like it
        asked = {fact for fact in asked if not fact.startswith("feature:")}
    loose = varied - ruled(formulas, distributions)
    unnamed = {fact for fact in asked if not _is_varied(fact, loose) and not fact.startswith(ignored)}
    if decisive := _decisive(sorted(asked), by_point.values()):  # what a predicate means is all that it depends on
        return Judgement("refuted" if is_predicate else "inconclusive", decisive[:_LONGEST])
    if hidden := _untried(sorted(unnamed), by_point.values(), trial):
        return Judgement("inconclusive", hidden[:_LONGEST])
    for pair in trial.pairs:
        grounds = [{ground for at, ground in by_point if at == point} for point in (pair.low, pair.high)]
        if not grounds[0] & grounds[1]:
            why = f": {told(lost[0].answer)} on {lost[0].words}" if lost else ""
            return Judgement("one-sided", f"{pair.atom} was not seen on both sides{why}"[:_LONGEST])
    if trial.missing:
        return Judgement("one-sided", f"no machine was found that flips {', '.join(trial.missing)} alone")
    if not trial.pairs:
        return Judgement("consistent", "it depends on nothing that can be varied")
    return None


def _torn(looks: Sequence[_Look]) -> _Look | None:
    """Return a look that raises where the same machine, with others in another state, answers; None: there is none."""
    answered = {look.point for look in looks if look.answer["outcome"] == "answered"}
    return next((look for look in looks if look.answer["outcome"] == "raised" and look.point in answered), None)


def _decisive(facts: Iterable[str], looks: Collection[_Look]) -> str | None:
    """Return that a fact which the statement does not name makes a difference; None where none was seen to."""
    for fact in facts:
        for look in looks:
            if look.seen is not None and (not look.seen) in map(side, look.turned.get(fact, ())):
                return f"it depends on {fact} too, which the statement does not name, on {look.words}"
    return None


def _untried(facts: Iterable[str], looks: Collection[_Look], trial: Trial) -> str | None:
    """Return that facts are asked for which were not turned at each point between which the formula flips."""
    left: list[str] = []
    for fact in facts:
        asking = {look.point for look in looks if fact in look.answer.get("reads", ())}
        tried = {look.point for look in looks if {side(each) for each in look.turned.get(fact, ())} == {look.seen}}
        if not tried or asking & trial.decisive - tried:
            left.append(fact)
    return f"it asks for {', '.join(left)}, which the statement does not name" if left else None


def _is_varied(fact: str, varied: frozenset[str]) -> bool:
    """Say whether backgrounds vary a fact: a package, or a module of one, which no point rules over."""
    kind, _, name = fact.partition(":")
    return fact in varied or (kind == "module" and f"module:{name.partition('.')[0]}" in varied)


def differs(otherwise: Otherwise, answer: Answer) -> str | None:
    """Return how an exception differs from the one that was mined; None where it does not."""
    if otherwise.effect == "warn":
        said = answer.get("said", ())
        if not any(otherwise.message is None or is_said(otherwise.message, each) for each in said):
            return f"{answer['exception']} was raised" if "exception" in answer else _INSTEAD if said else None
    if otherwise.effect not in {"raise", "placeholder"} and answer.get("at_site"):
        return f"{answer['exception']} was raised"
    if otherwise.effect in {"raise", "placeholder"}:
        if "exception" not in answer:
            return "nothing was raised"
        wanted = (otherwise.exception or "").rpartition(".")[2]
        if wanted and answer["exception"] != wanted:
            return f"{answer['exception']} was raised, and not {wanted}"
        if otherwise.message is not None and not is_said(otherwise.message, answer.get("message", "")):
            return "the message is another one"
    return None


def judge_object(seen: Seen, rows: Mapping[int, Answer], machines: Sequence[str]) -> Judgement:
    """Return what the machines show of a public object; `rows` by the number of the machine, `machines` in words."""
    node = seen.target.node
    assert isinstance(node, Requirement)
    if 0 not in rows:
        return Judgement("not-run", "time was up before it was looked at", "over-budget")
    if rows[0]["outcome"] != "real":
        return Judgement("inconclusive", f"with everything there it is {told(rows[0])}", looks=len(rows))
    lost: list[str] = []
    quirks: list[str] = []
    for index, is_real in seen.expected.items():
        answer = rows.get(index)
        if answer is None:
            lost.append(f"it was not looked at {machines[index]}")
        elif unlike := _unlike_object(seen.target, answer, is_real=is_real):
            why = f"{unlike} {machines[index]}"[:_LONGEST]
            expected = "the real object" if is_real else _stated(node.otherwise)
            return Judgement("refuted", why, observed=told(answer), expected=expected, looks=len(rows))
        elif answer["outcome"] == "broken" and is_real:
            quirks.append(f"it breaks {machines[index]}, which it does not state: {told(answer)}"[:_LONGEST])
        elif answer["outcome"] == "broken" and node.otherwise.effect != "disable":
            lost.append(f"it breaks {machines[index]}, with nothing in its place: {told(answer)}")
    texts = [str(answer.get("message")) for answer in rows.values() if answer["outcome"] == "placeholder"]
    if not lost and (unsaid := unsaid_of(node.otherwise, texts)):
        return Judgement("refuted", f"it was never said: {unsaid}"[:_LONGEST], looks=len(rows))
    claim: Claim = "one-sided" if lost else "verified"
    without = {"disable": "not offered", "fallback": node.otherwise.action}.get(node.otherwise.effect, "a placeholder")
    why = lost[0][:_LONGEST] if lost else f"real where its needs are met, {without} without each of them"
    return Judgement(claim, why, looks=len(rows), quirks=tuple(quirks[:1]))


def _unlike_object(target: Target, answer: Answer, *, is_real: bool) -> str | None:
    """Return how an object differs on a machine from what it has to be there; None where it does not."""
    node = target.node
    assert isinstance(node, Requirement)
    otherwise, outcome = node.otherwise, answer["outcome"]
    if otherwise.effect == "fallback" and outcome == "real":
        own = node.owner.rpartition(".")[2]
        called = answer.get("called", own)
        if called != (own if is_real else otherwise.action):
            return f"it is {called}"
        said = answer.get("said", ())
        told_it = is_real or otherwise.message is None or any(is_said(otherwise.message, each) for each in said)
        return None if told_it else _INSTEAD
    if otherwise.effect == "fallback" and outcome == "placeholder":
        return "it is a placeholder"
    if outcome == "real":
        return None if is_real else "it is no placeholder"
    if outcome == "nothing":
        return None if not is_real and (otherwise.action or "").endswith(" is None") else "it is None"
    if outcome == "placeholder" and is_real:
        return "it is a placeholder"
    if (
        outcome == "broken"
        and is_real
        and otherwise.effect == "disable"
        and answer.get("exception") == "AttributeError"
    ):
        return "it is not offered"
    if outcome == "placeholder" and otherwise.effect == "disable":
        return "it is offered, as a placeholder,"
    if outcome != "placeholder":
        return None
    said = otherwise.message and "\n".join((otherwise.message, *target.also))
    return differs(msgspec.structs.replace(otherwise, message=said), answer)


def _sides(trial: Trial) -> str:
    masked = f"; {', '.join(trial.masked)} cannot decide it" if trial.masked else ""
    return f"both sides of {', '.join(pair.atom for pair in trial.pairs)}{masked}"[:_LONGEST]


def told(answer: Answer) -> str:
    """Return what a look returned, in one line."""
    outcome = str(answer["outcome"])
    if answer.get("exception"):
        said = " ".join(str(answer.get("message") or "").split())
        return f"{outcome}: {answer['exception']}: {said}"[:_LONGEST]
    return f"{outcome} {answer['shown']}" if "shown" in answer else outcome


def _words(expected: bool, node: Predicate | Requirement) -> str:
    if isinstance(node, Predicate):
        return "yes" if expected else "no"
    return "passed" if expected else _stated(node.otherwise)


def _stated(otherwise: Otherwise) -> str:
    parts = (
        otherwise.effect,
        (otherwise.exception or "").rpartition(".")[2],
        otherwise.message or otherwise.action or "",
    )
    return " ".join(": ".join(filter(None, parts)).split())[:_LONGEST]
