"""Expressions to values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from miner.formula.connective import Formula, conjunction
from miner.link.meaning import builtin, sequence
from miner.link.meaning.compare import Comparison, compare, of_one_kind, truth
from miner.link.meaning.context import Context, Frame
from miner.link.meaning.primitive import attribute
from miner.link.meaning.subject import ORDERED
from miner.link.meaning.tree import choose, leaves, opposite
from miner.link.meaning.value import (
    FALSE,
    NONE,
    TRUE,
    Accelerator,
    Choice,
    Constant,
    External,
    Release,
    Routine,
    Spec,
    Table,
    Truth,
    Unknown,
    Value,
)
from miner.link.meaning.wording import render
from miner.model import expression as ex


class Evaluator:
    """Evaluates expressions in a frame."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def evaluate(self, node: ex.Expression, frame: Frame) -> Value:
        """Return what `node` can be on this path."""
        self._context.steps -= 1
        if self._context.steps < 0:
            return Unknown(render(node), "too many steps")
        evaluator = _EVALUATORS.get(type(node))
        if evaluator is None:
            return Unknown(render(node), "an expression that is not modelled")
        return evaluator(self, node, frame)

    def test(self, value: Value) -> Formula:
        """Return when `value` is true, as short as the path allows."""
        return self._context.facts.simplify(truth(self._context.here(value)))

    def _constant(self, node: ex.Constant, _: Frame) -> Value:
        return Truth(node.value) if isinstance(node.value, bool) else Constant(node.value)

    def _name(self, node: ex.Name, frame: Frame) -> Value:
        for scope in (frame.scope, *frame.scopes):
            value = scope.get(node.name)
            if value is not None:
                break
        else:
            value = self._context.names.read(frame.module, node.name)
        if value is None:
            is_known = node.name in builtin.NAMES or node.name.endswith(("Error", "Exception", "Warning"))
            return External(node.name) if is_known else Unknown(node.name, "a name that is not found")
        if frame.is_module and node.name in frame.scope:
            self._context.names.read(frame.module, node.name)
        if isinstance(value, External):
            value = self._context.names.settle(value.path)
            return attribute(self._context, value.path) if isinstance(value, External) else value
        return self._context.here(value)

    def _attribute(self, node: ex.Attribute, frame: Frame) -> Value:
        return self._context.bind(self.evaluate(node.value, frame), lambda value: self.member(value, node.name, node))

    def member(self, value: Value, name: str, node: ex.Expression) -> Value:
        """Return the attribute `name` of a value."""
        if isinstance(value, External):
            settled = self._context.names.settle(f"{value.path}.{name}")
            return attribute(self._context, settled.path) if isinstance(settled, External) else settled
        return builtin.member(value, name, render(node))

    def _call(self, node: ex.Call, frame: Frame) -> Value:
        function = self.evaluate(node.function, frame)
        arguments = tuple((a.keyword, a.star, self.evaluate(a.value, frame)) for a in node.arguments)
        return self._context.bind(
            function, lambda called: self._context.caller.call_value(called, arguments, render(node))
        )

    def _compare(self, node: ex.Compare, frame: Frame) -> Value:
        values = [_whole(self.evaluate(part, frame)) for part in (node.left, *node.comparators)]
        steps = list(zip(node.operators, values, values[1:], strict=False))
        found: Value = TRUE
        for operator, left, right in steps:
            step = partial(self._step, operator=operator, source=render(node))
            found = self._context.bind_all((found, left, right), step)
        if any(Accelerator(is_kind=True) in leaves(value) for value in values):
            return self._context.bind(found, lambda each: Truth(of_one_kind(truth(each))))
        return found

    def _step(self, values: tuple[Value, ...], operator: str, source: str) -> Value:
        so_far, left, right = values
        formula = self.comparison(operator, left, right, source)
        return Truth(conjunction(truth(so_far), self._context.facts.simplify(formula)))

    def comparison(self, operator: str, left: Value, right: Value, source: str) -> Formula:
        """Return when `left operator right` holds, for values that are no decisions."""
        subjects = [side.subject for side in (left, right) if isinstance(side, Release)]
        for side in (left, right):
            if isinstance(side, Release) and side.view in {"text", "digits"} and operator in ORDERED:
                self._context.trace.quirks["compares-strings"] = None
        major = self._context.major(subjects[0]) if len(subjects) == 1 else None
        return compare(operator, left, right, Comparison(self._context.idioms.probe.systems, source, major))

    def _boolean(self, node: ex.Boolean, frame: Frame) -> Value:
        return self._connect(node.operator, node.values, frame)

    def _connect(self, operator: str, nodes: tuple[ex.Expression, ...], frame: Frame) -> Value:
        first = self.evaluate(nodes[0], frame)
        if len(nodes) == 1:
            return first
        is_or = operator == "or"
        last = nodes[1]
        if is_or and isinstance(last, ex.Constant) and last.value and not isinstance(self.test(first), bool):
            self._context.trace.quirks["always-true"] = None

        def join(value: Value) -> Value:
            test = self.test(value)
            if isinstance(test, bool):
                return value if test is is_or else self._connect(operator, nodes[1:], frame)
            with self._context.assume(test, holds=not is_or):
                rest = self._connect(operator, nodes[1:], frame)
            ends = list(leaves(value))
            if is_or:
                return choose(test, TRUE if all(_is_plain(end) for end in ends) else value, rest)
            return choose(test, rest, NONE if any(end == NONE or isinstance(end, Spec) for end in ends) else FALSE)

        first = self._context.here(first)
        if all(_is_plain(end) or isinstance(end, Spec) for end in leaves(first)):
            return join(first)
        return self._context.bind(first, join)

    def _negated(self, node: ex.Not, frame: Frame) -> Value:
        value = self.evaluate(node.operand, frame)
        return self._context.bind(value, lambda found: Truth(opposite(self.test(found))))

    def _unary(self, node: ex.Unary, frame: Frame) -> Value:
        value = self.evaluate(node.operand, frame)
        if node.operator == "-" and isinstance(value, Constant) and isinstance(value.value, int | float):
            return Constant(-value.value)
        return Unknown(render(node), "an operator that is not modelled")

    def _binary(self, node: ex.Binary, frame: Frame) -> Value:
        sides = (self.evaluate(node.left, frame), self.evaluate(node.right, frame))
        return self._context.bind_all(sides, lambda v: builtin.arithmetic(node.operator, v[0], v[1], render(node)))

    def _conditional(self, node: ex.Conditional, frame: Frame) -> Value:
        def pick(value: Value) -> Value:
            test = self.test(value)
            if isinstance(test, bool):
                return self.evaluate(node.body if test else node.orelse, frame)
            with self._context.assume(test):
                then = self.evaluate(node.body, frame)
            with self._context.assume(test, holds=False):
                orelse = self.evaluate(node.orelse, frame)
            return choose(test, then, orelse)

        return self._context.bind(self.evaluate(node.test, frame), pick)

    def _sequence(self, node: ex.Sequence, frame: Frame) -> Value:
        return sequence.display(self._context, node, frame)

    def _comprehension(self, node: ex.Comprehension, frame: Frame) -> Value:
        return sequence.comprehension(self._context, node, frame)

    def _mapping(self, node: ex.Mapping, frame: Frame) -> Value:
        items: list[tuple[Any, Value]] = []
        for key, value in node.items:
            found = None if key is None else self.evaluate(key, frame)
            if not isinstance(found, Constant):
                return Unknown(render(node), "a dict whose keys are not constants")
            items.append((found.value, self.evaluate(value, frame)))
        return Table(tuple(items))

    def _subscript(self, node: ex.Subscript, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        if isinstance(node.index, ex.Slice):
            bounds = [self.evaluate(b, frame) if b else Constant(None) for b in (node.index.lower, node.index.upper)]
            return self._context.bind(value, lambda v: builtin.cut(v, bounds[0], bounds[1], render(node)))
        index = self.evaluate(node.index, frame)
        return self._context.bind_all((value, index), lambda v: builtin.item(v[0], v[1], render(node)))

    def _function(self, node: ex.Lambda, frame: Frame) -> Value:
        scopes = () if frame.is_module else (frame.scope, *frame.scopes)
        return Routine(frame.module, "<lambda>", node, scopes)

    def _formatted(self, node: ex.Formatted, frame: Frame) -> Value:
        found: Value = Constant("")
        for part in node.parts:
            piece = Constant(part) if isinstance(part, str) else self.evaluate(part, frame)
            found = self._context.bind_all(
                (found, piece),
                lambda v: builtin.arithmetic("+", v[0], builtin.as_text(v[1], render(node)), render(node)),
            )
        return found

    def _starred(self, node: ex.Starred, frame: Frame) -> Value:
        return self.evaluate(node.value, frame)

    def _walrus(self, node: ex.Walrus, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        if isinstance(node.target, ex.Name):
            frame.scope[node.target.name] = value
        return value

    def _opaque(self, node: ex.Opaque, _: Frame) -> Value:
        return Unknown(node.text, node.reason)


def _whole(value: Value) -> Value:
    """Return a text that is known on some paths only as one that is not known: a comparison of it is one question."""
    ends = list(leaves(value)) if isinstance(value, Choice) else []
    unknown = next((end for end in ends if isinstance(end, Unknown)), None)
    is_text = all(isinstance(end, Unknown | Constant) for end in ends)
    return unknown if unknown is not None and is_text else value


def _is_plain(value: Value) -> bool:
    """Say whether a value is a boolean, or None in its place."""
    return isinstance(value, Truth) or value == NONE


_EVALUATORS: dict[type[Any], Callable[[Evaluator, Any, Frame], Value]] = {
    ex.Constant: Evaluator._constant,
    ex.Name: Evaluator._name,
    ex.Attribute: Evaluator._attribute,
    ex.Call: Evaluator._call,
    ex.Compare: Evaluator._compare,
    ex.Boolean: Evaluator._boolean,
    ex.Not: Evaluator._negated,
    ex.Unary: Evaluator._unary,
    ex.Binary: Evaluator._binary,
    ex.Conditional: Evaluator._conditional,
    ex.Sequence: Evaluator._sequence,
    ex.Mapping: Evaluator._mapping,
    ex.Subscript: Evaluator._subscript,
    ex.Lambda: Evaluator._function,
    ex.Formatted: Evaluator._formatted,
    ex.Starred: Evaluator._starred,
    ex.Comprehension: Evaluator._comprehension,
    ex.Walrus: Evaluator._walrus,
    ex.Opaque: Evaluator._opaque,
}
