"""Calls: of functions of the programs, of primitives, of builtins and methods."""

from __future__ import annotations

from miner.formula.atom import Predicate
from miner.link.meaning.cleaning import cleaned
from miner.link.meaning.context import Context, Frame
from miner.link.meaning.fact import Facts
from miner.link.meaning.function import builtin_call, method_call
from miner.link.meaning.grounding import speaks
from miner.link.meaning.outcome import Branch, Outcome, Return, Scope, Throw
from miner.link.meaning.primitive import ask
from miner.link.meaning.program import named
from miner.link.meaning.record import Place
from miner.link.meaning.trace import Trace
from miner.link.meaning.tree import choose, only_raised, raising, without_raised
from miner.link.meaning.value import (
    NONE,
    Argument,
    Constant,
    External,
    Method,
    Operator,
    Raised,
    Routine,
    Series,
    Table,
    Truth,
    Unknown,
    Value,
)
from miner.model import expression as ex
from miner.model import statement as st

Given = tuple[tuple["str | None", str, Value], ...]
_DEEPEST = 24
_ASKED = frozenset({"answer", "feature"})
"""Kinds of primitives whose subject is the question itself."""
_OPERATORS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class Caller:
    """Calls values; a call of a function of a module that is complete is computed once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._active: list[tuple[object, ...]] = []
        self._memory: dict[tuple[object, ...], tuple[Value, Trace]] = {}

    def call_value(self, called: Value, given: Given, source: str) -> Value:
        """Return what calling `called` gives."""
        for index, (keyword, star, value) in enumerate(given):
            thrown, kept = only_raised(value), without_raised(value)
            if thrown is None or kept is None:
                if kept is None:
                    return value
                continue
            test = self._context.facts.simplify(raising(value))
            with self._context.assume(test, holds=False):
                rest = (*given[:index], (keyword, star, self._context.here(kept)), *given[index + 1 :])
                after = self.call_value(called, rest, source)
            return choose(test, thrown, after)
        given = tuple(part for each in given for part in _spread(*each))
        if isinstance(called, Routine):
            return self.call(called, given)
        positional = tuple(value for keyword, star, value in given if keyword is None and not star)
        keywords = {keyword: value for keyword, _, value in given if keyword is not None}
        if isinstance(called, External):
            return self._context.bind_all(positional, lambda v: self._external(called.path, v, keywords, source))
        if isinstance(called, Operator) and len(positional) == 2:
            compare = self._context.evaluator.comparison
            return self._context.bind_all(positional, lambda v: Truth(compare(called.symbol, v[0], v[1], source)))
        if isinstance(called, Method):
            return self._context.bind_all(positional, lambda v: method_call(called, v, source))
        return Unknown(source, "a call that is not understood")

    def _external(self, path: str, values: tuple[Value, ...], keywords: dict[str, Value], source: str) -> Value:
        head, _, tail = path.rpartition(".")
        if head in {"operator", "_operator"} and tail in _OPERATORS and len(values) == 2:
            compare = self._context.evaluator.comparison
            return Truth(compare(_OPERATORS[tail], values[0], values[1], source))
        found = self._context.idioms.primitive(path)
        if found is not None:
            by_keyword = tuple(keywords[k] for k in ("name", "distribution_name", "default") if k in keywords)
            item, subject = found
            answer = ask(self._context, item, path if item.kind in _ASKED else subject, (*values, *by_keyword), source)
            if answer is not None:
                return answer
        answer = builtin_call(self._context, path, values, source) or self._foreign(path, values, keywords)
        return Unknown(source, "a call that is not understood") if answer is None else answer

    def _foreign(self, path: str, values: tuple[Value, ...], keywords: dict[str, Value]) -> Value | None:
        """Return a predicate of another library, `accelerate.utils.is_npu_available()`, as an atom of its own."""
        name = path.rpartition(".")[2]
        is_named = name.endswith("_available") or self._context.idioms.is_comparison_name(name)
        given = (*values, *keywords.values())
        if "." not in path or not is_named or not all(isinstance(value, Constant | Truth) for value in given):
            return None
        plain = [value.value if isinstance(value, Constant) else value.formula for value in given]  # type: ignore[union-attr]
        scalars = tuple(value for value in plain if isinstance(value, bool | int | float | str | None))
        return Truth(Predicate(predicate=path, args=scalars)) if len(scalars) == len(plain) else None

    def call(self, routine: Routine, given: Given, *, is_top: bool = False) -> Value:
        """Return what a function of a program gives for these arguments."""
        context = self._context
        scope = _bound(routine, given, is_top=is_top)
        key: tuple[object, ...] = (id(routine.code), routine.module, *sorted(scope.items(), key=lambda i: i[0]))
        if key in self._active or len(self._active) >= _DEEPEST:
            return Unknown(f"{routine.name}()", "recursion")
        can_remember = not routine.scopes and context.names.state(routine.module).done
        known = self._memory.get(key) if can_remember else None
        if known is None:
            known = self._run(routine, scope, key, forget_path=can_remember)
            if can_remember:
                self._memory[key] = known
        value, trace = known
        context.trace.merge(trace)
        if is_top:
            context.trace.quirks.update(trace.quirks)
        return context.here(value)

    def _run(
        self, routine: Routine, scope: Scope, key: tuple[object, ...], *, forget_path: bool
    ) -> tuple[Value, Trace]:
        context = self._context
        saved = context.trace, context.facts, context.tries
        context.trace, context.tries = Trace(), []
        if forget_path:
            context.facts = Facts()
        self._active.append(key)
        try:
            value = self._body(routine, scope)
        except RecursionError:
            value = Unknown(f"{routine.name}()", "nested too deep")
        finally:
            trace = context.trace
            self._active.pop()
            context.trace, context.facts, context.tries = saved
        package = next((scope.get(parameter.name) for parameter in routine.code.parameters), None)
        if context.idioms.is_helper_name(routine.name) and isinstance(package, Constant):
            value = cleaned(value)  # of a package that is not known, the opaque part is all that there is
        program = context.idioms.program(routine.name)
        if program is not None:
            value = named(program[0].name, program[1], value)
        if isinstance(routine.code, st.Function):
            place = Place(routine.module, routine.code.span, "definition")
            if speaks(value) or isinstance(value, Truth):
                trace.places[place] = None
            else:
                trace.constants[place] = value
            trace.calls[(routine.module, routine.name)] = None
        return value, trace

    def _body(self, routine: Routine, scope: Scope) -> Value:
        context = self._context
        frame = Frame(routine.module, f"{routine.module}.{routine.name}", scope, routine.scopes)
        self._defaults(routine, frame)
        if isinstance(routine.code, ex.Lambda):
            return context.evaluator.evaluate(routine.code.body, frame)
        return _value(context.executor.block(routine.code.body, frame))

    def _defaults(self, routine: Routine, frame: Frame) -> None:
        outside = Frame(routine.module, routine.module, {}, routine.scopes)
        for parameter in routine.code.parameters:
            if parameter.name in frame.scope:
                continue
            if parameter.default is not None:
                frame.scope[parameter.name] = self._context.evaluator.evaluate(parameter.default, outside)
            elif parameter.kind == "vararg":
                frame.scope[parameter.name] = Series("tuple", ())
            elif parameter.kind == "kwarg":
                frame.scope[parameter.name] = Table(())
            else:
                frame.scope[parameter.name] = Unknown(parameter.name, "an argument that is not given")


def _spread(keyword: str | None, star: str, value: Value) -> Given:
    """Return the arguments that an unpacked collection is, where all of it is known."""
    match star, value:
        case "*", Series(_, items, True):
            return tuple((None, "", item) for item in items)
        case "**", Table(items):
            return tuple((str(name), "", item) for name, item in items)
    return ((keyword, star, value),)


def _bound(routine: Routine, given: Given, *, is_top: bool) -> Scope:
    """Bind arguments to parameters; at the top a required parameter stays an argument to be given."""
    parameters = routine.code.parameters
    scope: Scope = {}
    places = [p.name for p in parameters if p.kind in {"positional_only", "positional"}]
    names = {p.name for p in parameters if p.kind in {"positional", "keyword_only"}}
    rest: list[Value] = []
    extra: list[tuple[str, Value]] = []
    for keyword, star, value in given:
        if star:
            continue
        if keyword is not None:
            if keyword in names:
                scope[keyword] = value
            else:
                extra.append((keyword, value))
        elif places:
            scope[places.pop(0)] = value
        else:
            rest.append(value)
    for parameter in parameters:
        if parameter.kind == "vararg" and rest:
            scope[parameter.name] = Series("tuple", tuple(rest))
        elif parameter.kind == "kwarg" and extra:
            scope[parameter.name] = Table(tuple(extra))
        elif is_top and parameter.name not in scope and parameter.default is None and parameter.kind[-3:] != "arg":
            scope[parameter.name] = Argument(parameter.name, f"{routine.module}.{routine.name}")
    return scope


def _value(outcome: Outcome) -> Value:
    """Return the value of a function's body: falling off its end is None."""
    match outcome:
        case Branch(test, then, orelse):
            return choose(test, _value(then), _value(orelse))
        case Return(value):
            return value
        case Throw(exception):
            return Raised(exception)
    return NONE
