"""What of a graph can be looked at: predicates, flags, gates and public objects, each as a probe understands it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from miner.formula import atom as fa
from miner.formula.atom import Atom, Opaque, Parameter
from miner.formula.connective import Formula, Not, affirmed, conjunction, disjunction, negation
from miner.formula.disjunctive import disjunctive, mentions
from miner.formula.evaluate import argument_holds
from miner.formula.gate import chosen
from miner.formula.notation import from_json
from miner.graph.meaning import expanded
from miner.graph.names import Names, distributions
from miner.model.evidence import Evidence
from miner.model.node import Implementation, Predicate, Requirement
from miner.store.graph_reader import Graph

Kind = Literal["predicate", "gate", "objects"]
_MOST_VARIANTS = 4
_TERMS = 64
_GATES = frozenset({"runtime-gate", "helper-call", "assertion", "decorator"})
_RAISING_CALLS = frozenset({"helper-call", "assertion"})
_UNASKED = object()


@dataclass(frozen=True)
class Target:
    """One statement and how to look at it: `look` for the probe, `variants` of receivers and arguments to try in turn.

    `formula` is what decides on a machine. `conditions` are, for each variant, what the path to the gate asks of the
    machine besides, of the last no more than that; `beside` is what the other requirements of the same effect ask,
    without which it comes in any case. `names` are the ways to import an object; `also` is what else may be said where
    it is none.
    """

    node: Predicate | Requirement
    kind: Kind
    formula: Formula
    look: Mapping[str, Any]
    variants: tuple[Mapping[str, Any], ...] = ({},)
    conditions: tuple[Formula, ...] = (True,)
    beside: Formula = True
    names: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()

    def asked(self, variant: int) -> tuple[Formula, ...]:
        """Return all that is asked of the machine on the way to the gate and at it."""
        return self.formula, self.conditions[variant], self.beside


@dataclass(frozen=True)
class Unlooked:
    """A statement that no probe can look at, and why."""

    node: Predicate | Requirement
    why: str


class Targets:
    """The targets of a graph; `recipes` say how to make what a gate is called on, by the name of its owner."""

    def __init__(self, graph: Graph, recipes: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Read what a graph says of names and packages."""
        self._graph = graph
        self._recipes = recipes
        self._of_owner: dict[str, list[Requirement]] = {}
        self._at_site: dict[tuple[Any, ...], list[Requirement]] = {}
        for node in graph.of_type(Requirement):
            self._at_site.setdefault(_effect_of(node), []).append(node)
            self._of_owner.setdefault(node.owner, []).append(node)
        self.roots = sorted(Names(graph).roots)
        self.distributions = distributions(graph)

    def all(self) -> Iterator[Target | Unlooked]:
        """Yield a target, or why there is none, for each predicate and requirement."""
        for predicate in self._graph.of_type(Predicate):
            yield self._predicate(predicate)
        for requirement in self._graph.of_type(Requirement):
            yield self._requirement(requirement)

    def module_of(self, path: str) -> str | None:
        """Return the name that the file at `path` of the snapshot is imported by; None outside of the packages."""
        if not path.endswith(".py"):
            return None
        parts = path.removesuffix(".py").split("/")
        start = next((index for index, part in enumerate(parts) if part in self.roots), None)
        if start is None or "tests" in parts[:start]:
            return None
        inside = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
        return ".".join(inside)

    def _predicate(self, node: Predicate) -> Target | Unlooked:
        own = next((each for each in node.evidence if self._is_own(node, each)), None)
        module = self.module_of(own.path) if own is not None else None
        if own is None or module is None:
            return Unlooked(node, "it is in no module that can be imported")
        formula = expanded(self._graph, from_json(node.means if node.called is None else node.called.means))
        again = list(self._again([each for each in node.evidence if each is not own]))
        look: dict[str, Any] = {"module": module, "qualname": node.qualname.removeprefix(f"{module}."), "again": again}
        if node.called is not None:
            look["called"] = node.called.arguments
        if node.kind == "flag":
            look["statement"] = [module, look["qualname"]]
        return Target(node, "predicate", formula, look)

    def _is_own(self, node: Predicate, place: Evidence) -> bool:
        """Say whether a place is the definition of a predicate itself, and not of what it asks."""
        module = self.module_of(place.path)
        return place.role == "definition" and module is not None and node.qualname.startswith(f"{module}.")

    def _requirement(self, node: Requirement) -> Target | Unlooked:
        needs = expanded(self._graph, from_json(node.needs))
        site = next((each for each in node.evidence if each.role == "site"), None)
        effect = node.otherwise.effect
        if effect == "unchecked" or (effect == "placeholder" and not node.enforced):
            return Unlooked(node, "nothing there refuses what it says")
        if is_stand_in(node):
            return self._object(node, needs)
        if node.origin not in _GATES or site is None:
            return Unlooked(node, "it has no statement of its own that runs or does not")
        module = self.module_of(site.path)
        if module is None or not node.owner.startswith(f"{module}."):
            return Unlooked(node, "it is in no module that can be imported")
        if node.origin == "decorator" and effect == "skip":
            return Unlooked(node, "it is decided when its module is imported")
        owner = self._graph.nodes.get(f"implementation:{node.owner}")
        if isinstance(owner, Implementation) and owner.kind == "class":
            return Unlooked(node, "it is stated of a class as a whole")
        return self._gate(node, needs, site, module)

    def _gate(self, node: Requirement, needs: Formula, site: Evidence, module: str) -> Target | Unlooked:
        guards = [each for each in node.evidence if each.role == "guard" and each.path == site.path]
        before = [each for each in guards if each.start_line <= site.start_line]
        guard = max(before, key=lambda each: each.start_line) if before else None
        if node.origin in _RAISING_CALLS or (guard is not None and guard.start_line == site.start_line):
            guard = None  # the call, or the assertion, asks and raises at once
        look = {
            "module": module,
            "qualname": node.owner.removeprefix(f"{module}."),
            "again": list(self._again(node.evidence)),
            "path": f"/{site.path[site.path.index(module.partition('.')[0]) :]}",
            "site": [site.start_line, site.end_line],
            "guard": [guard.start_line, guard.end_line] if guard is not None else None,
            "decorated": node.origin == "decorator",
        }
        variants: list[Mapping[str, Any]] = []
        conditions: list[Formula] = []
        when = expanded(self._graph, from_json(node.when))
        for term in disjunctive(when, _TERMS) or ():
            made = _variant(term)
            if made is not None and made not in zip(variants, conditions, strict=True):
                variants.append(made[0])
                conditions.append(made[1])
        if not variants:
            return Unlooked(node, "the condition around it cannot be brought about")
        variants = [*variants[:_MOST_VARIANTS], *({**each, "unknown": "none"} for each in variants[:_MOST_VARIANTS])]
        conditions = [*conditions[:_MOST_VARIANTS], *conditions[:_MOST_VARIANTS]]
        for recipe in self._recipes.get(node.owner, ()):
            if _is_other_case(when, recipe.get("arguments", {})):
                continue
            variants = [*({**variant, **recipe} for variant in variants[:1]), *variants]
            conditions = [conditions[0], *conditions]
        passed = conjunction(*self._kept_off(node, needs, self._before(node, site), is_above=True))
        if passed is not True:  # where what raises above is met, and in case that this cannot be, wherever
            variants, conditions = [*variants, *variants], [*(conjunction(c, passed) for c in conditions), *conditions]
        beside = conjunction(*self._kept_off(node, needs, self._at_site[_effect_of(node)], is_above=False))
        return Target(node, "gate", needs, look, tuple(variants), tuple(conditions), beside)

    def _before(self, node: Requirement, site: Evidence) -> list[Requirement]:
        """Return the requirements of the same function that raise above the effect of one."""
        return [
            each
            for each in self._of_owner[node.owner]
            if each.otherwise.effect == "raise"
            and any(
                at.role == "site" and at.path == site.path and at.end_line < site.start_line for at in each.evidence
            )
        ]

    def _kept_off(
        self, node: Requirement, own: Formula, others: Iterable[Requirement], *, is_above: bool
    ) -> Iterator[Formula]:
        """Yield what keeps other requirements from their effect: of the same site, or `is_above` it.

        Left out are those of the site that ask for less, and those above that come where the effect does not.
        """
        stated = expanded(self._graph, from_json(node.when))
        values = chosen(from_json(node.when))
        for other in others:
            needs, when = (expanded(self._graph, from_json(each)) for each in (other.needs, other.when))
            if other.id == node.id or _is_other_case(when, values) or mentions(needs, is_unread):
                continue  # it is never asked in this one
            lacking = (stated, negation(own), when, negation(needs)) if is_above else (own, negation(needs))
            if disjunctive(conjunction(*lacking), _TERMS) != ():
                yield disjunction(needs, negation(_readable(when)))

    def _object(self, node: Requirement, needs: Formula) -> Target | Unlooked:
        found = self._graph.nodes.get(f"implementation:{node.owner}")
        exports = found.exports if isinstance(found, Implementation) else ()
        if not exports:
            return Unlooked(node, "users have no name for it")
        names = tuple(sorted(((each.module, each.name) for each in exports), key=lambda name: name[0].count(".")))
        when = expanded(self._graph, from_json(node.when))
        if node.otherwise.effect == "fallback":
            return Target(node, "objects", needs, {}, conditions=(when,), names=names)
        stand_ins = (each for each in self._of_owner[node.owner] if each.id != node.id and is_stand_in(each))
        others = [each for each in stand_ins if each.otherwise.effect != "fallback"]
        beside = conjunction(*map(self._is_real, others))
        also = tuple(each.otherwise.message for each in others if each.otherwise.message is not None)
        return Target(node, "objects", self._is_real(node), {}, beside=beside, names=names, also=also)

    def _is_real(self, node: Requirement) -> Formula:
        """Return when a requirement leaves an object what it is: where it is met, and where it asks for nothing."""
        needs, when = (expanded(self._graph, from_json(each)) for each in (node.needs, node.when))
        return disjunction(needs, negation(when))

    def _again(self, evidence: Sequence[Evidence]) -> Iterator[list[Any]]:
        """Yield the statements that a condition rests on, those that stand first in a file first."""
        roles = {"definition", "constant", "declaration", "binding"}
        stated = [each for each in evidence if each.role in roles]
        for each in sorted(stated, key=lambda each: (each.path, each.start_line)):
            module = self.module_of(each.path)
            if module is not None:
                yield [module, each.start_line, each.end_line]


