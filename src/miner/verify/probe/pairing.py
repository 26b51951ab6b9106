"""Two variants are measured in turns, and what was measured is summed up as a ratio with an interval.

It needs the standard library of Python 3.10 alone, and never miner.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

LEAST_PAIRS = 3
_RESAMPLES = 2000
_SEED = 0

Reading = dict[str, float]
"""What one repeat of one variant gave: a number for every metric."""


def pair_order(pair: int) -> tuple[str, str]:
    """Return which variant goes first in a pair: they change places from pair to pair."""
    return ("a", "b") if pair % 2 == 0 else ("b", "a")


def measure_pairs(
    measure: Callable[[str], Reading],
    repeats: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, list[Reading]]:
    """Measure `a` and `b` once a pair, and return their readings, pair by pair.

    At most `repeats` pairs; none is begun after `seconds` have passed, but `LEAST_PAIRS` are made whatever they cost.
    """
    readings: dict[str, list[Reading]] = {"a": [], "b": []}
    end = clock() + seconds
    for pair in range(max(repeats, LEAST_PAIRS)):
        if pair >= LEAST_PAIRS and clock() >= end:
            break
        for variant in pair_order(pair):
            readings[variant].append(measure(variant))
    return readings


def bootstrap_interval(values: list[float], share: float = 0.95) -> list[float]:
    """Return the interval that holds `share` of the medians of resamples of the values; the same on every call."""
    generator = random.Random(_SEED)  # noqa: S311  no secret
    medians = sorted(statistics.median(generator.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    outside = (1 - share) / 2
    return [medians[int(outside * _RESAMPLES)], medians[-1 - int(outside * _RESAMPLES)]]


def summarize(unit: str, first: list[float], second: list[float]) -> dict[str, Any]:
    """Return the values, medians, their ratio b/a, and the 95 % interval of the median of the ratios of the pairs.

    The two lists are as long as each other and are not empty; ratio and interval are None where an `a` is zero.
    """
    if len(first) != len(second) or not first:
        message = f"{len(first)} and {len(second)} values are no pairs"
        raise ValueError(message)
    medians = statistics.median(first), statistics.median(second)
    is_ratio = all(first)
    return {
        "unit": unit,
        "a": first,
        "b": second,
        "a_median": medians[0],
        "b_median": medians[1],
        "ratio": medians[1] / medians[0] if is_ratio else None,
        "interval": bootstrap_interval([b / a for a, b in zip(first, second, strict=True)]) if is_ratio else None,
        "n": len(first),
    }
