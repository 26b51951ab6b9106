"""What the objects of a release refuse without asking the environment, as far as it was understood."""

from __future__ import annotations

from collections.abc import Callable

from miner.formula import atom as fa
from miner.formula.connective import Formula
from miner.formula.disjunctive import substitute
from miner.formula.notation import from_json, parts
from miner.model.evidence import FormulaJson
from miner.model.node import Advice, Constraint, Requirement
from miner.store.graph_reader import Graph


class Refusals:
    """The gates of a graph that need nothing of the environment: those that are only quoted, and constraints."""

    def __init__(self, graph: Graph, name: Callable[[str], str]) -> None:
        """Collect them by the `name` of their owner in the new graph."""
        self._of: dict[str, list[tuple[Advice | Constraint, str | None]]] = {}
        for advice in graph.of_type(Advice):
            if advice.origin == "gate":
                self._of.setdefault(name(advice.owner), []).append((advice, advice.message))
        for constraint in graph.of_type(Constraint):
            if constraint.otherwise.effect == "raise":
                self._of.setdefault(name(constraint.owner), []).append((constraint, constraint.otherwise.message))

    def said(self, node: Requirement, owner: str) -> Advice | Constraint | None:
        """Return what `owner`, by its name in the new graph, refuses in the words of a requirement."""
        message = node.otherwise.message
        return next((each for each, said in self._of.get(owner, ()) if said == message), None) if message else None

    def loosened(self, node: Requirement) -> Advice | Constraint | None:
        """Return what is refused whenever this requirement can arise, whatever the environment: it is less strict."""
        if node.otherwise.effect != "raise":
            return None
        when = _parts(node.when)
        return next((each for each, _ in self._of.get(node.owner, ()) if set() < _parts(each.when) <= when), None)


def _parts(when: FormulaJson) -> frozenset[str]:
    """Return the parts of a condition, without why one is not understood."""

    def bare(atom: fa.Atom) -> Formula:
        return fa.Opaque(opaque=atom.opaque, reason="") if isinstance(atom, fa.Opaque) else atom

    return parts(substitute(from_json(when), bare))
