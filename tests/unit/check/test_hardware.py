"""What of a need is about the hardware, and which machine has it."""

from __future__ import annotations

import pytest

from miner.check.hardware import hardware_of
from miner.formula.notation import from_json, to_json
from miner.formula.text import render

KINDS = {"cuda", "xpu", "musa"}
TORCH = {"package": "torch", "version": [[">=", "2.6"]]}
XLA = {"module": "torch_xla"}
CUDA = {"device": "cuda"}
NINE = {"compute_capability": [[">=", "9.0"]]}


@pytest.mark.parametrize(
    ("stated", "part"),
    [
        (TORCH, "always"),
        ({"all": [TORCH, CUDA]}, "cuda"),
        ({"any": [XLA, CUDA]}, "cuda"),
        ({"all": [TORCH, {"any": [CUDA, {"all": [{"device": "xpu"}, TORCH]}]}]}, "cuda or xpu"),
        ({"not": {"all": [TORCH, NINE]}}, "not (cuda capability >= 9.0)"),
        ({"feature": "torch.cuda.is_bf16_supported()"}, "torch.cuda.is_bf16_supported()"),
        ({"feature": "torch.distributed.is_available()"}, "always"),
        ({"env": "WORLD_SIZE"}, "always"),
    ],
)
def test_the_part_that_is_about_hardware(stated, part):
    found = hardware_of(from_json(stated), KINDS)
    assert render(found) == part
    assert to_json(hardware_of(found, KINDS)) == to_json(found)
