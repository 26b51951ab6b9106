"""Requirement and Predicate nodes from linked needs and meanings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.formula.atom import Parameter
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjunction, negation
from miner.formula.disjunctive import atoms, disjunctive, subjects
from miner.formula.notation import text, to_json
from miner.graph.evidence import EvidenceReader, redact
from miner.graph.twin import twins
from miner.link.library import Library
from miner.link.meaning import Arguments, Meaning
from miner.link.need import Bound, Need
from miner.link.place import Place
from miner.model.evidence import Evidence
from miner.model.node import Constraint, Otherwise, Predicate, PredicateCall, Requirement


def predicate(
    library: Library,
    module: str,
    name: str,
    meaning: Meaning,
    evidences: EvidenceReader,
    called: tuple[Arguments, Formula] | None,
) -> tuple[Predicate, Formula]:
    """Return the node of a predicate, and the formula that it publishes; `called` is a call of it, if one is known."""
    means = canonical(meaning.formula)
    own = library.modules[module].definitions.get(name)
    flag = (module, own.span) if own is not None and own.kind == "variable" else None  # is quoted as it is written
    places = [
        Place(
            library.modules[place.module].path,
            place.span,
            "constant" if (place.module, place.span) == flag else place.role,
        )
        for place in meaning.evidence
        if place.module in library.modules
    ]
    node = Predicate(
        id=f"predicate:{module}.{name}",
        name=name,
        evidence=_own_first(library, module, name, evidences.all(places)),
        qualname=f"{module}.{name}",
        means=to_json(means),
        kind=meaning.kind,
        quirks=meaning.quirks,
        called=PredicateCall(arguments=dict(called[0]), means=to_json(canonical(called[1]))) if called else None,
        summary=redact(own.summary)[0] if own is not None and own.summary else None,
    )
    return node, means


def _own_first(library: Library, module: str, name: str, found: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return the evidence with the definition of the predicate itself before that of what it calls."""
    home = library.modules[module]
    definition = home.definitions.get(name)
    if definition is None:
        return found
    start = (home.path, definition.span.start_byte)
    return tuple(sorted(found, key=lambda evidence: (evidence.path, evidence.start_byte) != start))


def requirements(needs: Iterable[Need], evidences: EvidenceReader) -> Iterator[tuple[Requirement, Need, Formula]]:
    """Yield a node for each distinct need; needs that say the same of the same owner fold into one.

    What is always there when it is needed is no need.
    """
    groups: dict[str, list[tuple[str, Formula, Need]]] = {}
    canonicals = _Canonicals()
    for need in needs:
        needed, when = need.needs, need.when
        if not need.is_canonical:
            needed, when = canonicals.of(needed), canonicals.of(when)
        if needed is True or canonicals.is_met(needed, when):
            continue
        base = f"requirement:{need.owner}#{'|'.join(subjects(needed))}/{need.effect}"
        groups.setdefault(base, []).append((text(when), needed, need))
    for base in sorted(groups):
        folded = _fold(groups[base])
        for position, (needed, members) in enumerate(folded, start=1):
            name = base if position == 1 else f"{base}~{position}"
            yield _node(name, needed, members, evidences), members[0], needed


class _Canonicals:
    """Canonical forms by the text of the formula: thousands of objects share a few formulas."""

    def __init__(self) -> None:
        self._known: dict[str, Formula] = {}
        self._met: dict[tuple[str, str], bool] = {}

    def is_met(self, needed: Formula, when: Formula) -> bool:
        """Say whether a condition holds only where the need is met; two canonical forms are given."""
        key = text(needed), text(when)
        if key not in self._met:
            is_shared = when is not True and not set(subjects(needed)).isdisjoint(subjects(when))
            self._met[key] = is_shared and disjunctive(conjunction(when, negation(needed))) == ()
        return self._met[key]

    def of(self, formula: Formula) -> Formula:
        key = text(formula)
        if key not in self._known:
            self._known[key] = canonical(formula)
        return self._known[key]


_SAYING = frozenset({"runtime-gate", "assertion", "helper-call"})
"""Origins whose sites differ when what they say differs."""


def _fold(group: list[tuple[str, Formula, Need]]) -> list[tuple[Formula, list[Need]]]:
    """Fold needs with the same needs, when and action, in order of their canonical `when`, then needs."""
    found: dict[tuple[str, ...], tuple[Formula, list[Need]]] = {}
    for when, needed, need in group:
        said = (need.exception or "", need.message or "") if need.origin in _SAYING else ("", "")
        key = (when, text(needed), need.origin, need.action or "", *said)
        found.setdefault(key, (needed, []))[1].append(need)
    return [found[key] for key in sorted(found)]


def _node(name: str, needed: Formula, members: list[Need], evidences: EvidenceReader) -> Requirement:
    first = members[0]
    message = next((need.message for need in members if need.message), None)
    return Requirement(
        id=name,
        name=f"{first.owner} needs {', '.join(subjects(needed))}",
        evidence=_innermost_first(evidences.all(place for need in members for place in need.places)),
        owner=first.owner,
        needs=to_json(needed),
        when=to_json(first.when if first.is_canonical else canonical(first.when)),
        otherwise=Otherwise(
            effect=first.effect,
            exception=first.exception,
            message=redact(message)[0] if message else None,
            action=first.action,
        ),
        origin=first.origin,
        enforced=first.enforced,
    )


def _innermost_first(found: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return evidence with the last guard of its file first, where no statement of its own stands for a need: the test
    that decides it, and not an exit before it.
    """
    if found[0].role != "guard":
        return found
    own = [each for each in found if each.role == "guard" and each.path == found[0].path]
    innermost = max(own, key=lambda each: each.start_line)
    return (innermost, *(each for each in found if each is not innermost))


def constraints(bounds: Iterable[Bound], evidences: EvidenceReader) -> Iterator[Constraint]:
    """Yield a node for each distinct bound; bounds that say the same of the same owner fold into one."""
    for name, members in twins(bounds, _identity):
        first = members[0]
        yield Constraint(
            id=name,
            name=f"{first.owner} bounds {', '.join(_parameters(first))}",
            evidence=evidences.all(place for bound in members for place in bound.places),
            owner=first.owner,
            parameters=_parameters(first),
            when=to_json(first.when),
            otherwise=Otherwise(
                effect=first.effect,
                exception=first.exception,
                message=redact(first.message)[0] if first.message else None,
            ),
        )


def _identity(bound: Bound) -> tuple[str, tuple[str, ...]]:
    base = f"constraint:{bound.owner}#{'|'.join(_parameters(bound))}/{bound.effect}"
    return base, (text(bound.when), bound.exception or "", bound.message or "")


def _parameters(bound: Bound) -> tuple[str, ...]:
    """Return the parameters of a bound, as its condition names them."""
    named = {atom.param for atom in atoms(bound.when) if isinstance(atom, Parameter)}
    known = {name.rpartition(".")[2] for name in named}
    return tuple(sorted((*named, *(name for name in bound.parameters if name not in known))))
