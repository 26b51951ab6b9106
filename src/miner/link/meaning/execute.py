"""Statements to outcomes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from miner.formula.atom import Feature, Module, Opaque, Parameter
from miner.formula.connective import All, Formula, Not, conjunction, disjunction
from miner.formula.connective import Any as AnyOf
from miner.link.meaning import assign, loop, trying
from miner.link.meaning.builtin import arithmetic
from miner.link.meaning.context import Context, Frame
from miner.link.meaning.outcome import (
    Branch,
    Fall,
    Outcome,
    Return,
    Throw,
    branch,
    exits,
    falls,
    relabelled,
    scope_after,
)
from miner.link.meaning.tree import only_raised, raising, without_raised
from miner.link.meaning.value import NONE, Choice, Constant, External, Raised, Routine, Truth, Unknown, Value
from miner.link.meaning.wording import render
from miner.model import expression as ex
from miner.model import statement as st

BODY_NOT_READ = "body not read"


class Executor:
    """Executes statements in a frame; the frame's names change in place until paths divide."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def block(self, statements: tuple[st.Statement, ...], frame: Frame) -> Outcome:
        """Return how `statements` end; what follows a division runs once, on the names of both arms."""
        for index, statement in enumerate(statements):
            if frame.is_module:
                self._context.names.state(frame.module).scope = frame.scope
            outcome = _EXECUTORS[type(statement)](self, statement, frame)
            if isinstance(outcome, Fall):
                frame.scope = outcome.scope
                continue
            return self.then(outcome, frame, partial(self.block, statements[index + 1 :]))
        return Fall(frame.scope)

    def then(self, outcome: Outcome, frame: Frame, rest: Callable[[Frame], Outcome]) -> Outcome:
        """Return `outcome` with `rest` run wherever it falls through."""
        scope = scope_after(outcome)
        if scope is None:
            return outcome
        frame.scope = scope
        test = falls(outcome)
        with self._context.assume(test):
            after = rest(frame)
        if _is_simple(after):
            return relabelled(outcome, lambda end: after if isinstance(end, Fall) else end)
        return branch(test, after, exits(outcome)) or after

    def guarded(self, value: Value, frame: Frame, rest: Callable[[Value, Frame], Outcome]) -> Outcome:
        """Return `rest` of a value, or the exception where the value is one."""
        value = self._context.here(value)
        if not isinstance(value, Raised | Choice):
            return rest(value, frame)
        kept, thrown = without_raised(value), only_raised(value)
        if thrown is None:
            return rest(value, frame)
        raised = _throws(thrown, frame)
        if kept is None:
            return raised
        test = self._context.facts.simplify(raising(value))
        after = frame.fork()
        with self._context.assume(test, holds=False):
            return branch(test, raised, rest(kept, after)) or raised

    def _decision(self, statement: st.If, frame: Frame) -> Outcome:
        def arms(value: Value, inner: Frame) -> Outcome:
            test = self._context.evaluator.test(value)
            if isinstance(test, bool):
                return self.block(statement.body if test else statement.orelse, inner)
            with self._context.assume(test):
                then = self.block(statement.body, inner.fork())
            with self._context.assume(test, holds=False):
                orelse = self.block(statement.orelse, inner.fork())
            return branch(test, then, orelse) or then

        return self.guarded(self._context.evaluator.evaluate(statement.test, frame), frame, arms)

    def _returned(self, statement: st.Return, frame: Frame) -> Outcome:
        if statement.value is None:
            return Return(NONE)
        value = self._context.evaluator.evaluate(statement.value, frame)
        return self.guarded(value, frame, lambda kept, _: Return(self._context.here(kept)))

    def _raised(self, statement: st.Raise, frame: Frame) -> Outcome:
        node = statement.exception.function if isinstance(statement.exception, ex.Call) else statement.exception
        name = trying.exception_name(self._context, node, frame) if node is not None else "Exception"
        return Throw(name, frame.scope)

    def _assigned(self, statement: st.Assign, frame: Frame) -> Outcome:
        def bind(value: Value, inner: Frame) -> Outcome:
            for target in statement.targets:
                self.assign(target, value, inner)
            return Fall(inner.scope)

        value = self._context.evaluator.evaluate(statement.value, frame)
        return self.guarded(value, frame, lambda kept, inner: self._unsure(statement.value, kept, bind(kept, inner)))

    def assign(self, target: ex.Expression, value: Value, frame: Frame) -> None:
        """Bind `target` to `value`."""
        assign.assign(self._context, target, value, frame)

    def _augmented(self, statement: st.Augment, frame: Frame) -> Outcome:
        sides = tuple(self._context.evaluator.evaluate(side, frame) for side in (statement.target, statement.value))

        def combine(values: tuple[Value, ...]) -> Value:
            left, right = values
            if isinstance(left, Truth) and isinstance(right, Truth) and statement.operator in {"|", "&"}:
                join = disjunction if statement.operator == "|" else conjunction
                return Truth(join(left.formula, right.formula))
            return arithmetic(statement.operator, left, right, render(statement.target))

        value = self._context.bind_all(sides, combine)
        self.assign(statement.target, value, frame)
        return Fall(frame.scope)

    def _evaluated(self, statement: st.Evaluate, frame: Frame) -> Outcome:
        value = self._context.evaluator.evaluate(statement.value, frame)
        assign.mutated(self._context, statement.value, frame)
        return self.guarded(value, frame, lambda kept, inner: self._unsure(statement.value, kept, Fall(inner.scope)))

    def _unsure(self, node: ex.Expression, value: Value, after: Outcome) -> Outcome:
        """A call that is not understood may fail, which counts where a handler waits for it; noted once a try."""
        guards = self._context.tries
        if not (guards and guards[-1].takes_failures and not guards[-1].is_noted):
            return after
        if not isinstance(node, ex.Call) or not isinstance(value, Unknown) or not isinstance(after, Fall):
            return after
        guards[-1].is_noted = True
        test = Opaque(opaque=render(node), reason="whether this call fails is not known")
        return Branch(test, after, Throw(trying.FAILURE, dict(after.scope)))

    def _asserted(self, statement: st.Assert, frame: Frame) -> Outcome:
        value = self._context.evaluator.evaluate(statement.test, frame)
        test = self._context.evaluator.test(value)
        if test is False:
            return Throw("AssertionError", frame.scope)
        if _is_vague(test):
            return Fall(frame.scope)
        return branch(test, Fall(frame.scope), Throw("AssertionError", dict(frame.scope))) or Fall(frame.scope)

    def _imported(self, statement: st.Import, frame: Frame) -> Outcome:
        context = self._context
        prefix = [context.names.absolute(frame.module, statement.level, module) for module in statement.modules]
        if statement.star and frame.is_module:
            context.names.state(frame.module).stars.extend(prefix)
        for binding in statement.bindings:
            target = context.names.absolute(frame.module, statement.level, binding.target)
            frame.scope[binding.name] = External(target)
        test = context.facts.simplify(self._importable(statement, prefix))
        if test is True:
            return Fall(frame.scope)
        return branch(test, Fall(frame.scope), Throw("ModuleNotFoundError", dict(frame.scope))) or Fall(frame.scope)

    def _importable(self, statement: st.Import, modules: list[str]) -> Formula:
        context = self._context
        tests: list[Formula] = []
        for module in modules:
            root = module.partition(".")[0]
            if context.names.is_internal(module) or root in context.idioms.probe.standard:
                continue
            if not context.tries and context.is_module_known(module):
                continue
            tests.append(Module(module=module))
            if context.tries and not statement.star and all(b.target != module for b in statement.bindings):
                tests.extend(Feature(feature=b.target) for b in statement.bindings if b.target.startswith(f"{module}."))
        return conjunction(*tests)

    def _defined(self, statement: st.Function, frame: Frame) -> Outcome:
        scopes = () if frame.is_module else (frame.scope, *frame.scopes)
        value: Value = Routine(frame.module, statement.name, statement, scopes)
        for decorator in reversed(statement.decorators):
            wrapper = self._context.evaluator.evaluate(decorator, frame)
            if isinstance(wrapper, Routine):
                found = self._context.caller.call(wrapper, ((None, "", value),))
                value = found if isinstance(found, Routine) else value
        frame.scope[statement.name] = value
        return Fall(frame.scope)

    def _classed(self, statement: st.Class, frame: Frame) -> Outcome:
        frame.scope[statement.name] = External(f"{frame.module}.{statement.name}")
        return Fall(frame.scope)

    def _attempted(self, statement: st.Try, frame: Frame) -> Outcome:
        return trying.attempt(self._context, statement, frame)

    def _looped(self, statement: st.For, frame: Frame) -> Outcome:
        return loop.each(self._context, statement, frame)

    def _repeated(self, statement: st.While, frame: Frame) -> Outcome:
        return loop.repeat(self._context, statement, frame)

    def _managed(self, statement: st.With, frame: Frame) -> Outcome:
        for entry in statement.items:
            self._context.evaluator.evaluate(entry.context, frame)
            if trying.is_suppressing(self._context, entry.context, frame):
                return trying.suppress(self._context, statement, entry.context, frame)
            if entry.target is not None:
                self.assign(entry.target, Unknown(render(entry.context), "a context manager"), frame)
        return self.block(statement.body, frame)

    def _skipped(self, statement: st.Statement, frame: Frame) -> Outcome:
        if isinstance(statement, st.Unread):
            if statement.kind == BODY_NOT_READ:
                return Return(Unknown(frame.name, "its body is not read"))
            if statement.kind == "match":
                test = Opaque(opaque="match", reason="a match statement is not followed")
                return Branch(test, Return(Unknown("match", test.reason)), Fall(frame.scope))
            for name in statement.names:
                frame.scope[name] = Unknown(name, f"bound by a statement that is not read ({statement.kind})")
        return Fall(frame.scope)

    def _jumped(self, statement: st.Jump, frame: Frame) -> Outcome:
        return Fall(frame.scope) if statement.kind == "pass" else loop.leave(statement.kind, frame)


