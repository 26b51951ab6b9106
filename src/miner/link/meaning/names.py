"""Modules and the names in them: programs are interpreted in order, others asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from miner.link.meaning.context import BUDGET, Context, Frame
from miner.link.meaning.fact import Facts
from miner.link.meaning.grounding import speaks
from miner.link.meaning.outcome import Scope, scope_after
from miner.link.meaning.record import Found, Place, Program, Resolve
from miner.link.meaning.trace import Trace
from miner.link.meaning.value import Choice, External, Release, Routine, Spec, Truth, Value, Variable
from miner.model import statement as st
from miner.model.evidence import Role

_DEEPEST = 12


@dataclass
class State:
    """A module that is being, or has been, interpreted."""

    scope: Scope = field(default_factory=dict)
    traces: dict[str, Trace] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    done: bool = False


class Names:
    """Looks up names in modules; each program is interpreted once, when first asked for."""

    def __init__(self, context: Context, programs: Mapping[str, Program], resolve: Resolve) -> None:
        self._context = context
        self._programs = programs
        self._resolve = resolve
        self._states: dict[str, State] = {}
        self._settled: dict[str, tuple[Value, Trace]] = {}
        self._roots = frozenset(name.partition(".")[0] for name in programs)
        self._depth = 0

    def state(self, module: str) -> State:
        """Return the module's names after its last statement (or so far, when it is being interpreted)."""
        found = self._states.get(module)
        if found is None:
            found = self._states[module] = State()
            self._run(self._programs[module], found)
        return found

    def is_internal(self, module: str) -> bool:
        """Say whether `module` belongs to the library that is read."""
        return module.partition(".")[0] in self._roots

    def absolute(self, module: str, level: int, target: str) -> str:
        """Return the absolute name of what a statement in `module` imports with `level` leading dots."""
        if level == 0:
            return target
        program = self._programs.get(module)
        parts = module.split(".")
        drop = level - 1 if program is not None and program.is_package else level
        return ".".join([*parts[: max(len(parts) - drop, 0)], *([target] if target else [])])

    def _run(self, program: Program, state: State) -> None:
        context = self._context
        saved = context.facts, context.trace, context.tries, context.steps
        context.facts, context.tries = Facts(), []
        try:
            for statement in program.statements:
                self._step(program.module, statement, state)
        finally:
            context.facts, context.trace, context.tries, context.steps = saved
            state.done = True

    def _step(self, module: str, statement: st.Statement, state: State) -> None:
        context = self._context
        before = dict(state.scope)
        context.trace, context.steps = Trace(), BUDGET
        frame = Frame(module, module, dict(before), is_module=True)
        try:
            state.scope = scope_after(context.executor.block((statement,), frame)) or before
        except RecursionError:
            state.scope = before
        if isinstance(statement, st.Function | st.Class):
            return
        bound = {name: value for name, value in state.scope.items() if before.get(name) is not value}
        if isinstance(statement, st.Import):
            self._bind(module, statement, bound, state)
            return
        for name, value in bound.items():
            trace = state.traces.setdefault(name, Trace())
            trace.merge(context.trace)
            trace.places[Place(module, statement.span, _role(value))] = None

    def _bind(self, module: str, statement: st.Import, bound: Scope, state: State) -> None:
        """Note imports under another name, the only places that have the name itself: `import numpy as np`."""
        for name, value in bound.items():
            if isinstance(value, External) and value.path != name:
                trace = state.traces.setdefault(name, Trace())
                trace.merge(self._context.trace)
                trace.bindings[Place(module, statement.span, "binding")] = value.path

    def read(self, module: str, name: str) -> Value | None:
        """Return the value of a name of a module, and note where it comes from; None when it has none."""
        if module not in self._programs:
            return self._foreign(module, name)
        state = self.state(module)
        value = state.scope.get(name)
        if value is None:  # the statements of a program are those that its predicates need
            return self._starred(state, name) or (self._foreign(module, name) if state.done else None)
        trace = state.traces.get(name)
        if trace is not None:
            self._note(module, name, value, trace)
        return self.settle(value.path) if isinstance(value, External) else value

    def _note(self, module: str, name: str, value: Value, trace: Trace) -> None:
        mine = self._context.trace
        if isinstance(value, Truth) or speaks(value):
            mine.merge(trace)
            if isinstance(value, Truth | Choice):
                mine.calls[(module, name)] = None
            return
        mine.constants.update(trace.constants)
        mine.bindings.update(trace.bindings)
        for place in trace.places:
            mine.constants[place] = value

    def _starred(self, state: State, name: str) -> Value | None:
        if self._depth >= _DEEPEST:
            return None
        self._depth += 1
        try:
            for module in state.stars:
                found = self.read(module, name)
                if found is not None:
                    return found
        finally:
            self._depth -= 1
        return None

    def settle(self, path: str) -> Value:
        """Return what a dotted path stands for: a name of a program, a constant elsewhere, or something external."""
        if not self.is_internal(path) or path in self._programs or self._depth >= _DEEPEST:
            return External(path)
        module, _, name = path.rpartition(".")
        if not module:
            return External(path)
        self._depth += 1
        try:
            found = self.read(module, name)
        finally:
            self._depth -= 1
        return External(path) if found is None else found

    def _foreign(self, module: str, name: str) -> Value | None:
        path = f"{module}.{name}"
        known = self._settled.get(path)
        if known is None:
            known = self._settled[path] = self._ask(module, name, path)
        value, trace = known
        self._context.trace.merge(trace)
        return None if value == External(path) else value

    def _ask(self, module: str, name: str, path: str) -> tuple[Value, Trace]:
        target = self._resolve(module, name)
        context = self._context
        saved, context.trace = context.trace, Trace()
        try:
            if isinstance(target, str) and target != path:
                return self.settle(target), context.trace
            if isinstance(target, Found):
                value = context.evaluator.evaluate(target.expression, Frame(module, module, {}))
                place = Place(module, target.span, "constant")
                if speaks(value):
                    context.trace.places[place] = None
                else:
                    context.trace.constants[place] = value
                return value, context.trace
            return External(path), context.trace
        finally:
            context.trace = saved


def _role(value: Value) -> Role:
    return "definition" if isinstance(value, Truth | Choice | Release | Spec | Routine | Variable) else "constant"
