"""Over the records of a place, any(when and not needs) is its path condition: on every place of a real release."""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Callable

import pytest

from miner.app.progress import Silent
from miner.app.reading import Reading
from miner.detect.idiom import load_idioms
from miner.formula.atom import (
    Atom,
    ComputeCapability,
    Device,
    DeviceCount,
    Memory,
    Module,
    Opaque,
    Package,
    Python,
    Rocm,
    Toolkit,
)
from miner.formula.connective import All, Any, Formula, Not
from miner.formula.disjunctive import atoms
from miner.formula.evaluate import Reading as Known
from miner.formula.evaluate import holds, value
from miner.formula.gate import Split, split
from miner.formula.notation import text
from miner.formula.threshold import points
from miner.link import gate, linker, raising, soft_use
from miner.source.locate import open_source

MACHINES = 40


class Drawn:
    """A machine whose facts are drawn once for each subject: absent, or at a version beside a threshold."""

    def __init__(self, f: Formula, chance: random.Random) -> None:
        self._versions = {text(each.subject): each.versions for each in points(f)}
        self._chance = chance
        self._drawn: dict[str, Known] = {}

    def read(self, subject: Atom) -> Known:
        """Return a drawn fact; what must agree agrees: a capability needs its device, a module its distribution."""
        match subject:
            case ComputeCapability(device=device) if not self.read(Device(device=device or "cuda")):
                return False
            case Module(module=name, distribution=str(distribution)):
                return self.read(Module(module=name)) and self.read(Package(package=distribution))
        key = text(subject)
        if key not in self._drawn:
            self._drawn[key] = self._draw(subject, self._versions.get(key, ("1", "9999")))
        return self._drawn[key]

    def _draw(self, subject: Atom, versions: tuple[str, ...]) -> Known:
        if isinstance(subject, Python | DeviceCount | ComputeCapability | Memory):
            return self._chance.choice(versions)
        if isinstance(subject, Package | Module | Toolkit | Rocm):
            return self._chance.choice((False, *versions))
        return self._chance.choice((False, True))

    def decide(self, atom: Atom) -> bool:
        """Return whether an atom holds; what no machine answers has a truth of its own."""
        known = holds(atom, self)
        salt = str(self._drawn.setdefault("salt", str(self._chance.random())))
        return zlib.crc32((salt + text(atom)).encode()) % 2 == 1 if known is None else known


def differences(condition: Formula, found: Split) -> int:
    """Return on how many of the drawn machines the records and the condition disagree."""
    reached = Any((*(All((when, Not(needs))) for needs, when in found.records), found.calls))
    chance = random.Random(text(condition))
    drawn = (Drawn(Any((condition, reached)), chance).decide for _ in range(MACHINES))
    return sum(value(reached, decide) is not value(condition, decide) for decide in drawn)


@pytest.mark.release
def test_on_every_place_of_a_release(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every condition that is split while transformers 5.23.0 is linked, on forty machines each."""
    seen: dict[str, Formula] = {}
    sites: Counter[str] = Counter()

    def recorded(name: str) -> Callable[[Formula], Split]:
        def record(condition: Formula) -> Split:
            seen[text(condition)] = condition
            sites[name] += 1
            return split(condition)

        return record

    for module in (gate, soft_use, raising):
        monkeypatch.setattr(module, "split", recorded(module.__name__.rpartition(".")[2]))
    cache = tmp_path_factory.getbasetemp() / "releases" / "cache"
    snapshot = open_source("transformers==5.23.0", None, cache=cache, progress=lambda line: None)
    idioms = load_idioms()
    read = Reading(snapshot, idioms, None, "fast", 2, cache, Silent()).all()
    blobs = {entry.path: entry.blob for entry in snapshot.entries}
    linker.link(
        read.facts,
        lambda path: snapshot.read(blobs[path]).decode("utf-8", "replace"),
        idioms,
        read.sources,
        read.declared,
    )
    results = {key: split(condition) for key, condition in seen.items()}
    whole = {key: found for key, found in results.items() if found.whole}
    shapes = Counter(atom.reason for key in seen for atom in atoms(seen[key]) if isinstance(atom, Opaque))
    print(f"{sum(sites.values())} splits {dict(sites)}, {len(seen)} distinct, {len(seen) - len(whole)} too long")
    print(f"opaque by shape: {shapes.most_common()}")
    assert len(seen) > 500
    assert len(whole) / len(seen) > 0.95
    assert {key: count for key, found in whole.items() if (count := differences(seen[key], found))} == {}


def test_the_check_can_fail() -> None:
    """A record with the wrong polarity, or a condition left out, is noticed."""
    torch, fast = Module(module="torch"), Device(device="cuda")
    condition = All((Not(torch), fast))
    assert differences(condition, split(condition)) == 0
    assert differences(condition, Split(((Not(torch), fast),), False)) > 0
    assert differences(condition, Split(((torch, True),), False)) > 0
