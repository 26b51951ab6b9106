"""The graph of concepts: workflows, principles, what implements them and what that requires, by a catalog."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Literal

import msgspec

from miner.formula.connective import Formula
from miner.formula.notation import from_json, to_json
from miner.graph.edges import Edges, edge_name
from miner.graph.environment import Reached, environment
from miner.graph.evidence import EvidenceReader, authored_line
from miner.graph.heuristic import FindUses, Stated, Told, found_topics, heuristic, is_told
from miner.graph.implementation import implementation
from miner.graph.option_use import option_uses, quantities_of
from miner.link.catalog import Catalog, LoadedCatalog, Region, Step, Topic, Workflow, alternatives
from miner.link.derived import Derived
from miner.link.library import is_part
from miner.link.linker import Linked
from miner.link.option_use import OptionUses
from miner.link.place import Place
from miner.link.reach import Reach, along
from miner.link.reach import Step as Way
from miner.model import concept
from miner.model import node as model
from miner.model.evidence import Evidence, Quantity
from miner.model.option_use import OptionUse
from miner.model.span import Span

_OF_THE_OUTSIDE: frozenset[model.Origin] = frozenset({"placeholder", "file-rule"})
"""What only they meet who import the object from a package; the library itself imports it from its module."""
_SPACE = re.compile(r"\s+")


@dataclass
class Concepts:
    """What a catalog adds to a graph: nodes, nodes that take the place of others by id, and what of it is not there."""

    nodes: list[model.Node] = field(default_factory=list)
    replaced: dict[str, model.Node] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Count what is not there."""
        self.counts[what] = self.counts.get(what, 0) + 1


@dataclass(frozen=True)
class Named:
    """A catalog, where it is from, and where each name of it is given: as a `name`, `environment` or `external`."""

    catalog: Catalog
    origin: Literal["catalog", "derived"]
    place: Callable[[str, str], Evidence]


def of_catalog(loaded: LoadedCatalog) -> Named:
    """Return a catalog file with the lines of its names."""

    def place(role: str, name: str) -> Evidence:
        needle = f'external = ["{name}"' if role == "external" else f'{role} = "{name}"'
        found = authored_line(loaded.data, loaded.path, needle)
        return found or authored_line(loaded.data, loaded.path, "")  # type: ignore[return-value]  # written otherwise

    return Named(loaded.catalog, "catalog", place)


def of_examples(derived: Derived, evidences: EvidenceReader) -> Named:
    """Return a catalog that is derived from examples, with the places of those."""
    return Named(derived.catalog, "derived", lambda _, name: evidences.one(derived.places[name]))


