"""Interpreting the function that applies file rules on a folder of the snapshot, up to the rule each file meets."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from miner.link.concrete import Closure, NotUnderstood, evaluate
from miner.model import expression as ex
from miner.model import statement as st

_MOST_STEPS = 2_000_000


@dataclass
class Visit:
    """What the walk found: for each file read, the backends and the position of the rule that gave them."""

    matched: dict[str, tuple[tuple[str, ...], int | None]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


class _Jump(Exception):  # noqa: N818  control flow
    def __init__(self, kind: str) -> None:
        self.kind = kind


class _Applied(Exception):  # noqa: N818  control flow
    """The rules have been applied to the file at hand; what follows in the loop's body does not matter."""


class Walk:
    """One walk over one folder. `tables` are the names of the rule table; `names` everything else that is known."""

    def __init__(self, function: st.Function, tables: Sequence[str], names: dict[str, Any]) -> None:
        self._function = function
        self._tables = frozenset(tables)
        self._names = names
        self._steps = 0
        self._file: Any = None
        self.visit = Visit()

    def run(self, folder: str) -> None:
        """Walk `folder`, and then the folders that the function would enter; raises NotUnderstood."""
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            self.visit.folders.append(here)
            parameters = [p.name for p in self._function.parameters]
            found: list[str] = []

            def enter(path: Any, found: list[str] = found) -> dict[str, Any]:
                found.append(path)
                return {}

            names = {**self._names, parameters[0]: here, self._function.name: enter}
            try:
                self._block(self._function.body, names, here)
            except _Jump:
                pass
            except NotUnderstood:
                raise
            except _Applied:
                raise NotUnderstood("rules that are applied outside of a loop over files") from None
            except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as problem:
                raise NotUnderstood(f"a {type(problem).__name__} in it") from None
            waiting.extend(found)

    def _block(self, statements: Sequence[st.Statement], names: dict[str, Any], folder: str) -> None:
        for statement in statements:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise NotUnderstood("a walk that takes too long")
            self._statement(statement, names, folder)

    def _statement(self, statement: st.Statement, names: dict[str, Any], folder: str) -> None:
        match statement:
            case st.Assign():
                self._assign(statement, names)
            case st.If():
                chosen = statement.body if evaluate(statement.test, names) else statement.orelse
                self._block(chosen, names, folder)
            case st.For():
                self._loop(statement, names, folder)
            case st.With():
                for item in statement.items:
                    if isinstance(item.target, ex.Name):
                        names[item.target.name] = self._context(item.context, names)
                self._block(statement.body, names, folder)
            case st.Function():
                self._define(statement, names)
            case st.Evaluate():
                self._evaluate(statement.value, names)
            case st.Jump(kind=kind):
                if kind != "pass":
                    raise _Jump(kind)
            case st.Return():
                raise _Jump("return")
            case _:
                raise NotUnderstood(f"a statement of kind {type(statement).__name__}")

    def _assign(self, statement: st.Assign, names: dict[str, Any]) -> None:
        value = evaluate(statement.value, names)
        for target in statement.targets:
            if isinstance(target, ex.Name):
                names[target.name] = value
            elif not isinstance(target, ex.Subscript):
                raise NotUnderstood("an assignment of this shape")

    def _context(self, context: ex.Expression, names: dict[str, Any]) -> Any:
        if isinstance(context, ex.Call):  # `open(path, encoding=...)`: only the path matters
            positional = tuple(a for a in context.arguments if a.keyword is None)
            context = ex.Call(context.function, positional)
        return evaluate(context, names)

    def _define(self, statement: st.Function, names: dict[str, Any]) -> None:
        body = [s for s in statement.body if not isinstance(s, st.Evaluate)]
        if len(body) == 1 and isinstance(body[0], st.Return) and body[0].value is not None:
            names[statement.name] = Closure(tuple(p.name for p in statement.parameters), body[0].value, names)

    def _evaluate(self, value: ex.Expression, names: dict[str, Any]) -> None:
        if isinstance(value, ex.Constant):
            return
        if isinstance(value, ex.Call) and isinstance(value.function, ex.Attribute) and len(value.arguments) == 1:
            receiver = evaluate(value.function.value, names)
            argument = evaluate(value.arguments[0].value, names)
            if isinstance(receiver, list) and value.function.name == "append":
                receiver.append(argument)
                return
            if isinstance(receiver, list) and value.function.name == "remove":
                receiver.remove(argument)
                return
        raise NotUnderstood("a call for its effect")

    def _is_table(self, iterable: ex.Expression) -> bool:
        if not isinstance(iterable, ex.Call) or not isinstance(iterable.function, ex.Attribute):
            return False
        return iterable.function.name == "items" and ex.dotted(iterable.function.value) in self._tables

    def _loop(self, loop: st.For, names: dict[str, Any], folder: str) -> None:
        if self._is_table(loop.iterable):
            self._apply(loop, names, folder)
            raise _Applied
        applied = False
        for value in list(evaluate(loop.iterable, names)):
            self._bind(loop.target, value, names)
            self._file = value
            try:
                self._block(loop.body, names, folder)
            except _Applied:
                applied = True
            except _Jump as jump:
                if jump.kind == "break":
                    break
                if jump.kind == "return":
                    raise
        if applied:  # what the function does with the result is not about the rules
            raise _Jump("return")

    def _apply(self, loop: st.For, names: dict[str, Any], folder: str) -> None:
        """Run the loop over the rules and record what the file at hand gets, and from which rule."""
        results = sorted(set(_assigned(loop.body)))
        if len(results) != 1:
            raise NotUnderstood("a loop over the rules that sets several names")
        row = None
        for position, value in enumerate(list(evaluate(loop.iterable, names))):
            self._bind(loop.target, value, names)
            before = names.get(results[0])
            names[results[0]] = _UNSET
            try:
                self._block(loop.body, names, folder)
            except _Jump as jump:
                row = position if names[results[0]] is not _UNSET else row
                if jump.kind == "break":
                    break
            if names[results[0]] is _UNSET:
                names[results[0]] = before
            else:
                row = position
        backends = names.get(results[0]) or ()
        name = self._file if isinstance(self._file, str) else self._file.fields["name"]
        self.visit.matched[posixpath.join(folder, name)] = (tuple(sorted(backends)), row)

    def _bind(self, target: ex.Expression, value: Any, names: dict[str, Any]) -> None:
        if isinstance(target, ex.Name):
            names[target.name] = value
        elif isinstance(target, ex.Sequence) and isinstance(value, tuple) and len(value) == len(target.items):
            for part, piece in zip(target.items, value, strict=True):
                self._bind(part, piece, names)
        else:
            raise NotUnderstood("a loop over values of this shape")


_UNSET = object()


def _assigned(statements: Sequence[st.Statement]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, st.Assign):
            yield from (target.name for target in statement.targets if isinstance(target, ex.Name))
        elif isinstance(statement, st.If):
            yield from _assigned(statement.body)
            yield from _assigned(statement.orelse)
