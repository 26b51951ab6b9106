"""What the graph says every `is_*_available` means is what it answers when transformers itself is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.version import Version

from miner.formula.atom import Module, Package
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.formula.notation import from_json
from miner.formula.threshold import HIGHEST, flips
from miner.model.node import Predicate

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from claimed import Claimed
from release import bring

MODULE = "transformers.utils.import_utils"
COMPARES_TWO_PACKAGES = {"5.0.0rc1": {"is_ipex_available"}}
"""It wants Intel's extension in the release of the torch that is there. With everything else at 9999 it answers yes at
9999 alone, on the ladder of either package: a step of the ladder, and no threshold of the code."""


TOP = Version(HIGHEST)


def packages(meaning: Formula) -> set[str]:
    """Return the names of all packages and modules that a meaning speaks of."""
    named = (atom for atom in atoms(meaning) if isinstance(atom, Package | Module))
    return {atom.package if isinstance(atom, Package) else atom.module for atom in named}


def steps(changes: Iterable[tuple[str, bool]]) -> list[tuple[Version, bool]]:
    """Return the flips as versions: 2.6 and 2.6.0 are one."""
    return [(Version(version), answer) for version, answer in changes]


@pytest.mark.release
@pytest.mark.parametrize(("version", "flipping"), [("5.23.0", 31), ("5.0.0rc1", 23), ("5.8.1", 30)])
def test_predicates_flip_where_the_librarys_own_do(
    version: str, flipping: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For each package that a predicate asks for, and each that its meaning speaks of: the same flips, or none."""
    sample = bring(f"transformers=={version}", tmp_path_factory.getbasetemp())
    said = sample.ask("version_flips.py")
    expected = {
        (name, package): steps(changes) for name, package, changes in said["flips"] if name not in said["left_out"]
    }
    assert sum(map(bool, expected.values())) == flipping
    at_the_top = {name for (name, _), changes in expected.items() if TOP in dict(changes)}
    assert at_the_top == COMPARES_TWO_PACKAGES.get(version, set())

    meanings = {
        node.name: from_json(node.means)
        for node in sample.graph.nodes.values()
        if isinstance(node, Predicate) and node.qualname == f"{MODULE}.{node.name}"
    }
    predicates = {name for name, _ in expected}
    assert predicates - meanings.keys() == set()
    rows = expected.keys() | {(name, package) for name in predicates for package in packages(meanings[name])}
    differing = {}
    for name, package in sorted(rows):
        wanted = expected.get((name, package), [])
        found = steps(flips(meanings[name], package, said["ladder"], Claimed()))
        if wanted != found:
            differing[name, package] = (wanted, found)
    print(
        f"transformers {version}: {len(rows) - len(differing)} of {len(rows)} ladders of {len(predicates)} predicates "
        f"agree, {flipping} of them with flips; {len(said['left_out'])} predicates left out"
    )
    assert differing == {}
