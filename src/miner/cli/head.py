"""What a name is, as `miner explain` tells it first: its kind, where it is from, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from miner.app.explain import Account, Folding, cases
from miner.cli.statement import hardness, shortened
from miner.escape import one_line
from miner.formula.atom import Module
from miner.formula.connective import Formula
from miner.formula.disjunctive import literals
from miner.formula.notation import from_json, text
from miner.model.concept import Environment, Heuristic, Principle, Workflow
from miner.model.evidence import Evidence
from miner.model.node import Gate, Implementation, Node, Package, Predicate, Requirement

_LONGEST_MEANING = 2000
_LONGEST = 400
_MOST_NAMES = 5
_MOST_FIELDS = 30
_SUPPORT = re.compile(r"_?(?:supports|can|accepts)_")
_QUIRKS = {
    "raises": "asking may raise an error",
    "returns-none": "answers None, not False, where it does not hold",
    "side-effect": "asking changes something",
    "compares-strings": "versions are compared as text",
}


def head(account: Account, fold: Folding) -> Iterator[tuple[str, str]]:
    """Yield what the subject of an account is, in rows of a heading and a text."""
    subject = account.subject
    kind = type(subject.node).__name__.lower() if subject.kind == "concept" else subject.kind
    yield "is", f"an option of {subject.node.name}" if subject.kind == "option" and subject.node else kind
    match subject.node:
        case Workflow() | Principle() as node:
            yield "title", node.title
            for environment in account.environments:
                yield "environment", environment.name
                yield "install", environment.install
            asked = sorted(_packages(account.stating.values()) - _packages(account.requirements))
            yield from (("sometimes", f"{', '.join(asked)}: see the environment") for _ in asked[:1])
        case Environment() as node:
            yield "of", node.workflow.partition(":")[2]
            yield "install", node.install
            yield from (("devices", ", ".join(node.devices)) for _ in node.devices[:1])
        case Heuristic() as node:
            yield "about", node.topic
            yield "options", ", ".join(node.options)
            further = [f"{each.path}:{each.start_line}" for each in node.evidence[1:]]
            yield from (("see also", ", ".join(further)) for _ in further[:1])
        case Implementation() as node if subject.kind == "option":
            yield from (
                ("default", f"{text}, as {node.name} declares it, {place(node)}-{node.definition.end_line}")
                for text in _default(account, node)
            )
        case Implementation() as node if subject.kind == "object":
            yield "kind", node.kind
            yield from (("import", f"from {each.module} import {each.name}") for each in node.exports[:1])
            yield from (("does", one_line(text, _LONGEST)) for text in (node.summary,) if text)
            yield from (("extends", ", ".join(node.bases)) for _ in node.bases[:1])
            yield from (("signature", one_line(text, _LONGEST)) for text in (node.signature,) if text)
            yield from (("backends", ", ".join(node.backends)) for _ in node.backends[:1])
            yield from _flags(account)
            yield from (("fields", _listed(_fields(account, node), _MOST_FIELDS)) for _ in node.fields[:1])
            yield "defined at", place(node)
            yield from _imported(account)
        case Package() as node:
            yield from (("imported as", ", ".join(node.import_names)) for _ in node.import_names[:1])
            for specifier, places in _declared(node).items():
                yield "declared", f"{specifier} ({'; '.join(places)})"
            yield from _gated(account, node.gated)
        case Predicate() as node:
            yield from (("does", one_line(text, _LONGEST)) for text in (node.summary,) if text)
            yield from _headed("means", fold.inside(from_json(node.means)))
            if node.called is not None:
                given = (repr(value) if name.isdigit() else f"{name}={value!r}"
                         for name, value in sorted(node.called.arguments.items()))  # fmt: skip
                yield from _headed(f"{node.name}({', '.join(given)})", fold.inside(from_json(node.called.means)))
            yield from (("written", one_line(text, _LONGEST)) for text in (node.evidence[0].text,) if text)
            yield from (("quirk", _quirk(quirk, node)) for quirk in node.quirks)
            yield "defined at", place(node)


def _default(account: Account, node: Implementation) -> Iterator[str]:
    """Yield the default of a field as its class declares it, where no statement on the page says one."""
    if not any(each.kind == "default" and each.owner == node.qualname for each in account.advice):
        yield from (text for text in ((node.defaults or {}).get(account.subject.name),) if text)


def _imported(account: Account) -> Iterator[tuple[str, str]]:
    """Yield what the module of an object imports whatever holds, where no need on the page is of that already."""
    if account.module is None:
        return
    needs = [text(from_json(node.needs)) for node in account.requirements if node.enforced]
    for name in account.module.imports:
        if not any(f'"{name}' in need for need in needs):
            at = next(each for each in account.module.evidence[1:] if name in (each.text or ""))
            yield "its module", f"imports {name} in any case, {at.path}:{at.start_line}"


def _fields(account: Account, node: Implementation) -> list[str]:
    """Return the fields of a class, each with its declared default, unless a statement on the page says that."""
    told = {each.subject for each in account.advice if each.kind == "default" and each.when is True}
    defaults = node.defaults or {}
    return [f"{name} = {defaults[name]}" if name in defaults and name not in told else name for name in node.fields]


def meaning(stated: Formula, longest: int) -> list[str]:
    """Return what a predicate means, in one line, or case by case where it asks one thing after another."""
    found = cases(stated)
    if found is None:
        return [shortened(stated, longest)]
    always = "" if found.always is True else f"{shortened(found.always, longest)}, and "
    return [f"{always}what the first of these says that applies:", *(_case(*each, longest) for each in found.cases)]


def place(node: Node) -> str:
    """Return where a node is defined or stated: path:line."""
    first = node.definition if isinstance(node, Implementation) else node.evidence[0]
    if isinstance(node, Requirement) and not node.enforced:
        first = tested(node)
    return f"{first.path}:{first.start_line}"


def tested(node: Requirement) -> Evidence:
    """Return the test of what asks for something and goes another way without: the last one above what is done."""
    first = node.evidence[0]
    if first.role != "site":
        return first
    tests = (each for each in node.evidence if each.role == "guard" and each.path == first.path)
    above = [each for each in tests if each.start_byte <= first.start_byte]
    return max(above, key=lambda each: each.start_byte, default=first)


def _headed(heading: str, stated: Formula) -> Iterator[tuple[str, str]]:
    first, *others = meaning(stated, _LONGEST_MEANING)
    yield heading, first
    yield from (("", each) for each in others)


def _case(test: Formula, says: Formula, longest: int) -> str:
    what = "yes" if says is True else shortened(says, longest)
    return f"  else: {what}" if test is True else f"  {shortened(test, longest)}: {what}"


def _quirk(quirk: str, node: Predicate) -> str:
    """Return a quirk in words: what is always true may be a part of a predicate alone."""
    if quirk == "always-true" and node.means is not True:
        return "a part of it is always true, whatever else that part asks"
    return _QUIRKS.get(quirk, quirk)


def _declared(node: Package) -> dict[str, list[str]]:
    """Return where each range of a package is declared: the places, with the extras and markers that they share."""
    stated: dict[str, dict[str, list[str]]] = {}
    for each in node.declared:
        extra = " with ".join(filter(None, (each.extra, each.marker)))
        stated.setdefault(each.specifier or "any version", {}).setdefault(each.place, []).append(extra)
    found: dict[str, list[str]] = {}
    for specifier, places in stated.items():
        alike: dict[tuple[str, ...], list[str]] = {}
        for where, extras in places.items():
            alike.setdefault(tuple(dict.fromkeys(extras)), []).append(where)
        for shared, told in alike.items():
            named = ", ".join(filter(None, shared))
            found.setdefault(specifier, []).append(" and ".join(told) + (f" for {named}" if named else ""))
    return found


def _gated(account: Account, gates: Iterable[Gate]) -> Iterator[tuple[str, str]]:
    """Yield which versions are enforced, and which are asked for only, by what."""
    by: dict[tuple[str, str], list[str]] = {}
    for gate in gates:
        node = account.stating[gate.stated_by]
        is_hard = hardness(node) == 0 if isinstance(node, Requirement) else True
        name = node.owner if isinstance(node, Requirement) else gate.stated_by.partition(":")[2]
        by.setdefault(("enforced" if is_hard else "asked", gate.specifier), []).append(name)
    for (how, specifier), names in by.items():
        yield how, f"{specifier} by {_listed(list(dict.fromkeys(names)), _MOST_NAMES)}"


def _listed(names: list[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _packages(nodes: Iterable[Node]) -> set[str]:
    """Return the packages that are asked for, by their import names."""
    needs = (from_json(node.needs) for node in nodes if isinstance(node, Requirement))
    atoms = (part for formula in needs for part in literals(formula))
    return {atom.module.partition(".")[0] for atom in atoms if isinstance(atom, Module)}


def _flags(account: Account) -> Iterator[tuple[str, str]]:
    """Yield what a class says that it supports, and what it does not, each with the class that says so if another.

    What only a base says that is defined elsewhere is so by default, for all of its kind.
    """
    home = _package(account.subject.name)
    own = {name: said for name, said in sorted(account.flags.items()) if said[1] is None or _package(said[1]) == home}
    for heading, wanted in (("supports", True), ("does not", False)):
        said = [
            name if owner is None else f"{name} ({_last(owner)})"
            for name, (flag, owner) in own.items()
            if flag.value is wanted and _SUPPORT.match(name)
        ]
        if said:
            yield heading, ", ".join(said)
    stated = [name if flag.value else f"not {name}" for name, (flag, _) in own.items() if not _SUPPORT.match(name)]
    yield from (("says it is", ", ".join(stated)) for _ in stated[:1])
    for name, (flag, _) in own.items():
        yield from (("comment", f"on {name}: {one_line(text, _LONGEST)}") for text in (flag.comment,) if text)
    others = [(name, said) for name, said in sorted(account.flags.items()) if name not in own]
    for owner in dict.fromkeys(said[1] for _, said in others):
        told = [(name, said[0].value) for name, said in others if said[1] == owner]
        listed = [name if is_set else f"not {name}" for name, is_set in told if is_set or _SUPPORT.match(name)]
        yield from (("by default", f"{', '.join(listed)} ({_last(owner or '')})") for _ in listed[:1])


def _package(qualname: str) -> str:
    """Return the package of the module that a class is defined in."""
    return qualname.rpartition(".")[0].rpartition(".")[0]


def _last(qualname: str) -> str:
    return qualname.rpartition(".")[2]
