"""What the features of a library ask of the hardware, over several machines."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Literal

from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction, negation
from miner.formula.disjunctive import atoms, device_of, is_refusal, mentions
from miner.formula.evaluate import evaluate
from miner.formula.notation import from_json
from miner.formula.text import render
from miner.graph.meaning import expanded
from miner.graph.names import Names
from miner.machine.record import Machine
from miner.model.evidence import Evidence
from miner.model.node import Requirement
from miner.store.graph_reader import Graph

Cell = Literal["yes", "no", "unknown", "not-applicable"]
_HARDWARE = (fa.Device, fa.DeviceCount, fa.ComputeCapability, fa.Memory, fa.Toolkit, fa.Rocm, fa.Driver)


@dataclass(frozen=True)
class FeatureRow:
    """What an object needs of the hardware alone, what follows without, and by machine whether that has it."""

    name: str
    needs: str
    effect: str
    evidence: Evidence
    cells: dict[str, Cell]


def feature_rows(graph: Graph, machines: Iterable[Machine]) -> list[FeatureRow]:
    """Return a row for each thing that an object of the packages needs of the hardware, and without which the library
    raises or says so, and for each capability; what is needed of packages is left out.

    That a device must not be there is a need where that alone decides; under conditions of another kind it only says
    what those must not be.
    """
    names = Names(graph)
    machines = tuple(machines)
    kinds = {device_of(atom) for node in graph.of_type(Requirement) for atom in atoms(from_json(node.needs))}

    def hardware(formula: Formula) -> Formula:
        return hardware_of(formula, kinds)

    found: dict[tuple[str, str], FeatureRow] = {}
    for node in sorted(graph.of_type(Requirement), key=lambda node: (*node.place, node.id)):
        is_capability = mentions(from_json(node.needs), lambda atom: isinstance(atom, fa.ComputeCapability))
        if not node.enforced and node.otherwise.message is None and not is_capability:
            continue
        stated = from_json(node.when)
        needs = hardware(expanded(graph, from_json(node.needs)))
        is_unread = is_refusal(needs) and mentions(stated, _is_unread)
        if needs is True or is_unread or node.owner.partition(".")[0] not in names.roots:
            continue
        named = names.find(node.owner)
        name = named.public if named is not None else node.owner
        when = hardware(expanded(graph, stated))
        cells = {machine.name: _cell(needs, when, machine) for machine in machines}
        row = FeatureRow(name, render(needs), node.otherwise.effect, node.evidence[0], cells)
        found.setdefault((name, row.needs), row)
    return list(found.values())


def hardware_of(formula: Formula, kinds: Container[str | None]) -> Formula:
    """Return the part of a formula that is about hardware: of several that must hold those, and of alternatives, too.

    True where none is. What a package would do in place of a device is left out: the question is of the device. `kinds`
    are the names of devices, by which an answer of a framework (`is_...()`) is known to be about one.
    """
    found = _part(canonical(formula), kinds)
    return True if found is None else canonical(found)


def _part(formula: Formula, kinds: Container[str | None]) -> Formula | None:
    match formula:
        case All(parts) | Any(parts):
            found = [part for part in (_part(each, kinds) for each in parts) if part is not None]
            join = conjunction if isinstance(formula, All) else disjunction
            return join(*found) if found else None
        case Not(part):
            inner = _part(part, kinds)
            return None if inner is None else negation(inner)
        case fa.Feature(feature=name) if name.endswith(")") and any(part in kinds for part in name.split(".")):
            return formula
        case _ if isinstance(formula, _HARDWARE):
            return formula
    return None


def _is_unread(atom: Atom) -> bool:
    return isinstance(atom, fa.Opaque | fa.Parameter)


def _cell(needs: Formula, when: Formula, machine: Machine) -> Cell:
    if evaluate(when, machine) is False:
        return "not-applicable"
    met = evaluate(needs, machine)
    return "unknown" if met is None else "yes" if met else "no"
