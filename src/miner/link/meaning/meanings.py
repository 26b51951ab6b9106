"""Meanings of predicates, and which functions and flags are predicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from miner.detect.idiom import Idioms
from miner.formula.atom import Opaque, Parameter
from miner.formula.connective import All, Any, Formula, Not, affirmed
from miner.link.meaning.compare import truth
from miner.link.meaning.context import BUDGET, Context, Frame
from miner.link.meaning.evaluate import Evaluator
from miner.link.meaning.execute import Executor
from miner.link.meaning.fact import Facts
from miner.link.meaning.fold import folded
from miner.link.meaning.grounding import grounded
from miner.link.meaning.names import Names
from miner.link.meaning.outcome import scope_after
from miner.link.meaning.record import Arguments, Given, Meaning, Place, Program, Resolve
from miner.link.meaning.routine import Caller
from miner.link.meaning.trace import Trace
from miner.link.meaning.tree import leaves, reaching
from miner.link.meaning.value import (
    NONE,
    Argument,
    Choice,
    Constant,
    External,
    Raised,
    Routine,
    Series,
    Spec,
    Table,
    Truth,
    Unknown,
    Value,
)
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Scope


class Meanings:
    """What the functions and flags of some modules mean; computed on demand, each once for the same arguments."""

    def __init__(self, programs: Mapping[str, Program], idioms: Idioms, resolve: Resolve) -> None:
        self._programs = programs
        self._context = Context(idioms)
        self._context.evaluator = Evaluator(self._context)
        self._context.executor = Executor(self._context)
        self._context.caller = Caller(self._context)
        self._context.names = Names(self._context, programs, resolve)
        self._memory: dict[tuple[str, str, Arguments], Meaning | None] = {}
        self._published: dict[tuple[str, str], bool] = {}

    def meaning(self, module: str, name: str, arguments: Arguments = ()) -> Meaning | None:
        """Return what the function or flag `name` of `module` means when called with `arguments`.

        An argument is (keyword, constant); the keyword of a positional argument is its index as text. Absent arguments
        take their defaults, or are parameters of the formula. None when there is no such function or flag.
        """
        key = (module, name, arguments)
        if key not in self._memory:
            self._memory[key] = self._compute(module, name, arguments)
        return self._memory[key]

    def predicates(self) -> Iterator[tuple[str, str, Meaning]]:
        """Yield every predicate of the programs, found by what it answers, in order of module and definition."""
        for module in sorted(self._programs):
            for name in list(self._context.names.state(module).scope):
                if self._is_predicate(module, name):
                    found = self.meaning(module, name)
                    if found is not None:
                        yield module, name, found

    def called(self, module: str, name: str) -> tuple[Arguments, Formula] | None:
        """Return arguments that the library gives to a function, and what it answers to them.

        Of all calls that were read, the first whose answer is understood; None where there is none.
        """
        found = (
            (arguments, known.formula)
            for (place, own, arguments), known in self._memory.items()
            if (place, own) == (module, name) and arguments and known is not None and known.exact
        )
        return min(found, key=lambda each: repr(each[0]), default=None)

    def condition(
        self,
        module: str,
        expression: ex.Expression,
        scope: Scope | None = None,
        owner: str = "",
        given: tuple[Given, ...] = (),
    ) -> Meaning:
        """Return what an expression means as a condition in `module`, or within its function `owner`.

        Names that `scope` does not speak of are those of the module.
        """
        value = self._value(module, expression, scope, owner, given)
        return self._meaning(module, None, value, self._context.trace)

    def strings(
        self, module: str, expression: ex.Expression, scope: Scope, owner: str
    ) -> tuple[tuple[str, ...], tuple[Place, ...]]:
        """Return the strings that an expression can be, or hold, and where they stand; none when one is not known."""
        found: dict[str, None] = {}
        waiting = list(leaves(self._value(module, expression, scope, owner)))
        while waiting:
            end = waiting.pop(0)
            if isinstance(end, Constant) and isinstance(end.value, str):
                found[end.value] = None
            elif isinstance(end, Series) and end.whole:
                waiting.extend(end.items)
            elif not isinstance(end, Raised | Constant | Truth):
                return (), ()
        trace = self._context.trace
        return tuple(found), tuple(sorted({*trace.places, *trace.constants}))

    def _value(
        self,
        module: str,
        expression: ex.Expression,
        scope: Scope | None,
        owner: str,
        given: tuple[Given, ...] = (),
    ) -> Value:
        """Return the value of an expression in `module`, or within its function `owner`."""
        context = self._context
        arguments: dict[str, Value] = {}
        met = Trace()
        for each in given:
            arguments[each.parameter] = self._value(each.module, each.expression, each.scope, each.owner)
            met.merge(context.trace)
        context.steps, context.trace, context.facts = BUDGET, met, Facts()
        names: dict[str, Value] = {}
        if scope is not None:
            names.update((name, Argument(name, owner)) for name in scope.parameters)
            names.update((name, Unknown(name, "a local name that is bound more than once")) for name in scope.unknown)
            names.update((name, value) for name, value in arguments.items() if name in scope.parameters)
        frame = Frame(module, module, names)
        if scope is not None and scope.statements:
            frame.scope = scope_after(context.executor.block(scope.statements, frame)) or frame.scope
        return context.evaluator.evaluate(expression, frame)

    def _compute(self, module: str, name: str, arguments: Arguments) -> Meaning | None:
        context = self._context
        context.steps, context.trace, context.facts = BUDGET, Trace(), Facts()
        value = context.names.read(module, name)
        if value is None or module not in self._programs:
            return None
        if isinstance(value, Routine):
            given = tuple((None if key.isdigit() else key, "", _constant(scalar)) for key, scalar in arguments)
            answer = context.caller.call(value, given, is_top=True)
            return self._meaning(module, value, answer, context.trace)
        if isinstance(value, External | Constant | Table | Series | Unknown):
            return None
        return self._meaning(module, None, value, context.trace, name)

    def _meaning(self, module: str, routine: Routine | None, value: Value, trace: Trace, name: str = "") -> Meaning:
        ends = list(leaves(value))
        formula = folded(truth(value), self._context.idioms)
        quirks = {
            **(trace.quirks if routine is not None else {}),
            **_quirks(value, self._context.idioms, is_function=routine is not None),
        }
        own = (routine.module, routine.name) if routine is not None else (module, name)
        uses = tuple(sorted(f"{m}.{n}" for m, n in trace.calls if (m, n) != own and self._is_predicate(m, n)))
        return Meaning(
            formula=formula,
            quirks=tuple(sorted(quirks)),
            evidence=grounded(formula, trace, self._own_place(routine)),
            uses=uses,
            kind="flag" if routine is None else "function",
            boolean=all(isinstance(end, Truth | Raised) for end in ends),
            exact=not any(isinstance(atom, Opaque | Parameter) for atom in atoms(formula)),
        )

    def _own_place(self, routine: Routine | None) -> tuple[Place, ...]:
        if routine is None or not isinstance(routine.code, st.Function):
            return ()
        return (Place(routine.module, routine.code.span, "definition"),)

    def _is_predicate(self, module: str, name: str) -> bool:
        key = (module, name)
        if key not in self._published:
            self._published[key] = False
            self._published[key] = self._asks(module, name)
        return self._published[key]

    def _asks(self, module: str, name: str) -> bool:
        """Say whether it is defined here, asks the environment, and answers yes or no."""
        if module not in self._programs:
            return False
        value = self._context.names.state(module).scope.get(name)
        if not isinstance(value, Routine | Truth | Choice | Spec):
            return False
        found = self.meaning(module, name)
        if found is None or not (is_environmental(found.formula) or "always-true" in found.quirks):
            return False
        if not isinstance(value, Routine):
            return found.boolean
        if not isinstance(value.code, st.Function) or value.module != module:
            return False
        if _asks_of_an_argument(value.code, found) and not self._context.idioms.is_comparison_name(name):
            return False
        is_annotated = value.code.returns == ex.Name("bool")
        return found.boolean or is_annotated or self._context.idioms.is_predicate_name(name)


def _asks_of_an_argument(code: st.Function, found: Meaning) -> bool:
    """Say whether a function with a required parameter looks at more of it than a version or a name to compare."""
    needed = [p for p in code.parameters if p.default is None and p.kind in {"positional", "positional_only"}]
    reasons = (atom.reason for atom in atoms(found.formula) if isinstance(atom, Opaque))
    return bool(needed) and any(not reason.startswith("depends on the argument") for reason in reasons)


def _quirks(value: Value, idioms: Idioms, *, is_function: bool) -> dict[str, None]:
    """Return how the answer itself is odd."""
    found: dict[str, None] = {}
    for end in dict.fromkeys(leaves(value)):
        if isinstance(end, Series) and any(is_environmental(truth(item)) for item in end.items):
            found["always-true"] = None
        elif isinstance(end, Raised) and _is_raised(value, end, idioms):
            found["raises-invalid-version" if end.exception == "InvalidVersion" else "raises"] = None
        elif end == NONE and is_function:
            found["returns-none"] = None
    return found


def _is_raised(value: Value, end: Raised, idioms: Idioms) -> bool:
    """Say whether the environment, and not only an argument, decides that the exception is raised."""
    return _is_possible(folded(reaching(value, end), idioms))


def _is_possible(formula: Formula) -> bool:
    """Say whether a formula can hold without a parameter deciding it; negation stands at the atoms."""
    if isinstance(formula, All):
        return all(_is_possible(part) for part in formula.parts)
    if isinstance(formula, Any):
        return any(_is_possible(part) for part in formula.parts)
    return formula is not False and not isinstance(affirmed(formula), Parameter)


def _constant(scalar: bool | float | str | None) -> Value:
    return Truth(scalar) if isinstance(scalar, bool) else Constant(scalar)


def atoms(formula: Formula) -> Iterator[object]:
    """Yield the atoms of a formula."""
    if isinstance(formula, All | Any):
        for part in formula.parts:
            yield from atoms(part)
    elif isinstance(formula, Not):
        yield from atoms(formula.part)
    elif not isinstance(formula, bool):
        yield formula


def is_environmental(formula: Formula) -> bool:
    """Say whether an atom of the formula asks the environment."""
    return any(not isinstance(atom, Opaque | Parameter) for atom in atoms(formula))
