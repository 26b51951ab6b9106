"""The looks of one part of a plan, from a library that is imported once: which to make, in which order, and on what."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterator
from typing import Any

from . import server, simulation, turning


def looks(part: str, plan: dict[str, Any], options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each look: of `late` under simulated machines, of `real` under none and its own simulation."""
    prepared = server.Prepared([*plan["roots"], *plan["modules"]], plan["universe"], plan["roots"], plan["features"])
    if part != "turned":  # it has been said before
        yield from ({"note": f"{module} cannot be imported: {why}"} for module, why in prepared.failed.items())
    end = time.monotonic() + options["seconds"]
    pool = server.Pool(options["width"], plan["seconds"], os.environ["TMPDIR"])
    if part == "turned":
        yield from _turned(plan, options, prepared, pool, end)
        return
    jobs = plan["jobs"]
    chosen: dict[int, tuple[int, int]] = {}
    found: dict[server.Key, dict[str, Any]] = {}
    measured = _measured(plan, options["machine"], prepared)
    known = {tuple(each) for each in options["known"]}

    def look(key: server.Key) -> dict[str, Any]:
        job, variant, index = key
        return prepared.look(_target(plan, job, variant), jobs[job]["variants"][variant]["machines"][index])

    def look_here(key: server.Key) -> dict[str, Any]:
        job, variant, index = key
        return prepared.look(_target(plan, job, variant), measured if index else None)

    def work(batches: Iterator[list[server.Key]], how: server.Look) -> Iterator[tuple[list[server.Key], server.Look]]:
        for batch in batches:
            left = [key for key in batch if key not in known]
            if time.monotonic() > end:
                return
            if left:
                yield left, how

    scouts = (
        [(index, variant, scout) for variant, each in enumerate(job["variants"]) for scout in each["scouts"]]
        for index, job in enumerate(jobs)
        if job["target"].get("site")
    )
    for key, answer in pool.run(work(scouts, look)):
        found[key] = answer
        rank = _RANKS.get(answer["outcome"], len(_RANKS))
        chosen[key[0]] = min(chosen.get(key[0], (len(_RANKS) + 1, 0)), (rank, key[1]))
    best = [chosen.get(job, (0, 0))[1] for job in range(len(jobs))]
    if part == "real":
        yield from (_row(part, *each) for each in pool.run(work(
            ([(job, best[job], 0), (job, best[job], 1)] for job in range(len(jobs))), look_here)))  # fmt: skip
        return
    yield from (_row(part, key, answer) for key, answer in found.items() if key[1] == best[key[0]])
    keys = (
        [key for index in range(len(job["variants"][best[number]]["machines"]))
         if (key := (number, best[number], index)) not in found]
        for number, job in enumerate(jobs) if _is_reached(chosen, number)
    )  # fmt: skip
    yield from (_row(part, *each) for each in pool.run(work(keys, look)))


def _turned(
    plan: dict[str, Any], options: dict[str, Any], prepared: server.Prepared, pool: server.Pool, end: float
) -> Iterator[dict[str, Any]]:
    """Yield a row for each fact that is asked to be turned: what came on each machine on which it is otherwise."""

    def look(target: dict[str, Any], machines: list[dict[str, Any]], key: server.Key) -> dict[str, Any]:
        return prepared.look(target, machines[key[1]])

    def work() -> Iterator[tuple[list[server.Key], server.Look]]:
        for ask, (job, variant, index, fact) in enumerate(options["asks"]):
            if time.monotonic() > end:
                return
            target = _target(plan, job, variant)
            machine = plan["jobs"][job]["variants"][variant]["machines"][index]
            machines = list(turning.turned(machine, fact, prepared.real))
            if machines:
                yield [(ask, each, 0) for each in range(len(machines))], functools.partial(look, target, machines)

    answers: dict[int, list[dict[str, Any]]] = {}
    for key, answer in pool.run(work()):
        answers.setdefault(key[0], []).append({**answer, "reads": []})
    for ask, found in sorted(answers.items()):
        yield {"part": "turned", "key": options["asks"][ask], "outcome": "turned", "answers": found}


def _target(plan: dict[str, Any], job: int, variant: int) -> dict[str, Any]:
    """Return what is looked at, with what it is called with in one variant."""
    return {**plan["jobs"][job]["target"], **plan["jobs"][job]["variants"][variant]["with"]}


def _is_reached(chosen: dict[int, tuple[int, int]], job: int) -> bool:
    """Say whether the first look at a gate came as far as the gate: if not, no other will."""
    return job not in chosen or chosen[job][0] < _RANKS["unreached"]


_RANKS = {"effect": 0, "answered": 1, "passed": 2, "broke": 3, "raised": 4, "unreached": 5, "missing": 6, "error": 7}


def _row(part: str, key: server.Key, answer: dict[str, Any]) -> dict[str, Any]:
    return {"part": part, "key": list(key), **answer}


def _measured(plan: dict[str, Any], machine: dict[str, Any], prepared: server.Prepared) -> dict[str, Any]:
    """Return this very machine, as a simulation of it."""
    modules = {module: module in machine.get("modules", {}) for module, _ in plan["universe"]}
    names = {simulation.normal(name) for _, name in plan["universe"]}
    distributions = {name: prepared.real[name].version if name in prepared.real else None for name in names}
    return {
        "modules": modules,
        "distributions": distributions,
        "devices": machine.get("devices", []),
        "toolkit": {name: found or None for name, found in machine.get("toolkit", {}).items()},
        "os": machine["os"],
        "python": machine["python"],
    }
