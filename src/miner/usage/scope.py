"""What names hold at a place in a program, as far as a library is concerned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from miner.model import expression as ex


@dataclass(frozen=True)
class Held:
    """What a name holds: something of the library by its absolute name, or an object of that class.

    `is_member`: it is an attribute of such an object, and what it returns is not known. `is_derived`: it is a class of
    the program; `own` are the members that it defines itself, and that are none of the library's then.
    """

    name: str
    is_object: bool = False
    is_member: bool = False
    is_derived: bool = False
    own: frozenset[str] = frozenset()

    def made(self) -> Held:
        """Return an object of this class."""
        return Held(self.name, is_object=True, own=self.own)


@dataclass(eq=False)
class Scope:
    """The names of a block: what it binds hides what is around it; None hides without holding anything known.

    Attributes of `self` are kept for all methods of a class. `flags` are names that hold what a test for a release
    says.
    """

    outer: Scope | None = None
    names: dict[str, Held | None] = field(default_factory=dict)
    attributes: dict[str, Held] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)

    def flag(self, name: str) -> bool | None:
        """Return what a test for a release that a name holds says; None where it holds none."""
        if name in self.flags:
            return self.flags[name]
        return self.outer.flag(name) if self.outer is not None and name not in self.names else None

    def has_flag(self, words: Iterable[bytes]) -> bool:
        """Say whether one of some words may be a name that holds such a test."""
        is_own = any(name.encode() in words for name in self.flags)
        return is_own or (self.outer is not None and self.outer.has_flag(words))

    def inner(self) -> Scope:
        """Return the scope of a definition within this one; it shares the attributes of `self`."""
        return Scope(self, attributes=self.attributes)

    def of_class(self) -> Scope:
        """Return the scope of a class within this one, with attributes of its own."""
        return Scope(self)

    def get(self, name: str) -> Held | None:
        """Return what a name holds."""
        if name in self.names:
            return self.names[name]
        return self.outer.get(name) if self.outer is not None else None

    def mentions(self, words: Iterable[str]) -> bool:
        """Say whether one of some words is a name, or an attribute of `self`, that holds something."""
        return any(word in self.attributes or self.get(word) is not None for word in words)

    def bind(self, target: ex.Expression, held: Held | None) -> None:
        """Bind the target of an assignment: a name, an attribute of `self`, or several names, which hold nothing."""
        match target:
            case ex.Name(name=name):
                self.names[name] = held
            case ex.Attribute(value=ex.Name(name="self"), name=name):
                if held is not None:
                    self.attributes[name] = held
                else:
                    self.attributes.pop(name, None)
            case ex.Sequence(items=items):
                for item in items:
                    self.bind(item, None)
            case ex.Starred(value=value):
                self.bind(value, None)

    def resolve(self, expression: ex.Expression) -> Held | None:
        """Return what an expression holds; of a call, the object that it makes where that can be told."""
        match expression:
            case ex.Name(name=name):
                return self.get(name)
            case ex.Attribute(value=ex.Name(name="self"), name=name) if name in self.attributes:
                return self.attributes[name]
            case ex.Attribute(value=value, name=name):
                held = self.resolve(value)
                if held is None or name in held.own:
                    return None
                return Held(f"{held.name}.{name}", is_member=held.is_object)
            case ex.Call(function=ex.Name(name="super"), arguments=()):
                held = self.get("self")
                return Held(held.name, is_object=True) if held is not None else None  # what the class hides, too
            case ex.Call(function=function):
                made = self.resolve(function)
                return None if made is None or made.is_object or made.is_member else _made(made)
        return None


def _made(called: Held) -> Held | None:
    """Return the object that a call makes: of a class, or of the class whose method is called (`Model.load(...)`)."""
    parts = called.name.split(".")
    while parts and not parts[-1].lstrip("_")[:1].isupper():
        parts.pop()
    return Held(".".join(parts), is_object=True, own=called.own) if parts else None


def calls_and_reads(expression: object) -> Iterator[ex.Call | ex.Expression]:
    """Yield the calls in an expression, and the names and chains of attributes that are not what is called."""
    match expression:
        case ex.Call(function=function, arguments=arguments):
            yield expression
            receiver = function.value if isinstance(function, ex.Attribute) else None
            if receiver is not None and not isinstance(receiver, ex.Name | ex.Attribute):
                yield from calls_and_reads(receiver)
            elif not isinstance(function, ex.Name | ex.Attribute):
                yield from calls_and_reads(function)
            for argument in arguments:
                yield from calls_and_reads(argument.value)
        case ex.Attribute(value=value):
            yield expression
            if not isinstance(value, ex.Name | ex.Attribute):
                yield from calls_and_reads(value)
        case ex.Name():
            yield expression
        case tuple():
            for part in expression:
                yield from calls_and_reads(part)
        case _ if hasattr(expression, "__struct_fields__"):
            for name in expression.__struct_fields__:
                yield from calls_and_reads(getattr(expression, name))
