"""Conditions over predicates as formulas: what guards and decorators say, with names resolved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from miner.formula.atom import Opaque, Predicate
from miner.formula.connective import Formula, conjunction, disjunction, negation
from miner.formula.disjunctive import atoms
from miner.link.library import Library
from miner.link.meaning import Meaning, Meanings
from miner.link.meaning.record import Scalar
from miner.link.meaning.wording import render
from miner.link.place import Place
from miner.model import expression as ex
from miner.model.site import Guard

MOST_ATOMS = 12
"""A predicate that means more than this stays one atom where it is used; its own node has the whole meaning."""


class Understood(NamedTuple):
    """A formula, the predicates it came from, and the places that say what they mean."""

    formula: Formula
    predicates: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


class Conditions:
    """Reads conditions written in a module; a call or flag that is no known predicate becomes an opaque atom."""

    def __init__(self, library: Library, meanings: Meanings) -> None:
        self._library = library
        self._meanings = meanings

    def guards(self, module: str, guards: Iterable[Guard]) -> Understood:
        """Return the conjunction of a path condition; handlers and cases stay opaque."""
        parts: list[Understood] = []
        for guard in guards:
            if guard.kind in {"except", "case"}:
                parts.append(Understood(Opaque(opaque=render(guard.test), reason=f"reached through {guard.kind}")))
                continue
            part = self.read(module, guard.test)
            parts.append(part if guard.holds else part._replace(formula=negation(part.formula)))
        return _joined(conjunction(*(part.formula for part in parts)), parts)

    def read(self, module: str, expression: ex.Expression) -> Understood:
        """Return what an expression means when it is used as a condition."""
        match expression:
            case ex.Constant(value=value):
                return Understood(bool(value))
            case ex.Not(operand=operand):
                part = self.read(module, operand)
                return part._replace(formula=negation(part.formula))
            case ex.Boolean(operator=operator, values=values):
                parts = [self.read(module, value) for value in values]
                join = conjunction if operator == "and" else disjunction
                return _joined(join(*(part.formula for part in parts)), parts)
            case ex.Call():
                return self._call(module, expression)
            case ex.Name() | ex.Attribute():
                return self._named(module, expression, ()) or self._interpreted(module, expression)
            case _:
                return self._interpreted(module, expression)

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
        meaning = self._meanings.condition(module, expression)
        return self.understood(None, meaning)

    def _named(
        self, module: str, expression: ex.Expression, arguments: tuple[tuple[str, Scalar], ...]
    ) -> Understood | None:
        dotted = ex.dotted(expression)
        located = self._locate(module, dotted) if dotted else None
        if located is None:
            return None
        meaning = self._meanings.meaning(located[0], located[1], arguments)
        return None if meaning is None else self.understood(f"{located[0]}.{located[1]}", meaning)

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

    def understood(self, qualname: str | None, meaning: Meaning) -> Understood:
        """Return a meaning with its evidence as places of the snapshot."""
        places = []
        for place in meaning.evidence:
            known = self._library.modules.get(place.module)
            if known is not None:
                places.append(Place(known.path, place.span, place.role))
        if qualname is not None and len(atoms(meaning.formula)) > MOST_ATOMS:
            own = tuple(place for place in places if place.role == "definition")
            return Understood(Predicate(predicate=qualname), (qualname,), own)
        return Understood(meaning.formula, (qualname,) if qualname else meaning.uses, tuple(places))


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
