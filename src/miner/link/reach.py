"""What a function reaches: through calls and overrides to a depth, with the condition in the names of who calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal

import msgspec

from miner.flow.scope import parameter_names
from miner.formula.atom import Atom, Opaque, Parameter
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjunction, disjunction
from miner.formula.disjunctive import substitute
from miner.formula.evaluate import argument_holds
from miner.link.condition import Conditions, Local
from miner.link.meaning.wording import render
from miner.link.place import Place
from miner.link.routine import Routines, Target
from miner.model import expression as ex
from miner.model.routine import Call
from miner.model.site import Scope

DEPTH = 3
MEMBER = "a member of the class"
"""Why it is not known whether a method is called of which the class is all that is named."""
_MOST_CALLS = 6
"""Calls of one function from another whose conditions are told apart."""
Way = Literal["calls", "overrides"]


@dataclass(frozen=True)
class Called:
    """One call of a step: its condition, and what `self` and the parameters of the callee are for the caller."""

    when: Formula
    receiver: str | None
    given: dict[str, ex.Expression]
    scope: Scope


@dataclass(eq=False)
class Step:
    """One edge from `source` to `target`: all calls of the one in the other, or that the target overrides the source.

    Conditions are worked out when they are asked for: most steps lead to nothing that needs anything.
    """

    source: str
    way: Way
    target: str
    places: tuple[Place, ...]
    work_out: Callable[[], tuple[Called, ...]]

    @cached_property
    def calls(self) -> tuple[Called, ...]:
        """The calls, with their conditions, those that are never reached left out."""
        return self.work_out()

    @property
    def when(self) -> Formula:
        """The condition, in the names of the source, under which the target is reached at all."""
        return canonical(disjunction(*(call.when for call in self.calls)))

    def translated(self, condition: Formula) -> Formula:
        """Return what a condition in the names of the target means in those of the source."""
        return disjunction(*(self._through(call, condition) for call in self.calls))

    def _through(self, call: Called, condition: Formula) -> Formula:
        return conjunction(call.when, substitute(condition, lambda atom: self._named(atom, call)))

    @property
    def _callee(self) -> str:
        return ".".join(self.target.split(".")[-2:])

    def _named(self, atom: Atom, call: Called) -> Formula:
        if isinstance(atom, Opaque):
            return (
                atom
                if ", in " in atom.reason
                else Opaque(opaque=atom.opaque, reason=f"{atom.reason}, in {self._callee}")
            )
        if not isinstance(atom, Parameter):
            return atom
        head, dot, rest = atom.param.partition(".")
        if self.way == "overrides":
            known = head in {"self", "cls", *call.given}
            return _asked(atom, atom.param, self.source) if known else _lost(atom, "an argument of the override alone")
        if head in {"self", "cls"}:
            known = call.receiver is not None
            return _asked(atom, f"{call.receiver}{dot}{rest}", self.source) if known else _lost(atom, "a new object's")
        if head not in call.given:
            return _lost(atom, "an argument that is not given there")
        given = call.given[head]
        if isinstance(given, ex.Constant) and not dot:
            return _decided(atom, given)
        path = ex.dotted(given)
        if path is None or not _is_argument(path, call.scope):
            shown = render(given)
            whole = f"{shown if shown.isidentifier() or not dot else f'({shown})'}{dot}{rest}"
            return _lost(msgspec.structs.replace(atom, param=whole), "what is given there")
        return _asked(atom, f"{path}{dot}{rest}", self.source)


def _asked(atom: Parameter, name: str, owner: str) -> Formula:
    return Parameter(param=name, of=owner, op=atom.op, value=atom.value)


def _lost(atom: Parameter, reason: str) -> Formula:
    text = atom.param if atom.op is None else f"{atom.param} {atom.op} {atom.value!r}"
    return Opaque(opaque=text, reason=f"of {atom.of.rpartition('.')[2]}: {reason}")


def _decided(atom: Parameter, given: ex.Constant) -> Formula:
    holds = argument_holds(atom, given.value)
    return _lost(atom, "compared") if holds is None else holds


def _is_argument(path: str, scope: Scope) -> bool:
    head = path.partition(".")[0]
    return head in scope.parameters


@dataclass(eq=False)
class Reach:
    """The steps of functions, worked out once."""

    routines: Routines
    conditions: Conditions
    _steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)

    def paths(self, start: str, depth: int = DEPTH) -> dict[str, tuple[Step, ...]]:
        """Return, for all that `start` reaches in at most `depth` steps, the shortest path there; the first of several.

        A step to an override is none of its own: it is the same call. What takes the place of `start` itself counts
        too, abstract or not, and so do the members of a class that making an object of it does not reach.
        """
        found: dict[str, tuple[Step, ...]] = {start: ()}
        self._spread(found, self.steps(start), depth)
        self._spread(found, self._members(start), depth)
        return found

    def _spread(self, found: dict[str, tuple[Step, ...]], steps: Iterable[Step], depth: int) -> None:
        """Add what is reached from where `found` begins, first by `steps`."""
        waiting: list[tuple[tuple[Step, ...], Iterable[Step]]] = [((), steps)]
        while waiting:
            path, following = waiting.pop(0)
            for step in following:
                length = sum(each.way == "calls" for each in (*path, step))
                if length <= depth and step.target not in found:
                    found[step.target] = (*path, step)
                    waiting.append((found[step.target], self.steps(step.target)))

    def steps(self, name: str) -> tuple[Step, ...]:
        """Return the steps from one function or class."""
        if name not in self._steps:
            self._steps[name] = tuple(self._worked_out(name))
        return self._steps[name]

    def _worked_out(self, name: str) -> Iterator[Step]:
        routine, home = self.routines.routine(name), self.routines.home(name)
        if routine is None or home is None:
            return
        module = home[0]
        if routine.definition.kind == "class":
            here = Called(True, "self", {}, Scope())
            for method in ("__init__", "__post_init__"):
                if method in self.routines.methods(name):
                    place = Place(module.path, routine.definition.head, "site")
                    yield Step(name, "calls", f"{name}.{method}", (place,), lambda: (here,))
            return
        found: dict[str, list[tuple[Call, Target]]] = {}
        for call in routine.calls:
            for target in self.routines.targets(name, call):
                for reached in dict.fromkeys((target.created or target.qualname, target.qualname)):
                    if reached != name:
                        found.setdefault(reached, []).append((call, target))
        for reached, calls in found.items():
            places = tuple(Place(module.path, call.span, "site") for call, _ in calls)
            yield Step(name, "calls", reached, places, partial(self._called, name, module.name, calls))
        if routine.is_abstract:
            yield from self._overridden(name)

    def _members(self, start: str) -> Iterator[Step]:
        """Yield the steps from a class to its own methods, and from a method to what takes its place."""
        home = self.routines.home(start)
        if home is None or not self.routines.is_class(start):
            yield from self._overridden(start)
            return
        for method in self.routines.methods(start):
            routine = self.routines.routine(f"{start}.{method}")
            if routine is not None:
                used = Opaque(opaque=f"{method} is called", reason=MEMBER)
                place = Place(home[0].path, routine.definition.head, "site")
                yield Step(start, "calls", f"{start}.{method}", (place,), partial(_chosen, used))

    def _called(self, name: str, module: str, calls: list[tuple[Call, Target]]) -> tuple[Called, ...]:
        found = []
        for call, target in calls[:_MOST_CALLS]:
            conditions, scope = call.full
            local = Local(scope or Scope(), name)
            when = canonical(self.conditions.guards(module, conditions, local).formula)
            if when is not False:
                found.append(Called(when, target.receiver, self._given(call, target), local.scope))
        if len(calls) > _MOST_CALLS:
            many = Opaque(opaque="one of many calls", reason="more than are told apart")
            found.append(Called(many, None, {}, Scope()))
        return tuple(found)

    def _given(self, call: Call, target: Target) -> dict[str, ex.Expression]:
        """Return what the parameters of the callee are given, by name."""
        names = self._parameters(target.qualname)
        given: dict[str, ex.Expression] = {}
        for position, argument in enumerate(call.call.arguments):
            if argument.star:
                break
            if argument.keyword is not None:
                given[argument.keyword] = argument.value
            elif position < len(names):
                given[names[position]] = argument.value
        return given

    def _parameters(self, qualname: str) -> tuple[str, ...]:
        """Return the parameters that a caller gives something: not that of a method for the object itself."""
        routine = self.routines.routine(qualname)
        if routine is None or routine.definition.signature is None:
            return ()
        names = parameter_names(routine.definition.signature)
        return names[1:] if names[:1] in {("self",), ("cls",)} and routine.definition.kind != "function" else names

    def _overridden(self, name: str) -> Iterator[Step]:
        for override in self.routines.overrides(name):
            routine, home = self.routines.routine(override), self.routines.home(override)
            if routine is None or home is None:
                continue
            kind = override.split(".")[-2]
            is_one = Opaque(opaque=f"the object is a {kind}", reason="which override runs")
            place = Place(home[0].path, routine.definition.head, "site")
            yield Step(name, "overrides", override, (place,), partial(_chosen, is_one, self._parameters(name)))


def _chosen(condition: Formula, shared: Iterable[str] = ()) -> tuple[Called, ...]:
    """Return the one way to a member or an override; `shared` are the parameters that the override has too."""
    return (Called(condition, "self", {name: ex.Name(name) for name in shared}, Scope()),)


def along(path: tuple[Step, ...], condition: Formula) -> Formula:
    """Return what a condition at the end of a path means in the names of its start, all steps taken."""
    for step in reversed(path):
        condition = step.translated(condition)
    return canonical(condition)
