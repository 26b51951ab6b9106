"""Functions and classes as calls reach them: methods by the order of bases, overrides, and what is called where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol

from miner.link.library import Library, Module
from miner.model import expression as ex
from miner.model import statement as st
from miner.model.mention import Mentions
from miner.model.routine import Call, Routine

Unresolved = Literal["a local", "an argument", "an attribute", "the result of a call", "another library", "a builtin"]
_DEEPEST = 24
_MOST_SUBCLASSES = 64


class CloseReading(Protocol):
    """Gives the routines of a file by their name within it, and the methods of its classes."""

    def routine(self, path: str, name: str) -> Routine | None:
        """Return a function or class of a file; None when there is none of that name."""

    def methods(self, path: str) -> dict[str, tuple[str, ...]]:
        """Return the methods that each class of a file defines itself."""

    def mentions(self, path: str, options: frozenset[str]) -> Mentions:
        """Return where the functions of a file use some options."""


@dataclass(frozen=True)
class Target:
    """What a call runs: a function or method of the snapshot, by its qualified name.

    `receiver` is what `self` of it is in the names of the caller, None where it is a new object or none. `created` is
    the class that is made.
    """

    qualname: str
    receiver: str | None = None
    created: str | None = None


@dataclass(eq=False)
class Routines:
    """The functions and classes of a library, read closely when they are asked for."""

    library: Library
    close: CloseReading
    unresolved: dict[str, int] = field(default_factory=dict)

    def home(self, qualname: str) -> tuple[Module, str] | None:
        """Return the module that a qualified name is defined in, and its name within that."""
        parts = qualname.split(".")
        for end in range(len(parts), 0, -1):
            module = self.library.modules.get(".".join(parts[:end]))
            if module is not None:
                return module, ".".join(parts[end:])
        return None

    def defined(self, name: str) -> str | None:
        """Return the qualified name of a class, function or method that is imported as `name`; None for another."""
        whole = self.library.followed(name)
        target = self._of_snapshot(whole)
        if not isinstance(target, Target):
            return None
        return target.created or target.qualname

    def routine(self, qualname: str) -> Routine | None:
        """Return a function, method or class by its qualified name; None when its file does not define it."""
        found = self.home(qualname)
        if found is None or not found[1]:
            return None
        module, name = found
        return self.close.routine(module.path, name)

    def is_class(self, qualname: str) -> bool:
        """Say whether a qualified name is that of a class of the snapshot."""
        return qualname in self.library.classes

    def ancestors(self, qualname: str) -> tuple[str, ...]:
        """Return a class and its bases, each before its own bases: the order in which a method is looked for."""
        found: dict[str, None] = {}
        waiting = [qualname]
        while waiting and len(found) < _DEEPEST:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting = [*self.library.bases(name), *waiting]
        return tuple(found)

    def methods(self, qualname: str) -> tuple[str, ...]:
        """Return the names of the methods that a class defines itself."""
        found = self.home(qualname)
        return self.close.methods(found[0].path).get(found[1], ()) if found is not None else ()

    def method(self, qualname: str, name: str, *, inherited: bool = False) -> str | None:
        """Return the qualified name of a method of a class, by the first class that defines it; `inherited`: of its
        bases alone.
        """
        for each in self.ancestors(qualname)[1 if inherited else 0 :]:
            if name in self.methods(each):
                return f"{each}.{name}"
        return None

    def overrides(self, qualname: str) -> tuple[str, ...]:
        """Return the methods of subclasses, at any depth, that take the place of a method.

        Of a class with more than 64 subclasses none: which of them is meant is anybody's guess, and is counted.
        """
        owner, _, name = qualname.rpartition(".")
        below: dict[str, None] = {}
        waiting = list(self._subclasses.get(owner, ()))
        while waiting:
            each = waiting.pop(0)
            if each not in below:
                below[each] = None
                waiting.extend(self._subclasses.get(each, ()))
        if len(below) > _MOST_SUBCLASSES:
            self.count("an override of one of many classes")
            return ()
        return tuple(f"{each}.{name}" for each in below if name in self.methods(each))

    def count(self, what: str) -> None:
        """Count a call that is not followed."""
        self.unresolved[what] = self.unresolved.get(what, 0) + 1

    @cached_property
    def _subclasses(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.library.classes:
            for base in self.library.bases(name):
                found.setdefault(base, []).append(name)
        return found

    def targets(self, owner: str, call: Call) -> Iterator[Target]:
        """Yield what a call in the function `owner` runs; count it when that is not known."""
        target = self._target(owner, call)
        if isinstance(target, Target):
            yield target
        else:
            self.count(target)

    def _target(self, owner: str, call: Call) -> Target | Unresolved:
        found = self.home(owner)
        function = call.call.function
        if found is None:
            return "another library"
        module, name = found
        if isinstance(function, ex.Attribute) and _is_super(function.value):
            method = self.method(f"{module.name}.{name.rpartition('.')[0]}", function.name, inherited=True)
            return Target(method, "self") if method is not None else "another library"
        path = ex.dotted(function)
        if path is None:
            return "the result of a call"
        return self._named(module, name, path, call)

    def _named(self, module: Module, name: str, path: str, call: Call) -> Target | Unresolved:
        head, _, rest = path.partition(".")
        scope = call.head
        if head in {"self", "cls"} and "." in name:
            if not rest or "." in rest:
                return "an attribute"
            method = self.method(f"{module.name}.{name.rpartition('.')[0]}", rest)
            return Target(method, head) if method is not None else "an attribute"
        if scope is not None and head in scope.parameters:
            return "an argument"
        whole = self.library.absolute(module, path)
        for statement in scope.statements if scope is not None else ():
            if isinstance(statement, st.Import):
                for binding in statement.bindings:
                    if binding.name == head:
                        base = module.absolute(statement.level, binding.target)
                        whole = self.library.followed(f"{base}.{rest}" if rest else base)
            elif isinstance(statement, st.Assign) and ex.Name(head) in statement.targets:
                return "a local"
        if scope is not None and head in scope.unknown:
            return "a local"
        if whole is None:
            return "a builtin" if "." not in path else "an attribute"
        return self._of_snapshot(whole)

    def _of_snapshot(self, whole: str) -> Target | Unresolved:
        if whole in self.library.classes:
            made = self.method(whole, "__init__") or self.method(whole, "__post_init__")
            return Target(made or whole, None, whole)
        owner, _, name = whole.rpartition(".")
        if owner in self.library.classes:
            method = self.method(owner, name)
            return Target(method, None) if method is not None else "an attribute"
        found = self.home(whole)
        if found is None or not found[1]:
            return "another library"
        return Target(whole) if found[1] in found[0].definitions else "a local"


def _is_super(expression: ex.Expression) -> bool:
    return isinstance(expression, ex.Call) and expression.function == ex.Name("super")
