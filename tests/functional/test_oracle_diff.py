"""What `miner diff` says of backends and declarations is what transformers and its metadata say, and no more."""

from __future__ import annotations

import email
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from miner.diff.compare import changes
from miner.model.change import Change

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from release import Sample, bring

PAIRS = [("4.57.1", "5.0.0rc1"), ("5.0.0rc1", "5.23.0")]


@pytest.fixture(scope="module", params=PAIRS, ids="-to-".join)
def compared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Sample, Sample, list[Change]]:
    """Two releases, and what changed from one to the other."""
    old, new = (bring(f"transformers=={version}", tmp_path_factory.getbasetemp()) for version in request.param)
    return old, new, changes(old.graph, new.graph)


def backends(sample: Sample) -> dict[tuple[str, str], set[str]]:
    """Return the backends of each object by the package of its model, from which users import it, and its name."""
    found = {}
    for module, name, needed in sample.ask("object_backends.py"):
        package = module.rpartition(".")[0] if module.count(".") > 1 else module
        found[package, name] = set(needed)
    return found


def declared(sample: Sample) -> dict[tuple[str, str | None], set[tuple[str, str]]]:
    """Return what PKG-INFO declares by package and extra: versions and the rest of the marker."""
    message = email.message_from_bytes((sample.tree / "PKG-INFO").read_bytes())
    found: dict[tuple[str, str | None], set[tuple[str, str]]] = {
        ("python", None): {(str(SpecifierSet(message["Requires-Python"])), "")}
    }
    for line in message.get_all("Requires-Dist"):
        requirement = Requirement(line)
        marker = str(requirement.marker or "")
        extra = re.search(r'extra == "([^"]+)"', marker)
        rest = re.sub(r'\s*(and\s+)?extra == "[^"]+"', "", marker).strip()
        key = canonicalize_name(requirement.name), canonicalize_name(extra[1]) if extra else None
        found.setdefault(key, set()).add((str(requirement.specifier), rest))
    return found


@pytest.mark.release
def test_backends_that_came_and_went(compared: tuple[Sample, Sample, list[Change]]) -> None:
    """Each difference of an object that is in both is one change."""
    old, new, found = compared
    was, is_ = backends(old), backends(new)
    expected = Counter(
        (type_, name[1], backend)
        for name in was.keys() & is_.keys()
        for type_, more, less in (("backend-added", is_, was), ("backend-removed", was, is_))
        for backend in more[name] - less[name]
    )
    said = Counter(
        (each.type, str(each.symbol).rpartition(".")[2], each.package)
        for each in found
        if each.type in {"backend-added", "backend-removed"} and "models" in str(each.new_evidence)
    )
    assert said == expected
    assert expected.total() > 30


@pytest.mark.release
def test_declarations_that_changed(compared: tuple[Sample, Sample, list[Change]]) -> None:
    """Each difference of a package and extra is one change; beyond them only markers that a build drops."""
    old, new, found = compared
    was, is_ = declared(old), declared(new)
    expected = {key for key in was.keys() | is_.keys() if was.get(key) != is_.get(key)}
    said = Counter((each.package, each.option) for each in found if each.field == "declared")
    assert set(said.values()) == {1}
    assert expected <= said.keys()
    beyond = [each for each in found if each.field == "declared" and (each.package, each.option) not in expected]
    for change in beyond:
        assert ";" in f"{change.old} {change.new}", change
    assert len(expected) > 100
    assert len(beyond) < 10
