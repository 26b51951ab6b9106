"""Machines that the library is imported on from the start, and what its public objects have to be on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.formula.evaluate import holds, value
from miner.formula.notation import text
from miner.verify.state import Distributions, Entity, State, entities, machine_of, provider, simulation_of
from miner.verify.target import Target, Unlooked

EVERYTHING = "everything there"
_COMMON = 6
"""How many entities are so common that every object is looked at without them."""


@dataclass(frozen=True)
class Boot:
    """One machine that the library is imported on from the start, and the objects that are looked at there."""

    words: str
    machine: Mapping[str, Any]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Seen:
    """Where an object is looked at: what it has to be, real or not, by the number of the machine."""

    target: Target
    expected: Mapping[int, bool]


@dataclass
class _Machine:
    """A machine that lacks some states; `is_for_all` objects, or for those that need something rare."""

    lacks: dict[str, State] = field(default_factory=dict)
    is_for_all: bool = True

    @property
    def words(self) -> str:
        return ", ".join(state.words for state in self.lacks.values()) or EVERYTHING


def boots_of(
    objects: Sequence[Target], distributions: Distributions
) -> tuple[tuple[Boot, ...], tuple[Seen, ...], list[Unlooked]]:
    """Return the machines that show objects on both sides, what is expected where, and the objects without a probe.

    One machine has everything, for each common lack one has all but that, and one has none of these: there every object
    is looked at, so that what does not need it is seen to be real. Rare lacks have a machine each for the objects that
    need something rare, and one together for all.
    """
    asked = {atom for target in objects for atom in atoms(target.formula)}
    roots = sorted({atom.module.partition(".")[0] for atom in asked if isinstance(atom, fa.Module)})
    there = {"others": "real", "stand_ins": [[root, provider(root, distributions)] for root in roots]}
    formulas = {text(target.formula): target.formula for target in objects}
    known = {key: _lacks(formula, distributions) for key, formula in formulas.items()}
    machines = _machines([known[text(target.formula)] for target in objects])
    names: list[list[tuple[str, str]]] = [[] for _ in machines]
    expected = {key: _expected(formula, distributions, machines, known[key]) for key, formula in formulas.items()}
    around = {text(formula): formula for target in objects for formula in (target.beside, target.conditions[0])}
    holding = {key: _expected(formula, distributions, machines, {}) for key, formula in around.items()}
    seen: list[Seen] = []
    lost: list[Unlooked] = []
    for target in objects:
        found = known[text(target.formula)]
        if isinstance(found, str) or not found:
            lost.append(Unlooked(target.node, found if isinstance(found, str) else "no single lack decides it"))
            continue
        others, asks = (holding[text(formula)] for formula in (target.beside, target.conditions[0]))
        stated = expected[text(target.formula)].items()
        at = {
            index: is_real
            for index, is_real in stated
            if asks.get(index, True) and (not is_real or others.get(index, True))
        }
        for index in at:
            names[index].append(target.names[0])
        seen.append(Seen(target, at))
    boots = [
        Boot(each.words, {**there, **simulation_of(each.lacks.values())}, tuple(dict.fromkeys(names[index])))
        for index, each in enumerate(machines)
    ]
    return tuple(boots) if seen else (), tuple(seen), lost


def _machines(lacks: Iterable[Mapping[str, list[State]] | str]) -> list[_Machine]:
    """Return the machines that all objects together ask for, the one with everything first."""
    counted: Counter[str] = Counter()
    states: dict[str, dict[str, State]] = {}
    for found in lacks:
        for name, listed in found.items() if not isinstance(found, str) else ():
            counted[name] += 1
            states.setdefault(name, {}).update({state.words: state for state in listed})
    common = {name for name, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_COMMON]}
    made = [_Machine()]
    made += [_Machine({name: state}) for name in sorted(common) for state in states[name].values()]
    if len(common) > 1:
        made.append(_Machine({name: next(iter(states[name].values())) for name in sorted(common)}))
    rare = sorted(set(states) - common)
    made += [_Machine({name: state}, is_for_all=False) for name in rare for state in states[name].values()]
    if len(rare) > 1:
        made.append(_Machine({name: next(iter(states[name].values())) for name in rare}))
    return made


def _expected(
    formula: Formula, distributions: Distributions, machines: Sequence[_Machine], lacks: Mapping[str, list[State]] | str
) -> dict[int, bool]:
    """Return what a formula says on each machine that its objects are looked at on."""
    asked = entities(atoms(formula), distributions)
    if isinstance(asked, str) or isinstance(lacks, str):
        return {}
    found: dict[int, bool] = {}
    rare = {name for machine in machines if not machine.is_for_all for name in machine.lacks}
    for index, machine in enumerate(machines):
        if machine.is_for_all or not lacks or rare & set(lacks):
            found[index] = bool(value(formula, _valuation(asked, machine).get))
    return found


def _valuation(asked: Sequence[Entity], machine: _Machine) -> Mapping[Atom, bool | None]:
    known: dict[Atom, bool | None] = {}
    for entity in asked:
        lack = machine.lacks.get(entity.name)
        best = max(entity.states, key=lambda state: sum(map(bool, state.holds.values())))
        looked = machine_of((lack,)) if lack is not None else None
        known |= {atom: best.holds[atom] if looked is None else holds(atom, looked) for atom in best.holds}
    return known


def _lacks(formula: Formula, distributions: Distributions) -> dict[str, list[State]] | str:
    """Return the states that alone make a formula false where all else is there: the barest and the nearest of each."""
    asked = entities(atoms(formula), distributions)
    if isinstance(asked, str):
        return asked
    lacks: dict[str, list[State]] = {}
    for entity in asked:
        alone = [(state, _Machine({entity.name: state})) for state in entity.states]
        failing = [state for state, machine in alone if not value(formula, _valuation(asked, machine).get)]
        if failing:
            lacks[entity.name] = list({state.words: state for state in (failing[0], failing[-1])}.values())
    return lacks
