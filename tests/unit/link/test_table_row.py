"""What calls need that take a row of a table: the gates of the function, once for each row."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.formula.canonical import canonical
from miner.formula.text import render

GATE = """
    import importlib.util
    import torch

    def is_slate_available():
        return importlib.util.find_spec("slate") is not None

    def is_drum_available():
        return importlib.util.find_spec("drum") is not None

    MAKERS = {
        1: {"generation": 1, "is_there": is_slate_available, "devices": ((torch.cuda.is_available, "cuda"),)},
        2: {
            "generation": 2,
            "is_there": lambda: is_slate_available() and is_drum_available(),
            "devices": ((torch.cuda.is_available, "cuda"), (torch.xpu.is_available, "xpu")),
            "least": 9,
        },
    }
"""
PLAYER = """
    import torch
    from .gate import MAKERS

    class Player:
        def play(self, generation):
            self._check(**MAKERS[generation])

        def _check(self, generation, is_there, devices, least=None):
            if not is_there():
                raise ImportError(f"generation {generation} is not there")
            tests, names = zip(*devices)
            if not any(test() for test in tests):
                raise ImportError(f"none of {names}")
            elif least is not None and torch.cuda.is_available():
                major, _ = torch.cuda.get_device_capability()
                if major < least:
                    raise ImportError(f"{least} is the least")
"""


def stated(player: str = PLAYER) -> list[tuple[str, str, str]]:
    """Return owner, needs and condition of what the calls of `player` need."""
    found = linked({"kit/__init__.py": "", "kit/gate.py": GATE, "kit/player.py": player})
    return sorted(
        (need.owner.rpartition(".")[2], render(canonical(need.needs)), render(canonical(need.when)))
        for need in found.needs
    )


def test_each_row_needs_what_the_gates_ask_of_it() -> None:
    """Predicates of the row are called, a device of its list is enough, and what it leaves out has its default."""
    of_play = [(needs, when) for owner, needs, when in stated() if owner == "play"]
    assert of_play == [
        ("cuda", "generation == 1"),
        ("cuda capability >= 9.0", "cuda and generation == 2"),
        ("cuda or xpu", "generation == 2"),
        ("drum and slate", "generation == 2"),
        ("slate", "generation == 1"),
    ]


def test_a_floor_that_is_an_argument_is_what_has_to_be_reached() -> None:
    """The function itself needs it, in words; it does not need the device to be missing."""
    of_check = [(needs, when) for owner, needs, when in stated() if owner == "_check"]
    assert [needs for needs, _ in of_check if "least" in needs] == ["[major >= least]"]
    assert not any("not (cuda)" in needs for needs, _ in of_check)


def test_a_row_of_something_else_says_nothing() -> None:
    """The table has to be one of the library, and the function one of the same class or module."""
    assert not [row for row in stated(PLAYER.replace("self._check(", "other._check(")) if row[0] == "play"]
    assert not [row for row in stated(PLAYER.replace("MAKERS[", "OTHERS[")) if row[0] == "play"]
