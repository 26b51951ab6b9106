"""The reference page of the detectors, made from the docstrings of their modules."""

from __future__ import annotations

import sys
from textwrap import dedent

from miner.detect.detector import Detector
from miner.detect.registry import DETECTORS

HEADINGS = ("**Finds**", "**Misses**")


def docstring(detector: Detector) -> str:
    """Return the docstring of the module in which the detector is defined, without its indentation."""
    text = sys.modules[detector.find.__module__].__doc__ or ""
    head, _, rest = text.partition("\n")
    return f"{head}\n{dedent(rest)}".strip()


def page() -> str:
    """Return the page as Markdown: a section for each detector, in the order of the registry."""
    sections = "".join(f"\n## {detector.id}\n\n{docstring(detector)}\n" for detector in DETECTORS)
    return (
        "# Detectors\n\n"
        "One detector finds one form of evidence. This page is made from their docstrings by `make docs`.\n"
        f"{sections}"
    )
