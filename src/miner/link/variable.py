"""Environment variables that the library reads: names folded to constants, defaults, and the values compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from miner.detect import environment_variable as detector
from miner.link.backend import sites
from miner.link.condition import Conditions, Local
from miner.link.library import Library, Module
from miner.link.meaning.wording import render
from miner.link.place import Place
from miner.model import expression as ex
from miner.model.site import Scope, Site


@dataclass(frozen=True)
class Variable:
    """One variable that `owner` reads; `default` as it is written, `choices` as far as they are constants."""

    owner: str
    name: str
    default: str | None
    choices: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass
class Variables:
    """All reads of a library; `computed` counts names that are known at run time only."""

    found: list[Variable] = field(default_factory=list)
    computed: int = 0


def read_variables(library: Library, conditions: Conditions) -> Variables:
    """Return what the packages of a library read from the environment."""
    result = Variables()
    for name, site in sites(library, detector.ID, "read"):
        module = library.modules[name]
        if not library.is_packaged(module):
            continue
        owner = f"{name}.{site.owner}" if site.owner else name
        local = Local(site.scope or Scope(), owner)
        variables, places = conditions.strings(name, site.expressions["variable"], local)
        if not variables:
            result.computed += 1
            continue
        choices, more = _choices(conditions, module, site, local)
        bound = site.scope.statements if site.scope is not None else ()
        said = (
            Place(module.path, site.span, "site"),
            *(Place(module.path, statement.span, "binding") for statement in bound),
            *places,
            *more,
        )
        for variable in variables:
            result.found.append(Variable(owner, variable, _default(site), choices, said))
    return result


def _default(site: Site) -> str | None:
    given = site.expressions.get("default")
    if given is None or given == ex.Constant(None):
        return None
    if isinstance(given, ex.Constant):
        return str(given.value)
    return render(given)


def _choices(
    conditions: Conditions, module: Module, site: Site, local: Local
) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    choices: set[str] = set()
    places: list[Place] = []
    for role, given in site.expressions.items():
        if not role.startswith("choices"):
            continue
        found, more = conditions.strings(module.name, given, local)
        choices.update(found)
        if found and role in site.spans:
            places.append(Place(module.path, site.spans[role], "site"))
        places.extend(more)
    return tuple(sorted(choices)), tuple(places)


def folded(variables: Iterable[Variable]) -> dict[tuple[str, str], list[Variable]]:
    """Return the reads of each owner and variable together."""
    found: dict[tuple[str, str], list[Variable]] = {}
    for variable in variables:
        found.setdefault((variable.owner, variable.name), []).append(variable)
    return found
