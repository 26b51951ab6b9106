"""Which options and parameters the names at a place stand for; a local stands for what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from miner.model import expression as ex
from miner.model import statement as st
from miner.model.site import Guard, Scope

RECEIVERS = frozenset({"self", "cls", "args", "kwargs"})
CONSTANTS = frozenset({"None", "True", "False"})
_WORDING = frozenset({"detail", "details", "message", "msg", "reason", "hint", "prefix", "error", "err", "exc", "warn"})
"""How parameters are called that hold words of a message, or say whether there is one: no message is about those."""
_HOLDER = re.compile(r"(?:config|args|kwargs|options)\d*$")
"""How the names end of what holds options; by itself such a thing is no option."""
_TAKES = frozenset({"get", "pop", "setdefault"})
_ASIDE = frozenset({"value", "name", "type", "shape", "dtype", "__name__", "__class__"})
"""What is asked of a value, and is no field of what holds it."""
_ENCLOSING = frozenset({"if", "case"})
_DEEPEST = 4
NAME = re.compile(r"(?<![\w.'\"])[A-Za-z_][\w.]*(?![\w.(\[])(?=[ ,)}:]|$)")
"""A name in the text of an expression that is neither called nor within quotes."""


def option_of(name: str) -> str:
    """Return the last part of a dotted name: `use_cache` of `self.config.use_cache`."""
    return name.rpartition(".")[2]


def kept_option(name: str) -> str:
    """Return the option that a dotted name is of: also of a private field that a configuration keeps it in."""
    holder, _, field = name.rpartition(".")
    last = option_of(holder)
    is_kept = last not in RECEIVERS and is_holder(last) and not field.startswith("__")
    return field.removeprefix("_") if is_kept else field


def is_holder(name: str) -> bool:
    """Say whether a name is of something that holds options: `generation_config`, `kwargs`."""
    return name in RECEIVERS or _HOLDER.search(name) is not None


class Options:
    """What the names at one place stand for, given the parameters of the function that it is in, and its locals."""

    def __init__(self, parameters: Iterable[str], scope: Scope | None = None) -> None:
        """Take the names in reach of a place."""
        bound = scope.statements if scope is not None else ()
        taken = (*parameters, *(scope.parameters if scope is not None else ()))
        self.parameters = dict.fromkeys(name for name in taken if name not in _WORDING and name.strip("_"))
        self.hidden: frozenset[str] = frozenset()
        self._values = {
            target.name: statement.value
            for statement in bound
            if isinstance(statement, st.Assign)
            for whole in statement.targets
            for target in (whole.items if isinstance(whole, ex.Sequence) else (whole,))
            if isinstance(target, ex.Name) and target.name not in self.parameters
        }

    def forget(self, names: Iterable[str]) -> None:
        """Let some parameters be none: they only hold what a function hands to another."""
        self.hidden = frozenset(names)
        for name in self.hidden:
            self.parameters.pop(name, None)

    def named(self, name: str, depth: int = 0) -> str | None:
        """Return the option that a name, dotted or not, stands for; None where it is none, or open which."""
        root, *between = name.split(".")
        if between:
            while between[-1] in _ASIDE and len(between) > 1:
                between.pop()
            field = between.pop()
            if any(map(is_holder, (root, *between))):
                field = kept_option(name) if depth == 0 and field == option_of(name) else field
                return field if field[:1].islower() else None
            return root if root in self.parameters else None
        if root in self._values and depth < _DEEPEST:
            return self._made_of(root, depth)
        return root if root in self.parameters and root not in RECEIVERS else None

    def in_text(self, text: str) -> Iterator[str]:
        """Yield the options that the text of an expression names, in the order of the text."""
        yield from filter(None, map(self.named, NAME.findall(text)))

    def within(self, node: object, depth: int = 0) -> Iterator[str]:
        """Yield the options that an expression is made of."""
        match node:
            case ex.Call(function=ex.Attribute(value=ex.Name(name=holder), name=method), arguments=(first, *_)) if (
                method in _TAKES and is_holder(holder)
            ):
                yield from _text(first.value)
            case ex.Call(function=ex.Name("getattr"), arguments=(_, second, *_)):
                yield from _text(second.value)
            case ex.Subscript(value=ex.Name(name=holder), index=index) if is_holder(holder):
                yield from _text(index)
            case ex.Call(function=function, arguments=arguments):
                receiver = function.value if isinstance(function, ex.Attribute) else None
                yield from self.within((receiver, arguments) if ex.dotted(function) is None else arguments, depth)
                if isinstance(receiver, ex.Name) and receiver.name not in RECEIVERS:
                    yield from self.within(receiver, depth)
            case ex.Attribute(value=value):
                name = ex.dotted(node)
                found = self.named(name, depth) if name is not None else None
                if found is not None:
                    yield found
                elif not (isinstance(value, ex.Name) and is_holder(value.name)):
                    yield from self.within(value, depth)
            case ex.Conditional(body=body, orelse=orelse):
                yield from self.within((body, orelse), depth)
            case ex.Name(name=name):
                found = self.named(name, depth)
                if found is not None:
                    yield found
            case tuple():
                for part in node:
                    yield from self.within(part, depth)
            case msgspec.Struct():
                yield from self.within(msgspec.structs.astuple(node), depth)

    def near(self, guards: Sequence[Guard]) -> tuple[str, ...]:
        """Return the options in the tests of the branches that a place stands in, without the arms that are passed by.

        Of those the innermost counts.
        """
        around = [guard for guard in guards if guard.kind in _ENCLOSING]
        tests = (guard.test for guard in around if guard.holds or guard is around[-1])
        return tuple(dict.fromkeys(name for test in tests for name in self.within(test)))

    def _made_of(self, local: str, depth: int) -> str | None:
        found = dict.fromkeys(self.within(self._values[local], depth + 1))
        named = [name for name in found if not is_holder(name)] or list(found)
        alike = [name for name in named if _words(name) & _words(local)]
        return named[0] if len(named) == 1 else alike[0] if len(alike) == 1 else None


def _text(node: object) -> Iterator[str]:
    if isinstance(node, ex.Constant) and isinstance(node.value, str) and node.value.isidentifier():
        yield node.value


def _words(name: str) -> set[str]:
    return {word.removesuffix("s") for word in name.split("_") if word}