def _is_simple(outcome: Outcome) -> bool:
    """Say whether an outcome may stand in several places of a decision without making it longer."""
    if isinstance(outcome, Return):
        value = outcome.value
        return isinstance(value, Constant) or (isinstance(value, Truth) and isinstance(value.formula, bool))
    return not isinstance(outcome, Branch)


def _throws(value: Value, frame: Frame) -> Outcome:
    if isinstance(value, Choice):
        return Branch(value.test, _throws(value.then, frame), _throws(value.orelse, frame))
    return Throw(value.exception if isinstance(value, Raised) else "Exception", frame.scope)


def _is_vague(formula: Formula) -> bool:
    """Say whether nothing of the environment is in the formula."""
    if isinstance(formula, All | AnyOf):
        return all(_is_vague(part) for part in formula.parts)
    if isinstance(formula, Not):
        return _is_vague(formula.part)
    return isinstance(formula, bool | Opaque | Parameter)


_EXECUTORS: dict[type[Any], Callable[[Executor, Any, Frame], Outcome]] = {
    st.Assign: Executor._assigned,
    st.Augment: Executor._augmented,
    st.If: Executor._decision,
    st.Return: Executor._returned,
    st.Raise: Executor._raised,
    st.Try: Executor._attempted,
    st.For: Executor._looped,
    st.While: Executor._repeated,
    st.With: Executor._managed,
    st.Import: Executor._imported,
    st.Evaluate: Executor._evaluated,
    st.Assert: Executor._asserted,
    st.Function: Executor._defined,
    st.Class: Executor._classed,
    st.Jump: Executor._jumped,
    st.Declare: Executor._skipped,
    st.Unread: Executor._skipped,
}