class ConceptBuilder:
    """Builds the graph of concepts of one snapshot on the statements that are there already.

    `release` is what installs the library: its name, with the version where there is one; `classes` are patterns of the
    names of classes that hold options.
    """

    def __init__(
        self,
        named: Named,
        linked: Linked,
        reach: Reach,
        evidences: EvidenceReader,
        nodes: Iterable[model.Node],
        edges: Edges,
        release: str,
        classes: tuple[str, ...] = (),
    ) -> None:
        self._named = named
        self._release = release
        self._classes = classes
        self._linked = linked
        self._reach = reach
        self._evidences = evidences
        self._edges = edges
        self._known = {node.id: node for node in nodes}
        self._stated: dict[str, list[model.Node]] = {}
        for node in self._known.values():
            if isinstance(node, model.Requirement | model.EnvironmentVariable):
                self._stated.setdefault(node.owner, []).append(node)
        self._distributions: dict[str, str] = {}
        for node in self._known.values():
            if isinstance(node, model.Package):
                for name in node.import_names:
                    self._distributions.setdefault(name, node.name)
        self._result = Concepts()

    def build(self) -> Concepts:
        """Return the concepts; edges go to the edges that were given."""
        catalog = self._named.catalog
        told = Told(self._known.values())
        taken = frozenset(option for topic in catalog.topics for option in topic.options)
        found: dict[str, tuple[Topic, Evidence]] = {}
        for topic, place in found_topics(self._known.values(), taken):
            found.setdefault(topic.name, (topic, place))  # the one that the most is said of comes first
        listed: dict[str, tuple[Topic, Evidence]] = {}
        for topic in catalog.topics:
            if is_told(topic, told):
                listed[topic.name] = topic, self._named.place("name", topic.name)
            else:
                self._result.count(f"a topic that nothing is said of: {topic.name}")
        topics = found | listed
        names = {topic.name for topic in catalog.topics}
        for workflow in catalog.workflows:
            self._workflow(workflow, {name: f"heuristic:{name}" for name in topics if name in names})
        held = {id_: topic for id_, topic in map(self._held, catalog.holders) if topic is not None}
        find = self._uses_of(
            [*(topic for topic, _ in topics.values()), *held.values()]
        )  # in files that mostly are read
        for id_, topic in held.items():
            uses, _ = find(topic, ())  # with those that statements are about, of whatever object
            self._result.replaced[id_] = msgspec.structs.replace(self._known[id_], uses=uses)
        for topic, place in topics.values():
            node = heuristic(topic, told, (place, *self._places(topic.regions)), find)
            if node is not None:
                self._add(node)
                self._edges.add(node.id, "includes", (*node.advice, *node.requires), ())
        return self._result

    def _held(self, symbol: str) -> tuple[str, Topic | None]:
        """Return the id of a class that holds options, with those as a topic: fields, and what has defaults."""
        node = self._symbol(symbol)
        if node is None:
            return symbol, None
        advice = (each for each in self._known.values() if isinstance(each, model.Advice))
        own = (each.subject for each in advice if each.kind == "default" and is_part(each.owner, node.qualname))
        options = tuple(dict.fromkeys((*node.fields, *own)))
        return node.id, Topic(node.name, node.name, options, (node.qualname,))

    def _places(self, regions: Iterable[Region]) -> Iterator[Evidence]:
        for region in regions:
            symbol = self._symbol(region.symbol)
            place = self._region(symbol, region) if symbol is not None else None
            if place is not None:
                yield place

    def _uses_of(self, topics: Sequence[Topic]) -> FindUses:
        """Return what finds the uses of the options of these topics, and their quantities."""
        library, close = self._linked.library, self._reach.routines.close
        used = OptionUses(library, self._linked.conditions, close, self._evidences.holds, topics, self._classes)

        def find(topic: Topic, stated: Sequence[Stated]) -> tuple[tuple[OptionUse, ...], tuple[Quantity, ...]]:
            uses = tuple(option_uses(used.of(topic), stated, self._evidences))
            return uses, tuple(quantities_of(uses, self._evidences))

        return find

    def _add(self, node: model.Node) -> None:
        if node.id not in self._known:
            self._known[node.id] = node
            self._result.nodes.append(node)

    def _workflow(self, workflow: Workflow, topics: dict[str, str]) -> None:
        id_ = f"workflow:{workflow.name}"
        steps: list[str] = []
        reached: list[list[list[Reached]]] = []
        users: list[str] = []
        for step in workflow.steps:
            found = list(self._implementations(step))
            if not found:
                self._result.count(f"a step without what implements it: {step.name}")
                continue
            principle = concept.Principle(
                id=f"principle:{step.name}",
                name=step.name,
                evidence=(self._named.place("name", step.name),),
                title=step.title,
                workflow=id_,
                order=len(steps) + 1,
                page=step.page,
            )
            self._add(principle)
            steps.append(principle.id)
            self._edges.add(id_, "step", [principle.id], (), order=len(steps))
            reached.append([])
            for order, (target, evidence) in enumerate(found, start=1):
                self._edges.add(principle.id, "implemented_by", [target], evidence, order=order)
                users.append(target)
                if self._known[target].kind != "external":  # type: ignore[union-attr]  # an implementation
                    reached[-1].append(list(self._requires(target)))
            for holder in (principle.id, *(target for target, _ in found)):
                self._edges.add(
                    holder, "uses_heuristic", [topics[each] for each in step.heuristics if each in topics], ()
                )
        if not steps:
            return
        self._add(
            concept.Workflow(
                id=id_,
                name=workflow.name,
                evidence=(self._named.place("name", workflow.name),),
                title=workflow.title,
                steps=tuple(steps),
                origin=self._named.origin,
            )
        )
        self._edges.add(id_, "uses_heuristic", [topics[each] for each in workflow.heuristics if each in topics], ())
        place = self._named.place("environment", workflow.environment)
        node = environment(workflow.environment, id_, reached, self._distributions, place, self._release)
        self._add(node)
        for user in dict.fromkeys(users):
            self._edges.add(user, "requires_env", [node.id], ())
        self._edges.add(node.id, "includes", [*node.always, *node.conditional, *node.optional], ())

    def _implementations(self, step: Step) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        """Yield the ids of what implements a step, with the evidence: the symbol, a region of it, or the catalog."""
        for symbol in step.symbols:
            found = self._symbol(symbol)
            if found is not None:
                yield found.id, (found.definition,)
        regions: dict[str, list[Evidence]] = {}
        for region in step.regions:
            found = self._symbol(region.symbol)
            place = self._region(found, region) if found is not None else None
            if found is not None and place is not None:
                regions.setdefault(found.id, []).append(place)
        for id_, places in regions.items():
            yield id_, tuple(places)
        for name in step.external:
            line = self._named.place("external", name)
            node = model.Implementation(
                id=f"implementation:{name}",
                name=name.rpartition(".")[2],
                evidence=(line,),
                qualname=name,
                kind="external",
            )
            self._add(node)
            yield node.id, (line,)

    def _symbol(self, symbol: str) -> model.Implementation | None:
        for name in alternatives(symbol):
            node = self._object(name)
            if node is not None:
                return node
        self._result.count(f"a symbol that is not there: {symbol}")
        return None

    def _object(self, qualname: str) -> model.Implementation | None:
        """Return the node of a function, method or class, or of what an alias stands for; made where there is none."""
        known = self._known.get(f"implementation:{qualname}")
        if isinstance(known, model.Implementation):
            return (self._object(known.target) if known.kind == "alias" and known.target else None) or known
        routine, home = self._reach.routines.routine(qualname), self._reach.routines.home(qualname)
        if routine is None or home is None:
            return None
        node = implementation(self._linked, home[0], routine.definition, self._evidences)
        self._add(node)
        return node

    def _region(self, node: model.Implementation, region: Region) -> Evidence | None:
        """Return the lines of a region as evidence; None, and counted, when they are not there."""
        whole = node.definition
        data = self._evidences.bytes_of(whole)
        first = _found(data, region.start, 0)
        last = _found(data, region.end, first) if region.end is not None and first is not None else first
        if first is None or last is None:
            self._result.count(f"a region that is not there: {region.start}")
            return None
        start = data.rfind(b"\n", 0, first) + 1
        start += len(data[start:first]) - len(data[start:first].lstrip())
        end = _statement_end(data, last)
        line = whole.start_line + data.count(b"\n", 0, start)
        span = Span(whole.start_byte + start, whole.start_byte + end, line, line + data.count(b"\n", start, end))
        return self._evidences.one(Place(whole.path, span, "site"))

    def _requires(self, id_: str) -> Iterator[Reached]:
        """Yield what an implementation states and reaches, and store the edges that say through what."""
        start = self._known[id_]
        if not isinstance(start, model.Implementation):
            return
        for owner, path in self._reach.paths(start.qualname).items():
            for stated in self._stated.get(owner, ()):
                if isinstance(stated, model.EnvironmentVariable):
                    yield Reached(stated, True)
                elif isinstance(stated, model.Requirement) and not (path and stated.origin in _OF_THE_OUTSIDE):
                    when = along(path, from_json(stated.when)) if path else from_json(stated.when)
                    if when is not False:
                        self._store(start, path, stated, when)
                        yield Reached(stated, when)
        for outer in _outer(start.qualname):
            for stated in self._stated.get(outer, ()):
                if isinstance(stated, model.Requirement) and stated.otherwise.effect == "placeholder":
                    self._edges.add(id_, "requires", [stated.id], stated.evidence[:1], when=stated.when)
                    yield Reached(stated, from_json(stated.when))

    def _store(
        self, start: model.Implementation, path: tuple[Way, ...], stated: model.Requirement, when: Formula
    ) -> None:
        names = [self._edge(step) for step in path]
        via = (*names, edge_name(f"implementation:{stated.owner}", "states", stated.id))
        evidence = self._evidences.all(path[0].places[:1]) if path else stated.evidence[:1]
        self._edges.add(start.id, "requires", [stated.id], evidence, when=to_json(when), via=via)

    def _edge(self, step: Way) -> str:
        """Store a step as an edge, with its ends as nodes, and return its name."""
        for end in (step.source, step.target):
            self._object(end)
        source, target = f"implementation:{step.source}", f"implementation:{step.target}"
        relation: model.Relation = step.way
        if step.way == "overrides":  # stored from the method that takes the place of the other
            source, target = target, source
        evidence = self._evidences.all(step.places)
        self._edges.add(source, relation, [target], evidence, when=to_json(step.when))
        return edge_name(source, relation, target)


