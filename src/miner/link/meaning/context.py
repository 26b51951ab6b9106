"""What the parts of the interpreter share: the vocabulary, what is known on the path, what was met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from miner.detect.idiom import Idioms
from miner.formula.atom import ComputeCapability, Module, Package, Python
from miner.formula.connective import Formula
from miner.link.meaning.fact import Facts
from miner.link.meaning.outcome import Scope
from miner.link.meaning.trace import Trace
from miner.link.meaning.tree import choose, restrict
from miner.link.meaning.value import Choice, Raised, Subject, Unknown, Value

if TYPE_CHECKING:
    from miner.link.meaning.evaluate import Evaluator
    from miner.link.meaning.execute import Executor
    from miner.link.meaning.names import Names
    from miner.link.meaning.routine import Caller

BUDGET = 60_000
"""Steps for one meaning: the largest of transformers takes 4,000."""


@dataclass
class Frame:
    """A running function or module: its names, the scopes it closes over, where it is."""

    module: str
    name: str
    scope: Scope
    scopes: tuple[Scope, ...] = ()
    is_module: bool = False

    def fork(self) -> Frame:
        """Return the same frame with names of its own, for one arm of a decision."""
        return Frame(self.module, self.name, dict(self.scope), self.scopes, self.is_module)


@dataclass
class Guard:
    """A try statement that is running: whether it takes any failure of a call, and whether one was noted."""

    takes_failures: bool
    is_noted: bool = False


@dataclass
class Context:
    """Shared state; the four parts are set once by `Meanings`."""

    idioms: Idioms
    facts: Facts = field(default_factory=Facts)
    trace: Trace = field(default_factory=Trace)
    tries: list[Guard] = field(default_factory=list)
    steps: int = BUDGET
    evaluator: Evaluator = field(init=False)
    executor: Executor = field(init=False)
    caller: Caller = field(init=False)
    names: Names = field(init=False)

    @contextmanager
    def assume(self, fact: Formula, *, holds: bool = True) -> Iterator[None]:
        """Within the block, `fact` is known."""
        before = self.facts
        self.facts = before if isinstance(fact, bool) else before.with_fact(before.simplify(fact), holds=holds)
        try:
            yield
        finally:
            self.facts = before

    def bind(self, value: Value, function: Callable[[Value], Value]) -> Value:
        """Apply `function` to every value that `value` can be on this path; exceptions pass through."""
        self.steps -= 1
        if isinstance(value, Choice):
            test = self.facts.simplify(value.test)
            if isinstance(test, bool):
                return self.bind(value.then if test else value.orelse, function)
            if self.steps < 0:
                return Unknown("", "too many cases")
            with self.assume(test):
                then = self.bind(value.then, function)
            with self.assume(test, holds=False):
                orelse = self.bind(value.orelse, function)
            return choose(test, then, orelse)
        return value if isinstance(value, Raised) else function(value)

    def bind_all(self, values: tuple[Value, ...], function: Callable[[tuple[Value, ...]], Value]) -> Value:
        """Apply `function` to every combination of values."""

        def rest(index: int, chosen: tuple[Value, ...]) -> Value:
            if index == len(values):
                return function(chosen)
            return self.bind(values[index], lambda value: rest(index + 1, (*chosen, value)))

        return rest(0, ())

    def here(self, value: Value) -> Value:
        """Return `value` as far as it is possible on this path."""
        return restrict(value, self.facts)

    def major(self, subject: Subject) -> int | None:
        """Return the first component of the version of a subject where the path fixes it."""
        match subject:
            case Subject("capability", device):
                return self.facts.major_of(ComputeCapability, None if device == "cuda" else device)
            case Subject("python"):
                return self.facts.major_of(Python)
        return self.facts.major(Package(package=subject.name)) if subject.name else None

    def is_module_known(self, module: str) -> bool:
        """Say whether the path condition holds that `module`, or its top package, can be imported."""
        return any(self.facts.simplify(Module(module=name)) is True for name in {module, module.partition(".")[0]})
