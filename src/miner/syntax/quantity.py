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
    r"%|percent(?:age points?)?\b|times\b(?= (?:as|more|less|faster|slower|larger|smaller|the|higher|lower))"
    r"|[kKMGT]i?B(?:/s)?\b|milliseconds?\b|ms\b|seconds?\b|secs?\b|minutes?\b|mins?\b|hours?\b|days?\b|[kKMG]?Hz\b"
)
_MORE_THAN = (
    r">=?\s*|≥\s*|(?:at least|(?:a )?minimum of|(?:more|longer|larger|bigger|greater|higher|slower) than|over|above"
    r"|beyond|exceed(?:s|ed|ing)?) (?:an? |the )?"
)
_LESS_THAN = (
    r"<=?\s*|≤\s*|(?:up to|at most|limited to|capped at|as much as|(?:a )?maximum of"
    r"|(?:less|fewer|shorter|smaller|lower|faster) than|under|below|within) (?:an? |the )?"
)
_ABOUT = r"[~≈±]\s*|(?:about|around|approximately|approx\.|roughly|nearly|almost|near|close to) [~\[]?"
_QUANTITY = re.compile(
    rf"(?:(?<![-=<>\w])(?i:(?P<least>{_MORE_THAN})|(?P<most>{_LESS_THAN})))?"
    rf"(?P<about>(?<!\w)(?i:{_ABOUT}))?(?P<between>\b[Bb]etween )?"
    rf"(?(least)|(?(most)|(?<![\w.,:/*^=<>+-])))(?P<low>{_NUMBER})"
    rf"(?:(?:%|[xX\u00d7])?\s*(?:[-~\u2013]|(?:to|(?(between)and|to))\b)\s*(?P<high>{_NUMBER}))?"
    rf"(?:[ -]?(?P<unit>{_UNITS})|(?P<ratio>[xX\u00d7])(?![\w\u00d7]|\.\.|\s*\d|\s(?:[A-Z]+\d|GPUs?\b)))"
)
_NOT_PROSE = re.compile(r"https?://\S+|\{[^{}]*\}")
_CLAUSE = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.;:]\s|(?<!\be\.g\.),\s|\b(?:and|but|while|whereas|although)\s|\)")
_ASIDE = re.compile(r"\((?:e\.g\.|i\.e\.|\W)*\Z")
_OF = r"training|inference|generation|decoding|compilation|compile|loading|download|convergence|execution"
_METRIC = re.compile(
    rf"\b(?:(?:{_OF}|peak|memory|(?:multi-)?gpu|vram|ram|cpu|disk|model|activation|optimizer|weight|batch) )*"
    r"(?:throughput|speed[- ]?ups?|speed|latency|performance|accuracy|accurate|quality|savings?|usage|consumption"
    r"|footprint|memory|vram|(?<!any )(?<!same )time(?! (?:reduction|axis|dimension|steps?)\b)|size|cost|overhead"
    r"|bandwidth|loss)\b",
    re.IGNORECASE,
)
_PACE = re.compile(
    r"\b(?P<pace>slower|slows(?: down)?|slow(?:ed|ing)? down|slow[- ]?downs?|faster)\b"
    rf"(?: (?:the )?(?P<what>{_OF}|performance|throughput)\b)?",
    re.IGNORECASE,
)
_MORE = r"increas\w*|improv\w*|boost\w*|gains?|higher|more|faster|larger|speed[- ]?ups?|speeds? up|accelerat\w*|grows?"
_LESS = (
    r"reduc\w*|lower\w*|decreas\w*|less|slower|sav(?:e|es|ing|ings)|smaller|drops?|degrad\w*|cuts?|fewer|shrinks?"
    r"|hits?|penalt(?:y|ies)|los(?:e|es|ing)|(?:accuracy|quality|performance|precision) loss"
)
_DIRECTION = re.compile(rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b", re.IGNORECASE)
_CHANGE = re.compile(rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS})) of \Z", re.IGNORECASE)
"""A change that stands right before its amount: `a reduction of 60%`."""
_OF_WHAT = re.compile(r"\s*(?:in|of|on|for)\b")
_BESIDE = re.compile(r"\s+(?:(?P<more>more)|fewer|less) (?P<what>(?!than\b)(?:[a-z-]+ )?[a-z-]+s)\b")
"""What there is more or less of, right behind the amount: `5x fewer tokens`."""
_NOUN = re.compile(
    r"\s+(?!(?:of|in|on|at|to|for|with|when|if|as|by|than|over|from|per|and|or|is|are|was|will|while|during|after"
    r"|compared|without|the|due|between|across|depending|that|which|vs)\b)[a-z][\w-]*(?: [\w-]+){0,2}"
)
"""What stands right behind a number, and is what it counts where it is no measure: `10% outliers`."""
_NAMES = {
    "percent": "%", "times": "x", "milliseconds": "ms", "millisecond": "ms", "seconds": "s", "second": "s",
    "secs": "s", "sec": "s", "minutes": "min", "minute": "min", "mins": "min", "hours": "h", "hour": "h", "days": "d",
    "day": "d", "percentage points": "%", "percentage point": "%",
}  # fmt: skip
_NAMED = re.compile(r"`(?:\w+\.)*(\w+)`+\s*\(\s*\Z")
"""A name in quotes that the quantity is the value of: `sampling_rate` (16000 Hz)."""
_IS = re.compile(
    r"(?:\A|[(,;:]\s+|\b(?:the|an?|while|that|so|and|its|their) )"
    r"(?!(?:it|this|that|which|there|they|these|those|default|value|and|or|what|the|an?|while|so|its|their)\b)"
    r"(?P<what>[A-Za-z][\w-]*(?: (?!is\b|are\b)[\w-]+){0,2}(?: of [\w.-]+)?) (?:is|are|was|were) (?:only |just )?\Z"
)
"""What is said to be so much: `the cache is 1.4GB`, `the initial probabilities are 50%`."""
_MULTIPLE = re.compile(r"`?,? the ((?:[\w-]+ ){0,2}(?:rank|size|length|width|dimension|number|cost|price|duration))\b")
"""What a ratio is a multiple of, right behind it."""
_YARDSTICK = re.compile(r"\s*(?:the )?(?:model|weight|batch|input|tensor) sizes?\b")
"""What a ratio is a multiple of, where it stands right behind it: `1x model size of memory`."""
_RATIOS = frozenset({"x", "X", "\u00d7", "times"})
_SHARES = _RATIOS | {"%", "percent", "percentage points"}
_CLOSE = 12  # characters
_WINDOW = 300  # characters on each side of a number that are looked at
_AFTER = re.compile(
    r"(?P<plus>%?\+)"
    r"|\s+or (?:(?P<least>more|longer|larger|higher|greater|above)|less|shorter|smaller|lower|fewer|below)\b"
)
"""A bound that stands behind the number: `30 seconds or less`."""
_SIZES = frozenset({"size", "batch size"})
"""What may be more or less without any gain or cost."""
_RELEASE = re.compile(r"\b(?:python|cuda|version)\s*v?\Z", re.IGNORECASE)
"""What stands before a release (`Python 3.7x`), as before the sign of a hexadecimal number nothing does."""
_CHANGED = re.compile(
    r"\b(?:fixed|changes?|changed|changing|moves?|moved|went|goes|gone|raises?|raised|rises?|rose|increas\w*|reduc\w*|decreas\w*"
    r"|improv\w*|drops?|dropped|grew|grows?|lower\w*)\b[^.;]{0,80}\bfrom \Z",
    re.IGNORECASE,
)
"""What stands before two amounts of which the second is what the first became: `it was fixed (from 44.1 to 48 kHz)`."""
_SHARE = re.compile(r"\s+of\b")
"""What a percentage is a share of stands behind it, which it does not measure."""
_NEGATED = re.compile(
    r"(?:\b(?:not|never|no|cannot)|n't)"
    r"(?: (?:us|tak|be|hav|ne|requir|go|run|last|allocat|consum|contain|get|cost|add)\w*)? \Z"
)
"""What is not more is at most as much; what does not support more is told of more."""
_DURING = re.compile(
    r"\b(?:averag|spread|distribut|sampl|comput|sum|measur|taken|mean|interpolat|window)\w*(?: \w+)? \Z"
)
"""What happens over some time, which does not bound it."""


