"""Backends by name: the predicate that answers for each, the message when it is missing, and what raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from miner.detect import enforcement_decorator as detector
from miner.formula.atom import Module, Opaque
from miner.link.condition import Conditions, Understood
from miner.link.library import Library
from miner.link.place import Place
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Site

_VERSIONED = re.compile(r"([A-Za-z0-9_.-]+)\s*(===|==|!=|>=|<=|~=|>|<)\s*([0-9][A-Za-z0-9_.+!-]*)")


@dataclass(frozen=True)
class Backend:
    """What a backend's name stands for in a library."""

    name: str
    means: Understood
    message: str | None
    places: tuple[Place, ...]


class Backends:
    """The backends of one library; a name in none of its tables is opaque."""

    def __init__(self, library: Library, conditions: Conditions) -> None:
        self._library = library
        self._conditions = conditions
        self._rows: dict[str, tuple[str, ex.Expression, Place]] = {}
        self._known: dict[str, Backend] = {}
        self.exception, self.raiser = _raiser(library)
        for module, site in sites(library, detector.ID, "table"):
            path = library.modules[module].path
            for name, value in _rows(site.expressions["table"]):
                span = site.spans.get(f"row:{name}", site.span)
                self._rows.setdefault(name, (module, value, Place(path, span, "declaration")))

    def get(self, name: str) -> Backend:
        """Return the backend called `name`, or written as a name with a version: `torch>=2.5`."""
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> Backend:
        versioned = _VERSIONED.fullmatch(name)
        row = self._rows.get(versioned[1] if versioned else name)
        if versioned is not None:
            atom = Module(module=versioned[1], version=((versioned[2], versioned[3]),))
            return Backend(name, Understood(atom), None, (row[2],) if row else ())
        if row is None:
            return Backend(name, Understood(Opaque(opaque=name, reason="a backend in no table")), None, ())
        module, value, place = row
        predicate, message = value, None
        places = [place]
        if isinstance(value, ex.Sequence) and value.items:
            predicate = value.items[0]
            message = self._message(module, value.items[1], places) if len(value.items) > 1 else None
        means = self._conditions.read(module, predicate)
        return Backend(name, means, message, tuple(places))

    def _message(self, module: str, expression: ex.Expression, places: list[Place]) -> str | None:
        if isinstance(expression, ex.Constant):
            return expression.value if isinstance(expression.value, str) else None
        if not isinstance(expression, ex.Name):
            return None
        found = self._library.constant(module, expression.name)
        if found is None or not isinstance(found[1], ex.Constant) or not isinstance(found[1].value, str):
            return None
        home = self._library.modules[found[0]]
        located = self._library.locate(module, expression.name)
        if located is not None and located.name in home.definitions:
            places.append(Place(home.path, home.definitions[located.name].span, "message"))
        return found[1].value


def sites(library: Library, detector_id: str, form: str) -> Iterator[tuple[str, Site]]:
    """Yield the sites of one form with the names of their modules."""
    yield from library.sites.get((detector_id, form), ())


def strings(expression: ex.Expression | None) -> tuple[str, ...] | None:
    """Return the strings that a display of strings, or one string, holds; None for another shape."""
    if isinstance(expression, ex.Constant) and isinstance(expression.value, str):
        return (expression.value,)
    if isinstance(expression, ex.Sequence):
        values = [item.value for item in expression.items if isinstance(item, ex.Constant)]
        if len(values) == len(expression.items) and all(isinstance(value, str) for value in values):
            return tuple(str(value) for value in values)
    return None


def _rows(table: ex.Expression) -> Iterator[tuple[str, ex.Expression]]:
    """Yield the rows of a mapping, of a sequence of pairs, or of one of these inside a call."""
    if isinstance(table, ex.Call):
        for argument in table.arguments:
            yield from _rows(argument.value)
    elif isinstance(table, ex.Mapping):
        for key, value in table.items:
            if isinstance(key, ex.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(table, ex.Sequence):
        for item in table.items:
            if isinstance(item, ex.Sequence) and len(item.items) == 2 and isinstance(item.items[0], ex.Constant):
                yield str(item.items[0].value), item.items[1]


def _raiser(library: Library) -> tuple[str | None, Place | None]:
    """Return the exception that the library's raiser raises, and where."""
    for module, site in sites(library, detector.ID, "raiser"):
        for raised in reversed(list(_raises(site.statements))):  # the last is the general one
            name = ex.dotted(raised.exception.function) if isinstance(raised.exception, ex.Call) else None
            if name is not None:
                return name, Place(library.modules[module].path, raised.span, "message")
    return None, None


def _raises(statements: tuple[st.Statement, ...]) -> Iterator[st.Raise]:
    for statement in statements:
        if isinstance(statement, st.Raise):
            yield statement
        elif isinstance(statement, (st.If, st.For, st.While)):
            yield from _raises(statement.body)
            yield from _raises(statement.orelse)
        elif isinstance(statement, (st.Function, st.With, st.Try)):
            yield from _raises(statement.body)
