"""Code made to explode ends soon, as something opaque."""

from __future__ import annotations

import pytest

from miner.formula.atom import Environment

HEAD = "import os\ndef is_x():\n"
CASES = {
    "exclusive or": HEAD
    + "    f = False\n"
    + "".join(f"    f = f != ('A{i}' in os.environ)\n" for i in range(70))
    + "    return f\n",
    "doubling numbers": HEAD
    + "    n = 0\n"
    + "".join(f"    if 'A{i}' in os.environ:\n        n = n * 2 + {i}\n" for i in range(70))
    + "    return n > 3\n",
    "many returns": HEAD
    + "".join(f"    if 'A{i}' in os.environ:\n        return {i % 2 == 0}\n" for i in range(400))
    + "    return False\n",
    "doubling text": HEAD
    + f"    s = 'a'\n    for i in ({', '.join(['1'] * 60)}):\n        s = s + s\n    return s in os.environ\n",
    "calls that fan out": "".join(
        f"def f{i}(a):\n    return f{i + 1}(a + '1') or f{i + 1}(a + '2')\n" for i in range(22)
    )
    + "import os\ndef f22(a):\n    return a in os.environ\ndef is_x():\n    return f0('')\n",
}


@pytest.mark.parametrize("shape", CASES)
def test_an_explosion_is_cut(mine, shape):
    """The meaning is computed within the budget, and says that it is not exact."""
    assert not mine(m=CASES[shape]).meaning("m", "is_x").exact


def test_depth_without_explosion_is_followed(mine):
    """Deep but linear code keeps its meaning."""
    source = HEAD + f"    return {'not ' * 50}('A' in os.environ)\n"
    assert mine(m=source).meaning("m", "is_x").formula == Environment(env="A")
