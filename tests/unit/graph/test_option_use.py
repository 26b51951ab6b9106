"""The uses of options that a heuristic lists, with evidence of their own, and the quantities in them."""

from __future__ import annotations

from typing import Any

from miner.graph.evidence import EvidenceReader
from miner.graph.option_use import option_uses, quantities_of
from miner.link.option_use import Used
from miner.link.place import Place
from miner.model.evidence import Role
from miner.model.node import Constraint, Otherwise
from miner.model.span import Span

TEXT = b'''def save(size="5GB", fast=False):
    """Files of at most 2 GB are written 30% faster."""
    # Not so fast:
    #   it breaks.
    if fast:
        raise ValueError("not so fast")
    return write(size, fast)
'''
PATH = "kit/a.py"
READER = EvidenceReader(lambda _: TEXT, {PATH: "0" * 40})


def place(text: str, role: Role = "site") -> Place:
    """Where a text stands."""
    start = TEXT.index(text.encode())
    end = start + len(text)
    line = TEXT.count(b"\n", 0, start) + 1
    return Place(PATH, Span(start, end, line, line + text.count("\n")), role)


def used(option: str, way: Any, code: str, **more: Any) -> Used:
    """One use of an option."""
    given = {"to": None, "when": True, "follows": None, "described": None, "places": ()} | more
    return Used(option, way, "kit.a.save", code=place(code), **given)


SAID = "Files of at most 2 GB are written 30% faster."
TAKEN = used("size", "taken", 'size="5GB"', described=(SAID, place(SAID, "message")))
TESTED = used("fast", "tested", "fast:", follows=place('raise ValueError("not so fast")'))
PASSED = used("fast", "passed", "return write(size, fast)", to="write", places=(place("if fast:", "guard"),))


def test_a_use_states_what_stands_there_with_evidence_of_its_own():
    (use,) = option_uses([PASSED], (), READER)
    assert (use.option, use.owner, use.way, use.code, use.to, use.when) == (
        "fast", "kit.a.save", "passed", "return write(size, fast)", "write", True,
    )  # fmt: skip
    assert [(each.role, each.text) for each in use.evidence] == [
        ("site", "return write(size, fast)"),
        ("guard", "if fast:"),
    ]


def test_what_a_statement_is_about_already_is_no_use_besides():
    """A test whose body is the refusal that a constraint states, or a place that something is said of."""
    refusal = READER.one(place('raise ValueError("not so fast")'))
    constraint = Constraint(
        id="constraint:kit.a.save#fast/raise",
        name="c",
        evidence=(refusal,),
        owner="kit.a.save",
        parameters=("fast",),
        when=True,
        otherwise=Otherwise(effect="raise"),
    )
    assert [use.option for use in option_uses([TAKEN, TESTED, PASSED], [constraint], READER)] == ["size", "fast"]
    assert [use.then for use in option_uses([TESTED], (), READER)] == ['raise ValueError("not so fast")']


def test_a_comment_says_what_it_says_though_the_statement_below_is_told():
    below = place('raise ValueError("not so fast")')
    note = used("fast", "noted", "# Not so fast:\n    #   it breaks.", follows=below)
    constraint = Constraint(
        id="constraint:kit.a.save#fast/raise",
        name="c",
        evidence=(READER.one(below),),
        owner="kit.a.save",
        parameters=("fast",),
        when=True,
        otherwise=Otherwise(effect="raise"),
    )
    assert [use.code for use in option_uses([note], [constraint], READER)] == ["Not so fast: it breaks."]


def test_the_quantities_of_a_default_measure_the_option():
    found = list(quantities_of(option_uses([TAKEN, PASSED], (), READER), READER))
    assert [(each.text, each.metric, each.low, each.high, each.unit) for each in found] == [
        ("5GB", "size", 5.0, 5.0, "GB"),
        ("2 GB", None, None, 2.0, "GB"),
        ("30%", "speed", 30.0, 30.0, "%"),
    ]
    assert all(each.evidence.text == each.text for each in found)
