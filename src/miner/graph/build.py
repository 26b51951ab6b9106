"""Assembling the graph of one snapshot: nodes and edges, in canonical order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from miner.detect.example import Example
from miner.detect.idiom import Idioms
from miner.formula import atom as fa
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.graph.advice import advice
from miner.graph.concept import ConceptBuilder, of_catalog, of_examples
from miner.graph.contradiction import contradictions
from miner.graph.edges import Edges
from miner.graph.evidence import EvidenceReader
from miner.graph.implementation import implementations
from miner.graph.package import Packages, required
from miner.graph.requirement import constraints, predicate, requirements
from miner.graph.variable import environment_variables
from miner.link.catalog import LoadedCatalog
from miner.link.derived import derive
from miner.link.linker import Linked
from miner.link.meaning import Meaning
from miner.link.need import Need
from miner.link.reach import Reach
from miner.link.routine import CloseReading, Routines
from miner.model.node import Advice, Constraint, Edge, EnvironmentVariable, Node, Predicate, Relation, Requirement


@dataclass(frozen=True)
class Built:
    """The nodes and edges of a graph, sorted, and the counts of what was not understood."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    coverage: dict[str, dict[str, int]]


def build(
    linked: Linked,
    read_bytes: Callable[[str], bytes],
    blobs: dict[str, str],
    idioms: Idioms,
    catalog: LoadedCatalog | None = None,
    close: CloseReading | None = None,
    release: str = "",
    examples: Callable[[], Iterable[tuple[str, Example]]] = tuple,
) -> Built:
    """Return the graph of a linked snapshot; `read_bytes` gives a file's bytes by path, `blobs` its blob id.

    With the means to read functions closely, also workflows and what they require: those of a catalog, else those that
    the `examples` in pages of the project show. `release` is what installs the library.
    """
    evidences = EvidenceReader(read_bytes, blobs)
    packages = Packages(idioms, lambda found, word: word.encode() in evidences.bytes_of(found))
    edges = Edges()
    nodes: list[Node] = []
    opaque: dict[str, int] = {}
    objects = {node.qualname: node for node in implementations(linked, evidences)}
    made = _predicates(linked, evidences, packages, edges)
    known = {node.qualname for node, _ in made}
    for node, means in made:
        nodes.append(node)
        _count_opaque(opaque, "predicate", means)
    stated = 0
    for node_, need, needs in requirements([n for n in linked.needs if n.owner in objects], evidences):
        nodes.append(node_)
        stated += 1
        _count_opaque(opaque, "requirement", needs)
        edges.add(f"implementation:{node_.owner}", "states", [node_.id], node_.evidence[:1])
        if need.decorator in objects:
            edges.add(
                f"implementation:{node_.owner}",
                "decorated_by",
                [f"implementation:{need.decorator}"],
                node_.evidence[:1],
            )
        edges.add(node_.id, "about", _about(packages, needs, node_, need, edges), ())
        edges.add(node_.id, "uses_predicate", [f"predicate:{p}" for p in need.predicates if p in known], ())
    statements: tuple[Constraint | EnvironmentVariable | Advice, ...] = (
        *constraints([b for b in linked.bounds if b.owner in objects], evidences),
        *environment_variables([v for v in linked.variables if v.owner in objects], evidences),
        *advice([t for t in linked.told if t.owner in objects], evidences),
    )
    for said in statements:
        nodes.append(said)
        relation: Relation = "reads" if isinstance(said, EnvironmentVariable) else "states"
        edges.add(f"implementation:{said.owner}", relation, [said.id], said.evidence[:1])
    nodes.extend(objects.values())
    packages.declare(linked.declared, evidences)
    nodes.extend(packages.nodes())
    counts: dict[str, dict[str, int]] = {}
    reach = Reach(Routines(linked.library, close), linked.conditions) if close is not None else None
    named = of_catalog(catalog) if catalog is not None else None
    if named is None and reach is not None:
        derived = derive(release.partition("==")[0], examples(), reach.routines)
        named = of_examples(derived, evidences) if derived is not None else None
    if named is not None and reach is not None:
        classes = idioms.options.classes
        concepts = ConceptBuilder(named, linked, reach, evidences, nodes, edges, release, classes).build()
        nodes = [concepts.replaced.get(node.id, node) for node in (*nodes, *concepts.nodes)]
        counts = {"catalog": _sorted(concepts.counts), "calls": _sorted(reach.routines.unresolved)}
    for contradiction in contradictions(nodes):
        nodes.append(contradiction)
        stated_by = dict.fromkeys(statement.node for statement in contradiction.statements)
        edges.add(contradiction.id, "contradicts", list(stated_by), ())
    nodes.sort(key=lambda n: n.id)
    coverage = {
        "opaque": _sorted(opaque),
        "not_understood": linked.problems,
        "left_out": {
            "needs outside the packages": sum(1 for n in linked.needs if n.owner not in objects),
            **linked.unpublished,
        },
        "formulas": {"predicate": len(known), "requirement": stated},
        **counts,
    }
    return Built(tuple(nodes), edges.sorted(), coverage)


def _predicates(
    linked: Linked, evidences: EvidenceReader, packages: Packages, edges: Edges
) -> list[tuple[Predicate, Formula]]:
    """Return the predicates of the packages with what each means, and store what they are about and use."""
    published: dict[str, tuple[Predicate, Formula, Meaning]] = {}
    for module, name, meaning in linked.predicates:
        if linked.library.is_packaged(linked.library.modules[module]):
            node, means = predicate(
                linked.library, module, name, meaning, evidences, linked.called.get(f"{module}.{name}")
            )
            published[node.qualname] = (node, means, meaning)
    for node, means, meaning in published.values():
        used = [other for other in meaning.uses if other in published]
        gates = required(means).difference(*(required(published[other][1]) for other in used))
        edges.add(node.id, "about", packages.add(means, node.id, node.evidence, gates), ())
        edges.add(node.id, "uses_predicate", [f"predicate:{other}" for other in used], ())
    return [(node, means) for node, means, _ in published.values()]


def _about(packages: Packages, needs: Formula, node: Requirement, need: Need, edges: Edges) -> tuple[str, ...]:
    """Return the packages that a requirement is about, also through the predicates that it names."""
    found = set(packages.add(needs, node.id, node.evidence, frozenset() if need.predicates else required(needs)))
    for atom in atoms(needs):
        if isinstance(atom, fa.Predicate):
            found.update(edges.targets(f"predicate:{atom.predicate}", "about"))
    return tuple(sorted(found))


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _count_opaque(counts: dict[str, int], kind: str, formula: Formula) -> None:
    """Count a formula that holds an opaque atom, by kind of node and reason."""
    reasons = sorted({atom.reason for atom in atoms(formula) if isinstance(atom, fa.Opaque)})
    for reason in reasons[:1]:
        counts[kind] = counts.get(kind, 0) + 1
        counts[f"{kind}: {reason}"] = counts.get(f"{kind}: {reason}", 0) + 1
