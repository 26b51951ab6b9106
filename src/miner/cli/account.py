"""What `miner explain` tells people of a name: what it is, what it needs, refuses and advises, what was verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from miner.app.explain import Account, Explained, Folding, grouped, is_part
from miner.cli.render import Entry, Listing, Table
from miner.cli.statement import effect, formula
from miner.escape import one_line
from miner.model.concept import Environment, Heuristic, OptionUse, Principle, Workflow
from miner.model.node import Advice, Constraint, Edge, Implementation, Node, Otherwise, Package, Predicate, Requirement

_LONGEST_MEANING = 2000
_LONGEST = 240
"""Characters of a text; JSON has it whole."""
_MOST_PLACES = 5
_MOST_ENTRIES = 60
_FEW = 40
"""Requirements that are listed one by one; more are grouped by what they need."""
_HARDNESS = {"raise": 0, "placeholder": 0, "unchecked": 1, "disable": 1, "warn": 2}
"""What follows where a need is not met, the worst first; what is not named here goes another way, or goes without."""
_HOW = {"gate": "raised", "warning": "warned"}
_ASKED = frozenset({"package", "predicate", "variable", "device"})
"""Kinds of names that need nothing themselves: others ask for them."""


def told(found: Explained) -> Iterator[Table | Listing]:
    """Yield what a graph says of a name, and what a verification has learnt of that."""
    account = found.account
    yield Table(account.subject.name, tuple(_head(account, found.fold)))
    if account.members:
        yield Listing(f"consists of: {len(account.members):,}", tuple(_members(account)))
    yield from _Statements(account, found.fold).all()
    variables = tuple(
        (node.variable, f"default {node.default}" if node.default else "", node.owner, _place(node))
        for node in account.variables
    )
    if variables:
        yield Table(f"environment variables: {len(variables):,}", variables)
    yield from _verified(found)


class _Statements:
    """The statements of an account, in the predicates of the library."""

    def __init__(self, account: Account, fold: Folding) -> None:
        self._account = account
        self._fold = fold
        self._own: str = getattr(account.subject.node, "qualname", "")

    def all(self) -> Iterator[Listing]:
        """Yield the statements, section by section."""
        account = self._account
        asks = "asked for" if account.subject.kind in _ASKED else "needs"
        hard = [node for node in account.requirements if _hardness(node) is not None]
        soft = [node for node in account.requirements if _hardness(node) is None]
        for heading, count, entries in (
            ("means", len(account.predicates), map(self._predicate, account.predicates)),
            (asks, len(hard), self._needs(hard)),
            ("requires through calls", len(account.reached), map(self._reached, account.reached)),
            (f"{asks}, or goes another way", len(soft), self._needs(soft)),
            ("refuses", len(account.constraints), map(self._refusal, account.constraints)),
            ("advice", len(account.advice), self._advice(account.advice)),
            ("takes effect", len(account.uses), map(self._use, account.uses)),
        ):
            if count:
                yield Listing(f"{heading}: {count:,}", tuple(_limited(list(entries))))

    def _predicate(self, node: Predicate) -> Entry:
        return Entry((f"{node.qualname} means {formula(node.means, _LONGEST, self._fold.inside)}",), (_place(node),))

    def _needs(self, requirements: Sequence[Requirement]) -> Iterator[Entry]:
        """Yield what is needed, hard needs first: all that keep off one effect together, or where there are many, each
        need once, with the first that states it.
        """
        ranked = sorted(requirements, key=_rank)
        if len(requirements) > _FEW:
            groups = grouped(ranked, lambda node: f"{self._formula(node.needs)}|{_effect(node.otherwise)}")
            for nodes in sorted(groups.values(), key=lambda nodes: _rank(nodes[0])):
                first = nodes[0]
                owners = len({node.owner for node in nodes})
                where = f"{owners:,} objects, as {self._at(first)}" if owners > 1 else self._at(first)
                yield Entry((self._need(first, first.when),), (f"else {_effect(first.otherwise)}", where))
            return
        places: dict[tuple[str, str], dict[str, None]] = {}
        for node in ranked:
            said = _effect(node.otherwise), self._need(node, node.when)
            places.setdefault(said, {})[self._at(node)] = None
        together: dict[tuple[str, ...], list[str]] = {}
        for (otherwise, line), found in places.items():
            together.setdefault((f"else {otherwise}", *_first(found)), []).append(line)
        for details, lines in together.items():
            yield Entry(tuple(lines), details)

    def _reached(self, reached: tuple[Edge, Requirement]) -> Entry:
        """Return what a symbol requires through others, and the last of them."""
        edge, node = reached
        return Entry((self._need(node, edge.when),), (f"else {_effect(node.otherwise)}", self._at(node)))

    def _refusal(self, node: Constraint) -> Entry:
        return Entry((f"when {self._formula(node.when)}",), (_effect(node.otherwise), _place(node)))

    def _advice(self, advice: Sequence[Advice]) -> Iterator[Entry]:
        """Yield what is advised: what several places say of one thing once, where most is said."""
        said = {node.id: _said(node) for node in advice}
        advice = sorted(advice, key=lambda node: node.kind == "default")
        same: dict[str, list[Advice]] = {}
        for node in advice:
            others = (each for each in advice if each.subject == node.subject and said[node.id] in said[each.id])
            fullest = max(others, key=lambda each: len(said[each.id]))
            same.setdefault(fullest.id if fullest.when == node.when else node.id, []).append(node)
        for node in advice:
            if node.id in same:
                kinds = dict.fromkeys(each.kind for each in same[node.id])
                places = dict.fromkeys(map(_place, (node, *same[node.id])))
                how = [_HOW[node.origin]] if node.origin in _HOW else []
                head = ", ".join((f"{node.subject}: {', '.join(kinds)}", *how, *self._when(node.when)))
                yield Entry((head,), (said[node.id], *_first(places)))

    def _use(self, use: OptionUse) -> Entry:
        """Return where an option takes effect: how, and what stands there."""
        how = f"passed to {use.to}" if use.way == "passed" and use.to else use.way
        first = use.evidence[0]
        parts = (use.code, f"then {use.then}" if use.then else None, use.description)
        said = [_cut(part) for part in parts if part]
        where = f"{use.owner}, {first.path}:{first.start_line}"
        return Entry((", ".join((f"{use.option}: {how}", *self._when(use.when))),), (*said, where))

    def _at(self, node: Requirement) -> str:
        """Return where a requirement stands: in which object, if not in what is explained itself, and its place."""
        owner = node.owner
        if self._own and is_part(owner, self._own):
            owner = owner.removeprefix(self._own).removeprefix(".")
        return ", ".join(filter(None, (owner, _place(node))))

    def _need(self, node: Requirement, when: object) -> str:
        return ", ".join((self._formula(node.needs), *self._when(when)))

    def _when(self, stated: object) -> Iterator[str]:
        if stated is not True:
            yield f"when {self._formula(stated)}"

    def _formula(self, stated: object) -> str:
        return formula(stated, _LONGEST, self._fold)


def _hardness(node: Requirement) -> int | None:
    """Return how bad it is not to meet a requirement, 0 the worst; None where things go another way, or without."""
    return _HARDNESS.get(node.otherwise.effect) if node.enforced else None


def _rank(node: Requirement) -> tuple[bool, int, bool]:
    """Return the order of requirements: those of tests last, else the hardest, and of these what is always needed."""
    return node.owner.startswith("tests."), _hardness(node) or 0, node.when is not True


def _verified(found: Explained) -> Iterator[Listing]:
    """Yield how many statements a verification has found to be so, and what it says of those that it has not."""
    if found.run is None or not found.verdicts:
        return
    counts = Counter(each.claim for each in found.verdicts)
    said = ", ".join(f"{count:,} {claim}" for claim, count in counts.most_common())
    others = [each for each in found.verdicts if each.claim not in {"verified", "not-run"}]
    entries = (
        Entry((f"{each.claim} ({each.level}): {each.about.partition(':')[2]}",), (_cut(each.why),))
        for each in others[:_FEW]
    )
    yield Listing(f"verified on Python {found.run.ran.python}, {found.run.machine.name}: {said}", tuple(entries))


def _head(account: Account, fold: Folding) -> Iterator[tuple[str, str]]:
    subject = account.subject
    kind = type(subject.node).__name__.lower() if subject.kind == "concept" else subject.kind
    yield "is", f"an option of {subject.node.name}" if subject.kind == "option" and subject.node else kind
    match subject.node:
        case Workflow() | Principle() as node:
            yield "title", node.title
        case Environment() as node:
            yield "of", node.workflow.partition(":")[2]
            yield "install", node.install
            yield from (("devices", ", ".join(node.devices)) for _ in node.devices[:1])
        case Heuristic() as node:
            yield "about", node.topic
            yield "options", ", ".join(node.options)
        case Implementation() as node if subject.kind == "object":
            yield "kind", node.kind
            yield from (("import", f"from {each.module} import {each.name}") for each in node.exports[:1])
            yield from (("does", _cut(text)) for text in (node.summary,) if text)
            yield from (("signature", _cut(text)) for text in (node.signature,) if text)
            yield from (("backends", ", ".join(node.backends)) for _ in node.backends[:1])
            yield from _flags(account)
            yield "defined at", f"{node.definition.path}:{node.definition.start_line}"
        case Package() as node:
            yield "imported as", ", ".join(node.import_names)
            for specifier, places in _declared(node).items():
                yield "declared", f"{specifier} ({'; '.join(places)})"
            for gate in node.gated:
                effect_of = gate.stated_by.rpartition("/")[2].partition("~")[0]
                is_hard = gate.stated_by.startswith("predicate:") or effect_of in {"raise", "placeholder"}
                yield "enforced" if is_hard else "asked", f"{gate.specifier} by {gate.stated_by.partition(':')[2]}"
        case Predicate() as node:
            yield "means", formula(node.means, _LONGEST_MEANING, fold.inside)
            if node.called is not None:
                given = (repr(value) if name.isdigit() else f"{name}={value!r}"
                         for name, value in sorted(node.called.arguments.items()))  # fmt: skip
                yield f"{node.name}({', '.join(given)})", formula(node.called.means, _LONGEST_MEANING, fold.inside)
            yield from (("quirk", _quirk(quirk, node)) for quirk in node.quirks)
            yield "defined at", _place(node)


def _quirk(quirk: str, node: Predicate) -> str:
    """Return a quirk in words: what is always true may be a part of a predicate alone."""
    is_part_of_it = quirk == "always-true" and node.means is not True
    return "a part of it is always true" if is_part_of_it else quirk


def _declared(node: Package) -> dict[str, list[str]]:
    """Return where each range of a package is declared."""
    found: dict[str, list[str]] = {}
    for stated in node.declared:
        where = ", ".join(each for each in (stated.place, stated.extra, stated.marker) if each)
        found.setdefault(stated.specifier or "any version", []).append(where)
    return found


def _flags(account: Account) -> Iterator[tuple[str, str]]:
    """Yield what a class says that it supports, and what it does not, each with the class that says so if another."""
    for heading, wanted in (("supports", True), ("does not", False)):
        said = [
            name if owner is None else f"{name} ({owner.rpartition('.')[2]})"
            for name, (is_set, owner) in sorted(account.flags.items())
            if is_set is wanted
        ]
        if said:
            yield heading, ", ".join(said)


def _limited(entries: list[Entry]) -> Iterator[Entry]:
    """Yield the first entries, and how many more there are."""
    left = len(entries) - _MOST_ENTRIES
    yield from entries if left <= 1 else entries[:_MOST_ENTRIES]
    if left > 1:
        yield Entry((f"and {left:,} more; --format json has them all",), ())


def _first(places: Iterable[str]) -> list[str]:
    """Return the first of several places, and how many more there are."""
    listed = list(places)
    left = len(listed) - _MOST_PLACES
    return listed if left <= 1 else [*listed[:_MOST_PLACES], f"and {left:,} more"]


def _said(node: Advice) -> str:
    """Return what is told, after what is set where it is about that."""
    parts = (node.action if node.kind in {"default", "default-override"} else None, node.message)
    return _cut(": ".join(filter(None, parts)) or node.action or "")


def _members(account: Account) -> Iterator[Entry]:
    for node in account.members:
        if isinstance(node, Principle):
            told = (f"{_name(each)}, {_place(each)}" for each in account.implementers[node.id])
            yield Entry((f"{node.order}. {node.title}",), tuple(told))
        else:
            yield Entry((f"{_name(node)}, {_place(node)}",), ())


def _name(node: Node) -> str:
    return node.qualname if isinstance(node, Implementation) else node.name


def _effect(otherwise: Otherwise) -> str:
    return effect(otherwise, _LONGEST)


def _place(node: Node) -> str:
    first = node.definition if isinstance(node, Implementation) else node.evidence[0]
    return f"{first.path}:{first.start_line}"


def _cut(text: str) -> str:
    return one_line(text, _LONGEST)
