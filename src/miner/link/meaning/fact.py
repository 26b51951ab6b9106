"""What is known on a path, and formulas made shorter by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from packaging.utils import canonicalize_name

from miner.formula.atom import Atom, ComputeCapability, Environment, Module, Package, Python
from miner.formula.connective import All, Any, Formula, Not, conjunction, conjuncts, disjunction, negation
from miner.link.meaning import interval

_FEW = 4
"""Alternatives that are looked into: a choice of devices, seldom more."""


class Facts:
    """Formulas known to hold; grows by `with_fact`, never changes."""

    __slots__ = ("_atoms", "_clauses", "_variables", "_versions")

    def __init__(self) -> None:
        self._atoms: dict[Atom, bool] = {}
        self._clauses: dict[Formula, bool] = {}
        self._versions: dict[str, list[tuple[Module | Package, bool]]] = {}
        self._variables: dict[str, list[tuple[Environment, bool]]] = {}

    def __bool__(self) -> bool:
        """Say whether anything is known."""
        return bool(self._atoms or self._clauses)

    def with_fact(self, fact: Formula, *, holds: bool = True) -> Facts:
        """Return these facts and one more."""
        more = Facts()
        more._atoms = dict(self._atoms)
        more._clauses = dict(self._clauses)
        more._versions = {name: list(found) for name, found in self._versions.items()}
        more._variables = {name: list(found) for name, found in self._variables.items()}
        more._add(fact, holds)
        if more._clauses:
            more._propagate()
        return more

    def _propagate(self) -> None:
        """What is left of an alternative once its other parts are known to fail holds; so for a failed combination."""
        for clause, holds in list(self._clauses.items()):
            if not isinstance(clause, All | Any):
                continue
            left = [part for part in clause.parts if self._settled(part) is not (not holds)]
            if len(left) == 1 and len(left) < len(clause.parts):
                del self._clauses[clause]
                self._add(left[0], holds)

    def _settled(self, part: Formula) -> bool | None:
        if isinstance(part, Not):
            inner = self._settled(part.part)
            return None if inner is None else not inner
        return None if isinstance(part, bool | All | Any) else self._decide(part)

    def _add(self, fact: Formula, holds: bool) -> None:
        if isinstance(fact, bool):
            return
        if isinstance(fact, Not):
            self._add(fact.part, not holds)
        elif isinstance(fact, All | Any):
            if isinstance(fact, All) is holds:
                for part in fact.parts:
                    self._add(part, holds)
            else:
                self._clauses[fact] = holds
        else:
            self._atoms[fact] = holds
            if isinstance(fact, Module | Package):
                self._versions.setdefault(subject_key(fact), []).append((fact, holds))
            elif isinstance(fact, Environment):
                self._variables.setdefault(fact.env, []).append((fact, holds))

    def simplify(self, formula: Formula) -> Formula:
        """Return a formula that is equal to `formula` where the facts hold."""
        if isinstance(formula, bool) or not self:
            return formula
        if isinstance(formula, Not):
            return negation(self.simplify(formula.part))
        if isinstance(formula, All | Any):
            if formula in self._clauses:
                return self._clauses[formula]
            join = conjunction if isinstance(formula, All) else disjunction
            found = join(*(self.simplify(part) for part in formula.parts))
            return self._by_clause(found)
        decided = self._decide(formula)
        if decided is None and any(self._alternatives(formula)):
            return True
        return formula if decided is None else decided

    def _alternatives(self, atom: Atom) -> Iterator[bool]:
        """What every one of some alternatives requires holds, when one of them does."""
        for clause, holds in self._clauses.items():
            if holds and isinstance(clause, Any) and len(clause.parts) <= _FEW:
                yield all(_is_said(part, atom) for part in clause.parts)

    def _by_clause(self, formula: Formula) -> Formula:
        """An alternative that holds settles every wider one; a combination that fails settles every narrower one."""
        if not self._clauses or not isinstance(formula, All | Any):
            return formula
        parts = set(formula.parts)
        for clause, holds in self._clauses.items():
            is_same = isinstance(clause, All) is isinstance(formula, All)
            if is_same and isinstance(clause, All | Any) and parts.issuperset(clause.parts):
                return holds
        return formula

    def major(self, atom: Module | Package) -> int | None:
        """Return the first component of the versions that are possible, where it is one."""
        allowed = interval.EVERY
        for fact, holds in self._versions.get(subject_key(atom), ()):
            found = interval.versions(fact.version)
            if holds and found is not None:
                allowed = interval.intersection(allowed, found)
        return interval.major(allowed)

    def major_of(self, kind: type[ComputeCapability | Python], device: str | None = None) -> int | None:
        """Return the first component of a device's capability, or of the running Python, where the facts fix it."""
        allowed = interval.EVERY
        for fact, holds in self._atoms.items():
            if not isinstance(fact, kind) or (isinstance(fact, ComputeCapability) and fact.device != device):
                continue
            listed = fact.compute_capability if isinstance(fact, ComputeCapability) else fact.python
            found = interval.versions(listed)
            if found is not None:
                allowed = interval.intersection(allowed, found if holds else interval.complement(found))
        return interval.major(allowed)

    def _decide(self, atom: Atom) -> bool | None:
        if atom in self._atoms:
            return self._atoms[atom]
        if isinstance(atom, Module | Package):
            known = self._versions.get(subject_key(atom))
            return _decide_version(atom, known) if known else None
        if isinstance(atom, Environment):
            return _decide_variable(atom, self._variables.get(atom.env, ()))
        return None


