"""A detector is one module, one line in the registry and one folder of fixtures."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from miner.app.detector_page import HEADINGS, docstring
from miner.detect.detector import Detector
from miner.detect.registry import DETECTORS

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "detect"
COMMENT = re.compile(r"^\s*# (expect|ok|todo-expect): (\S+)", re.MULTILINE)


def test_registry_and_modules_agree() -> None:
    """Every module that defines a detector is listed, once, under the id that its name gives."""
    modules = {
        path.stem.replace("_", "-")
        for path in (ROOT / "src" / "miner" / "detect").glob("*.py")
        if re.search(r"^DETECTOR\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    ids = [detector.id for detector in DETECTORS]
    assert sorted(ids) == sorted(modules)


def test_registry_and_fixtures_agree() -> None:
    """No folder without a detector and no detector without a folder."""
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} == {detector.id for detector in DETECTORS}


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.id)
def test_a_detector_is_documented(detector: Detector) -> None:
    """A sentence that says what it finds, then **Finds** and **Misses**."""
    text = docstring(detector)
    assert text.splitlines()[0].endswith(".")
    assert [text.count(heading) for heading in HEADINGS] == [1, 1]
    assert text.index(HEADINGS[0]) < text.index(HEADINGS[1])
    assert sys.modules[detector.find.__module__].__name__ == f"miner.detect.{detector.id.replace('-', '_')}"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", detector.id)
    assert detector.revision >= 1


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.id)
def test_a_detector_has_fixtures_of_what_it_finds_and_of_what_it_does_not(detector: Detector) -> None:
    """In its own folder, about itself alone."""
    comments = [
        match.groups()
        for path in sorted((FIXTURES / detector.id).rglob("*.py"))
        for match in COMMENT.finditer(path.read_text(encoding="utf-8"))
    ]
    assert {about for _, about in comments} == {detector.id}
    assert {"expect", "ok"} <= {kind for kind, _ in comments}
