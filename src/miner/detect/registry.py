"""The detectors, in order: one line for each form of evidence."""

from __future__ import annotations

from miner.detect import enforcement_decorator, file_rule, placeholder, predicate, runtime_gate
from miner.detect.detector import Detector

DETECTORS: tuple[Detector, ...] = (
    enforcement_decorator.DETECTOR,
    file_rule.DETECTOR,
    placeholder.DETECTOR,
    predicate.DETECTOR,
    runtime_gate.DETECTOR,
)
