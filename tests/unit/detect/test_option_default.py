"""The comment above a default: which lines are one."""

from __future__ import annotations

import pytest

from miner.app.mining import reader_of
from miner.detect.engine import mine
from miner.detect.idiom import load_idioms


@pytest.mark.parametrize(
    ("above", "comment"),
    [
        ("# It has no bias.", "It has no bias."),
        ("# Without it,\n    # none is learnt.", "Without it, none is learnt."),
        ("# ---- 2. The last part ----", ""),
        ("########", ""),
        ("# \u2500\u2500 1. Defaults \u2500\u2500", ""),
        ("# ==== Bias ====\n    # It has none.", "It has none."),
        ("x = 1  # not above", ""),
    ],
)
def test_the_comment_right_above(above: str, comment: str) -> None:
    """But for what heads a part of the file."""
    source = f"def fit(model, bias=None):\n    {above}\n    if bias is None:\n        bias = 0.5\n"
    outcome = mine("m.py", source.encode(), load_idioms(), reader_of("fast"))
    assert outcome.facts is not None
    (site,) = [site for site in outcome.facts.sites if site.detector == "option-default"]
    assert site.names[2] == comment
