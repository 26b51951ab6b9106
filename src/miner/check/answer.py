"""Evaluating requirements on a machine, with what is known of the arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from miner.check.wanted import Bearing, Wanted
from miner.formula import atom as fa
from miner.formula.atom import Atom
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms, literals, partly
from miner.formula.evaluate import Reading, argument_holds, holds, subject_of, value
from miner.formula.notation import from_json, to_json
from miner.formula.text import render
from miner.graph.argument import UNKNOWN
from miner.graph.environment import install_line
from miner.graph.meaning import expanded
from miner.graph.names import distributions
from miner.link.option import option_of
from miner.machine.record import Machine
from miner.model.answer import Answer, Host, Lack, LackOf, host_of
from miner.model.node import Otherwise, Package, Predicate, Requirement
from miner.store.graph_reader import Graph


@dataclass(frozen=True)
class Checker:
    """A graph and the machine that it is asked about."""

    graph: Graph
    machine: Machine
    bearing: Bearing

    def answers(self, wanted: Iterable[Wanted]) -> list[Answer]:
        """Return an answer for each requirement that bears on what is wanted, uses of the same kind joined."""
        found: dict[tuple[Any, ...], Answer] = {}
        for each in wanted:
            for node, when in self.bearing.on(each):
                answer = self.requirement(each.name, node, when, each)
                key = (each.name, node.id, answer.host, repr(answer.when))
                known = found.get(key)
                uses = (*(known.uses if known is not None else ()), *answer.uses)
                found[key] = msgspec.structs.replace(answer, uses=tuple(dict.fromkeys(uses)))
        return list(found.values())

    def declared(self, packages: Iterable[Package], library: str) -> Iterator[Answer]:
        """Yield an answer for each package that the library declares for all its users, without an extra."""
        for package in packages:
            for row in package.declared:
                if row.extra is not None or row.place not in {"metadata", "build-script"}:
                    continue
                formula = _specified(package.name, row.specifier)
                if formula is None or (row.marker is not None and not self._is_marked(row.marker)):
                    continue
                effect = Otherwise(effect="raise", message=None, action=f"{library} declares it")
                yield self._judged(library, formula, True, effect, package, enforced=True)
                break

    def predicate(self, wanted: str, node: Predicate) -> Answer:
        """Return whether a predicate is true on the machine."""
        effect = Otherwise(effect="fallback", message=f"{node.name} is false")
        return self._judged(wanted, from_json(node.means), True, effect, node, enforced=False)

    def requirement(
        self, name: str, node: Requirement, when: Formula | None = None, of: Wanted | None = None
    ) -> Answer:
        """Return whether a requirement is met; `when` is its condition in the names of what is wanted."""

        def known(atom: Atom) -> bool | None:
            return self._value(atom, of)

        stated = from_json(node.when) if when is None else when
        left = partly(expanded(self.graph, stated), known)
        return self._judged(name, from_json(node.needs), left, node.otherwise, node, node.enforced, of)

    def _judged(
        self,
        name: str,
        needs: Formula,
        when: Formula,
        otherwise: Otherwise,
        node: Requirement | Package | Predicate,
        enforced: bool,
        wanted: Wanted | None = None,
    ) -> Answer:
        def known(atom: Atom) -> bool | None:
            return self._value(atom, wanted)

        met = value(expanded(self.graph, needs), known)
        host: Host = "not-applicable" if when is False else host_of(met)
        unmet = partly(expanded(self.graph, needs), lambda atom: known(atom) or None) if met is not True else True
        return Answer(
            name=name,
            host=host,
            needs=to_json(needs),
            when=to_json(when),
            lacks=tuple(self._lacks(unmet)) if host in {"unsatisfied", "unknown"} else (),
            otherwise=otherwise,
            enforced=enforced,
            install=install_line(unmet, self._distributions) if host in {"unsatisfied", "unknown"} else None,
            requirement=node.id,
            evidence=node.evidence[0],
            uses=(wanted.use,) if wanted is not None and wanted.use is not None else (),
        )

    def _value(self, atom: Atom, wanted: Wanted | None) -> bool | None:
        if not isinstance(atom, fa.Parameter):
            return holds(atom, self.machine)
        option = option_of(atom.param)
        if wanted is None or atom.param not in {option, f"self.{option}"}:
            return None
        given = wanted.arguments.get(option, UNKNOWN)
        if option != wanted.option:
            return None if given is UNKNOWN else argument_holds(atom, given)
        if isinstance(given, bool) or atom.op is None:
            return argument_holds(atom, True)
        return False if atom.op == "==" and not atom.value else None  # it is given, and something else than nothing

    def _lacks(self, unmet: Formula) -> Iterator[Lack]:
        for literal in literals(unmet):
            atom = atoms(literal)[0]
            is_readable = not isinstance(atom, fa.Parameter | fa.Opaque)
            reading = self.machine.read(subject_of(atom)) if is_readable else None
            yield Lack(need=render(literal), here=_shown(reading), about=_about(atom))

    def _is_marked(self, marker: str) -> bool:
        """Return whether a marker holds on the machine, or may: what is not known of it is this computer's."""
        stated = {}
        if self.machine.python is not None:
            stated = {
                "python_full_version": self.machine.python,
                "python_version": ".".join(self.machine.python.split(".")[:2]),
            }
        if self.machine.os is not None:
            stated["sys_platform"] = self.machine.os
        try:
            return Marker(marker).evaluate(stated)
        except InvalidMarker:
            return True

    @cached_property
    def _distributions(self) -> Mapping[str, str]:
        return distributions(self.graph)


def _about(atom: Atom) -> LackOf:
    match atom:
        case fa.Package() | fa.Module() | fa.SameRelease() | fa.Python():
            return "software"
        case fa.Feature(feature=name) if not name.endswith(")"):
            return "software"
        case fa.Environment() | fa.Binary() | fa.OperatingSystem():
            return "system"
        case fa.Parameter() | fa.Opaque() | fa.Predicate():
            return "unread"
    return "hardware"


def _shown(reading: Reading) -> str:
    if reading is None:
        return "unknown"
    return reading if isinstance(reading, str) else "there" if reading else "none"


def _specified(name: str, specifier: str) -> Formula | None:
    """Return a declared requirement as a formula; None for what its operators cannot say."""
    try:
        bounds = tuple(sorted((each.operator, each.version) for each in SpecifierSet(specifier)))
    except InvalidSpecifier:
        return None
    listed: list[tuple[str, str]] = []
    for operator, bound in bounds:
        if operator == "~=":
            listed += [(">=", bound), ("<", _next(bound))]
        elif operator in {">=", "<=", ">", "<", "==", "!="} and not bound.endswith(".*"):
            listed.append((operator, bound))
    version = tuple(listed)
    if name == "python":
        return fa.Python(python=version) if version else None
    return fa.Package(package=name, version=version)


def _next(bound: str) -> str:
    """Return the first release that `~=` does not take: 3 of 2.1, 2.2 of 2.1.4."""
    parts = bound.split(".")[:-1]
    return ".".join([*parts[:-1], str(int(parts[-1]) + 1)])
