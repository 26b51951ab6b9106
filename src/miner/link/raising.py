"""What calls of functions that raise for their caller need."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.requirements import InvalidRequirement, Requirement

from miner.detect import placeholder, runtime_gate
from miner.detect import raising_call as detector
from miner.detect.file import matches
from miner.detect.idiom import Idioms, RequirementHelper
from miner.flow.scope import parameter_names
from miner.formula.atom import Module, Opaque, Package, Python
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjunction, negation
from miner.formula.disjunctive import mentions
from miner.formula.gate import is_environmental, split
from miner.link.backend import Backends, sites
from miner.link.condition import Conditions, Given, Local, Understood, given_by
from miner.link.declared import Declared
from miner.link.gate import Gated, by_innermost, without_implied
from miner.link.library import Library
from miner.link.library import Module as LibraryModule
from miner.link.message import exception, template
from miner.link.need import Bound, Need
from miner.link.option import RECEIVERS
from miner.link.place import Place, places_of
from miner.model import expression as ex
from miner.model.site import Guard, Scope, Site
from miner.syntax.snippet import SnippetReader


class RaisingCalls:
    """The calls of functions that raise for their caller, in one library."""

    def __init__(
        self,
        library: Library,
        conditions: Conditions,
        backends: Backends,
        idioms: Idioms,
        declared: tuple[Declared, ...],
    ) -> None:
        self._library = library
        self._conditions = conditions
        self._backends = backends
        self._rules = idioms.enforcement
        self._reader = SnippetReader()
        self._declared: dict[str, Declared] = {}
        for row in declared:
            if row.place == "table" or row.package not in self._declared:
                self._declared[row.package] = row
        self._gates: dict[tuple[str, str], list[Site]] = {}
        for name, site in sites(library, runtime_gate.ID, "raise"):
            self._gates.setdefault((name, site.owner), []).append(site)
        self._stand_ins = {name for name, _ in sites(library, placeholder.ID, "dummy")}
        self.gated = Gated()

    def needs(self) -> Iterator[Need]:
        """Yield the needs of every call; what checks demand of arguments alone is added to `gated`."""
        for name, site in sites(self._library, detector.ID, "call"):
            module = self._library.modules[name]
            call = site.expressions["call"]
            if self._library.is_packaged(module) and name not in self._stand_ins and isinstance(call, ex.Call):
                yield from self._of(module, site, call)

    def _of(self, module: LibraryModule, site: Site, call: ex.Call) -> Iterator[Need]:
        name = site.names[0]
        local = Local.at(module.name, site)
        for raiser in self._rules.raisers:
            if matches(name, (raiser.name,)):
                given = ex.argument_of(call, raiser.argument, "backends")
                first = call.arguments[0].value if raiser.argument and call.arguments else None
                named = first.name if isinstance(first, ex.Name) and first.name not in RECEIVERS else None
                yield from self._of_backends(module, site, local, given, named)
                return
        for requirement in self._rules.requirements:
            if matches(name, (requirement.name,)):
                yield from self._of_requirement(module, site, local, call, requirement)
                return
        for check in self._rules.checks:
            if matches(name, (check.name,)):
                condition = ex.argument_of(call, check.condition, "condition")
                if condition is not None:
                    message = ex.argument_of(call, check.message, "message")
                    yield from self._of_check(module, site, local, condition, message)
                return
        yield from self._of_gates(module, site, local, call)

    def _path(self, module: LibraryModule, site: Site, local: Local) -> Understood:
        return self._conditions.guards(module.name, site.conditions, local)

    def _of_backends(
        self, module: LibraryModule, site: Site, local: Local, given: ex.Expression | None, named: str | None
    ) -> Iterator[Need]:
        """Yield what a call with the names of backends needs; `named` is the object of which the message says so."""
        names, found = self._conditions.strings(module.name, given, local) if given is not None else ((), ())
        path = self._path(module, site, local)
        stated = [self._backends.get(name) for name in names]
        messages = [backend.message for backend in stated]
        raiser = (self._backends.raiser,) if self._backends.raiser else ()
        if names:
            said = "".join(text.replace("{0}", named or "{0}") for text in messages if text)
            places = (*places_of(module.path, site), *found, *raiser, *path.places)
            means = tuple(place for backend in stated for place in (*backend.places, *backend.means.places))
            yield Need(
                local.owner,
                conjunction(*(backend.means.formula for backend in stated)),
                path.formula,
                "raise",
                "helper-call",
                True,
                (*places, *means),
                tuple(dict.fromkeys(name for backend in stated for name in backend.means.predicates)),
                (),
                self._backends.exception,
                said if None not in messages else None,
            )

    def _of_requirement(
        self, module: LibraryModule, site: Site, local: Local, call: ex.Call, rule: RequirementHelper
    ) -> Iterator[Need]:
        given = ex.argument_of(call, rule.argument, "requirement")
        names, found = self._conditions.strings(module.name, given, local) if given is not None else ((), ())
        path = self._path(module, site, local)
        for text in names:
            needs, rows = self._required(text, rule)
            places = (*places_of(module.path, site), *found, *rows, *path.places)
            yield Need(local.owner, needs, path.formula, "raise", "helper-call", True, places)

    def _required(self, text: str, rule: RequirementHelper) -> tuple[Formula, tuple[Place, ...]]:
        """Return what a requirement, or the name of a declared package, asks for; a bare module is imported."""
        rows: tuple[Place, ...] = ()
        if rule.form == "module":
            return Module(module=text), ()
        if rule.form == "package" and text.lower() in self._declared:
            row = self._declared[text.lower()]
            text, rows = row.text, (row.evidence,)
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            return Opaque(opaque=text, reason="a requirement that packaging does not read"), rows
        bounds = tuple(sorted((each.operator, each.version) for each in requirement.specifier))
        if requirement.name == "python":
            return Python(python=bounds), rows
        return Package(package=requirement.name, version=bounds), rows

    def _of_check(
        self,
        module: LibraryModule,
        site: Site,
        local: Local,
        condition: ex.Expression,
        message: ex.Expression | None,
    ) -> Iterator[Need]:
        guard = Guard(site.span, "if", condition, holds=False)
        stated = self._conditions.guards(module.name, (*site.conditions, guard), local)
        formula = without_implied(stated.formula)
        said = template(message, self._library, module.name, site.bound)
        places = (*places_of(module.path, site), *said.places, *stated.places)
        if not mentions(formula, is_environmental):
            checked = msgspec.structs.replace(site, conditions=(*site.conditions, guard))
            self.gated.add(module, checked, Bound(local.owner, canonical(formula), "raise", places, None, said.text))
            return
        for needs, when in split(formula).records:
            yield Need(
                local.owner, needs, when, "raise", "helper-call", True, places, stated.predicates, (), None, said.text,
                is_canonical=True,
            )  # fmt: skip

    def _of_gates(self, module: LibraryModule, site: Site, local: Local, call: ex.Call) -> Iterator[Need]:
        """Yield what the gates of a function of the library need when it is called with these arguments."""
        located = self._library.locate(module.name, site.names[0]) if "." not in site.names[0] else None
        if located is None or located.module is None:
            return
        home = self._library.modules[located.module]
        definition = home.definitions.get(located.name)
        if definition is None or definition.kind != "function":
            return
        given = given_by(call, parameter_names(definition.signature or "()"), module.name, local)
        path = self._path(module, site, local)
        yield from self.under(module, site, path, (located.module, located.name), given)

    def _defaults(self, home: LibraryModule, name: str, known: set[str]) -> Iterator[Given]:
        """Yield what the parameters of a function are that a call does not give, as far as it is written there."""
        for parameter in self._reader.signature(home.definitions[name].signature or "()"):
            default = parameter.default
            if default is not None and parameter.name not in known and ex.is_literal(default):
                yield Given(parameter.name, home.name, default, Scope(), "")

    def under(
        self,
        module: LibraryModule,
        site: Site,
        path: Understood,
        callee: tuple[str, str],
        given: tuple[Given, ...],
    ) -> Iterator[Need]:
        """Yield what the gates of a function, by module and name, need when a site calls it with these arguments."""
        local = Local.at(module.name, site)
        home = self._library.modules[callee[0]]
        given = (*given, *self._defaults(home, callee[1], {each.parameter for each in given}))
        for gate in self._gates.get(callee, ()):
            inner = Local.at(home.name, gate, given)
            stated = self._conditions.guards(home.name, gate.conditions, inner)
            stated = stated._replace(formula=without_implied(stated.formula))
            if not mentions(stated.formula, is_environmental):
                continue
            raised, text = exception(gate.expressions["exception"])
            said = template(text, self._library, home.name, gate.bound)
            places = (
                *places_of(module.path, site),
                *places_of(home.path, gate)[1:],
                Place(home.path, gate.span, "message"),
                *said.places,
                *stated.places,
                *path.places,
            )
            formula = conjunction(path.formula, stated.formula)
            if formula == negation(path.formula):
                continue
            result = split(formula)
            if not result.whole:
                found = by_innermost(self._conditions, home.name, gate, inner)
                result = found.under(path.formula) if found is not None else result
            for needs, when in result.records:
                yield Need(
                    local.owner, needs, when, "raise", "helper-call", True, places, stated.predicates, (), raised,
                    said.text, is_canonical=True,
                )  # fmt: skip
