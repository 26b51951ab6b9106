"""What decorators that name one backend need, read from their own definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from miner.detect import enforcement_decorator as detector
from miner.formula.atom import Opaque
from miner.formula.connective import negation
from miner.link.backend import sites
from miner.link.condition import Conditions, Understood, joined
from miner.link.library import Library
from miner.link.message import exception, template
from miner.link.place import Place
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.node import Effect
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
        self._known: dict[tuple[str, str], Enforced | None] = {}
        self._definitions = {(m, s.owner): s for m, s in sites(library, detector.ID, "definition")}

    def get(self, module: str, name: str) -> Enforced | None:
        """Return what the decorator seen as `name` in `module` enforces; None when it is not of this snapshot."""
        located = self._library.locate(module, name.rpartition(".")[2] if "." in name else name)
        if located is None or located.module is None:
            return None
        place = (located.module, located.name)
        if place not in self._known:
            self._known[place] = self._read(located.module, located.name)
        return self._known[place]

    def _read(self, module: str, name: str) -> Enforced | None:
        """Return what the decorator that `module` defines as `name` enforces."""
        site = self._definitions.get((module, name))
        if site is None:
            return None
        path = self._library.modules[module].path
        found = list(_gates(site.statements))
        if not found:
            reason = "a decorator that neither raises nor skips under a test"
            needs = Understood(Opaque(opaque=f"{module}.{name}", reason=reason))
            return Enforced(needs, "raise", None, None, (Place(path, site.span, "definition"),))
        local = self._local(module, site.statements)
        parts = [self._need(local.get(_head(gate.test), module), gate) for gate in found]
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

    def _need(self, module: str, gate: _Gate) -> Understood:
        part = self._conditions.read(module, gate.test)
        return part if gate.holds else part._replace(formula=negation(part.formula))


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
    """`return unittest.skipUnless(test, "message")(function)`."""
    call = statement.value
    inner = call.function if isinstance(call, ex.Call) else None
    if not isinstance(inner, ex.Call) or not inner.arguments:
        return
    name = (ex.dotted(inner.function) or "").rpartition(".")[2]
    if name in _SKIPS:
        message = template(inner.arguments[1].value if len(inner.arguments) > 1 else None).text
        yield _Gate(inner.arguments[0].value, _SKIPS[name], "skip", None, message, statement.span)
