"""Quantities in prose: a number with a unit, what it measures, and whether that goes up or down.

`reduces memory usage by ~60%` is 60 % less memory usage; `10-20% slower training` is 10 to 20 % less training speed.
Measure and direction are the nearest words for one within the clause; where there is none they stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Direction = Literal["increase", "decrease"]

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNITS = (
    r"%|percent\b|times\b(?= (?:as|more|less|faster|slower|larger|smaller|the|higher|lower))"
    r"|[kKMGT]i?B\b|milliseconds?\b|ms\b|seconds?\b|minutes?\b|hours?\b|[kKMG]?Hz\b"
)
_QUANTITY = re.compile(
    rf"(?P<hedge>~\s*|≈\s*|[<>]=? "
    rf"|\b(?:up to|at least|at most|more than|less than|over|under|about|around|approximately) ~?)?"
    rf"(?<![\w.,/*^=<>+-])(?P<low>{_NUMBER})(?:(?:%|x|X)?\s*(?:-|\u2013|to)\s*(?P<high>{_NUMBER}))?"
    rf"(?:[ -]?(?P<unit>{_UNITS})|(?P<ratio>[xX\u00d7])(?![\w\u00d7]|\s*\d))"
)
_NOT_PROSE = re.compile(r"https?://\S+|\{[^{}]*\}")
_CLAUSE = re.compile(r"[.;:]\s|,\s|\b(?:and|but|while|whereas|although)\s|\)")
_ASIDE = re.compile(r"\(\W*\Z")
_OF = r"training|inference|generation|decoding|compilation|compile|loading|download|convergence|execution"
_METRIC = re.compile(
    rf"\b(?:(?:{_OF}|peak|memory|(?:multi-)?gpu|vram|ram|cpu|disk|model|activation|optimizer|weight|batch) )*"
    r"(?:throughput|speed[- ]?ups?|speed|latency|performance|accuracy|quality|savings?|usage|consumption|footprint"
    r"|memory|vram|time(?! (?:reduction|axis|dimension|steps?)\b)|size|cost|overhead|bandwidth|loss)\b",
    re.IGNORECASE,
)
_PACE = re.compile(rf"\b(?P<pace>slower|faster)\b(?: (?P<what>{_OF}|performance|throughput)\b)?", re.IGNORECASE)
_MORE = r"increas\w*|improv\w*|boost\w*|gains?|higher|more|faster|larger|speed[- ]?ups?|speeds? up|accelerat\w*|grows?"
_LESS = r"reduc\w*|lower\w*|decreas\w*|less|slower|sav(?:e|es|ing|ings)|smaller|drops?|degrad\w*|cuts?|fewer|shrinks?"
_DIRECTION = re.compile(rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b", re.IGNORECASE)
_NAMES = {
    "percent": "%", "times": "x", "milliseconds": "ms", "millisecond": "ms", "seconds": "s",
    "second": "s", "minutes": "min", "minute": "min", "hours": "h", "hour": "h",
}  # fmt: skip
_NAMED = re.compile(r"`(?:\w+\.)*(\w+)`\s*\(\s*\Z")
"""A name in quotes that the quantity is the value of: `sampling_rate` (16000 Hz)."""
_YARDSTICK = re.compile(r"\s*(?:the )?(?:model|weight|batch|input|tensor) sizes?\b")
"""What a ratio is a multiple of, where it stands right behind it: `1x model size of memory`."""
_CLOSE = 12  # characters
_AFTER = re.compile(
    r"\s+or (?:(?P<least>more|longer|larger|higher|greater|above)|less|shorter|smaller|lower|fewer|below)\b"
)
"""A bound that stands behind the number: `30 seconds or less`."""
_SHARE = re.compile(r"\s+of (?:the|an?|all|each|its|their)\b")
"""What a percentage is a share of stands behind it, which it does not measure."""
_NEGATED = re.compile(r"\b(?:not|never|no|cannot|n't)\b[^.;,]{0,20}$")
_LEAST = ("at least", "more than", "over", ">", ">=")
_MOST = ("up to", "at most", "less than", "under", "<", "<=")


class Quantity(NamedTuple):
    """One quantity: `text` as written, with bounds in `unit` (%, x for a ratio, GB, ms, Hz, ...); None: not bounded."""

    text: str
    metric: str | None
    direction: Direction | None
    low: float | None
    high: float | None
    unit: str


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities in a text, in order; what stands in URLs and in the fields of a template is none."""
    masked = _NOT_PROSE.sub(lambda found: " " * len(found[0]), text)
    for match in _QUANTITY.finditer(masked):
        hedge = (match["hedge"] or "").strip(" ~≈").lower()
        low = float(match["low"].replace(",", ""))
        high = float(match["high"].replace(",", "")) if match["high"] else low
        unit = match["unit"] or "x"
        clause, at = _clause(masked, match.start(), match.end())
        if match["ratio"] and (base := _YARDSTICK.match(clause, at[1])) is not None:
            rest = clause[: at[1]] + " " * (base.end() - at[1]) + clause[base.end() :]
            clause = rest if _METRIC.search(rest) else clause
        is_share = unit in {"%", "percent", "x", "X", "\u00d7", "times"}
        metric, direction = _measured(clause, at) if is_share or _is_close(clause, at) else (None, None)
        if metric is None and (named := _NAMED.search(masked[: match.start()])) is not None:
            metric = named[1].replace("_", " ").strip().lower()
        if direction is None and unit in {"%", "percent"} and _SHARE.match(masked, match.end()) is not None:
            metric = None
        start = match.start() if not hedge else match.start() + len(match["hedge"].rstrip("~≈"))
        after = _AFTER.match(masked, match.end()) if not hedge else None
        if after is not None:
            hedge = _LEAST[0] if after["least"] else _MOST[0]
        is_bound = _NEGATED.search(text[: match.start()]) is None
        least, most = (_LEAST, _MOST) if is_bound else (_MOST, _LEAST)
        yield Quantity(
            text[start : match.end()].strip(),
            metric,
            direction,
            None if hedge in most and not match["high"] else low,
            None if hedge in least and not match["high"] else high,
            _NAMES.get(unit, unit),
        )


