"""What of a requirement changed only because a predicate that it asks means something else now.

The predicate is one change; the hundreds of requirements that ask it are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import msgspec
from packaging.utils import canonicalize_version

from miner.diff.identity import Identity
from miner.diff.version import versions_of
from miner.formula.connective import negation
from miner.formula.notation import from_json, to_json
from miner.model.node import Predicate, Requirement
from miner.store.graph_reader import Graph

Moved = Mapping[str, set[tuple[str, str]]]


class Consequences:
    """The predicates that changed between two graphs, and which requirements ask them."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def exactly(self, node: Requirement, *, is_old: bool) -> frozenset[str]:
        """Return the predicates, by their names in the new graph, of which a requirement needs all and no more."""
        graph, means = (self._identity.old, self._means[0]) if is_old else (self._identity.new, self._means[1])
        asked = _asked(graph, node.id)
        needs = plain(node.needs) if asked else ""
        return frozenset(self._identity.now(name) if is_old else name for name in asked if needs in means.get(name, ()))

    def follows(self, before: Requirement, after: Requirement) -> bool:
        """Return whether two requirements differ as the predicate that both are does, and in nothing else."""
        same = self.exactly(before, is_old=True) & self.exactly(after, is_old=False)
        effects = before.otherwise.effect, after.otherwise.effect
        return bool(same) and before.needs != after.needs and effects[0] == effects[1]

    @cached_property
    def _means(self) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
        """What each predicate of both graphs means, and its negation, as text to compare."""
        old, new = (
            {
                node.qualname: (plain(node.means), plain(to_json(negation(from_json(node.means)))))
                for node in graph.of_type(Predicate)
            }
            for graph in (self._identity.old, self._identity.new)
        )
        return old, new

    def moved(self, before: Requirement, after: Requirement) -> Moved | None:
        """Return the versions, before and after, that changed in predicates that both ask; by what they are of.

        None where no predicate that both ask means something else now.
        """
        asked = {self._identity.now(name) for name in _asked(self._identity.old, before.id)}
        changed = asked & _asked(self._identity.new, after.id) & self._changed.keys()
        found: dict[str, set[tuple[str, str]]] = {}
        for name in changed:
            for subject, versions in self._changed[name].items():
                found.setdefault(subject, set()).add(versions)
        return found if changed else None

    @cached_property
    def _changed(self) -> dict[str, dict[str, tuple[str, str]]]:
        found = {}
        for before, after in changed_predicates(self._identity):
            was, is_ = versions_of(from_json(before.means)), versions_of(from_json(after.means))
            found[after.qualname] = {
                subject: (was.get(subject, ""), is_.get(subject, ""))
                for subject in {**was, **is_}
                if was.get(subject) != is_.get(subject)
            }
        return found


def changed_predicates(identity: Identity) -> Iterator[tuple[Predicate, Predicate]]:
    """Yield the predicates of one name that mean something else now."""
    new = {node.qualname: node for node in identity.new.of_type(Predicate)}
    for before in identity.old.of_type(Predicate):
        after = new.get(identity.now(before.qualname))
        if after is not None and after.means != before.means:
            yield before, after


def plain(formula: Any) -> str:
    """Return a condition as text to compare: versions in their shortest form."""
    return _shortened(msgspec.json.encode(formula, order="deterministic"))


@lru_cache(maxsize=16_384)
def _shortened(condition: bytes) -> str:
    if b'"version"' not in condition:
        return condition.decode()
    return msgspec.json.encode(_plain(msgspec.json.decode(condition)), order="deterministic").decode()


def _plain(formula: Any) -> Any:
    if isinstance(formula, list):
        return [_plain(each) for each in formula]
    if not isinstance(formula, dict):
        return formula
    found = {key: _plain(value) for key, value in formula.items()}
    if "version" in formula:
        found["version"] = [[operator, canonicalize_version(bound)] for operator, bound in formula["version"]]
    return found


def _asked(graph: Graph, id_: str) -> set[str]:
    """Return the qualified names of the predicates that a requirement asks."""
    return {edge.target.partition(":")[2] for edge in graph.edges_from(id_) if edge.relation == "uses_predicate"}
