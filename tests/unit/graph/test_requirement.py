"""Needs become nodes: ids that stay the same, twins that fold, an order that depends on nothing."""

from __future__ import annotations

from itertools import permutations

from miner.formula.atom import Environment, Module
from miner.formula.connective import Formula, conjunction, negation
from miner.graph.evidence import EvidenceReader
from miner.graph.requirement import requirements
from miner.link.need import Need
from miner.link.place import Place
from miner.model.node import Requirement
from miner.model.span import Span

DATA = b"one\ntwo\nthree\n"
TORCH = Module(module="torch", version=((">=", "2.6"),))
OLD = Module(module="torch")
SCIPY = Module(module="scipy")
FAST = Environment(env="FAST", value="1")


def place(line: int) -> Place:
    start = sum(len(part) + 1 for part in DATA.split(b"\n")[: line - 1])
    return Place("a.py", Span(start, start + 3, line, line), "site")


def need(
    needs: Formula,
    *,
    when: Formula = True,
    line: int = 1,
    owner: str = "kit.Net",
    action: str | None = None,
    message: str | None = None,
) -> Need:
    return Need(owner, needs, when, "raise", "decorator", True, (place(line),), action=action, message=message)


def nodes(*stated: Need) -> list[Requirement]:
    reader = EvidenceReader(lambda path: DATA, {"a.py": "0" * 40})
    return [found[0] for found in requirements(stated, reader)]


def test_an_id_names_owner_subjects_and_effect() -> None:
    """No version, no line."""
    assert [node.id for node in nodes(need(conjunction(TORCH, SCIPY)))] == ["requirement:kit.Net#scipy|torch/raise"]


def test_twins_fold_into_one_record() -> None:
    """With the evidence of both."""
    [node] = nodes(need(TORCH, line=1), need(TORCH, line=3))
    assert node.id == "requirement:kit.Net#torch/raise"
    assert [found.start_line for found in node.evidence] == [1, 3]


def test_what_differs_is_numbered_in_the_order_of_when() -> None:
    """Whatever order the needs come in."""
    stated = [need(TORCH), need(TORCH, when=FAST), need(TORCH, when=negation(FAST)), need(OLD)]
    expected = nodes(*stated)
    assert [node.id.rpartition("/")[2] for node in expected] == ["raise", "raise~2", "raise~3", "raise~4"]
    for order in permutations(stated):
        assert nodes(*order) == expected


def test_what_needs_nothing_is_no_record() -> None:
    """A formula that always holds."""
    assert nodes(need(True)) == []


def test_other_owners_and_subjects_have_ids_of_their_own() -> None:
    """In order of id."""
    found = nodes(need(TORCH, owner="kit.b"), need(SCIPY, owner="kit.b"), need(TORCH, owner="kit.a"))
    assert [node.id for node in found] == [
        "requirement:kit.a#torch/raise",
        "requirement:kit.b#scipy/raise",
        "requirement:kit.b#torch/raise",
    ]


def test_a_secret_in_a_message_is_redacted() -> None:
    """A message is mined text too."""
    [node] = nodes(need(TORCH, message="clone https://me:secret@host/x"))
    assert node.otherwise.message == "clone https://[redacted]@host/x"
