"""What decorators that name one backend need, read from their own definitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from miner.detect import enforcement_decorator as detector
from miner.formula.atom import Opaque
from miner.formula.connective import negation
from miner.link.backend import sites
from miner.link.condition import Conditions, Given, Local, Understood, given_by, joined
from miner.link.library import Library
from miner.link.message import exception, template
from miner.link.place import Place
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.node import Effect
from miner.model.site import Scope, Site
from miner.model.span import Span

_SKIPS = {"skipUnless": True, "skipIf": False, "skipif": False}


class Enforced(NamedTuple):
    """What a decorator enforces: the need, the effect without it, and what is raised."""

    needs: Understood
    effect: Effect
    exception: str | None
    message: str | None
    places: tuple[Place, ...]


class Decorators:
    """The named decorators of a library by where they are defined."""

    def __init__(self, library: Library, conditions: Conditions) -> None:
        self._library = library
        self._conditions = conditions
        self._known: dict[tuple[str, str, ex.Expression | None, str], Enforced | None] = {}
        self._definitions = {(m, s.owner): s for m, s in sites(library, detector.ID, "definition")}

    def get(self, module: str, name: str, used: ex.Expression | None = None) -> Enforced | None:
        """Return what the decorator seen as `name` in `module` enforces; None when it is not of this snapshot.

        `used` is the decorator as it stands before what it decorates: the arguments of a call decide too.
        """
        located = self._library.locate(module, name.rpartition(".")[2] if "." in name else name)
        if located is None or located.module is None:
            return None
        call = used if isinstance(used, ex.Call) and used.arguments else None
        place = (located.module, located.name, call, module if call is not None else "")
        if place not in self._known:
            self._known[place] = self._read(located.module, located.name, module, call)
        return self._known[place]

    def _read(self, module: str, name: str, caller: str, call: ex.Call | None) -> Enforced | None:
        """Return what the decorator that `module` defines as `name` enforces, under a call in the module `caller`."""
        site = self._definitions.get((module, name))
        if site is None:
            return None
        path = self._library.modules[module].path
        found = list(_gates(site.statements))
        if not found:
            reason = "a decorator that neither raises nor skips under a test"
            needs = Understood(Opaque(opaque=f"{module}.{name}", reason=reason))
            return Enforced(needs, "raise", None, None, (Place(path, site.span, "definition"),))
        homes = self._local(module, site.statements)
        local = _arguments(site, module, caller, call)
        parts = [self._need(homes.get(_head(gate.test), module), gate, local) for gate in found]
        first = found[0]
        places = tuple(Place(path, gate.span, "guard") for gate in found)
        return Enforced(joined(parts), first.effect, first.exception, first.message, places)

    def _local(self, module: str, statements: tuple[st.Statement, ...]) -> dict[str | None, str]:
        """Return the modules that imports within the decorator take its names from."""
        here = self._library.modules[module]
        found: dict[str | None, str] = {}
        for statement in statements:
            if isinstance(statement, st.Import):
                for binding in statement.bindings:
                    target = here.absolute(statement.level, binding.target)
                    found[binding.name] = target.rpartition(".")[0]
            elif isinstance(statement, st.Function):
                found |= self._local(module, statement.body)
        return {name: owner for name, owner in found.items() if owner in self._library.modules}

    def _need(self, module: str, gate: _Gate, local: Local) -> Understood:
        own = local.names.difference(local.scope.parameters).union(given.parameter for given in local.given)
        part = self._conditions.read(module, gate.test, None if own.isdisjoint(ex.names_in(gate.test)) else local)
        return part if gate.holds else part._replace(formula=negation(part.formula))


def _arguments(site: Site, module: str, caller: str, call: ex.Call | None) -> Local:
    """Return the parameters of a decorator with what a call gives them, or else their defaults, and its locals."""
    owner = f"{module}.{site.owner}"
    function = next((s for s in site.statements if isinstance(s, st.Function)), None)
    parameters = function.parameters if function is not None else ()
    names = tuple(parameter.name for parameter in parameters)
    given = given_by(call, names, caller, Local(Scope(), caller)) if call is not None else ()
    told = {each.parameter for each in given}
    defaults = (
        Given(parameter.name, module, parameter.default, Scope(), owner)
        for parameter in parameters
        if parameter.default is not None and parameter.name not in told
    )
    bound = tuple(_bound_once(function)) if function is not None else ()
    return Local(Scope(parameters=names, statements=bound), owner, (*given, *defaults))


def _bound_once(function: st.Function) -> Iterator[st.Statement]:
    """Yield the assignments of a function's own block to names that nothing else in it binds."""
    every = Counter(
        name for part in ex.walk(function.body) if isinstance(part, st.Assign) for name in ex.names_in(*part.targets)
    )
    for statement in function.body:
        if isinstance(statement, st.Assign) and all(every[name] == 1 for name in ex.names_in(*statement.targets)):
            yield statement


class _Gate(NamedTuple):
    """A test within a decorator; `holds`: the decorated function works when it is true."""

    test: ex.Expression
    holds: bool
    effect: Effect
    exception: str | None
    message: str | None
    span: Span


def _gates(statements: tuple[st.Statement, ...]) -> Iterator[_Gate]:
    for statement in statements:
        if isinstance(statement, st.Function):
            yield from _gates(statement.body)
        elif isinstance(statement, st.If):
            raised = next((s for s in statement.body if isinstance(s, st.Raise)), None)
            if raised is not None:
                yield _Gate(statement.test, False, "raise", *_exception(raised), statement.span)
            else:
                yield from _gates(statement.body)
            otherwise = next((s for s in statement.orelse if isinstance(s, st.Raise)), None)
            if otherwise is not None and raised is None:
                yield _Gate(statement.test, True, "raise", *_exception(otherwise), statement.span)
            else:
                yield from _gates(statement.orelse)
        elif isinstance(statement, st.Return) and statement.value is not None:
            yield from _skips(statement)


def _head(test: ex.Expression) -> str | None:
    """Return the name that a test is about: of a flag, of a predicate that is called, or of either negated."""
    while isinstance(test, ex.Not | ex.Call):
        test = test.operand if isinstance(test, ex.Not) else test.function
    return test.name if isinstance(test, ex.Name) else None


def _exception(raised: st.Raise) -> tuple[str | None, str | None]:
    name, message = exception(raised.exception)
    return name, template(message).text


def _skips(statement: st.Return) -> Iterator[_Gate]:
    """`return unittest.skipUnless(test, "message")`, also called with the function at once."""
    call = statement.value
    inner = call.function if isinstance(call, ex.Call) and isinstance(call.function, ex.Call) else call
    name = (ex.dotted(inner.function) or "").rpartition(".")[2] if isinstance(inner, ex.Call) else ""
    if isinstance(inner, ex.Call) and inner.arguments and name in _SKIPS:
        message = template(inner.arguments[1].value if len(inner.arguments) > 1 else None).text
        yield _Gate(inner.arguments[0].value, _SKIPS[name], "skip", None, message, statement.span)
