"""The options in an expression: how each is used there, by what call, and past which tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from miner.detect.file import matches
from miner.model import expression as ex
from miner.model.mention import Way

_TAKES = frozenset({"get", "pop", "setdefault"})
_RECEIVERS = frozenset({"self", "cls"})
_OF_VALUES = frozenset(name for kind in (str, dict, list, set) for name in dir(kind) if not name.startswith("_"))
"""Methods of plain values; others make of an option an object that something is done with."""
Tests = tuple[tuple[ex.Expression, bool], ...]


@dataclass(frozen=True)
class Found:
    """One option in an expression: how it is used, by what call, and the tests in the expression that lead to it.

    `holder` is the object that holds options of which it is a field, by its name.
    """

    option: str
    way: Way
    to: str | None = None
    tests: Tests = ()
    holder: str | None = None


@dataclass(frozen=True)
class Reading:
    """What the parts of an expression are.

    `options` are those that are looked for, `names` those of them that a bare name stands for, `keywords` the keyword
    arguments that the function takes, and `holders` patterns of what holds options. `objects` collects the options of
    which something is read, or a method called that no plain value has; `held` gives for names
    that are bound from fields of holders what those are called.
    """

    options: frozenset[str]
    names: frozenset[str]
    keywords: frozenset[str]
    holders: tuple[str, ...]
    objects: set[str]
    held: Mapping[str, str] = field(default_factory=dict)

    def option(self, node: object) -> str | None:
        """Return the option that an expression is: a name, a field of what holds options, or one of its keys."""
        match node:
            case ex.Name(name=name):
                return name if name in self.names else None
            case ex.Attribute(value=value, name=name) if name in self.options:
                return name if self._holds_options(value) else None
            case ex.Subscript(value=value, index=index):
                return text_of(index, self.options) if self._holds_options(value) else None
            case ex.Call(function=ex.Name(name="getattr"), arguments=(_, second, *_)):
                return text_of(second.value, self.options)
            case ex.Call(function=ex.Attribute(value=value, name=method)) if method in _TAKES:
                return text_of(ex.argument_of(node, 0), self.options) if self._holds_options(value) else None
        return None

    def _holds_options(self, node: ex.Expression) -> bool:
        parts = (ex.dotted(node) or "").split(".")
        if len(parts) == 1 and parts[0] in self.keywords:
            return True
        return any(part in _RECEIVERS or matches(part, self.holders) for part in parts if part)

    def holder(self, node: object) -> str | None:
        """Return what the object is called that holds options of which an expression is a field: `config` of
        `self.config.depth`; also of a name that stands for one.
        """
        if isinstance(node, ex.Name):
            return self.held.get(node.name)
        parts = (ex.dotted(node) or "").split(".") if isinstance(node, ex.Attribute) else ()
        return next((part for part in reversed(parts[:-1]) if matches(part, self.holders)), None)

    def _base(self, node: ex.Expression) -> str | None:
        """Return the option that a chain of fields begins with."""
        option = self.option(node)
        while option is None and isinstance(node, ex.Attribute):
            node = node.value
            option = self.option(node)
        return option

    def _within(self, bound: set[str]) -> Reading:
        """Return how to read what a lambda or a comprehension says, which binds some names."""
        return replace(self, names=self.names - bound, keywords=self.keywords - bound)

    def found(self, node: object, way: Way, to: str | None = None, tests: Tests = ()) -> Iterator[Found]:
        """Yield the options in an expression; what is only shown in a text is not used."""
        option = self.option(node)
        if option is not None:
            yield Found(option, way, to, tests, self.holder(node))
            return
        match node:
            case ex.Formatted():
                return
            case ex.Attribute(value=value) if (base := self._base(value)) is not None:
                self.objects.add(base)
                return  # what an object holds is another thing than the object
            case ex.Call(function=ex.Name(name="getattr" | "hasattr"), arguments=(first, *_)) if (
                base := self._base(first.value)
            ) is not None:
                self.objects.add(base)
                return
            case ex.Conditional(test=test, body=body, orelse=orelse):
                yield from self.found(test, "tested", None, tests)
                yield from self.found(body, way, to, (*tests, (test, True)))
                yield from self.found(orelse, way, to, (*tests, (test, False)))
            case ex.Boolean(operator=operator, values=values):
                before = tests
                for value in values:
                    is_last = value is values[-1]
                    yield from self.found(value, way if is_last else "tested", to if is_last else None, before)
                    before = (*before, (value, operator == "and"))
            case ex.Call():
                yield from self._of_call(node, way, to, tests)
            case ex.Compare(left=ex.Constant(value=str(name)), operators=("in" | "not in",), comparators=(holder,)) if (
                name in self.options and self._holds_options(holder)
            ):
                yield Found(name, "tested", None, tests)
            case ex.Lambda(parameters=parameters, body=body):
                yield from self.found(tuple(each.default for each in parameters), way, to, tests)
                yield from self._within({each.name for each in parameters}).found(body, way, to, tests)
            case ex.Comprehension(target=target, iterable=iterable, conditions=conditions):
                inner = self._within(ex.names_in(target))
                yield from inner.found((node.key, node.element), way, to, tests)
                yield from self.found(iterable, way, to, tests)
                yield from inner.found(conditions, "tested", None, tests)
            case tuple():
                for part in node:
                    yield from self.found(part, way, to, tests)
            case _ if hasattr(node, "__struct_fields__"):
                for name in node.__struct_fields__:
                    yield from self.found(getattr(node, name), way, to, tests)

    def _of_call(self, call: ex.Call, way: Way, to: str | None, tests: Tests) -> Iterator[Found]:
        """Yield the options in a call: an argument is passed on, but within a test it is asked for."""
        function = call.function
        if isinstance(function, ex.Attribute):
            option = self.option(function.value)
            if option is None or function.name in _OF_VALUES:
                yield from self.found(function.value, way, to, tests)
            else:
                self.objects.add(option)
        callee = _callee(function)
        if way != "tested" and callee not in ex.INERT:
            way, to = "passed", callee
        for argument in call.arguments:
            yield from self.found(argument.value, way, to, tests)


def _callee(function: ex.Expression) -> str | None:
    """Return what is called, as it is written: a dotted name, or the method of something else; None for a result."""
    if isinstance(function, ex.Attribute) and ex.dotted(function) is None:
        is_super = isinstance(function.value, ex.Call) and function.value.function == ex.Name("super")
        return f"super().{function.name}" if is_super else function.name
    return ex.dotted(function)


def text_of(node: object, options: frozenset[str]) -> str | None:
    """Return the option whose name a text is."""
    return node.value if isinstance(node, ex.Constant) and node.value in options else None


def is_empty(value: ex.Expression) -> bool:
    """Say whether a value is a display of nothing, or a collection made of nothing else: `OrderedDict()`."""
    match value:
        case ex.Sequence(items=items) | ex.Mapping(items=items):
            return not items
        case ex.Call(function=function, arguments=arguments):
            name = (ex.dotted(function) or "").rpartition(".")[2]
            return (name[:1].isupper() or name in ex.INERT) and all(is_empty(each.value) for each in arguments)
    return False
