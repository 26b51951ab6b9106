"""Taking formulas apart: atoms, literals, subjects, substitution, and the disjunctive form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from miner.formula.atom import (
    Atom,
    Binary,
    ComputeCapability,
    Device,
    DeviceCount,
    Driver,
    Environment,
    Feature,
    Memory,
    Module,
    Opaque,
    OperatingSystem,
    Package,
    Parameter,
    Predicate,
    Python,
    Rocm,
    SameRelease,
    Toolkit,
    question,
)
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction, negation
from miner.formula.literal import Literal, joined, merge
from miner.formula.notation import text

# Conjunctions held at once on the way, as a multiple of the limit: absorption may still bring them under it.
_SLACK = 4
_FEWEST = 3  # conjunctions of which one may follow from two others


def atoms(f: Formula) -> tuple[Atom, ...]:
    """Return the distinct atoms of `f`, sorted by their JSON text."""
    found = {text(atom): atom for atom in _walk(f)}
    return tuple(found[key] for key in sorted(found))


def mentions(f: Formula, is_wanted: Callable[[Atom], bool]) -> bool:
    """Say whether some atom of `f` is wanted."""
    return any(map(is_wanted, _walk(f)))


def literals(f: Formula) -> tuple[Literal, ...]:
    """Return the distinct literals of `f` with negation moved inwards, sorted by their JSON text."""
    found = {text(literal): literal for literal in _walk_literals(f, positive=True)}
    return tuple(found[key] for key in sorted(found))


def is_refusal(f: Formula) -> bool:
    """Say whether a formula only says what must not be."""
    return all(isinstance(literal, Not) for literal in literals(f))


def partly(f: Formula, known: Callable[[Atom], bool | None]) -> Formula:
    """Return what is left of a formula, in canonical form, once the truth of the atoms that are known is put in."""

    def decided(atom: Atom) -> Formula:
        found = known(atom)
        return atom if found is None else found

    return canonical(substitute(f, decided))


def device_of(atom: Atom) -> str | None:
    """Return the device that an atom asks for; None where it asks for none, or counts those of any kind."""
    match atom:
        case Device(device=name) | DeviceCount(device=name):
            return name
        case ComputeCapability(device=name):
            return name or "cuda"
    return None


def substitute(f: Formula, mapping: Callable[[Atom], Formula]) -> Formula:
    """Return `f` with every atom replaced by what `mapping` returns for it; constants and duplicates are folded."""
    match f:
        case bool():
            return f
        case All(parts):
            return conjunction(*(substitute(part, mapping) for part in parts))
        case Any(parts):
            return disjunction(*(substitute(part, mapping) for part in parts))
        case Not(part):
            return negation(substitute(part, mapping))
        case _:
            return mapping(f)


def subjects(f: Formula) -> tuple[str, ...]:
    """Return the sorted names of what `f` speaks of, as requirement ids join them: torch, PIL, cuda, WORLD_SIZE."""
    return tuple(sorted({name for atom in _walk(f) for name in _names(atom)}))


def disjunctive(f: Formula, limit: int = 16) -> tuple[tuple[Literal, ...], ...] | None:
    """Return conjunctions of literals whose disjunction is equivalent to `f`; None for more than `limit` of them.

    `()` is false and `((),)` is true. Each conjunction is merged and sorted, none contradicts itself or contains
    another or what two others say together (`a and x`, `not a and y`: no `x and y`), and the conjunctions are sorted by
    their JSON text.
    """
    terms = _terms(canonical(f), limit * _SLACK)
    return None if terms is None or len(terms) > limit else _irredundant(terms)


_Terms = tuple[tuple[Literal, ...], ...]


def _irredundant(terms: _Terms) -> _Terms:
    """Return conjunctions without those that two others imply: one with a literal, one with its negation."""
    if len(terms) < _FEWEST:
        return terms
    has = [frozenset(map(text, term)) for term in terms]
    lacks = [frozenset(text(negation(literal)) for literal in term) for term in terms]
    opposite = [dict(zip(map(text, term), (text(negation(each)) for each in term), strict=True)) for term in terms]
    left = dict(enumerate(terms))
    for first, second in combinations(range(len(terms)), 2):
        shared = lacks[first] & has[second]
        if len(shared) != 1 or first not in left or second not in left:
            continue
        (other,) = shared
        implied = {each for each, negated in opposite[first].items() if negated != other} | (has[second] - shared)
        for index in [index for index in left if index not in {first, second} and implied <= has[index]]:
            del left[index]
    return tuple(left.values())


def _terms(f: Formula, bound: int) -> _Terms | None:
    """Return the conjunctions of `f`, canonical: negation stands on atoms only."""
    match f:
        case bool():
            return ((),) if f else ()
        case All(parts) | Any(parts):
            inner = [_terms(part, bound) for part in parts if isinstance(part, All | Any)]
            known = [terms for terms in inner if terms is not None]
            if len(known) < len(inner):
                return None
            plain: list[Literal] = [part for part in parts if not isinstance(part, bool | All | Any)]
            if isinstance(f, Any):
                return _sum([*known, tuple((literal,) for literal in plain)], bound)
            together = merge(plain)
            return () if together is None else _product([(together,), *known], bound)
        case _:
            return ((f,),)


def _sum(inner: list[_Terms], bound: int) -> _Terms | None:
    terms = _smallest([term for terms in inner for term in terms])
    return None if len(terms) > bound else terms


def _product(inner: list[_Terms], bound: int) -> _Terms | None:
    first, *rest = sorted(inner, key=len)
    terms: _Terms = first
    for factors in rest:
        if len(terms) * len(factors) > bound * _SLACK * _SLACK:
            return None
        combined = (joined(left, right) for left in terms for right in factors)
        terms = _smallest([term for term in combined if term is not None])
        if len(terms) > bound:
            return None
    return terms


def _smallest(terms: list[tuple[Literal, ...]]) -> _Terms:
    """Return the conjunctions without those that contain all literals of another, sorted."""
    keyed = {tuple(map(text, term)): term for term in terms}
    kept: dict[tuple[str, ...], tuple[Literal, ...]] = {}
    smaller: list[frozenset[str]] = []
    for key in sorted(keyed, key=len):
        contents = frozenset(key)
        if not any(other <= contents for other in smaller):
            smaller.append(contents)
            kept[key] = keyed[key]
    return tuple(kept[key] for key in sorted(kept))


def _walk(f: Formula) -> Iterator[Atom]:
    match f:
        case bool():
            return
        case All(parts) | Any(parts):
            for part in parts:
                yield from _walk(part)
        case Not(part):
            yield from _walk(part)
        case _:
            yield f


def _walk_literals(f: Formula, *, positive: bool) -> Iterator[Literal]:
    match f:
        case bool():
            return
        case All(parts) | Any(parts):
            for part in parts:
                yield from _walk_literals(part, positive=positive)
        case Not(part):
            yield from _walk_literals(part, positive=not positive)
        case _:
            yield f if positive else Not(f)


def _names(atom: Atom) -> tuple[str, ...]:
    match atom:
        case Package(package=name) | Module(module=name) | Binary(binary=name):
            return (name,)
        case Feature(feature=name):
            return (question(name),)
        case OperatingSystem(os=name) | Environment(env=name) | Device(device=name) | Parameter(param=name):
            return (name,)
        case Predicate(predicate=name):
            return (name.rpartition(".")[2],)
        case SameRelease(same_release=names):
            return names
        case DeviceCount():
            return ("device_count",)
        case ComputeCapability():
            return ("compute_capability",)
        case Memory():
            return ("memory_gib",)
        case Toolkit():
            return ("cuda_toolkit",)
        case Python() | Rocm() | Driver() | Opaque():
            return (type(atom).__name__.lower(),)
