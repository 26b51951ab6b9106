"""The last step: a module that is looked for and whose version is asked becomes one atom."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from miner.detect.idiom import Idioms
from miner.formula.atom import Module, Package
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction
from miner.link.meaning.fact import Facts, implies
from miner.link.meaning.tree import opposite


def folded(formula: Formula, idioms: Idioms) -> Formula:
    """Return the formula with find_spec(P) and the version of P's distribution as one atom, and without repetition."""
    if isinstance(formula, Not):
        return opposite(folded(formula.part, idioms))
    if isinstance(formula, Any):
        return disjunction(*_kept([folded(part, idioms) for part in formula.parts], is_all=False))
    if not isinstance(formula, All):
        return formula
    parts = _kept([folded(part, idioms) for part in formula.parts], is_all=True)
    parts = _merged(_paired(parts, idioms))
    return conjunction(*_kept(parts, is_all=True))


def _kept(parts: list[Formula], *, is_all: bool) -> list[Formula]:
    """Leave out what another part says already, and simplify what others decide."""
    kept: list[Formula] = list(parts)
    for part in parts:
        others = [other for other in kept if other is not part]
        if len(kept) > 1 and any((implies(o, part) if is_all else implies(part, o)) for o in others):
            kept = others
    result: list[Formula] = []
    for index, part in enumerate(kept):
        facts = Facts()
        for other in kept[:index] + kept[index + 1 :]:
            if not isinstance(other, All | Any):
                facts = facts.with_fact(other, holds=is_all)
        result.append(facts.simplify(part) if isinstance(part, All | Any) else part)
    return result


def _merged(parts: list[Formula]) -> list[Formula]:
    """Join constraints on one subject."""
    found: dict[object, Formula] = {}
    for part in parts:
        if not isinstance(part, Module | Package) or not part.version:
            found[part] = part
            continue
        name = part.module if isinstance(part, Module) else part.package
        key = (type(part), name, part.base, part.distribution if isinstance(part, Module) else None)
        before = found.get(key)
        if isinstance(before, Module):
            before = Module(
                module=before.module,
                version=(*before.version, *part.version),
                distribution=before.distribution,
                base=before.base,
            )
        elif isinstance(before, Package):
            before = Package(package=before.package, version=(*before.version, *part.version), base=before.base)
        found[key] = before or part
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
        same = _key(module) == _key(part.package)
        result.append(
            Module(
                module=module,
                version=part.version,
                distribution=None if same else part.package,
                base=part.base,
            )
        )
    return [part for part in result if not (isinstance(part, Module) and part.module in absorbed and _is_bare(part))]


def _is_bare(part: Module) -> bool:
    return not part.version and part.distribution is None


def _provided(part: Package, modules: dict[str, Module], idioms: Idioms) -> str | None:
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
