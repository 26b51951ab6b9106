"""The last step: formulas without repetition, and a module with the version of its distribution as one atom."""

from __future__ import annotations

import msgspec
from packaging.utils import canonicalize_name

from miner.detect.idiom import Idioms
from miner.formula.atom import Module, Package
from miner.formula.connective import All, Any, Formula, conjunction, disjunction
from miner.link.meaning.fact import Facts, implies
from miner.link.meaning.tree import inwards


def folded(formula: Formula, idioms: Idioms) -> Formula:
    """Return the formula with find_spec(P) and the version of P's distribution as one atom, and without repetition."""
    return _folded(inwards(formula), idioms)


def _folded(formula: Formula, idioms: Idioms) -> Formula:
    if isinstance(formula, Any):
        return _factored(disjunction(*_kept([_folded(part, idioms) for part in formula.parts], is_all=False)))
    if not isinstance(formula, All):
        return formula
    before: Formula = formula
    simpler = conjunction(*_kept([_folded(part, idioms) for part in formula.parts], is_all=True))
    if simpler != before:
        return _folded(simpler, idioms)
    parts = _merged(_paired(list(formula.parts), idioms))
    return conjunction(*_kept(parts, is_all=True))


def _kept(parts: list[Formula], *, is_all: bool) -> list[Formula]:
    """Leave out what another part says already, and simplify what others decide."""
    kept = list(parts)
    for part in parts:
        others = [other for other in kept if other is not part]
        if any((implies(other, part) if is_all else implies(part, other)) for other in others):
            kept = others
    for index, part in enumerate(kept):
        if not isinstance(part, All | Any):
            continue
        facts = Facts()
        for at, other in enumerate(kept):
            if at != index and (at < index or not isinstance(other, All | Any)):
                facts = facts.with_fact(other, holds=is_all)
        kept[index] = facts.simplify(part)
    return kept


def _factored(formula: Formula) -> Formula:
    """Move out what every alternative requires."""
    if not isinstance(formula, Any):
        return formula
    sides = [part.parts if isinstance(part, All) else (part,) for part in formula.parts]
    common = [part for part in sides[0] if all(part in side for side in sides[1:])]
    if not common:
        return formula
    rest = [conjunction(*(part for part in side if part not in common)) for side in sides]
    return conjunction(*common, disjunction(*rest))


def _merged(parts: list[Formula]) -> list[Formula]:
    """Join constraints on one subject."""
    found: dict[object, Formula] = {}
    for part in parts:
        if not isinstance(part, Module | Package) or not part.version:
            found[part] = part
            continue
        key = msgspec.structs.replace(part, version=())
        before = found.get((key, True))
        if isinstance(before, Module | Package):
            added = tuple(one for one in part.version if one not in before.version)
            part = msgspec.structs.replace(before, version=(*before.version, *added))  # noqa: PLW2901
        found[(key, True)] = part
    return list(found.values())


def _paired(parts: list[Formula], idioms: Idioms) -> list[Formula]:
    """Move the constraints of a distribution to the module that it provides, when both are required."""
    modules = {part.module: part for part in parts if isinstance(part, Module) and not part.distribution}
    result: list[Formula] = []
    absorbed: set[str] = set()
    for part in parts:
        module = _provided(part, modules, idioms) if isinstance(part, Package) else None
        if not isinstance(part, Package) or module is None:
            result.append(part)
            continue
        absorbed.add(module)
        other = None if _key(module) == _key(part.package) else part.package
        result.append(Module(module=module, version=part.version, distribution=other, base=part.base))
    return [part for part in result if not (isinstance(part, Module) and part.module in absorbed and _is_bare(part))]


def _is_bare(part: Module) -> bool:
    return not part.version and part.distribution is None


def _provided(part: Package, modules: dict[str, Module], idioms: Idioms) -> str | None:
    """A distribution of the same name counts where its version is asked, another where it is known to provide it."""
    for module in modules:
        same = _key(module) == _key(part.package)
        if same and part.version:
            return module
        named = {_key(name) for name in idioms.aliases.get(module, ())}
        if not same and (_key(part.package) in named or _joined(module) == _joined(part.package)):
            return module
    return None


def _key(name: str) -> str:
    return str(canonicalize_name(name.replace(".", "-")))


def _joined(name: str) -> str:
    return _key(name).replace("-", "")
