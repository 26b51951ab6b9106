"""Environments: what a workflow needs of the machine, by what its symbols state and reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from miner.formula import atom as fa
from miner.formula.connective import Formula, conjuncts
from miner.formula.disjunctive import atoms, device_of
from miner.formula.notation import from_json, parts, text
from miner.formula.text import render
from miner.model.concept import Environment, KnownError
from miner.model.evidence import Evidence
from miner.model.node import EnvironmentVariable, Requirement


class Reached(NamedTuple):
    """A requirement or variable that a symbol of a workflow states or reaches, and when, in the symbol's names."""

    node: Requirement | EnvironmentVariable
    when: Formula


def environment(
    name: str,
    workflow: str,
    steps: Iterable[Sequence[Sequence[Reached]]],
    distributions: Mapping[str, str],
    place: Evidence,
    library: str,
) -> Environment:
    """Return the node of an environment; `steps` hold, for each symbol of a step, what that states and reaches.

    Always needed is what all symbols of a step need whatever happens: they are alternatives. What marks on them ask
    for, which nothing enforces, is installed too. `distributions` are the packages by the names that they are imported
    under.
    """
    always: dict[str, Requirement] = {}
    conditional: dict[str, Requirement] = {}
    optional: dict[str, Requirement] = {}
    marked: dict[str, Requirement] = {}
    variables: dict[str, None] = {}
    for symbols in steps:
        shared = frozenset.intersection(*map(_unconditional, symbols)) if symbols else frozenset()
        marks = frozenset.intersection(*map(_marked, symbols)) if symbols else frozenset()
        for node, when in chain.from_iterable(symbols):
            if isinstance(node, EnvironmentVariable):
                variables[node.id] = None
            elif not node.enforced:
                optional[node.id] = node
                if _is_mark(node, when) and _need(node) in marks:
                    marked[node.id] = node
            else:
                (always if when is True and _need(node) in shared else conditional)[node.id] = node
    left = {id_: node for id_, node in conditional.items() if id_ not in always}
    conditional = dict(_without_repeated(left, always.values()))
    stated = [*always.values(), *conditional.values(), *optional.values()]
    devices = {device_of(atom) for node in stated for atom in atoms(from_json(node.needs))}
    return Environment(
        id=f"environment:{name}",
        name=name,
        evidence=(place,),
        workflow=workflow,
        always=tuple(sorted(always)),
        conditional=tuple(sorted(conditional)),
        optional=tuple(sorted(optional)),
        install=_install(library, (from_json(n.needs) for n in (*always.values(), *marked.values())), distributions),
        variables=tuple(sorted(variables)),
        devices=tuple(sorted(device for device in devices if device is not None)),
        errors=tuple(_errors([*always.values(), *conditional.values()], distributions)),
    )


def _without_repeated(
    conditional: Mapping[str, Requirement], always: Iterable[Requirement]
) -> Iterator[tuple[str, Requirement]]:
    """Yield needs by their ids; those of names that a guard binds, in function after function, once for what they ask.

    What is always needed is not told of them again.
    """
    told = {part for node in always for part in parts(from_json(node.needs))}
    seen: set[frozenset[str]] = set()
    for id_, node in conditional.items():
        asked = parts(from_json(node.needs))
        if node.origin != "guarded-name" or not (asked <= told or asked in seen):
            yield id_, node
        if node.origin == "guarded-name":
            seen.add(asked)


def _unconditional(reached: Iterable[Reached]) -> frozenset[str]:
    return frozenset(
        _need(node) for node, when in reached if isinstance(node, Requirement) and node.enforced and when is True
    )


def _marked(reached: Iterable[Reached]) -> frozenset[str]:
    return frozenset(_need(node) for node, when in reached if isinstance(node, Requirement) and _is_mark(node, when))


def _is_mark(node: Requirement, when: Formula) -> bool:
    """Say whether a need is only what a decorator says that its object needs."""
    return node.origin == "decorator" and not node.enforced and when is True


def _need(node: Requirement) -> str:
    return text(from_json(node.needs))


def _install(library: str, needs: Iterable[Formula], distributions: Mapping[str, str]) -> str:
    """Return the command that installs a library with what all of some needs ask for."""
    wanted: dict[str, set[str]] = {}
    for formula in needs:
        for name, versions in _packages(formula, distributions):
            wanted.setdefault(name, set()).update(versions)
    named = [f'"{name}{",".join(sorted(versions))}"' if versions else name for name, versions in sorted(wanted.items())]
    return " ".join(["pip install", library, *(part for part in named if part != library)])


def install_line(needs: Formula, distributions: Mapping[str, str]) -> str | None:
    """Return the command that installs what a need cannot do without; None where that is no package."""
    packages = dict(_packages(needs, distributions))
    named = " ".join(f'"{name}{",".join(versions)}"' for name, versions in sorted(packages.items()))
    return f"pip install {named}" if named else None


def _packages(formula: Formula, distributions: Mapping[str, str]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the distributions, with versions, that a formula cannot do without."""
    for part in conjuncts(formula):
        match part:
            case fa.Package(package=name, version=version):
                yield name, fa.bounds(version)
            case fa.Module(module=module, version=version):
                distribution = distributions.get(module) or distributions.get(module.partition(".")[0])
                if distribution is not None:
                    yield distribution, fa.bounds(version)


def _errors(requirements: Iterable[Requirement], distributions: Mapping[str, str]) -> Iterable[KnownError]:
    """Yield the errors that come with a message, each message once."""
    seen: set[str] = set()
    for node in requirements:
        message = node.otherwise.message
        if message is None or node.otherwise.effect != "raise" or message in seen:
            continue
        seen.add(message)
        needs = from_json(node.needs)
        yield KnownError(
            message=message,
            cause=f"not met: {render(needs)}",
            fix=install_line(needs, distributions),
            requirement=node.id,
        )
