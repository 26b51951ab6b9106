"""Formulas in few characters."""

from __future__ import annotations

from typing import Any

import pytest

from miner.cli.statement import shortened
from miner.formula.notation import from_json

NAMES = [f"a-device-{number}" for number in range(9)]
DEVICES = [{"device": name} for name in NAMES]
OPTION = {"of": "kit.fit", "param": "speedy"}
UNCLEAR = {"opaque": "ready(x)", "reason": "a call"}


@pytest.mark.parametrize(
    ("formula", "longest", "told"),
    [
        ({"all": DEVICES[:2]}, 30, "a-device-0 and a-device-1"),
        ({"all": DEVICES[:4]}, 30, "a-device-0 and a-device-1 and 2 further conditions"),
        ({"any": DEVICES[:3]}, 30, "a-device-0 or a-device-1 or 1 further alternative"),
        ({"all": [UNCLEAR, *DEVICES[:2], OPTION]}, 22, "speedy and a-device-0 and 2 further conditions"),
        ({"all": [{"any": DEVICES[:4]}, OPTION]}, 30, "speedy and 1 further condition"),
        (
            {"all": [{"any": DEVICES}, OPTION]},
            70,
            "speedy and (a-device-0 or a-device-1 or a-device-2 or a-device-3 or 5 further alternatives)",
        ),
        ({"all": [{"device": "a" * 50}, {"device": "b" * 50}]}, 20, f"{'a' * 19}\u2026 and 1 further condition"),
        ({"device": "a" * 50}, 20, f"{'a' * 19}\u2026"),
    ],
)
def test_whole_parts_are_told(formula: Any, longest: int, told: str) -> None:
    """What is simple first, and how many are left; a nested part in part where there is room."""
    assert shortened(from_json(formula), longest) == told
