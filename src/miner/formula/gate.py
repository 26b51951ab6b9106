"""From the path condition of a place to what is needed for it not to be reached.

In disjunctive form each conjunction is taken for itself. Where something is lacking, one of what lacks is needed while
the rest holds; where things are only present, not all of them may be. What speaks of no environment at all is kept
apart. Over the result, any(when and not needs), with what is kept apart, equals the condition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from miner.formula.atom import (
    Atom,
    ComputeCapability,
    Device,
    DeviceCount,
    Memory,
    Module,
    Opaque,
    Package,
    Parameter,
    Python,
)
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Formula, Not, affirmed, conjunction, conjuncts, disjunction, negation
from miner.formula.disjunctive import atoms, disjunctive, literals, mentions, substitute
from miner.formula.literal import Literal
from miner.formula.notation import text
from miner.formula.subject import VERSIONED, constrained, constraints

LIMIT = 16
BELOW = {"<": ">=", "<=": ">"}
"""What is reached where an upper bound does not hold."""
MEASURED = ", to which what is there is compared"
"""How the reason of an opaque atom ends that compares what the machine has with an argument."""


@dataclass(frozen=True)
class Split:
    """`records` are (needs, when) pairs; `calls` is the part of the condition that speaks of no environment.

    `whole` is False when the disjunctive form is longer than is followed: then the one record is opaque.
    """

    records: tuple[tuple[Formula, Formula], ...]
    calls: Formula
    whole: bool = True

    def under(self, condition: Formula) -> Split:
        """Return what is needed while another condition holds too."""
        records = ((needs, canonical(conjunction(condition, when))) for needs, when in self.records)
        return Split(tuple(record for record in records if record[1] is not False), self.calls, self.whole)


def split(condition: Formula) -> Split:
    """Return what is needed, and when, for a place with this path condition not to be reached; all canonical."""
    return _split(text(condition), condition)


@lru_cache(maxsize=8_192)
def _split(_: str, condition: Formula) -> Split:
    terms = disjunctive(condition, LIMIT)
    plain = _as_written(condition, may_fall_short=terms is None)
    if terms is None:
        if plain is not None and _size(plain) <= LIMIT * 2:
            return plain
        opaque = Opaque(opaque="a condition", reason=f"more than {LIMIT} alternatives")
        return Split(((opaque, True),), False, whole=False)
    needed: dict[str, tuple[Formula, list[Formula]]] = {}
    calls: list[Formula] = []
    for term in terms:
        found = _of_term(term)
        if found is None:
            calls.append(conjunction(*term))
            continue
        needs, when = found
        needed.setdefault(text(when), (when, []))[1].append(needs)
    whole = ((_canonical(conjunction(*parts)), when) for when, parts in needed.values())
    records = [(needs, _beside(needs, when, calls)) for needs, when in whole]
    expanded = Split(tuple(records), _canonical(disjunction(*calls)))
    return plain if plain is not None and _size(plain) < _size(expanded) else expanded


def _beside(needs: Formula, when: Formula, calls: Sequence[Formula]) -> Formula:
    """Return when something is needed, without where one more part reaches the place whatever is there.

    A part that is made with what is needed is none: where that is missing there is nothing to ask.
    """
    modules = {atom.module for atom in atoms(needs) if isinstance(atom, Module)}
    held = {text(part) for part in conjuncts(when)}
    apart: list[Formula] = []
    for call in calls:
        more = [part for part in conjuncts(call) if text(part) not in held]
        if len(more) == 1 and text(negation(more[0])) not in held and not _is_made_with(more[0], modules):
            apart.append(negation(more[0]))
    stated = canonical(conjunction(when, *apart)) if apart else when
    return when if stated is False else stated


def _is_made_with(part: Formula, modules: set[str]) -> bool:
    """Say whether what is not understood in a part names one of some modules."""
    opaque = [atom.opaque for atom in atoms(part) if isinstance(atom, Opaque)]
    return any(re.search(rf"(?<![\w.]){re.escape(name)}\.", words) for name in modules for words in opaque)


def _as_written(condition: Formula, *, may_fall_short: bool) -> Split | None:
    """Return the parts of a conjunction that only say what is lacking as what is needed, while the others hold.

    None where no part does, or where another does in part. It is the shorter form where alternatives are many, but
    not where something may be there and fall short: only with `may_fall_short`.
    """
    lacking: list[Formula] = []
    rest: list[Formula] = []
    for part in conjuncts(canonical(condition)):
        if not is_lacking(part) or mentions(part, _is_of_call):
            rest.append(part)
            continue
        if isinstance(part, Any) and not may_fall_short and mentions(part, _falls_short):
            return None
        divided = conjuncts(substitute(part, divided_atom))
        lacking += [each for each in divided if isinstance(each, Any) or is_lacking(each)]
        rest += [each for each in divided if not isinstance(each, Any) and not is_lacking(each)]
    if not lacking or any(_lacks(part) for part in rest):
        return None  # what lacks in some of the cases only is needed in those
    return Split(((canonical(negation(conjunction(*lacking))), canonical(conjunction(*rest))),), False)


def _lacks(condition: Formula) -> bool:
    """Say whether something that is lacking is a part of a condition."""
    return any(_divided(literal)[0] for literal in literals(condition) if is_environmental(literal))


def _falls_short(atom: Atom) -> bool:
    return _shortfall(atom) is not None


def _is_of_call(atom: Atom) -> bool:
    return not is_environmental(atom)


def _size(found: Split) -> int:
    """Return how many literals a reader meets."""
    return sum(_length(part) for record in found.records for part in record) + _length(found.calls)


def _length(f: Formula) -> int:
    return sum(map(_length, f.parts)) if isinstance(f, All | Any) else int(not isinstance(f, bool))


def _canonical(f: Formula) -> Formula:
    """Return the canonical form; a single literal is one already, and so is a conjunction of a term's own literals."""
    return canonical(f) if isinstance(affirmed(f), All | Any | Not) else f


