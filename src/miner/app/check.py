"""The use case that checks a machine against what a program uses of a library, or against names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from miner.app.graph_at import graph_at
from miner.app.machine import machine as machine_of
from miner.app.progress import Progress
from miner.check.answer import Checker
from miner.check.wanted import Bearing, Wanted
from miner.errors import UsageError
from miner.explain.subject import Subject, find
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.formula.notation import from_json
from miner.graph.argument import given
from miner.graph.names import Named, Names
from miner.machine.record import Machine
from miner.model.answer import Answer, Outcome
from miner.model.concept import Environment, Workflow
from miner.model.node import Implementation, Package, Predicate, Requirement
from miner.model.snapshot import SourceRecord
from miner.model.use import Use
from miner.store.graph_reader import Graph
from miner.usage.program import Scanned, scan

__all__ = ["Answer", "Checked", "check"]
_ORDER: tuple[str, ...] = get_args(Outcome)


@dataclass(frozen=True)
class Checked:
    """A library, a machine, and the answers, worst first; `notes` say what is unsure or was not read."""

    library: SourceRecord
    machine: Machine
    answers: tuple[Answer, ...]
    notes: tuple[str, ...]


def check(
    graph: str,
    paths: tuple[Path, ...],
    names: tuple[str, ...],
    machine: str | None,
    python: str | None,
    progress: Progress,
) -> Checked:
    """Check what programs use, and what is named, against a machine (None: this computer, as `python` sees it).

    Raises UsageError when a name means nothing, or several things, SourceError when there is nothing to read.
    """
    found = graph_at(graph, progress)
    index = Names(found)
    scanned = scan(paths, index.roots) if paths else Scanned()
    bearing = Bearing(found, index)
    subjects = [find(found, name) for name in names]
    wanted = [
        *_used(scanned.uses, index, bearing),
        *(each for subject in subjects for each in _named(subject, bearing)),
    ]
    asked = {atom for formula in _formulas(found, wanted, bearing) for atom in atoms(formula)}
    progress.stage("check", None)
    looked, notes = machine_of(machine, python, asked)
    checker = Checker(found, looked, bearing)
    library = found.manifest.source.name
    answers = [
        *checker.declared(found.of_type(Package), library),
        *checker.answers(wanted),
        *(checker.predicate(each.name, each.node) for each in subjects if isinstance(each.node, Predicate)),
        *(answer for each in subjects for answer in _of_concept(found, each, checker, index)),
    ]
    answers.sort(key=lambda each: (_ORDER.index(each.outcome), each.name, each.evidence.path, each.evidence.start_line))
    skipped = [f"{path}: not read: {why}" for path, why in scanned.skipped.items()]
    return Checked(found.manifest.source, looked, tuple(answers), (*notes, *skipped))


def _formulas(graph: Graph, wanted: Iterable[Wanted], bearing: Bearing) -> Iterator[Formula]:
    """Yield the conditions that may be asked of the machine."""
    for node, when in (each for one in wanted for each in bearing.on(one)):
        yield from_json(node.needs)
        yield when
    for predicate in graph.of_type(Predicate):
        yield from_json(predicate.means)


def _used(uses: Iterable[Use], names: Names, bearing: Bearing) -> Iterator[Wanted]:
    """Yield what the uses of a program are of; what the graph does not know is left out."""
    uses = tuple(uses)
    called = {use.name for use in uses if use.kind == "call"}
    for use in uses:
        named = names.find(use.name) if use.kind != "override" else None
        if named is None:
            continue
        if use.kind == "call" or (use.kind == "base" and use.name not in called):
            arguments = (
                {**({} if use.is_open else bearing.defaults(named)), **given(use, named)} if use.kind == "call" else {}
            )
            yield Wanted(named.public, named, "made", arguments=arguments, use=use)
        else:
            yield Wanted(named.public, named, "itself", use=use)
        owner = names.find(use.name.rpartition(".")[0])
        if owner is not None and owner.node is not None and owner.node.kind == "class":
            yield Wanted(owner.public, owner, "itself", use=use)


def _named(subject: Subject, bearing: Bearing) -> Iterator[Wanted]:
    """Yield what a subject is, of the kinds that have requirements of their own."""
    node = subject.node
    if subject.kind in {"object", "option"} and isinstance(node, Implementation):
        named = Named(node.qualname, node)
        if subject.kind == "object":
            yield Wanted(named.public, named)
        else:
            arguments = bearing.defaults(named)
            yield Wanted(f"{named.public}.{subject.name}", named, option=subject.name, arguments=arguments)
    elif subject.kind not in {"predicate", "concept"}:
        raise UsageError(
            f"{subject.name!r} is a {subject.kind}: name an object, one of its options (Class.option), a predicate,"
            " a workflow or an environment"
        )


def _of_concept(graph: Graph, subject: Subject, checker: Checker, names: Names) -> Iterator[Answer]:
    """Yield the answers about an environment, or that of a workflow."""
    node = subject.node
    if isinstance(node, Workflow):
        node = next((each for each in graph.of_type(Environment) if each.workflow == subject.node.id), None)  # type: ignore[union-attr]
    if not isinstance(node, Environment):
        return
    for id_ in (*node.always, *node.conditional, *node.optional):
        need = graph.nodes.get(id_)
        if isinstance(need, Requirement):
            found = names.find(need.owner)
            yield checker.requirement(found.public if found is not None else need.owner, need)
