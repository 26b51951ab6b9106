"""What of a requirement changed only because a predicate that it asks means something else now.

The predicate is one change; the hundreds of requirements that ask it are none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from packaging.utils import canonicalize_version

from miner.diff.identity import Identity
from miner.diff.version import versions_of
from miner.formula.notation import from_json
from miner.model.node import Predicate, Requirement
from miner.store.graph_reader import Graph

Moved = Mapping[str, set[tuple[str, str]]]


class Consequences:
    """The predicates that changed between two graphs, and which requirements ask them."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def moved(self, before: Requirement, after: Requirement) -> Moved:
        """Return the versions, before and after, that changed in predicates that both ask; by what they are of."""
        found: dict[str, set[tuple[str, str]]] = {}
        asked = {self._identity.of(name) or name for name in _asked(self._identity.old, before.id)}
        for name in asked & _asked(self._identity.new, after.id):
            for subject, versions in self._changed.get(name, {}).items():
                found.setdefault(subject, set()).add(versions)
        return found

    @cached_property
    def _changed(self) -> dict[str, dict[str, tuple[str, str]]]:
        new = {node.qualname: node for node in self._identity.new.nodes.values() if isinstance(node, Predicate)}
        found = {}
        for before in self._identity.old.nodes.values():
            if not isinstance(before, Predicate):
                continue
            name = self._identity.of(before.qualname) or before.qualname
            after = new.get(name)
            if after is not None and after.means != before.means:
                was, is_ = versions_of(from_json(before.means)), versions_of(from_json(after.means))
                found[name] = {
                    subject: (was.get(subject, ""), is_.get(subject, ""))
                    for subject in {**was, **is_}
                    if was.get(subject) != is_.get(subject)
                }
        return found


def plain(formula: Any, moved: Moved) -> str:
    """Return a condition as text to compare: versions in their shortest form, and none of what moved elsewhere."""
    return json.dumps(_plain(formula, moved), sort_keys=True)


def _plain(formula: Any, moved: Moved) -> Any:
    if isinstance(formula, list):
        return [_plain(each, moved) for each in formula]
    if not isinstance(formula, dict):
        return formula
    found = {key: _plain(value, moved) for key, value in formula.items()}
    name = formula.get("module", formula.get("package"))
    if "version" in formula and f"package:{name}" in moved:
        del found["version"]
    elif "version" in formula:
        found["version"] = [[operator, canonicalize_version(bound)] for operator, bound in formula["version"]]
    return found


def _asked(graph: Graph, id_: str) -> set[str]:
    """Return the qualified names of the predicates that a requirement asks."""
    return {edge.target.partition(":")[2] for edge in graph.edges_from(id_) if edge.relation == "uses_predicate"}