def _of_term(term: tuple[Literal, ...]) -> tuple[Formula, Formula] | None:
    """Return needs and when of one conjunction; None when it speaks of no environment."""
    is_plain = True  # no literal is taken apart: what is left of the term is sorted and merged
    lacks: list[Formula] = []
    presences: list[Formula] = []
    calls: list[Formula] = []
    for literal in term:
        if not is_environmental(literal):
            calls.append(literal)
            continue
        lack, presence = _divided(literal)
        is_plain = is_plain and (not presence or presence == [literal])
        lacks.extend(lack)
        presences.extend(presence)
    if lacks:
        needs = disjunction(*(negation(lack) for lack in lacks))
        when = conjunction(*sorted((*presences, *calls), key=text))
        return _canonical(needs), when if is_plain else _canonical(when)
    if presences:
        return _canonical(negation(conjunction(*presences))), conjunction(*calls)
    return None


def chosen(condition: Formula) -> dict[str, object]:
    """Return the values that parameters have wherever a condition holds, by their names."""
    return {part.param: part.value for part in conjuncts(condition) if isinstance(part, Parameter) and part.op == "=="}


def is_environmental(literal: Formula) -> bool:
    """Say whether a literal speaks of the environment, and not of an argument or of what is not understood."""
    atom = affirmed(literal)
    return atom.reason.endswith(MEASURED) if isinstance(atom, Opaque) else not isinstance(atom, Parameter)


def divided_atom(atom: Atom) -> Formula:
    """Return an upper bound as the presence of its subject, without the floor that it falls short of."""
    low = _shortfall(atom)
    return atom if low is None else conjunction(_presence(atom), negation(low))


def without_ceiling(atom: Atom) -> Formula:
    """Return an upper bound of a package as its presence: some version of it fits."""
    is_package = isinstance(atom, Module | Package)
    return _presence(atom) if is_package and _shortfall(atom) is not None else atom


def is_lacking(condition: Formula) -> bool:
    """Say whether a condition speaks of the environment only as lacking something."""
    found = [_divided(literal)[0] for literal in literals(condition) if is_environmental(literal)]
    return bool(found) and all(found)


def _divided(literal: Literal) -> tuple[list[Formula], list[Formula]]:
    """Return what lacks and what is present under one literal.

    `x < 2` is x, and not `x >= 2`: the subject is there and falls short. So what is not `x < 2` does not fall short.
    """
    if isinstance(literal, Not):
        falls_short = not isinstance(literal.part, bool) and _shortfall(literal.part) is not None  # type: ignore[arg-type]
        return ([], [literal]) if falls_short else ([literal], [])
    low = _shortfall(literal)
    if low is None:
        return [], [literal]
    present = _presence(literal)
    return [negation(low)], [] if present is True else [present]


def _shortfall(atom: Atom) -> Formula | None:
    """Return the floor that an atom falls short of, when it is an upper bound and nothing else."""
    if not isinstance(atom, VERSIONED):
        return None
    listed = constraints(atom)
    if isinstance(atom, DeviceCount) and listed == (("==", "0"),):
        return DeviceCount(device_count=((">=", "1"),), device=atom.device)
    if len(listed) != 1 or listed[0][0] not in BELOW:
        return None
    operator, version = listed[0]
    return constrained(atom, ((BELOW[operator], version),))


def _presence(atom: Atom) -> Formula:
    """Return what must be there for an atom to have a version at all."""
    match atom:
        case ComputeCapability(device=device):
            return Device(device=device or "cuda")
        case Python() | DeviceCount() | Memory():
            return True
        case _:
            return msgspec.structs.replace(constrained(atom, ()), **({"base": False} if hasattr(atom, "base") else {}))
