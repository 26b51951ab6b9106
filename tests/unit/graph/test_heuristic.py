"""Topics: what is said of a group of options, sorted; and the options that the library itself says the most of."""

from __future__ import annotations

from typing import Any

import msgspec

from miner.graph.heuristic import Told, found_topics, heuristic
from miner.link.catalog import Topic
from miner.model.evidence import Evidence
from miner.model.node import Advice, AdviceKind, Constraint, Implementation, Node, Otherwise, Requirement

PLACE = Evidence(
    role="site", path="kit/a.py", blob="0" * 40, start_line=1, end_line=1, start_byte=0, end_byte=1, sha256="0" * 64
)


def implementation(qualname: str, *, public: bool = True) -> Implementation:
    """A class."""
    name = qualname.rpartition(".")[2]
    return Implementation(
        id=f"implementation:{qualname}", name=name, evidence=(PLACE,), qualname=qualname, kind="class", public=public
    )


def advice(owner: str, subject: str, kind: AdviceKind, message: str = "so", when: Any = True) -> Advice:
    """What an owner says of an option."""
    return Advice(
        id=f"advice:{owner}#{subject}/{kind}/{message}",
        name="a",
        evidence=(PLACE,),
        owner=owner,
        kind=kind,
        origin="documentation",
        subject=subject,
        when=when,
        message=message,
    )


def asked(name: str) -> dict[str, Any]:
    """The atom that an option is given."""
    return {"param": name, "of": "kit.Options"}


NODES: tuple[Node, ...] = (
    implementation("kit.Options"),
    implementation("kit.Hidden", public=False),
    advice("kit.Options", "fast", "trade-off"),
    advice("kit.Options.check", "fast", "limitation"),
    advice("kit.Options", "fast", "default"),
    advice("kit.Options", "fast", "deprecation"),
    advice("kit.Options", "plain", "default"),
    advice("kit.Options", "single", "limitation"),
    advice("kit.Hidden", "fast", "trade-off"),
    advice("kit.Hidden", "fast", "limitation"),
    Constraint(
        id="constraint:kit.Options#fast",
        name="c",
        evidence=(PLACE,),
        owner="kit.Options",
        parameters=("self.fast",),
        when=asked("self.fast"),
        otherwise=Otherwise(effect="raise"),
    ),
    Requirement(
        id="requirement:kit.Options#slate",
        name="r",
        evidence=(PLACE,),
        owner="kit.Options",
        needs={"package": "slate"},
        when=asked("self.fast"),
        otherwise=Otherwise(effect="raise"),
        origin="runtime-gate",
        enforced=True,
    ),
    Requirement(
        id="requirement:kit.Options#chalk",
        name="r",
        evidence=(PLACE,),
        owner="kit.Options",
        needs={"package": "chalk"},
        when={"not": asked("self.fast")},
        otherwise=Otherwise(effect="raise"),
        origin="runtime-gate",
        enforced=True,
    ),
)


def test_what_is_said_of_a_topic_by_what_it_is():
    node = heuristic(Topic("Speed", "Speed", ("fast", "other"), ("kit.Options",)), Told(NODES), (PLACE,))
    assert node is not None
    assert node.options == ("fast",)
    assert node.default == ("advice:kit.Options#fast/default/so",)
    assert node.trade_off == ("advice:kit.Options#fast/trade-off/so",)
    assert set(node.compatibility) == {"advice:kit.Options.check#fast/limitation/so", "constraint:kit.Options#fast"}
    assert node.deprecated == ("advice:kit.Options#fast/deprecation/so",)
    assert node.requires == ("requirement:kit.Options#slate",)
    assert len(node.advice) == 5


def test_a_requirement_of_a_value_beyond_one():
    """`not (ways <= 1)` asks for the option, `not fast` that it is missing; a refusal is about all that it asks for."""
    beyond: dict[str, Any] = {"not": {**asked("self.fast"), "op": "<=", "value": 1}}
    slate = next(node for node in NODES if isinstance(node, Requirement))
    refusal, warned = (
        msgspec.structs.replace(advice("kit.Options.check", "check", "limitation", origin, beyond), origin=origin)
        for origin in ("gate", "warning")
    )
    nodes = [*NODES, msgspec.structs.replace(slate, id="requirement:beyond", when=beyond), refusal, warned]
    node = heuristic(Topic("Speed", "Speed", ("fast",), ("kit.Options",)), Told(nodes), (PLACE,))
    assert node is not None
    assert set(node.requires) == {slate.id, "requirement:beyond"}
    assert refusal.id in node.compatibility
    assert warned.id not in node.compatibility


def test_a_topic_that_nothing_is_said_of():
    assert heuristic(Topic("Speed", "Speed", ("fast",), ("kit.Other",)), Told(NODES), (PLACE,)) is None


def test_topics_that_are_found_are_public_and_of_several_kinds():
    assert [topic.name for topic, _ in found_topics(NODES, frozenset())] == ["Options_fast"]
    assert list(found_topics(NODES, frozenset({"fast"}))) == []
