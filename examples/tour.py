"""A short tour of a mined graph, and an example of the read API: `python examples/tour.py GRAPH`."""

from __future__ import annotations

import sys
from collections import Counter

import miner
from miner.escape import visible
from miner.formula.notation import from_json
from miner.formula.text import render
from miner.model.node import Implementation, Predicate, Requirement

SHOWN = 5


def main(folder: str) -> None:
    """Print some predicates with their meanings, and some objects with what they need and where that is said."""
    graph = miner.load(folder)
    nodes = graph.nodes.values()

    print("Some predicates, and what they really mean:")
    predicates = [node for node in nodes if isinstance(node, Predicate) and node.means not in (True, False)]
    for predicate in _spread(sorted(predicates, key=lambda node: len(render(from_json(node.means))))):
        print(f"  {visible(predicate.name)}()")
        print(f"      means  {render(from_json(predicate.means))}")
        _place(predicate)

    print("\nSome requirements of public objects:")
    requirements = [node for node in nodes if isinstance(node, Requirement)]
    for requirement in _spread(requirements):
        print(f"  {visible(requirement.owner)}")
        print(f"      needs  {render(from_json(requirement.needs))}")
        if requirement.when is not True:
            print(f"      when   {render(from_json(requirement.when))}")
        print(f"      else   {requirement.otherwise.effect} {visible(requirement.otherwise.exception or '')}".rstrip())
        _place(requirement)

    print("\nBackends by number of public objects that need them:")
    objects = [node for node in nodes if isinstance(node, Implementation) and node.public]
    counts = Counter(backend for node in objects for backend in node.backends)
    for backend, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]:
        print(f"  {count:6,}  {visible(backend)}")


def _spread(nodes: list) -> list:
    """Take a few nodes, evenly spread, so that a tour of the same graph is always the same."""
    return nodes[:: max(1, len(nodes) // SHOWN)][:SHOWN]


def _place(node: Predicate | Requirement) -> None:
    evidence = node.evidence[0]
    print(f"      at     {visible(evidence.path)}:{evidence.start_line}")
    if evidence.text is not None:
        print(f"             {visible(evidence.text.splitlines()[0])[:100]}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/tour.py GRAPH")
    main(sys.argv[1])
