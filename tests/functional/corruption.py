"""Corrupting a mined graph: seeded, one row each, so that what an audit finds can be counted."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]

KINDS = ("span", "version", "polarity", "owner", "backend", "edge")


def read_rows(graph: Path) -> Rows:
    """Return the rows of a graph folder by file."""
    names = ("nodes.jsonl", "edges.jsonl", "outcomes.jsonl")
    return {name: [json.loads(line) for line in (graph / name).read_text("utf-8").splitlines()] for name in names}


def write_rows(graph: Path, rows: Rows, target: Path) -> None:
    """Write rows as a graph folder whose manifest states their digests: a consistent, wrong graph."""
    target.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((graph / "manifest.json").read_text("utf-8"))
    for name, listed in rows.items():
        data = "".join(json.dumps(row, sort_keys=True) + "\n" for row in listed).encode()
        (target / name).write_bytes(data)
        manifest["files"][name] = hashlib.sha256(data).hexdigest()
    (target / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def name_of(row: Row) -> str:
    """Return what an audit calls a row."""
    return f"{row['source']} {row['relation']} {row['target']}" if "relation" in row else str(row["id"])


def corrupt(rows: Rows, count: int, seed: int) -> tuple[Rows, list[tuple[str, str, str]]]:
    """Return a copy of `rows` with up to `count` rows corrupted, each once, and (kind, name before, name after)."""
    rows = copy.deepcopy(rows)
    chance = random.Random(seed)
    done: list[tuple[str, str, str]] = []
    pools = {kind: list(_candidates(kind, rows)) for kind in KINDS}
    for pool in pools.values():
        chance.shuffle(pool)
    touched: set[int] = set()
    while len(done) < count and any(pools.values()):
        for kind in KINDS:
            pool = [row for row in pools[kind] if id(row) not in touched]
            row = pool[0] if pool else None
            pools[kind] = pool[1:]
            if row is None or len(done) >= count:
                continue
            touched.add(id(row))
            before = name_of(row)
            _CORRUPTIONS[kind](row, rows, chance)
            done.append((kind, before, name_of(row)))
    return rows, done


def _candidates(kind: str, rows: Rows) -> Iterator[Row]:
    nodes = rows["nodes.jsonl"]
    if kind == "edge":
        yield from rows["edges.jsonl"]
    elif kind == "span":
        yield from nodes
    elif kind == "version":
        yield from (node for node in nodes if _versions(node.get("needs", node.get("means"))))
    elif kind == "polarity":
        yield from (node for node in nodes if "needs" in node or "means" in node)
    elif kind == "owner":
        yield from (node for node in nodes if node["type"] == "Requirement")
    else:
        yield from (node for node in nodes if node.get("backends"))


def _span(row: Row, _: Rows, chance: random.Random) -> None:
    place = chance.choice(row["evidence"])
    key = chance.choice(["start_byte", "end_byte", "start_line", "end_line"])
    place[key] += chance.choice([1, 2, 7])


def _versions(formula: Any) -> list[list[str]]:
    if isinstance(formula, list):
        return [found for part in formula for found in _versions(part)]
    if not isinstance(formula, dict):
        return []
    return [pair for key in ("version", "python") for pair in formula.get(key, ())] + [
        found for key in ("all", "any", "not") for found in _versions(formula.get(key))
    ]


def _version(row: Row, _: Rows, chance: random.Random) -> None:
    pair = chance.choice(_versions(row.get("needs", row.get("means"))))
    if chance.random() < 0.3:
        pair[0] = {">=": ">", ">": ">=", "<": "<=", "<=": "<", "==": "!=", "!=": "=="}[pair[0]]
    else:
        first, _, rest = pair[1].partition(".")
        pair[1] = f"{first}.{rest}1" if rest else f"{int(first) + 1}"


def _polarity(row: Row, _: Rows, __: random.Random) -> None:
    key = "needs" if "needs" in row else "means"
    formula = row[key]
    row[key] = formula["not"] if isinstance(formula, dict) and "not" in formula else {"not": formula}


def _owner(row: Row, rows: Rows, chance: random.Random) -> None:
    others = [node["qualname"] for node in rows["nodes.jsonl"] if node["type"] == "Implementation"]
    row["owner"] = chance.choice([name for name in chance.sample(others, min(5, len(others))) if name != row["owner"]])


def _backend(row: Row, rows: Rows, chance: random.Random) -> None:
    known = sorted({name for node in rows["nodes.jsonl"] for name in node.get("backends", ())})
    absent = [name for name in known if name not in row["backends"]]
    if absent and chance.random() < 0.6:
        row["backends"] = sorted([*row["backends"][1:], chance.choice(absent)])
    else:
        row["backends"] = row["backends"][1:]


def _edge(row: Row, rows: Rows, chance: random.Random) -> None:
    prefix = row["target"].partition(":")[0]
    others = [n["id"] for n in rows["nodes.jsonl"] if n["id"].startswith(prefix) and n["id"] != row["target"]]
    row["target"] = chance.choice(others) if others else row["target"] + "x"


_CORRUPTIONS: dict[str, Callable[[Row, Rows, random.Random], None]] = {
    "span": _span,
    "version": _version,
    "polarity": _polarity,
    "owner": _owner,
    "backend": _backend,
    "edge": _edge,
}
