"""What a build script passes to `setup`, worked out without running it.

Lists, dicts, `+`, `+=`, one-line helpers and comprehensions are evaluated over concrete values. What depends on the
building Python or system is evaluated once for each way that those tests can turn out: a row that is there in some of
these worlds only carries the tests as its marker. A statement that is not understood leaves its names without a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import regex

from miner.link.concrete import BUDGET, Budget, NotUnderstood, evaluate
from miner.link.folder import Record
from miner.model import expression as ex
from miner.model import statement as st

MOST_WORLDS = 16
_STEPS = 400_000
_LONGEST_LOOP = 2_000
_INVERSE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
_FIELDS = ("install_requires", "extras_require", "python_requires")

Marker = tuple[str, str, str]  # a variable of PEP 508, an operator, a value
World = dict[Marker, bool]


@dataclass(frozen=True)
class Row:
    """One requirement string: under an extra or none, and where the test of a marker holds."""

    text: str
    extra: str
    marker: str


@dataclass
class Passed:
    """What `setup` is given: rows and the Python that is asked for; `problems` counts what was not understood."""

    rows: list[Row] = field(default_factory=list)
    python: list[Row] = field(default_factory=list)
    problems: dict[str, int] = field(default_factory=dict)


def read_script(statements: Sequence[st.Statement], setups: Callable[[str], bool]) -> Passed:
    """Return what a build script passes to the functions that `setups` knows by name."""
    found: list[tuple[World, dict[str, Any]]] = []
    waiting: list[World] = [{}]
    passed = Passed()
    while waiting and len(found) < MOST_WORLDS:
        run = _Run(waiting.pop(0), setups)
        run.block(statements)
        found.append((run.world, run.given))
        for problem, count in run.problems.items():
            passed.problems[problem] = max(passed.problems.get(problem, 0), count)
        for marker in run.asked:
            other = {**{known: run.world[known] for known in run.asked[: run.asked.index(marker)]}, marker: False}
            if other not in waiting and all(not _covers(other, world) for world, _ in found):
                waiting.append(other)
    _collect(found, passed)
    return passed


def _covers(wanted: World, world: World) -> bool:
    return all(world.get(marker) == value for marker, value in wanted.items())


def _collect(found: list[tuple[World, dict[str, Any]]], passed: Passed) -> None:
    rows: dict[tuple[str, str], list[World]] = {}
    pythons: dict[str, list[World]] = {}
    for world, given in found:
        for key in dict.fromkeys(_rows(given, passed)):
            rows.setdefault(key, []).append(world)
        if isinstance(given.get("python_requires"), str):
            pythons.setdefault(given["python_requires"], []).append(world)
    worlds = [world for world, _ in found]
    passed.rows = [Row(text, extra, _marker(there, worlds)) for (extra, text), there in rows.items()]
    passed.python = [Row(text, "", _marker(there, worlds)) for text, there in pythons.items()]


def _rows(given: dict[str, Any], passed: Passed) -> Iterator[tuple[str, str]]:
    """Yield extra and text of every requirement; an extra `name:marker` of setuptools keeps its marker in the text."""
    for text in _strings(given.get("install_requires")):
        yield "", text
    extras = given.get("extras_require")
    for name, listed in extras.items() if isinstance(extras, dict) else ():
        extra, _, marker = str(name).partition(":")
        if listed is _UNKNOWN:
            passed.problems["build script: an extra that is not understood"] = 1
        for text in _strings(listed):
            yield extra, f"{text}; {marker}" if marker else text


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple | set) else []


def _marker(there: list[World], worlds: list[World]) -> str:
    """Return the marker that holds in the worlds in which a row is there, and in no other of all."""
    if len(there) == len(worlds):
        return ""
    asked = dict.fromkeys(marker for world in worlds for marker in world)
    parts = []
    for marker in asked:
        values = {world[marker] for world in there if marker in world}
        if len(values) == 1 and any(world.get(marker) not in {None, *values} for world in worlds if world not in there):
            parts.append(_text(marker, values.pop()))
    return " and ".join(parts)


def _text(marker: Marker, holds: bool) -> str:
    variable, operator, value = marker
    return f'{variable} {operator if holds else _INVERSE[operator]} "{value}"'


class _Unknown:
    pass


_UNKNOWN: Any = _Unknown()


class _Run:
    """One evaluation of the script, in a world that decides the first of its tests."""

    def __init__(self, assumed: World, setups: Callable[[str], bool]) -> None:
        self.world: World = {}
        self.asked: list[Marker] = []
        self.given: dict[str, Any] = {}
        self.problems: dict[str, int] = {}
        self._assumed = assumed
        self._setups = setups
        self._names: dict[str, Any] = {
            BUDGET: Budget(_STEPS),
            "__name__": "__main__",
            "sys": Record(version_info=_VersionInfo(self.decide), platform=_Symbol("sys_platform", self.decide)),
            "os": Record(name=_Symbol("os_name", self.decide)),
            "platform.system": lambda: _Symbol("platform_system", self.decide),
            "re.findall": _findall,
            "range": lambda *bounds: list(range(*bounds)[:_LONGEST_LOOP]),
            "max": max,
            "min": min,
            "dict": lambda value=(): dict(value),
        }

    def decide(self, marker: Marker) -> bool:
        """Return how a test turns out in this world."""
        if marker not in self.world:
            self.asked.append(marker)
            self.world[marker] = self._assumed.get(marker, True)
        return self.world[marker]

    def block(self, statements: Sequence[st.Statement]) -> None:
        """Evaluate statements in order."""
        for statement in statements:
            try:
                self._statement(statement)
            except NotUnderstood:
                self._forget(statement)
            except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError):
                self._forget(statement)

    def _statement(self, statement: st.Statement) -> None:
        match statement:
            case st.Assign(targets=targets, value=value):
                found = self._value(value)
                for target in targets:
                    self._bind(target, found)
            case st.Augment(target=target, operator="+", value=value):
                before, added = self._value(target), self._value(value)
                self._bind(target, before + added)
            case st.If(test=test, body=body, orelse=orelse):
                self.block(body if self._value(test) else orelse)
            case st.For(target=target, iterable=iterable, body=body):
                for item in list(self._value(iterable))[:_LONGEST_LOOP]:
                    self._bind(target, item)
                    self.block(body)
            case st.Function(name=name):
                self._names[name] = self._function(statement)
            case st.With(body=body) | st.Try(body=body):
                self.block(body)
            case st.Evaluate(value=ex.Call() as call):
                self._called(call)

    def _value(self, expression: ex.Expression) -> Any:
        value = evaluate(expression, self._names)
        if value is _UNKNOWN:
            raise NotUnderstood("a value that is not known")
        return value

    def _bind(self, target: ex.Expression, value: Any) -> None:
        match target:
            case ex.Name(name=name):
                self._names[name] = value
            case ex.Subscript(value=ex.Name(name=name), index=index):
                self._names[name][evaluate(index, self._names)] = value
            case ex.Sequence(items=items):
                for part, piece in zip(items, value, strict=True):
                    self._bind(part, piece)

    def _function(self, statement: st.Function) -> Callable[..., Any]:
        returned = [part.value for part in statement.body if isinstance(part, st.Return)]

        def call(*values: Any) -> Any:
            if len(returned) != 1 or returned[0] is None:
                raise NotUnderstood("a function of more than one return")
            names = dict(self._names)
            rest = list(values)
            for parameter in statement.parameters:
                if parameter.kind == "vararg":
                    names[parameter.name], rest = rest, []
                elif rest:
                    names[parameter.name] = rest.pop(0)
                elif parameter.default is not None:
                    names[parameter.name] = evaluate(parameter.default, self._names)
            return evaluate(returned[0], names)

        return call

    def _called(self, call: ex.Call) -> None:
        name = ex.dotted(call.function)
        if name is not None and self._setups(name.rpartition(".")[2]):
            self._passed(call)
            return
        match call:
            case ex.Call(function=ex.Attribute(value=receiver, name=method), arguments=(ex.Argument(value=value),)):
                collection = self._value(receiver)
                if isinstance(collection, list) and method in {"append", "extend"}:
                    getattr(collection, method)(self._value(value))
                elif isinstance(collection, dict) and method == "update":
                    collection.update(self._value(value))

    def _passed(self, call: ex.Call) -> None:
        for argument in call.arguments:
            if argument.star == "**":
                given: Any = self._value(argument.value)
                self.given.update({key: value for key, value in given.items() if key in _FIELDS})
            elif argument.keyword in _FIELDS:
                try:
                    self.given[argument.keyword] = self._value(argument.value)
                except (NotUnderstood, TypeError, ValueError, LookupError):
                    self.problems[f"build script: {argument.keyword} is not understood"] = 1

    def _forget(self, statement: st.Statement) -> None:
        targets: tuple[ex.Expression, ...] = ()
        if isinstance(statement, st.Assign):
            targets = statement.targets
        elif isinstance(statement, st.Augment):
            targets = (statement.target,)
        for target in targets:
            match target:
                case ex.Name(name=name):
                    self._names[name] = _UNKNOWN
                case ex.Subscript(value=ex.Name(name=name), index=ex.Constant(value=key)):
                    table = self._names.get(name)
                    if isinstance(table, dict):
                        table[key] = _UNKNOWN


def _findall(pattern: Any, text: Any) -> list[Any]:
    try:
        return regex.findall(pattern, text, timeout=1.0)
    except (regex.error, TimeoutError, TypeError):
        raise NotUnderstood("a pattern") from None


class _Symbol:
    """A fact of the building system: comparing it asks which world this is."""

    def __init__(self, variable: str, decide: Callable[[Marker], bool], prefix: str = "") -> None:
        self._variable = variable
        self._decide = decide
        self._prefix = prefix

    def _ask(self, operator: str, other: object) -> bool:
        return self._decide((self._variable, operator, f"{self._prefix}{other}"))

    def __eq__(self, other: object) -> bool:
        return self._ask("==", other)

    def __ne__(self, other: object) -> bool:
        return not self._ask("==", other)

    def __lt__(self, other: object) -> bool:
        return self._ask("<", other)

    def __ge__(self, other: object) -> bool:
        return not self._ask("<", other)

    def __gt__(self, other: object) -> bool:
        return not self._ask("<=", other)

    def __le__(self, other: object) -> bool:
        return self._ask("<=", other)

    __hash__ = None  # type: ignore[assignment]


class _VersionInfo(_Symbol):
    """`sys.version_info`, whole or its first two numbers, compared with a tuple; Python is 3."""

    def __init__(self, decide: Callable[[Marker], bool]) -> None:
        super().__init__("python_version", decide)
        self._minor = _Symbol("python_version", decide, "3.")
        self.fields: Mapping[str, Any] = {"major": 3, "minor": self._minor}

    def _ask(self, operator: str, other: object) -> bool:
        numbers = other if isinstance(other, tuple | list) else (other,)
        return self._decide(("python_version", operator, ".".join(map(str, numbers[:2]))))

    def __getitem__(self, index: object) -> Any:
        if isinstance(index, slice):
            return self
        if index in {0, 1}:
            return 3 if index == 0 else self._minor
        raise NotUnderstood("the release of Python's micro version")
