"""Which facts a formula explains being asked for, in the words of the probes."""

from __future__ import annotations

from typing import Any

import pytest

from miner.formula.notation import from_json
from miner.verify.fact import explained, ruled


@pytest.mark.parametrize(
    ("formula", "facts"),
    [
        ({"package": "comet_ml"}, {"package:comet-ml"}),
        ({"module": "torch"}, {"module:torch", "import:torch"}),
        ({"module": "torch", "version": [[">=", "2.6"]]}, {"module:torch", "import:torch", "package:torch"}),
        ({"module": "PIL.Image"}, {"module:PIL", "module:PIL.Image", "import:PIL"}),
        ({"env": "USE_X"}, {"env:USE_X"}),
        ({"binary": "git"}, {"binary:git"}),
        ({"binary": "nvcc", "version": [[">=", "12.3"]]}, {"binary:nvcc", "env:CUDA_HOME", "env:CUDA_PATH"}),
        ({"all": [{"module": "torch"}, {"package": "torch"}]}, {"module:torch", "import:torch", "package:torch"}),
    ],
)
def test_what_a_formula_explains(formula: Any, facts: set[str]) -> None:
    """Of a module without a version no metadata; names of distributions as the package index has them."""
    assert explained([from_json(formula)], {"PIL": "pillow"}) == facts


def test_what_a_machine_has_to_settle() -> None:
    """Of a module its distribution too: there the one comes with the other."""
    found = ruled([from_json({"module": "PIL.Image"})], {"PIL": "pillow"})
    assert found == {"module:PIL", "module:PIL.Image", "import:PIL", "package:pillow", "package:pil"}
