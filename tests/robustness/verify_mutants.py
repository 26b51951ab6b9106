"""How many wrong statements `miner verify` lets pass: verified ones are changed, and looked at again, all in one run.

    python -m tests.robustness.verify_mutants GRAPH PYTHON [NUMBER]

GRAPH is a folder with a `verification.json` of level S2; PYTHON has the library. Of each statement that is verified at
most one mutant is made, and none beside another at the same gate; mutants that say the same are left out. The rest of
the graph stays as it is: what of it was verified has to be so again.
"""

from __future__ import annotations

import itertools
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from miner.app.progress import Silent
from miner.app.verify import Request, recorded, verify
from miner.formula.canonical import canonical
from miner.formula.disjunctive import atoms
from miner.formula.evaluate import value
from miner.formula.notation import from_json
from miner.verify.state import entities
from tests.functional.corruption import read_rows, write_rows

SEED = 20261129
_MOST = 20_000
equivalent: Counter[str] = Counter()
RENAMED = "quixotic_package"


def mutants(row: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (kind, changed row) for every way to change a statement."""
    key = "means" if row["type"] == "Predicate" else "needs"
    called = row.get("called")  # a predicate that is verified by a call of it: what that means
    formula = row[key] if called is None else called["means"]
    for kind, changed in changes(formula):
        if is_equivalent(formula, changed):
            equivalent[kind] += 1
        else:
            yield kind, {**row, **({key: changed} if called is None else {"called": {**called, "means": changed}})}
    if row["type"] == "Requirement":
        otherwise = row["otherwise"]
        if otherwise["effect"] == "raise":
            yield "effect", {**row, "otherwise": {**otherwise, "effect": "fallback", "exception": None}}
            yield "exception", {**row, "otherwise": {**otherwise, "exception": "LookupError"}}
        if otherwise["effect"] in {"raise", "placeholder", "warn"} and otherwise.get("message"):
            message = "It is the wrong time of the year for that. " + otherwise["message"]
            yield "message", {**row, "otherwise": {**otherwise, "message": message}}


def is_equivalent(one: Any, other: Any) -> bool:
    """Say whether two formulas say the same in every combination of the states of what the first asks for; where one
    of them says nothing, as of a version without metadata, they do not differ.
    """
    first, second = canonical(from_json(one)), canonical(from_json(other))
    if first == second:
        return True
    asked = entities(atoms(first), {})
    if isinstance(asked, str) or not set(atoms(second)) <= set(atoms(first)):
        return False
    for states in itertools.islice(itertools.product(*(entity.states for entity in asked)), _MOST):
        known = {atom: held for state in states for atom, held in state.holds.items()}
        said = value(first, known.get), value(second, known.get)
        if None not in said and said[0] is not said[1]:
            return False
    return True


def changes(formula: Any) -> Iterator[tuple[str, Any]]:
    """Yield (kind, formula) for every way to change a formula in one place."""
    yield "polarity", {"not": formula}
    yield from inside(formula)


def inside(formula: Any) -> Iterator[tuple[str, Any]]:
    """Yield the changes of parts and atoms."""
    if not isinstance(formula, dict):
        return
    for connective in ("all", "any"):
        parts = formula.get(connective, [])
        for index, part in enumerate(parts):
            rest = parts[:index] + parts[index + 1 :]
            if rest:
                yield "dropped atom", {connective: rest} if len(rest) > 1 else rest[0]
            for kind, changed in inside(part):
                yield kind, {connective: [*parts[:index], changed, *parts[index + 1 :]]}
    if "not" in formula:
        for kind, changed in inside(formula["not"]):
            yield kind, {"not": changed}
    for name in ("module", "package"):
        if name in formula:
            yield "renamed package", {**formula, name: RENAMED}
            if formula.get("version"):
                yield (
                    "dropped version",
                    {key: value for key, value in formula.items() if key not in {"version", "base"}},
                )
                yield "version", {**formula, "version": [stepped(each) for each in formula["version"]]}
    if "compute_capability" in formula:
        yield "version", {**formula, "compute_capability": [stepped(each) for each in formula["compute_capability"]]}
    if "device" in formula and "compute_capability" not in formula:
        yield "backend", {**formula, "device": "xpu" if formula["device"] != "xpu" else "cuda"}


def is_whole(row: dict[str, Any]) -> bool:
    """Say whether a statement is about an object as a whole."""
    return row["type"] == "Requirement" and row["origin"] in {"file-rule", "placeholder", "decorator"}


def stepped(constraint: list[str]) -> list[str]:
    """Return a bound one step up in the second number of its version."""
    operator, bound = constraint
    parts = bound.split(".")
    parts = [*parts, "0"] if len(parts) < 2 else parts
    parts[1] = str(int(parts[1]) + 1) if parts[1].isdigit() else parts[1]
    return [operator, ".".join(parts)]


def main(graph: Path, python: str, number: int) -> int:
    """Change, look again and count."""
    record = recorded(str(graph))
    assert record is not None, "no verification.json"
    verified = {each.about for each in record.verdicts if each.level == "S2" and each.claim == "verified"}
    whole = read_rows(graph)
    rows = whole["nodes.jsonl"]
    chance = random.Random(SEED)
    kinds: dict[str, str] = {}
    owners: set[str] = set()
    stated = Counter(row["owner"] for row in rows if row["type"] == "Requirement" and is_whole(row))
    order = [index for index, row in enumerate(rows) if row["id"] in verified]
    order = [index for index in order if not is_whole(rows[index]) or stated[rows[index]["owner"]] == 1]
    chance.shuffle(order)
    counted: Counter[str] = Counter()
    for index in order:
        row = rows[index]
        owner = row.get("owner") or row["qualname"]
        made = list(mutants(row))
        if len(kinds) >= number or not made or owner in owners:
            continue
        kind, changed = min(made, key=lambda each: (counted[each[0]], chance.random()))
        rows[index], kinds[row["id"]] = changed, kind
        counted[kind] += 1
        owners.add(owner)
    with tempfile.TemporaryDirectory() as place:
        write_rows(graph, whole, Path(place))
        found = verify(Request(graph=place, level="S2", python=python), lambda _: True, Silent())
    assert found is not None
    claims = {each.about: each for each in found.verdicts if each.level in {"S1", "S2"}}
    table = Counter((kinds[about], claims[about].claim) for about in kinds)
    for (kind, claim), count in sorted(table.items()):
        print(f"{kind:18} {claim:14} {count}")
    for about, kind in kinds.items():
        if claims[about].claim not in {"refuted"}:
            print(f"  {kind}: {about}: {claims[about].claim}: {claims[about].why}")
    true = verified - set(kinds)
    again = sum(claims[about].claim == "verified" for about in true)
    passed = sum(claims[about].claim == "verified" for about in kinds)
    refuted = sum(claims[about].claim == "refuted" for about in kinds)
    print(f"left out as equivalent: {dict(equivalent)}")
    print(f"{len(kinds)} mutants: {passed} verified, {refuted} refuted ({refuted / len(kinds):.1%})")
    print(f"{len(true)} true statements: {again} verified ({again / len(true):.1%})")
    return int(passed > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1200))
