"""What is asked about: objects of a library and how they are used, and the requirements that bear on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from miner.formula.atom import Atom, Opaque, Parameter
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms, mentions
from miner.formula.notation import from_json
from miner.graph.argument import UNKNOWN, literal
from miner.graph.names import Named, Names
from miner.link.option import option_of
from miner.link.reach import MEMBER
from miner.model.node import Advice, Implementation, Requirement
from miner.model.use import Use
from miner.store.graph_reader import Graph
from miner.syntax.rows import parameters


@dataclass(frozen=True)
class Wanted:
    """Something that is used: `name` as users import it, what it is, and where; `option` is the one asked about.

    `extent`: of a class, all of it, what making an object needs, or what the class itself needs alone. `arguments` are
    the literals that its parameters are known to have, by name.
    """

    name: str
    named: Named
    extent: Literal["whole", "made", "itself"] = "whole"
    option: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    use: Use | None = None


class Bearing:
    """The requirements of a graph by who states them, and which of them bear on what is used."""

    def __init__(self, graph: Graph, names: Names) -> None:
        self._graph = graph
        self._names = names
        self._stated: dict[str, list[Requirement]] = {}
        for node in graph.of_type(Requirement):
            self._stated.setdefault(node.owner, []).append(node)

    def on(self, wanted: Wanted) -> Iterator[tuple[Requirement, Formula]]:
        """Yield the requirements that bear on something, each with its condition in the names of that.

        Of a function or method its own, of a class those of its extent; of both those of the modules that they are in,
        and what they are known to reach.
        """
        seen: set[str] = set()
        for owner in dict.fromkeys(self._owners(wanted)):
            is_around = self._is_module(owner)  # what a module does without costs others of its objects
            for node in self._stated.get(owner, ()):
                when = from_json(node.when)
                if wanted.option in _options(node, when) if wanted.option else node.enforced or not is_around:
                    seen.add(node.id)
                    yield node, when
        edges = self._graph.edges_from(f"implementation:{wanted.named.qualname}") if wanted.extent != "itself" else ()
        for edge in edges:
            reached = self._graph.nodes.get(edge.target)
            if edge.relation != "requires" or not isinstance(reached, Requirement) or reached.id in seen:
                continue
            when = from_json(edge.when)
            is_made = wanted.extent == "whole" or not mentions(when, _is_member_call)
            if is_made and (wanted.option is None or wanted.option in _options(reached, when)):
                yield reached, when

    def _owners(self, wanted: Wanted) -> Iterator[str]:
        named = wanted.named
        yield named.qualname
        parts = named.qualname.split(".")
        modules = (".".join(parts[:end]) for end in range(1, len(parts)))
        yield from filter(self._is_module, modules)
        if named.node is None or named.node.kind != "class":
            return
        if wanted.extent == "itself":
            yield from (each.qualname for each in self._names.ancestors(named.node))
        else:
            yield from self._names.makers(named.node)
        if wanted.extent == "whole":
            inside = f"{named.qualname}."
            yield from (owner for owner in self._stated if owner.startswith(inside))

    def _is_module(self, qualname: str) -> bool:
        node = self._graph.nodes.get(f"implementation:{qualname}")
        return isinstance(node, Implementation) and node.kind == "module"

    def defaults(self, named: Named) -> dict[str, Any]:
        """Return the literals that options have which are not given: of a signature, or of described fields."""
        found: dict[str, Any] = {}
        owners = list(self._names.ancestors(named.node)) if named.node is not None else []
        for each in owners:
            if each.signature is not None:
                found = {name: literal(text) for name, text in (parameters(each.signature) or {}).items()}
                break
            for name, text in self._fields.get(each.qualname, {}).items():
                found.setdefault(name, literal(text))
        return {name: value for name, value in found.items() if value is not UNKNOWN}

    @cached_property
    def _fields(self) -> dict[str, dict[str, str]]:
        """The text of the default of each described field, by the class that has it."""
        found: dict[str, dict[str, str]] = {}
        for node in self._graph.of_type(Advice):
            if node.kind == "default" and node.origin == "code" and node.when is True and node.action:
                found.setdefault(node.owner, {}).setdefault(node.subject, node.action.partition(" = ")[2])
        return found


def _is_member_call(atom: Atom) -> bool:
    return isinstance(atom, Opaque) and atom.reason.startswith(MEMBER)


def _options(node: Requirement, when: Formula) -> set[str]:
    stated: Iterable[Formula] = (when, from_json(node.needs))
    return {option_of(atom.param) for each in stated for atom in atoms(each) if isinstance(atom, Parameter)}
