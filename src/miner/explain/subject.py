"""What a name means in a graph: an object, one of its options, a package, a device, a variable or a predicate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from miner.errors import UsageError
from miner.formula import atom as fa
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms, device_of
from miner.formula.notation import from_json
from miner.link.library import is_part
from miner.link.option import option_of
from miner.model.concept import Contradiction, Environment, Heuristic, Principle, Workflow
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
from miner.source.nearest import nearest_names
from miner.store.graph_reader import Graph

Kind = Literal["object", "option", "package", "device", "variable", "predicate", "concept"]
CAPABILITY = "compute_capability"
_NOWHERE = 99
_SEPARATORS = re.compile(r"[-_.]+")


@dataclass(frozen=True)
class Subject:
    """What is explained. `node` is the object, package or predicate, or the object whose option `name` is."""

    kind: Kind
    name: str
    node: Node | None = None


def find(graph: Graph, name: str) -> Subject:
    """Return what `name` means: an id, an import path, a qualified name or the end of one, an option, or one of others.

    Raises UsageError, which lists the nearest names, when it means nothing or more than one thing.
    """
    if (node := graph.nodes.get(name)) is not None:
        return _of_node(node)
    index = Index(graph)
    for kind, names in () if index.is_whole(name) else index.others:
        if kind in {"device", "variable"} and name in names:
            return Subject(kind, name)
    found = index.named(name)
    if len(found) == 1:
        return _of_node(found[0])
    if found:
        raise _ambiguous(name, (_full_name(node) for node in found))
    head, dot, option = name.rpartition(".")
    owners = [node for node in index.named(head) if isinstance(node, Implementation)] if dot else []
    if len(owners) > 1:
        raise _ambiguous(head, (owner.qualname for owner in owners))
    if owners and (members := index.named(f"{owners[0].qualname}.{option}")):
        return _of_node(members[0])
    if owners and option in index.options(owners[0].qualname):
        return Subject("option", option, owners[0])
    for kind, names in index.others:
        if name in names:
            return Subject(kind, name)
    known = index.options(owners[0].qualname) if owners else index.names
    near = nearest_names(option if owners else name, known)
    what = f"{head} has no option {option!r}" if owners else f"the graph knows no {name!r}"
    raise UsageError(f"{what}; nearest: {', '.join(near)}" if near else f"{what}; see `miner explain --help`")


def _ambiguous(name: str, found: Iterable[str]) -> UsageError:
    listed = sorted(set(found))
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return UsageError(f"{name!r} is the name of {len(listed)} objects, say which: {', '.join(listed[:5])}{more}")


def _of_node(node: Node) -> Subject:
    match node:
        case Package():
            return Subject("package", node.name, node)
        case Predicate():
            return Subject("predicate", node.qualname, node)
        case EnvironmentVariable():
            return Subject("variable", node.variable)
        case Implementation():
            return Subject("object", node.qualname, node)
        case Requirement() | Constraint() | Advice():
            return Subject("object", node.owner, node)
        case _:
            return Subject("concept", node.name, node)


class Index:
    """The names of a graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._exact: dict[str, list[Node]] = {}
        self._ends: dict[str, list[Node]] = {}
        for node in graph.nodes.values():
            match node:
                case Implementation() | Predicate():
                    self._add(node, node.qualname, *_paths(node))
                case Workflow() | Principle() | Environment() | Heuristic() | Contradiction():
                    self._add(node, node.name)
                case Package():
                    self._add(node, node.name, _SEPARATORS.sub("-", node.name).lower(), *node.import_names)

    def _add(self, node: Node, *names: str) -> None:
        for name in dict.fromkeys(names):
            self._exact.setdefault(name, []).append(node)
        if isinstance(node, Implementation | Predicate):
            parts = node.qualname.split(".")
            for start in range(1, len(parts)):
                self._ends.setdefault(".".join(parts[start:]), []).append(node)

    @property
    def names(self) -> Iterator[str]:
        """All names, for a suggestion."""
        yield from self._exact
        yield from self._ends
        for _, names in self.others:
            yield from names

    def is_whole(self, name: str) -> bool:
        """Say whether a name is that of a node, and not only the end of one."""
        return name in self._exact

    def named(self, name: str) -> list[Node]:
        """Return the nodes that a name may mean: of an object that is a predicate that, and no other names of one."""
        found = self._exact.get(name) or self._ends.get(name, [])
        known = {node.qualname for node in found if isinstance(node, Implementation)}
        found = [node for node in found if not (isinstance(node, Implementation) and node.target in known)]
        if len(found) > 1:
            found = [node for node in found if not _is_shadowed(node, found)]
        least = min(map(_depth, found), default=0)
        outermost = [node for node in found if _depth(node) == least]
        return outermost if len(outermost) == 1 else found

    def options(self, owner: str) -> set[str]:
        """Return what is said to be an option of an object or of its methods: subjects, parameters and arguments."""
        found: set[str] = set()
        for node in self._graph.nodes.values():
            match node:
                case Advice() if is_part(node.owner, owner):
                    found.add(node.subject)
                case Constraint() if is_part(node.owner, owner):
                    found.update(option_of(name) for name in node.parameters)
                case Requirement() if is_part(node.owner, owner):
                    found.update(parameters(node))
                case Heuristic():
                    found.update(use.option for use in node.uses if is_part(use.owner, owner))
                case Implementation(qualname=name) if name == owner:
                    found.update((*node.fields, *(use.option for use in node.uses)))
        return found

    @property
    def others(self) -> Iterator[tuple[Kind, set[str]]]:
        """What has no node of its own, by kind: variables, devices, and options of whatever object."""
        nodes = self._graph.nodes.values()
        yield "variable", {node.variable for node in nodes if isinstance(node, EnvironmentVariable)}
        needs = [from_json(node.needs) for node in nodes if isinstance(node, Requirement)]
        yield "device", {name for formula in needs for name in devices(formula)}
        yield (
            "option",
            {
                *(node.subject for node in nodes if isinstance(node, Advice)),
                *(option_of(name) for node in nodes if isinstance(node, Constraint) for name in node.parameters),
                *(use.option for node in nodes if isinstance(node, Heuristic) for use in node.uses),
            },
        )


def devices(formula: Formula) -> Iterator[str]:
    """Yield the devices that a formula asks for; a compute capability is one of its device, and of all."""
    for atom in atoms(formula):
        if isinstance(atom, fa.ComputeCapability):
            yield CAPABILITY
        device = device_of(atom)
        if device is not None:
            yield device


def parameters(node: Requirement | Constraint | Advice) -> set[str]:
    """Return the last names of the arguments and fields that the condition of a statement asks about."""
    stated = (node.when, node.needs) if isinstance(node, Requirement) else (node.when,)
    found = (atom for formula in stated for atom in atoms(from_json(formula)))
    return {option_of(atom.param) for atom in found if isinstance(atom, fa.Parameter)}


def _paths(node: Implementation | Predicate) -> Iterator[str]:
    if isinstance(node, Implementation):
        yield from (f"{export.module}.{export.name}" for export in node.exports)


def _full_name(node: Node) -> str:
    return node.qualname if isinstance(node, Implementation | Predicate) else node.name


def _depth(node: Node) -> int:
    """Return how deep the outermost package is that offers an object; nothing offers a private one."""
    if not isinstance(node, Implementation):
        return 0
    return min((export.module.count(".") + 1 for export in node.exports), default=_NOWHERE)


def _is_shadowed(node: Node, found: list[Node]) -> bool:
    others = (other for other in found if isinstance(other, Predicate))
    return isinstance(node, Implementation) and any(other.qualname == node.qualname for other in others)
