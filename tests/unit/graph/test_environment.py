"""What an environment installs."""

from __future__ import annotations

from typing import Any

from miner.graph.environment import Reached, environment
from miner.model.node import Origin, Otherwise, Requirement
from tests.unit.explain.test_explain import place

(PLACE,) = place(1)


def need(name: str, origin: Origin, *, enforced: bool) -> Requirement:
    """A need of a module."""
    return Requirement(
        id=f"requirement:kit.fit#{name}/raise",
        name=f"kit.fit needs {name}",
        evidence=(PLACE,),
        owner="kit.fit",
        needs={"module": name},
        when=True,
        otherwise=Otherwise(effect="raise"),
        origin=origin,
        enforced=enforced,
    )


def installed(*symbols: list[Requirement], when: Any = True) -> str:
    """The command that installs what the symbols of one step need."""
    steps = [[[Reached(node, when) for node in found] for found in symbols]]
    packages = {name: name for name in ("slate", "chalk", "sponge")}
    return environment("Kit", "workflow:Fit", steps, packages, PLACE, "kit").install


def test_what_is_always_needed_and_what_marks_ask_for_is_installed() -> None:
    """But not what is only used where it is there, nor what a mark asks for under a condition."""
    gate, mark = need("slate", "runtime-gate", enforced=True), need("chalk", "decorator", enforced=False)
    soft = need("sponge", "import-guard", enforced=False)
    assert installed([gate, mark, soft]) == "pip install kit chalk slate"
    assert installed([gate, mark], when={"module": "torch"}) == "pip install kit"


def test_of_alternatives_what_they_share_is_installed() -> None:
    """Of two symbols of a step one is enough."""
    gate, mark = need("slate", "runtime-gate", enforced=True), need("chalk", "decorator", enforced=False)
    assert installed([gate, mark], [gate]) == "pip install kit slate"
    assert installed([gate, mark], [mark]) == "pip install kit chalk"