def _outer(qualname: str) -> Iterator[str]:
    """Yield what a method stands in: where the class is a placeholder, so are its methods."""
    while "." in qualname:
        qualname = qualname.rpartition(".")[0]
        yield qualname


def _found(data: bytes, words: str, start: int) -> int | None:
    """Return where words stand first, however they are spaced."""
    pattern = rb"\s*".join(re.escape(word.encode()) for word in _SPACE.split(words))
    match = re.compile(pattern).search(data, start)
    return match.start() if match is not None else None


def _statement_end(data: bytes, at: int) -> int:
    """Return where the statement ends in whose first line, or in which, `at` stands."""
    start = data.rfind(b"\n", 0, at) + 1
    rest = data[start:].lstrip(b" \t")
    lead = len(data) - start - len(rest)
    lines = rest.split(b"\n")
    try:
        for token in tokenize.tokenize(BytesIO(rest).readline):
            reached = start + lead + sum(len(line) + 1 for line in lines[: token.end[0] - 1]) + token.end[1]
            if token.type == tokenize.NEWLINE and reached > at:
                return (
                    start
                    + lead
                    + sum(len(line) + 1 for line in lines[: token.start[0] - 1])
                    + len(lines[token.start[0] - 1].rstrip())
                )
    except (tokenize.TokenError, SyntaxError):
        pass  # the rest of the file is no whole program from here on: the line is
    return start + len(data[start:].partition(b"\n")[0].rstrip())
