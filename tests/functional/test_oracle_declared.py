"""What build scripts declare is what the metadata of the release says, which its own build wrote."""

from __future__ import annotations

import email
import re
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from miner.model.node import Package

sys.path.insert(0, str(Path(__file__).parents[1] / "oracle"))
from release import Sample, bring

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
Row = tuple[str, str, str, str]


def stated(sample: Sample) -> set[Row]:
    """Return the rows of PKG-INFO: package, specifier, extra, marker."""
    message = email.message_from_bytes((sample.tree / "PKG-INFO").read_bytes())
    rows = {("python", str(SpecifierSet(message["Requires-Python"])), "", "")}
    for line in message.get_all("Requires-Dist"):
        requirement = Requirement(line)
        marker = str(requirement.marker or "")
        extra = re.search(r'extra == "([^"]+)"', marker)
        rest = re.sub(r'\s*(and\s+)?extra == "[^"]+"', "", marker).strip()
        name = canonicalize_name(extra[1]) if extra else ""
        rows.add((canonicalize_name(requirement.name), str(requirement.specifier), name, rest))
    return rows


def mined(sample: Sample) -> set[Row]:
    """Return the rows that come from build files alone, with the marker of conditional ones."""
    packages = [node for node in sample.graph.nodes.values() if isinstance(node, Package)]
    return {
        (node.name, str(SpecifierSet(row.specifier)), row.extra or "", row.marker or "")
        for node in packages
        for row in node.declared
        if row.place == "build-script"
    }


def built_under(rows: set[Row], python: str) -> set[Row]:
    """Return the rows as a build under this Python writes them: markers that hold are dropped, others drop the row."""
    environment = {"python_version": python, "os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"}
    return {(*row[:3], "") for row in rows if not row[3] or Marker(row[3]).evaluate(environment)}


@pytest.mark.release
@pytest.mark.parametrize(
    ("spec", "count"),
    [("transformers==5.23.0", 231), ("accelerate==1.15.0", 72), ("peft==0.21.2", 39), ("diffusers==0.42.1", 87)],
)
def test_the_build_script_says_what_the_build_wrote(
    spec: str, count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every row and no other, under one of the Pythons that the release may have been built with."""
    sample = bring(spec, tmp_path_factory.getbasetemp())
    expected, found = stated(sample), mined(sample)
    assert len(expected) == count
    assert expected in [built_under(found, python) for python in PYTHONS]


@pytest.mark.release
def test_conditional_rows_carry_their_marker(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two extras of transformers depend on the building Python."""
    sample = bring("transformers==5.23.0", tmp_path_factory.getbasetemp())
    marked = {(row[0], row[3]) for row in mined(sample) if row[3]}
    assert marked == {(name, 'python_version < "3.14"') for name in ("ray", "sudachipy", "sudachidict-core")}
