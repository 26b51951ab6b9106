"""Heuristics: what is said of a group of options, sorted by what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from miner.formula import atom as fa
from miner.formula.connective import Formula, affirmed
from miner.formula.disjunctive import atoms, literals
from miner.formula.notation import from_json
from miner.link.catalog import Topic
from miner.link.library import is_part
from miner.link.option import option_of
from miner.model.concept import Heuristic
from miner.model.evidence import Evidence, Quantity
from miner.model.node import Advice, AdviceKind, Constraint, Implementation, Node, Requirement
from miner.model.option_use import OptionUse

Stated: TypeAlias = Advice | Constraint | Requirement
FindUses = Callable[[Topic, Sequence[Stated]], tuple[tuple[OptionUse, ...], tuple[Quantity, ...]]]
_MOST_FOUND = 20
_FEWEST_KINDS = 2
_TRADE_OFFS: frozenset[AdviceKind] = frozenset({"trade-off", "recommendation"})
_DEFAULTS: frozenset[AdviceKind] = frozenset({"default", "default-override"})
_OF_ALL_ASKED: frozenset[AdviceKind] = frozenset({"default-override", "warning", "incompatibility"})
_ORDERS = frozenset({"<", "<=", ">", ">="})
_GIVEN = re.compile(r"(\w+)(?: is not None| (?:==|in) .+)?")
"""A local that has a value: it is named as the option that it holds."""


class Told:
    """What the nodes of a graph say of options, found by option."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._by_option: dict[str, dict[str, Advice | Constraint | Requirement]] = {}
        for node in nodes:
            if isinstance(node, Advice | Constraint | Requirement):
                for option in _options(node):
                    self._by_option.setdefault(option, {})[node.id] = node

    def of(self, options: Iterable[str]) -> list[Advice | Constraint | Requirement]:
        """Return what is said of any of some options, each once."""
        found: dict[str, Advice | Constraint | Requirement] = {}
        for option in options:
            found.update(self._by_option.get(option, {}))
        return list(found.values())


def heuristic(topic: Topic, told: Told, places: tuple[Evidence, ...], find: FindUses | None = None) -> Heuristic | None:
    """Return the node of a topic; None when nothing is said of its options.

    `places` are where it is named, and the regions of it; `find` gives the uses of the options of a topic that some
    statements are not about, and their quantities.
    """
    options = frozenset(topic.options)
    stated = _stated(topic, told)
    found = [node for node in stated if not isinstance(node, Requirement)]
    if not found:
        return None
    advice = [node for node in found if isinstance(node, Advice)]
    uses, measured = find(topic, stated) if find is not None else ((), ())
    said = {option for node in found for option in _options(node) if option in options} | {use.option for use in uses}
    return Heuristic(
        id=f"heuristic:{topic.name}",
        name=topic.name,
        evidence=places,
        topic=topic.title,
        options=tuple(option for option in topic.options if option in said),
        default=tuple(node.id for node in advice if node.kind in _DEFAULTS),
        trade_off=tuple(node.id for node in advice if node.kind in _TRADE_OFFS),
        compatibility=tuple(node.id for node in found if _limits(node)),
        requires=tuple(node.id for node in stated if isinstance(node, Requirement)),
        deprecated=tuple(node.id for node in advice if node.kind == "deprecation"),
        advice=tuple(node.id for node in found),
        quantities=(*(each for node in advice for each in node.quantities), *measured),
        uses=uses,
    )


def is_told(topic: Topic, told: Told) -> bool:
    """Say whether a topic has a node: whether anything but a requirement is said of its options."""
    return any(not isinstance(node, Requirement) for node in _stated(topic, told))


def found_topics(nodes: Iterable[Node], taken: frozenset[str]) -> Iterator[tuple[Topic, Evidence]]:
    """Yield the options of public classes and functions that the most different things are said of, and where first.

    That is, of those that no catalog names, the twenty with the most kinds of advice, then the most statements; at
    least two kinds, and one of them more than a default.
    """
    listed = list(nodes)
    public = {node.qualname for node in listed if isinstance(node, Implementation) and node.public}
    said: dict[tuple[str, str], dict[tuple[str, str], Advice]] = {}
    for node in listed:
        if isinstance(node, Advice) and node.subject.isidentifier() and node.subject not in taken:
            holder = _holder(node.owner)
            if holder in public and node.subject not in {each.rpartition(".")[2] for each in (holder, node.owner)}:
                said.setdefault((holder, node.subject), {}).setdefault(
                    (node.kind, node.message or node.action or ""), node
                )
    ranked = sorted(said.items(), key=lambda item: (-len({kind for kind, _ in item[1]}), -len(item[1]), item[0]))
    for (holder, option), statements in ranked[:_MOST_FOUND]:
        kinds = {kind for kind, _ in statements}
        if len(kinds) < _FEWEST_KINDS or not kinds - _DEFAULTS:
            continue
        places = sorted(
            (node.evidence[0] for node in statements.values()), key=lambda each: (each.path, each.start_line)
        )
        name = f"{holder.rpartition('.')[2]}_{option}"
        yield Topic(name, f"{holder.rpartition('.')[2]}.{option}", (option,), (holder,)), places[0]


def _stated(topic: Topic, told: Told) -> list[Stated]:
    """Return what is said of the options of a topic where it counts, in the order of the places."""
    stated = [node for node in told.of(topic.options) if _is_within(node.owner, topic.within)]
    return sorted(stated, key=lambda node: node.place)


def _holder(owner: str) -> str:
    """Return the class whose method states something, or the function that does."""
    head, _, last = owner.rpartition(".")
    return head if head.rpartition(".")[2][:1].isupper() and not last[:1].isupper() else owner


def _limits(node: Advice | Constraint) -> bool:
    return isinstance(node, Constraint) or node.kind not in _TRADE_OFFS | _DEFAULTS | {"deprecation"}


def _is_within(owner: str, within: tuple[str, ...]) -> bool:
    return not within or any(is_part(owner, each) for each in within)


def _options(node: Advice | Constraint | Requirement) -> set[str]:
    """Return what a statement is about; a requirement, and what is refused, of what its condition asks for."""
    if isinstance(node, Constraint):
        return {option_of(name) for name in node.parameters}
    when = from_json(node.when)
    if isinstance(node, Requirement):
        kept = (
            _GIVEN.fullmatch(atom.opaque) for atom in literals(when) if isinstance(atom, fa.Opaque) and node.enforced
        )
        return _asked(when) | {match[1] for match in kept if match is not None}
    if node.kind in _OF_ALL_ASKED:
        return {node.subject} | {option_of(atom.param) for atom in atoms(when) if isinstance(atom, fa.Parameter)}
    return {node.subject} | (_asked(when) if node.origin == "gate" else set())


def _asked(when: Formula) -> set[str]:
    """Return the options that a condition asks for, not those that must be missing: a value beyond one is given."""
    found: set[str] = set()
    for literal in literals(when):
        part = affirmed(literal)
        if isinstance(part, fa.Parameter) and (part is literal or part.op in _ORDERS):
            found.add(option_of(part.param))
    return found
