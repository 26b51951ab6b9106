"""The plot has a row for each measurement, and nothing else."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from miner.app.plot import draw
from miner.errors import OutputError, UsageError
from miner.verify.record import Verification
from tests.unit.verify.test_judge import EVIDENCE


def record(*verdicts: dict[str, str]) -> Verification:
    """Return a record with verdicts of level S5."""
    row = {"about": "advice:lib.Options#checkpointing/trade-off", "host": "not-applicable", "claim": "verified",
           "level": "S5", "why": "", "evidence": EVIDENCE, "probe": "gradient-checkpointing <memory>"}  # fmt: skip
    ran = {"plan": "0" * 64, "probes": "0" * 64, "levels": ["S5"], "device": "cpu", "looks": 1, "seconds": 1.0,
           "python": "3.11.0", "versions": {}}  # fmt: skip
    whole = {"library": "lib", "version": "1", "revision": "x", "machine": {"name": "m"}, "ran": ran,
             "verdicts": [{**row, **each} for each in verdicts]}  # fmt: skip
    return msgspec.convert(whole, Verification)


def test_a_measurement_is_a_row(tmp_path: Path) -> None:
    """Its ratio and interval over the band that is claimed; what was not measured has none."""
    path = tmp_path / "plot.svg"
    measured = {"observed": "memory ratio 0.357 [0.35, 0.36], n=7: a model", "expected": "save memory: 0 to 1"}
    slower = {
        "observed": "time ratio 1.31 [1.29, 1.36], n=7: a model",
        "expected": "slower: 1 to inf",
        "claim": "refuted",
    }
    draw(record(measured, slower, {}), path)
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}circle")) == len(root.findall(f"{space}rect")) == 2
    assert "gradient-checkpointing <memory>" in str(root.findall(f"{space}text")[1].text)


def test_nothing_measured_or_no_place_to_write_is_told(tmp_path: Path) -> None:
    """In one line each."""
    with pytest.raises(UsageError, match="nothing was measured"):
        draw(record({}), tmp_path / "plot.svg")
    measured = {"observed": "memory ratio 0.3 [0.3, 0.3], n=7: a model", "expected": "save memory: 0 to 1"}
    with pytest.raises(OutputError, match="cannot be written"):
        draw(record(measured), tmp_path / "nowhere" / "plot.svg")
