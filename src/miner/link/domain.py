"""What declarations of parameters and fields leave as values, as bounds on their owner."""

from __future__ import annotations

from collections.abc import Iterator

from miner.detect import parameter_domain as detector
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, negation
from miner.link.argument import over_arguments
from miner.link.backend import sites
from miner.link.condition import Conditions, Local
from miner.link.library import Library, is_private
from miner.link.need import Bound
from miner.link.place import Place
from miner.model import expression as ex
from miner.model.node import Effect
from miner.model.site import Scope, Site

_EFFECTS: dict[str, Effect] = {"checked": "raise", "stated": "unchecked"}
_BEYOND = {"least": "<", "most": ">", "above": "<=", "below": ">="}


def read_domains(library: Library, conditions: Conditions) -> Iterator[Bound]:
    """Yield a bound for every public parameter and field whose declaration says which values it may have."""
    for form, effect in _EFFECTS.items():
        for name, site in sites(library, detector.ID, form):
            module = library.modules[name]
            owner = f"{name}.{site.owner}"
            if not library.is_packaged(module) or is_private(owner) or is_private(site.names[0]):
                continue
            for role, given in sorted(site.expressions.items()):
                when, places = _outside(conditions, name, owner, site, role, given)
                if when is not None:
                    yield Bound(owner, canonical(when), effect, (Place(module.path, site.span, "site"), *places))


def _outside(
    conditions: Conditions, module: str, owner: str, site: Site, role: str, given: ex.Expression
) -> tuple[Formula | None, tuple[Place, ...]]:
    """Return when the value is not one of those, with what says so elsewhere; None when they are not constants."""
    parameter = ex.Name(site.names[0])
    places: tuple[Place, ...] = ()
    if role == "choices" and not _is_constant(given):
        names, places = conditions.strings(module, given, Local(Scope(), owner))
        given = ex.Sequence("tuple", tuple(map(ex.Constant, names)))
    test = ex.Compare(parameter, ("in" if role == "choices" else _BEYOND[role],), (given,))
    if not _is_constant(given) or (isinstance(given, ex.Sequence) and not given.items):
        return None, ()
    found = over_arguments(test, owner, {})
    return negation(found) if role == "choices" else found, places


def _is_constant(expression: ex.Expression) -> bool:
    if isinstance(expression, ex.Sequence):
        return all(isinstance(each, ex.Constant) for each in expression.items)
    return isinstance(expression, ex.Constant)
