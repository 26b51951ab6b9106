"""Environment variables that the library reads: names folded to constants, defaults, and the values compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from miner.detect import environment_variable as detector
from miner.flow.scope import parameter_names
from miner.link.backend import sites
from miner.link.condition import Conditions, Local
from miner.link.library import Library, Module
from miner.link.meaning.wording import render
from miner.link.place import Place, places_of
from miner.model import expression as ex
from miner.model.site import Site

_WORDS = ("comment", "description")


@dataclass(frozen=True)
class Variable:
    """One variable that `owner` reads; `default` as it is written, `choices` as far as they are constants, `comment` as
    it stands right above, `description` as a docstring has it.

    Where a function of the library reads it for the caller, both may stand in that function.
    """

    owner: str
    name: str
    default: str | None
    choices: tuple[str, ...]
    places: tuple[Place, ...]
    comment: str | None = None
    description: str | None = None
    then: Place | None = None
    kept: Place | None = None


@dataclass
class Variables:
    """All reads of a library; `computed` counts names that are known at run time only."""

    found: list[Variable] = field(default_factory=list)
    computed: int = 0


def read_variables(library: Library, conditions: Conditions) -> Variables:
    """Return what the packages of a library read from the environment."""
    result = Variables()
    helpers = _Helpers(library)
    for name, site in sites(library, detector.ID, "read"):
        module = library.modules[name]
        if not library.is_packaged(module):
            continue
        local = Local.at(name, site)
        variables, places = conditions.strings(name, site.expressions["variable"], local)
        if not variables:
            result.computed += 1
            continue
        default, choices, more = _default(site), *_choices(conditions, module, site, local)
        if (helper := helpers.of(name, site)) is not None:
            inner = helper.site
            if "default" not in site.expressions and isinstance(inner.expressions.get("default"), ex.Constant):
                default = _default(inner)
            named, again = _choices(conditions, helper.module, inner, Local.at(helper.module.name, inner))
            choices = choices or named
            more = (*more, Place(helper.module.path, inner.span, "definition"), *again)
        words = [site.expressions.get(role) for role in _WORDS]
        comment, description = (str(each.value) if isinstance(each, ex.Constant) else None for each in words)
        more = (*more, *(Place(module.path, site.spans[role], "message") for role in _WORDS if role in site.spans))
        then, kept = (
            Place(module.path, site.spans[role], "binding") if role in site.spans else None for role in ("then", "kept")
        )
        said = (*places_of(module.path, site), *places, *more, *filter(None, (then, kept)))
        for variable in variables:
            result.found.append(
                Variable(local.owner, variable, default, choices, said, comment, description, then, kept)
            )
    return result


@dataclass(frozen=True)
class _Helper:
    """The one read of a function that reads the variable which its parameter names."""

    module: Module
    site: Site


class _Helpers:
    """The functions of a library that read a variable for their caller."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._reads: dict[tuple[str, str], list[Site]] = {}
        for name, site in sites(library, detector.ID, "read"):
            self._reads.setdefault((name, site.owner), []).append(site)

    def of(self, module: str, site: Site) -> _Helper | None:
        """Return the function that is called at a site, if it reads just one variable and is given its name."""
        called = site.expressions.get("helper")
        located = self._library.locate(module, called.name) if isinstance(called, ex.Name) else None
        if located is None or located.module is None:
            return None
        home = self._library.modules[located.module]
        definition = home.definitions.get(located.name)
        reads = self._reads.get((located.module, located.name), ())
        if definition is None or len(reads) != 1:
            return None
        variable = reads[0].expressions["variable"]
        is_given = isinstance(variable, ex.Name) and variable.name in parameter_names(definition.signature or "()")
        return _Helper(home, reads[0]) if is_given else None


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
