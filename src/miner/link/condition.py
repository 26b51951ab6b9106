"""Conditions over predicates as formulas: what guards and decorators say, with names resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import msgspec

from miner.formula.atom import Binary, Module, Opaque, Predicate
from miner.formula.connective import Formula, conjunction, disjunction, negation
from miner.formula.disjunctive import atoms
from miner.link.argument import over_arguments, parameter_of
from miner.link.library import Library
from miner.link.meaning import Meaning, Meanings
from miner.link.meaning.primitive import PROCESS
from miner.link.meaning.record import Given, Scalar
from miner.link.meaning.record import Place as MeaningPlace
from miner.link.meaning.wording import render
from miner.link.place import Place
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Guard, Scope, Site

MOST_ATOMS = 12
"""A predicate that means more than this stays one atom where it is used; its own node has the whole meaning."""


__all__ = ["Conditions", "Given", "Local", "Understood", "given_by", "joined"]


class Understood(NamedTuple):
    """A formula, the predicates it came from, and the places that say what they mean."""

    formula: Formula
    predicates: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Local:
    """The names of a function at a site, and the qualified name of the function that its parameters are of."""

    scope: Scope
    owner: str
    given: tuple[Given, ...] = ()
    """What parameters are given by the call under which the function is looked at."""

    @classmethod
    def at(cls, module: str, site: Site, given: tuple[Given, ...] = ()) -> Local:
        """Return the names at a site of a module."""
        return cls(site.scope or Scope(), f"{module}.{site.owner}" if site.owner else module, given)

    @cached_property
    def inert(self) -> frozenset[str]:
        """Parameters, builtins, locals that are not followed, and locals made of nothing else: they ask nothing."""
        return frozenset((*self.scope.parameters, *ex.INERT, *self.aliases))

    @cached_property
    def aliases(self) -> dict[str, str | None]:
        """What inert locals are other names of, as far as they are; None for the others."""
        found: dict[str, str | None] = dict.fromkeys(self.scope.unknown)
        known = {*self.scope.parameters, *ex.INERT, *found}
        for statement in self.scope.statements:
            if not isinstance(statement, st.Assign) or not ex.names_in(statement.value) <= known:
                continue
            bound = ex.names_in(*statement.targets)
            known |= bound
            found.update(dict.fromkeys(bound))
            if isinstance(statement.targets[0], ex.Name) and len(statement.targets) == 1:
                found[statement.targets[0].name] = parameter_of(statement.value, found)
        return found

    @cached_property
    def followed(self) -> frozenset[str]:
        """Locals that are bound to more than arguments."""
        return self.names - self.inert

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What tells this from other scopes of the same module."""
        places = tuple(statement.span.start_byte for statement in self.scope.statements)
        return (self.owner, self.scope.parameters, self.scope.unknown, places, self.given)

    @cached_property
    def mentioned(self) -> set[str]:
        """The names in the statements that bind locals."""
        return ex.names_in(*(s.value for s in self.scope.statements if isinstance(s, st.Assign)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that is not the module's."""
        bound = {name for statement in self.scope.statements for name in _bound(statement)}
        return frozenset((*self.scope.parameters, *self.scope.unknown, *bound))


def given_by(call: ex.Call, parameters: tuple[str, ...], module: str, local: Local) -> tuple[Given, ...]:
    """Return what the parameters of a function are given by a call."""
    found: list[Given] = []
    position = 0
    for argument in call.arguments:
        if argument.star:
            break
        if argument.keyword is not None:
            found.append(Given(argument.keyword, module, argument.value, local.scope, local.owner))
        elif position < len(parameters):
            found.append(Given(parameters[position], module, argument.value, local.scope, local.owner))
            position += 1
    return tuple(found)


def _bound(statement: st.Statement) -> Iterator[str]:
    if isinstance(statement, st.Import):
        yield from (binding.name for binding in statement.bindings)
    elif isinstance(statement, st.Assign):
        yield from ex.names_in(*statement.targets)


class Conditions:
    """Reads conditions written in a module; a call or flag that is no known predicate becomes an opaque atom."""

    def __init__(self, library: Library, meanings: Meanings, standard: Iterable[str] = ()) -> None:
        self._library = library
        self._meanings = meanings
        self.standard = frozenset(standard)
        self._interpretations: dict[tuple[str, bytes], Understood] = {}
        self._guards: dict[tuple[object, ...], tuple[ex.Expression, Understood]] = {}

    def guards(self, module: str, guards: Iterable[Guard], local: Local | None = None) -> Understood:
        """Return the conjunction of a path condition; handlers and cases stay opaque."""
        parts: list[Understood] = []
        for guard in guards:
            if guard.kind in {"except", "case"}:
                parts.append(Understood(Opaque(opaque=render(guard.test), reason=f"reached through {guard.kind}")))
                continue
            if guard.kind == "program" and isinstance(guard.test, ex.Constant):
                part = Understood(negation(Binary(binary=str(guard.test.value))))
            elif guard.kind == "missing":
                part = Understood(negation(self._importable(module, guard.test)))
            else:
                part = self._guard(module, guard, local)
            parts.append(part if guard.holds else part._replace(formula=negation(part.formula)))
        return _joined(conjunction(*(part.formula for part in parts)), parts)

    def _guard(self, module: str, guard: Guard, local: Local | None) -> Understood:
        """Return what a guard's test means; the same guard stands before many statements of a function."""
        key = (module, guard.span, local.key if local is not None else None)
        known = self._guards.get(key)
        if known is None or (known[0] is not guard.test and known[0] != guard.test):  # a part of it has the same place
            found = self.read(module, guard.test, local)
            aliases = tuple(self._aliases(module, guard.test, local))
            known = guard.test, found._replace(places=(*found.places, *aliases)) if aliases else found
            self._guards[key] = known
        return known[1]

    def _aliases(self, module: str, expression: ex.Expression, local: Local | None) -> Iterator[Place]:
        """Yield the imports that bind names of an expression to something called otherwise: `import numpy as np`."""
        here = self._library.modules[module]
        names = ex.names_in(expression) | (local.mentioned if local is not None else set())
        aliased = {name for name in names if name != here.imported.get(name, name).rpartition(".")[2]}
        for row in here.facts.imports if aliased else ():
            if not row.type_checking and any(binding.name in aliased for binding in row.bindings):
                yield Place(here.path, row.span, "binding")

    def _importable(self, module: str, imported: ex.Expression) -> Formula:
        """Return that all of some modules can be imported; those of the library itself depend on more than is seen."""
        here = self._library.modules[module]
        tests: list[Formula] = []
        for item in imported.items if isinstance(imported, ex.Sequence) else ():
            written = str(item.value) if isinstance(item, ex.Constant) else ""
            name = written.lstrip(".")
            absolute = here.absolute(len(written) - len(name), name)
            root = absolute.partition(".")[0]
            if root in self._library.roots or absolute in self._library.modules:
                tests.append(Opaque(opaque=f"import {absolute}", reason="an import of the library itself"))
            elif root not in self.standard:
                tests.append(Module(module=absolute))
        return conjunction(*tests)

    def read(self, module: str, expression: ex.Expression, local: Local | None = None) -> Understood:
        """Return what an expression means when it is used as a condition, within a function with `local`."""
        match expression:
            case ex.Constant(value=value):
                return Understood(bool(value))
            case ex.Not(operand=operand):
                part = self.read(module, operand, local)
                return part._replace(formula=negation(part.formula))
            case ex.Boolean(operator=operator, values=values) if not self._is_local(expression, local):
                parts = [self.read(module, value, local) for value in values]
                join = conjunction if operator == "and" else disjunction
                return _joined(join(*(part.formula for part in parts)), parts)
        mentioned = ex.names_in(expression) if local is not None else frozenset()
        if local is not None and local.names & mentioned:
            if not local.given and mentioned <= local.inert:
                return Understood(over_arguments(expression, local.owner, local.aliases))
            meaning = self._meanings.condition(module, expression, local.scope, local.owner, local.given)
            return self.understood(None, meaning)
        match expression:
            case ex.Call():
                return self._call(module, expression)
            case ex.Name() | ex.Attribute():
                return self._named(module, expression, ()) or self._interpreted(module, expression)
            case _:
                return self._interpreted(module, expression)

    def strings(
        self, module: str, expression: ex.Expression, local: Local
    ) -> tuple[tuple[str, ...], tuple[Place, ...]]:
        """Return the strings that an expression can be, or hold, and where those stand; none when it is not known."""
        if isinstance(expression, ex.Constant):
            return ((expression.value,) if isinstance(expression.value, str) else ()), ()
        found, places = self._meanings.strings(module, expression, local.scope, local.owner)
        return found, tuple(self._placed(places))

    def _placed(self, places: Iterable[MeaningPlace]) -> Iterator[Place]:
        for place in places:
            known = self._library.modules.get(place.module)
            if known is not None:
                yield Place(known.path, place.span, place.role)

    def _is_local(self, expression: ex.Expression, local: Local | None) -> bool:
        """Say whether locals that hold more than arguments decide: `major == 8 and minor < 9` is one question."""
        return local is not None and not local.followed.isdisjoint(ex.names_in(expression))

    def predicate(self, module: str, name: str) -> Understood | None:
        """Return what the predicate seen as `name` in `module` means; None when it is none."""
        expression: ex.Expression = ex.Name(name)
        return self._named(module, expression, ())

    def _call(self, module: str, call: ex.Call) -> Understood:
        arguments: list[tuple[str, Scalar]] = []
        for position, argument in enumerate(call.arguments):
            if argument.star or not isinstance(argument.value, ex.Constant):
                return self._interpreted(module, call)
            arguments.append((argument.keyword or str(position), argument.value.value))
        return self._named(module, call.function, tuple(arguments)) or self._interpreted(module, call)

    def _interpreted(self, module: str, expression: ex.Expression) -> Understood:
        """Return what the interpreter makes of an expression that is no plain call or name of a predicate."""
        key = (module, msgspec.msgpack.encode(expression))
        if key not in self._interpretations:
            self._interpretations[key] = self.understood(None, self._meanings.condition(module, expression))
        return self._interpretations[key]

    def _named(
        self, module: str, expression: ex.Expression, arguments: tuple[tuple[str, Scalar], ...]
    ) -> Understood | None:
        dotted = ex.dotted(expression)
        located = self._locate(module, dotted) if dotted else None
        if located is None:
            return None
        meaning = self._meanings.meaning(located[0], located[1], arguments)
        if meaning is None:
            return None
        return self.understood(f"{located[0]}.{located[1]}", meaning, tuple(value for _, value in arguments))

    def _locate(self, module: str, dotted: str) -> tuple[str, str] | None:
        head, _, rest = dotted.partition(".")
        found = self._library.locate(module, head)
        if found is None or found.module is None:
            return None
        if not rest:
            return (found.module, found.name) if found.name else None
        if found.name or "." in rest:
            return None
        inner = self._library.locate(found.module, rest)
        return (inner.module, inner.name) if inner and inner.module and inner.name else None

    def understood(self, qualname: str | None, meaning: Meaning, arguments: tuple[Scalar, ...] = ()) -> Understood:
        """Return a meaning with its evidence as places of the snapshot; a long one as an atom of its own."""
        places = tuple(self._placed(meaning.evidence))
        own = tuple(place for place in places if place.role == "definition")
        found = atoms(meaning.formula)
        if qualname is not None and any(isinstance(atom, Opaque) and atom.reason == PROCESS for atom in found):
            asked = Opaque(opaque=f"{qualname.rpartition('.')[2]}()", reason=PROCESS)
            return Understood(asked, (qualname,), own)
        if qualname is not None and len(found) > MOST_ATOMS:
            return Understood(Predicate(predicate=qualname, args=arguments), (qualname,), own)
        return Understood(meaning.formula, (qualname,) if qualname else meaning.uses, places)


def _joined(formula: Formula, parts: Iterable[Understood]) -> Understood:
    predicates: dict[str, None] = {}
    places: dict[Place, None] = {}
    for part in parts:
        predicates.update(dict.fromkeys(part.predicates))
        places.update(dict.fromkeys(part.places))
    return Understood(formula, tuple(predicates), tuple(places))


def joined(parts: Iterable[Understood]) -> Understood:
    """Return the conjunction of several understood conditions."""
    listed = list(parts)
    return _joined(conjunction(*(part.formula for part in listed)), listed)
