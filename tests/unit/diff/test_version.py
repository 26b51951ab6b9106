"""What is different between two sets of versions."""

from __future__ import annotations

import pytest

from miner.diff.version import compared


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (">=2.2", ">=2.6", "floor-raised"),
        ("", ">=2.6", "floor-raised"),
        (">=2.6", ">=2.2", "floor-lowered"),
        (">=2.6", "", "floor-lowered"),
        (">=1", ">=1,<2", "cap-added"),
        (">=1,<3", ">=1,<2", "cap-added"),
        (">=1,<2", ">=1,<3", "cap-removed"),
        (">=1,<2", ">=1", "cap-removed"),
        (">=1,<2", ">=1.5,<3", "floor-raised"),
        ("==1.0", "==2.0", "floor-raised"),
        (">=1", ">=1,!=1.3", "declared-changed"),
        (">=1.0", ">=1", None),
        (">=2.6,<3", "<3,>=2.6.0", None),
        ("not a version", "not a version", None),
        ("not a version", "another", "declared-changed"),
    ],
)
def test_what_changed(old, new, said):
    assert compared(old, new) == said
