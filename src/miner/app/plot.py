"""A plot of what was measured against what is claimed, as SVG."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

from miner.errors import UsageError
from miner.store.file import write_file
from miner.verify.record import Verdict, Verification

_RATIO = re.compile(r"(\w+) ratio ([\d.e+-]+) \[([\d.e+-]+), ([\d.e+-]+)\]")
_CLAIM = re.compile(r": ([\d.e+-]+|inf) to ([\d.e+-]+|inf)$")
_ROW, _LEFT, _WIDTH, _MOST = 26, 470, 420, 2.5
_FONT = 'font-family="sans-serif" font-size="12"'
_COLOURS = {"verified": "#2a7", "refuted": "#c33", "inconclusive": "#888"}


def draw(found: Verification, path: Path) -> None:
    """Write a row for each measurement: the ratio with its interval, over the band that is claimed.

    Raises UsageError when nothing was measured, OutputError when the file cannot be written.
    """
    rows = [(each, _RATIO.search(each.observed or ""), _CLAIM.search(each.expected or "")) for each in found.verdicts]
    measured = [(each, seen, claim) for each, seen, claim in rows if each.level == "S5" and seen and claim]
    if not measured:
        raise UsageError("nothing was measured: add --level S5")
    height = _ROW * (len(measured) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 20}" height="{height}" {_FONT}>',
        f'<line x1="{_x(1.0)}" y1="8" x2="{_x(1.0)}" y2="{height - 8}" stroke="#ccc"/>',
        f'<text x="{_x(1.0)}" y="{height - 4}" text-anchor="middle">ratio 1: with as without</text>',
    ]
    for index, (verdict, seen, claim) in enumerate(measured):
        bounds = [float(each) for each in claim.groups()]
        parts += _row(verdict, [float(each) for each in seen.groups()[1:]], bounds, index)
    write_file(path, ("\n".join((*parts, "</svg>")) + "\n").encode())


def _row(verdict: Verdict, seen: list[float], claim: list[float], index: int) -> list[str]:
    y = _ROW * (index + 1)
    ratio, low, high = seen
    colour = _COLOURS.get(verdict.claim, "#000")
    words = f"{verdict.probe}: {verdict.about.partition(':')[2].rpartition('.')[2]}"[:70]
    left, right = _x(claim[0]), _x(claim[1])
    return [
        f'<text x="4" y="{y + 4}">{escape(words)}</text>',
        f'<rect x="{left}" y="{y - 8}" width="{max(right - left, 1)}" height="16" fill="#dde8ff"/>',
        f'<line x1="{_x(low)}" y1="{y}" x2="{_x(high)}" y2="{y}" stroke="{colour}" stroke-width="3"/>',
        f'<circle cx="{_x(ratio)}" cy="{y}" r="4" fill="{colour}"/>',
    ]


def _x(ratio: float) -> float:
    return round(_LEFT + _WIDTH * min(ratio, _MOST) / _MOST, 1)