class Quantity(NamedTuple):
    """One quantity: `text` as written, with bounds in `unit` (%, x for a ratio, GB, ms, Hz, ...); None: not bounded.

    What the text says of how exact it is (`about 10%`) is a part of it; what bounds it on one side is not.
    """

    text: str
    metric: str | None
    direction: Direction | None
    low: float | None
    high: float | None
    unit: str

    @property
    def is_of_performance(self) -> bool:
        """Say whether it measures how fast or good something is, or how much it takes."""
        return self.metric is not None and _METRIC.search(self.metric) is not None and self.metric not in _SIZES


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities in a text, in order; what stands in URLs and in the fields of a template is none."""
    masked = _NOT_PROSE.sub(lambda found: " " * len(found[0]), text)
    for match in _QUANTITY.finditer(masked):
        low = float(match["low"].replace(",", ""))
        high = float(match["high"].replace(",", "")) if match["high"] else low
        begin = max(0, match.start() - _WINDOW)
        around = masked[begin : match.end() + _WINDOW]
        start, end = match.start() - begin, match.end() - begin
        before = around[:start]
        low = high if match["high"] and _CHANGED.search(before) is not None else low
        unit = match["unit"] or "x"
        if unit == "x" and (low == high == 0 or _RELEASE.search(before) is not None):
            continue
        clause, at = _clause(around, start, end)
        if match["ratio"] and (base := _YARDSTICK.match(clause, at[1])) is not None:
            rest = clause[: at[1]] + " " * (base.end() - at[1]) + clause[base.end() :]
            clause = rest if _METRIC.search(rest) else clause
        is_share = unit in _SHARES
        metric, direction = _measured(clause, at) if is_share or _is_close(clause, at) else (None, None)
        if metric is None and (named := _NAMED.search(before)) is not None:
            metric = named[1].replace("_", " ").strip().lower()
        if direction is None and unit in {"%", "percent"} and _SHARE.match(around, end) is not None:
            metric = None
        if metric is None and (said := _IS.search(before)) is not None and not _METRIC.search(said["what"]):
            metric = said["what"]
        elif metric is None and unit in _RATIOS and (base := _MULTIPLE.match(around, end)) is not None:
            metric = base[1]
        is_least, is_most = _bounds(match, before, around[end:])
        yield Quantity(
            text[match.start("about") if match["about"] else match.start("low") : match.end()],
            metric,
            direction,
            None if is_most else low,
            None if is_least else high,
            _NAMES.get(unit, unit),
        )


def _bounds(match: re.Match[str], before: str, behind: str) -> tuple[bool, bool]:
    """Say whether a number is the least that there is, and whether it is the most, by the words around it."""
    after = _AFTER.match(behind)
    if match["least"] is None and match["most"] is None:
        is_least = after is not None and bool(after["least"] or after["plus"])
        return is_least, after is not None and not is_least
    if match[0].lower().startswith("over ") and _DURING.search(before) is not None:
        return False, False
    is_least = (match["least"] is not None) is (_NEGATED.search(before) is None)
    return is_least, not is_least


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
    """Return what a share or a ratio is of, and where that goes, by what stands right beside it or nearest to it."""
    beside = _BESIDE.match(clause, at[1])
    if beside is not None and _METRIC.search(beside["what"]) is None:
        return beside["what"], "increase" if beside["more"] else "decrease"
    noun = _NOUN.match(clause, at[1])
    if noun is not None and not any(each.search(noun[0]) for each in (_METRIC, _PACE, _DIRECTION)):
        return None, None
    change = _CHANGE.search(clause[: at[0]])
    if change is not None and not change[0].lower().startswith("speed"):
        of_what = _OF_WHAT.match(clause, at[1])
        after = _METRIC.search(clause, at[1]) if of_what is not None else None
        metric = after or _METRIC.search(change.string, max(change.start() - _CLOSE, 0), change.start())
        return metric[0].lower() if metric else None, "increase" if change["more"] else "decrease"
    return _nearest_measure(clause, at)


def _nearest_measure(clause: str, at: tuple[int, int]) -> tuple[str | None, Direction | None]:
    pace = _nearest(_PACE, clause, at)
    metric = _nearest(_METRIC, clause, at)
    if pace is not None and (metric is None or _distance(pace, at) <= _distance(metric, at)):
        what = (pace["what"] or "").lower()
        name = what if what in {"performance", "throughput"} else f"{what} speed".strip()
        return name, "decrease" if pace["pace"][0] in "sS" else "increase"
    if metric is None:
        return None, None
    name = metric[0].lower().replace("accurate", "accuracy")
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