def _effect_of(node: Requirement) -> tuple[Any, ...]:
    site = next((each for each in node.evidence if each.role == "site"), node.evidence[0])
    return (node.owner, node.otherwise.effect, site.path, site.start_byte, site.end_byte)


def is_stand_in(node: Requirement) -> bool:
    """Say whether a requirement is that of a whole object, which something stands in for."""
    effect = node.otherwise.effect
    if effect == "fallback":
        return node.origin == "placeholder"
    is_whole = node.origin in {"file-rule", "placeholder", "decorator"}
    return is_whole and (effect == "disable" or (effect == "placeholder" and node.enforced))


def is_unread(atom: Atom) -> bool:
    """Say whether an atom is about what no machine decides."""
    return isinstance(atom, Opaque | Parameter | fa.Predicate)


def _readable(when: Formula) -> Formula:
    """Return what a machine decides of a condition: it holds wherever the condition does."""
    terms = disjunctive(when, _TERMS)
    if terms is None:
        return True
    kept = ([each for each in term if not is_unread(affirmed(each))] for term in terms)  # type: ignore[arg-type]
    return disjunction(*(conjunction(*term) for term in kept))


def _variant(term: Sequence[Formula]) -> tuple[dict[str, Any], Formula] | None:
    """Return what arguments and attributes make the literals of a term true, and what of it is left to the machine."""
    asked: dict[str, list[tuple[Parameter, bool]]] = {}
    machine: list[Formula] = []
    for literal in term:
        atom = affirmed(literal)
        if isinstance(atom, Parameter):
            asked.setdefault(atom.param, []).append((atom, not isinstance(literal, Not)))
        elif not isinstance(atom, Opaque | fa.Predicate):
            machine.append(literal)
    arguments: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for name, wanted in asked.items():
        value = _value(wanted)
        if value is _UNASKED:
            return None
        own, _, field = name.partition(".")
        if own == "self" and field:
            attributes[field] = value
        elif field:
            held = arguments.setdefault(own, {"$fields": {}})
            if isinstance(held, dict) and "$fields" in held:
                held["$fields"][field] = value
        else:
            arguments.setdefault(own, value)
    return {"arguments": arguments, "attributes": attributes}, conjunction(*machine)


def _value(wanted: Sequence[tuple[Parameter, bool]]) -> Any:
    """Return a literal of which every one of these conditions is as it should be."""
    stated = [atom.value for atom, _ in wanted if atom.op is not None]
    numbers = [value + step for value in stated if type(value) in {int, float} for step in (1, -1)]  # type: ignore[operator]
    if all(atom.value is None and is_so is (atom.op is None) for atom, is_so in wanted):
        return {"$fields": {}}  # anything that is true
    for value in (True, *stated, *numbers, False, None, "miner", "", 1, 0):
        if all(argument_holds(atom, value) in {is_so, None} for atom, is_so in wanted):
            return value
    return _UNASKED


def _is_other_case(when: Formula, values: Mapping[str, Any]) -> bool:
    """Return whether a condition gives a parameter another value than it has among these."""
    return any(values.get(name, value) != value for name, value in chosen(when).items())
