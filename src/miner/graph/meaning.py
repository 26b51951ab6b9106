"""What conditions mean that ask predicates of the library itself."""

from __future__ import annotations

from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.formula.connective import Formula
from miner.formula.disjunctive import substitute
from miner.formula.notation import from_json
from miner.model.node import Predicate
from miner.store.graph_reader import Graph


def expanded(graph: Graph, formula: Formula) -> Formula:
    """Return a formula with what the predicates that it asks mean in their place; those with arguments stay."""

    def meaning(atom: Atom) -> Formula:
        if not isinstance(atom, fa.Predicate) or atom.args:
            return atom
        node = graph.nodes.get(f"predicate:{atom.predicate}")
        return from_json(node.means) if isinstance(node, Predicate) else atom

    return substitute(formula, meaning)