def _is_said(formula: Formula, atom: Atom) -> bool:
    """Say whether a conjunction implies `atom`; parts of another kind are not looked at."""
    return any(type(part) is type(atom) for part in conjuncts(formula)) and implies(formula, atom)


def subject_key(atom: Module | Package) -> str:
    """Return the name under which the versions of a module and of its distribution meet."""
    name = atom.package if isinstance(atom, Package) else atom.distribution or atom.module
    return str(canonicalize_name(name.replace(".", "-")))


@lru_cache(maxsize=65_536)
def implies(formula: Formula, other: Formula) -> bool:
    """Say whether `other` holds wherever `formula` does; False when that is not seen."""
    if isinstance(formula, bool):
        return not formula or other is True
    if isinstance(formula, Any):
        return all(implies(part, other) for part in formula.parts)
    return _alone(formula).simplify(other) is True


@lru_cache(maxsize=4_096)
def _alone(formula: Formula) -> Facts:
    return Facts().with_fact(formula)


def _decide_version(atom: Module | Package, known: Iterable[tuple[Module | Package, bool]]) -> bool | None:
    presence = {Module: False, Package: False}
    allowed = interval.EVERY
    for fact, holds in known:
        found = interval.versions(fact.version)
        is_of_base = fact.base and not atom.base and bool(fact.version and atom.version)
        if found is None or (is_of_base and not holds):
            continue
        if is_of_base:
            found = interval.of_any_release(found)
        if atom.base and not fact.base:
            found = interval.from_lowest(found)
        if holds:
            presence[type(fact)] = True
            if fact.version:
                allowed = interval.intersection(allowed, found)
        elif not fact.version and (type(fact) is type(atom)):
            return False
    for fact, holds in known:
        found = interval.versions(fact.version)
        if not holds and fact.version and found is not None and presence[type(fact)] and fact.base is atom.base:
            allowed = interval.intersection(allowed, interval.complement(found))
    asked = interval.versions(atom.version)
    if asked is None:
        return None
    if not interval.intersection(allowed, asked):
        return False
    return True if presence[type(atom)] and interval.is_within(allowed, asked) else None


def _decide_variable(atom: Environment, known: Iterable[tuple[Environment, bool]]) -> bool | None:
    bare = atom.value is None and atom.key is None
    for fact, holds in known:
        if holds and bare:
            return True
        if not holds and fact.value is None and fact.key is None:
            return False
        if fact.key is not None or atom.key is not None:
            if holds and atom.key is not None and fact.key == atom.key and not atom.is_true:
                return True
            continue
        if holds and fact.value is not None and fact.value != atom.value:
            return False
    return None
