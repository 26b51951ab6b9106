"""The account of a name: the statements of a graph that are about it, in sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from miner.explain.subject import Subject, devices, is_part, last, parameters
from miner.formula.notation import from_json
from miner.model.node import (
    Advice,
    Constraint,
    EnvironmentVariable,
    Implementation,
    Node,
    Package,
    Predicate,
    Requirement,
)
from miner.store.graph_reader import Graph


@dataclass(frozen=True)
class Account:
    """What a graph says of `subject`, each list in the order of the places in the source.

    `users` are the objects that a predicate or package matters to, by what they need of it.
    """

    subject: Subject
    requirements: list[Requirement] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)
    variables: list[EnvironmentVariable] = field(default_factory=list)
    predicates: list[Predicate] = field(default_factory=list)


def explain(graph: Graph, subject: Subject) -> Account:
    """Return all that a graph says of a subject."""
    match subject.kind, subject.node:
        case "package", Package(id=id_):
            sources = {edge.source for edge in graph.edges_to(id_) if edge.relation == "about"}
            return _account(graph, subject, lambda node: node.id in sources)
        case "predicate", Predicate(id=id_):
            sources = {edge.source for edge in graph.edges_to(id_) if edge.relation == "uses_predicate"}
            return _account(graph, subject, lambda node: node.id in sources or _is_owned(node, subject.name))
        case "variable", _:
            return _account(graph, subject, lambda node: _asks_variable(node, subject.name))
        case "device", _:
            return _account(graph, subject, lambda node: _asks_device(node, subject.name))
        case "option", Implementation(qualname=owner):
            return _account(graph, subject, lambda node: _is_about(node, subject.name) and _is_owned(node, owner))
        case "option", _:
            return _account(graph, subject, lambda node: _is_about(node, subject.name))
    return _account(graph, subject, lambda node: _is_owned(node, subject.name))


def _account(graph: Graph, subject: Subject, is_wanted: Callable[[Node], bool]) -> Account:
    account = Account(subject)
    for node in sorted(filter(is_wanted, graph.nodes.values()), key=_place):
        match node:
            case Requirement():
                account.requirements.append(node)
            case Constraint():
                account.constraints.append(node)
            case Advice():
                account.advice.append(node)
            case EnvironmentVariable():
                account.variables.append(node)
            case Predicate():
                account.predicates.append(node)
    return account


def _place(node: Node) -> tuple[str, int, str]:
    return node.evidence[0].path, node.evidence[0].start_line, node.id


def _is_owned(node: Node, owner: str) -> bool:
    stated = isinstance(node, Requirement | Constraint | Advice | EnvironmentVariable)
    return stated and is_part(node.owner, owner)  # type: ignore[union-attr]  # narrowed by `stated`


def _is_about(node: Node, option: str) -> bool:
    match node:
        case Advice():
            return node.subject == option or option in parameters(node)
        case Constraint():
            return option in map(last, node.parameters)
        case Requirement():
            return option in parameters(node)
    return False


def _asks_variable(node: Node, variable: str) -> bool:
    if isinstance(node, EnvironmentVariable):
        return node.variable == variable
    return isinstance(node, Requirement) and variable in _names(node, "env")


def _asks_device(node: Node, device: str) -> bool:
    if isinstance(node, Requirement):
        return device in devices(from_json(node.needs))
    return isinstance(node, Predicate) and device in devices(from_json(node.means))


def _names(node: Requirement, key: str) -> set[str]:
    """Return the values under a key anywhere in the formulas of a requirement."""
    found: set[str] = set()
    waiting: list[object] = [node.needs, node.when]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if isinstance(each.get(key), str):
                found.add(each[key])
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)
    return found


def grouped(requirements: Iterable[Requirement], text: Callable[[Requirement], str]) -> dict[str, list[Requirement]]:
    """Return requirements by what they need, in words; those that the most objects share first."""
    found: dict[str, list[Requirement]] = {}
    for each in requirements:
        found.setdefault(text(each), []).append(each)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))