def _clause(text: str, start: int, end: int) -> tuple[str, tuple[int, int]]:
    """Return the clause around a place with blanks there, and where the place is within it."""
    first = max((found.end() for found in _CLAUSE.finditer(text, 0, start)), default=0)
    opened = text.rfind("(", first, start)
    first = opened + 1 if opened != -1 and not _ASIDE.search(text[:start]) else first
    after = _CLAUSE.search(text, end)
    last = after.start() if after is not None else len(text)
    return text[first:start] + " " * (end - start) + text[end:last], (start - first, end - first)


def _is_close(clause: str, at: tuple[int, int]) -> bool:
    """Say whether a measure stands right beside an amount, as that of a time or of memory does: `latency of 5 ms`."""
    metric = _nearest(_METRIC, clause, at)
    return metric is not None and _distance(metric, at) <= _CLOSE


def _measured(clause: str, at: tuple[int, int]) -> tuple[str | None, Direction | None]:
    pace = _nearest(_PACE, clause, at)
    metric = _nearest(_METRIC, clause, at)
    if pace is not None and (metric is None or _distance(pace, at) <= _distance(metric, at)):
        what = (pace["what"] or "").lower()
        name = what if what in {"performance", "throughput"} else f"{what} speed".strip()
        return name, "decrease" if pace["pace"].lower() == "slower" else "increase"
    if metric is None:
        return None, None
    name = metric[0].lower()
    if name.endswith(("speedup", "speedups", "speed-up", "speed-ups", "speed up", "speed ups")):
        return re.sub(r"speed[- ]?ups?$", "speed", name), "increase"
    if name.endswith(("saving", "savings")):
        return re.sub(r"\s*savings?$", "", name) or None, "decrease"
    way = _nearest(_DIRECTION, clause, at)
    return name, None if way is None else "increase" if way["more"] else "decrease"


def _nearest(pattern: re.Pattern[str], text: str, at: tuple[int, int]) -> re.Match[str] | None:
    return min(pattern.finditer(text), key=lambda found: _distance(found, at), default=None)


def _distance(found: re.Match[str], at: tuple[int, int]) -> int:
    return found.start() - at[1] if found.start() >= at[1] else at[0] - found.end()
