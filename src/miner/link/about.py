"""Which option, parameter or object a message is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from miner.formula.atom import Opaque, Parameter
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.link.option import CONSTANTS, NAME, RECEIVERS, Options, is_holder, kept_option, option_of
from miner.link.phrase import (
    ADDRESS,
    ASKED_FOR,
    BEGINS,
    CALLED_OPTION,
    CAUSE,
    CHANGED,
    CHOSEN,
    COMMON,
    COMPARED,
    COMPOUND,
    EXAMPLE,
    FIELD,
    GIVEN,
    HELD,
    IGNORED,
    INSTEAD,
    IT,
    ITSELF,
    KEYS,
    LISTED,
    MADE,
    MARKED,
    OF_CLASS,
    QUOTED,
    READ,
    SET_TO,
    SHORTEST,
    SILENCE,
    SUPERSEDING,
    TARGET,
    TELLING,
    TOLD,
    TYPED,
    USED,
    VALUED,
    VARIABLE,
    WITHOUT,
    WORD,
    Named,
    holds_options,
    is_own,
    is_spoken_of,
    place,
    shares_word,
    tells,
)
from miner.model.site import Guard

_NONE = RECEIVERS | CONSTANTS


def deprecated_name(message: str) -> str | None:
    """Return the name that a message calls deprecated: in quotes, or that it begins with if it can only be a name."""
    begins = BEGINS.match(message)
    name = option_of(begins[1]) if begins is not None and begins[1] else ""
    marked = MARKED.search(message) or GIVEN.match(message)
    found = next(filter(None, marked.groups()), None) if marked is not None else None
    quoted = option_of(found) if found is not None and found not in CONSTANTS else None
    return name if "_" in name else quoted


def object_of(owner: str) -> str:
    """Return the name of the object itself: the class, of a method like `__init__`."""
    return next(part for part in reversed(owner.split(".")) if not part.startswith("__"))


def options_of(when: Formula, names: Options, guards: Sequence[Guard]) -> dict[str, bool]:
    """Return what a message can be about, parameters and what its condition asks; each with whether it is asked for."""
    taken = dict.fromkeys((name for name in names.parameters if name not in _NONE), False)
    return taken | asked_options(when, names, guards)


def asked_options(when: Formula, names: Options, guards: Sequence[Guard]) -> dict[str, bool]:
    """Return the options in a condition, also in parts that are only quoted, each with whether it is asked for.

    Asked for is what a branch around the place compares with something or takes for true, not what it finds missing,
    nor what only an earlier exit asks.
    """
    found: dict[str, bool] = {}
    around = names.near(guards)
    for atom in atoms(when):
        match atom:
            case Parameter(param=name, op=operator, value=value) if not (option := kept_option(name)).startswith("_"):
                found[option] = (value is not None or operator is None) and option in around
            case Opaque(opaque=text):
                found.update((name, found.get(name, False)) for name in names.in_text(text))
    for name in around:
        found.setdefault(name, False)
    return {name: is_asked for name, is_asked in found.items() if name not in _NONE and name not in names.hidden}


def values_of(when: Formula) -> dict[str, str]:
    """Return the words that a condition compares options with: `mode` of `mode == "fast"`."""
    found: dict[str, str] = {}
    for atom in atoms(when):
        match atom:
            case Parameter(param=name, value=str(value)):
                found[kept_option(name)] = value
            case Opaque(opaque=text):
                found.update((kept_option(name), value) for name, value in COMPARED.findall(text))
    return found


class Text(NamedTuple):
    """A message, with what it can be about, the names at its place, and what is set beside it.

    `whole` is the object (`owner`, or its class) that it is about where nothing else is named. `values` are words that
    options are compared with, `constants` those that the tests around it ask for, `machine` what the condition asks of
    the machine; `known` are all names that users of the library meet. Of a deprecation, `replacement` is what is to be
    used instead; of an override, what is set is what it is about.
    """

    message: str
    options: dict[str, bool]
    names: Options
    owner: str
    whole: str
    action: str
    is_deprecation: bool = False
    replacement: str | None = None
    is_override: bool = False
    values: Mapping[str, str] = MappingProxyType({})
    constants: frozenset[str] = frozenset()
    machine: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


def subject_of(text: Text) -> str:
    """Return what a message is about: what the first rule says that has an answer, else the whole object.

    What the message itself says it is about comes first (`Passing "x" ...`), then names that can only be options, the
    surest first: in quotes, in fields, with a value; then what the condition asks for or a branch sets, where the
    message speaks of it; words that are options; a name in quotes; and what it says of the machine.
    """
    message = _Message(text)
    return next((name for rule in _RULES for name in rule(message)), text.whole)


class _Message:
    """A message under reading: the rules are its methods, each yields the names that it finds, the likeliest first."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.options = text.options
        self.names = text.names
        self.message = text.message[:READ]
        self.said = LISTED.sub(" ", EXAMPLE.sub(" ", ADDRESS.sub(" ", MADE.sub(" ", self.message))))
        self.other = (text.replacement or "").removesuffix("()")
        turns = (turn.start() for turn in INSTEAD.finditer(self.said) if turn.start() >= TELLING)
        old = self.said[: next(turns, None)] if text.is_deprecation else ""
        self.is_told = len(old) >= TELLING
        self.opening = old if self.is_told else self.said
        self.first = Named.in_text(old if self.is_told else CAUSE.split(self.said)[0], self.options, self.other)
        self.all = Named.in_text(self.said, self.options, self.other)
        self.set = [
            (target, name) for target in TARGET.findall(text.action) if (name := self.names.named(target)) is not None
        ]

    @cached_property
    def fields(self) -> list[str]:
        """The names in the fields, dotted or not, in their order."""
        shown = (CHOSEN.sub(" ", field[1:]) for field in FIELD.findall(self.message))
        return [name for field in shown for name in NAME.findall(field)]

    @cached_property
    def shown(self) -> list[tuple[str, str]]:
        """The names in the fields that stand for options, with those."""
        return [(name, found) for name in self.fields for found in self.names.in_text(name)]

    @cached_property
    def typed(self) -> frozenset[str]:
        """The names in fields that show what something is an instance of."""
        fields = filter(TYPED.search, FIELD.findall(self.message))
        return frozenset(name for field in fields for name in NAME.findall(field[1:]))

    @cached_property
    def plain(self) -> list[tuple[str, str]]:
        """Those of them that are options by their own name."""
        return [
            (name, found)
            for name, found in self.shown
            if found == option_of(name) and ("_" in found or len(found) > SHORTEST)
        ]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names that are only keys of something, or of a module: `numpy.ndarray`."""
        keys = (name for names in KEYS.findall(self.message) for name in WORD.findall(names))
        quoted = [name.split(".") for name in QUOTED.findall(self.message)]
        foreign = {parts[-1] for parts in quoted if len(parts) > 1 and not any(map(is_holder, parts[:-1]))}
        return frozenset(keys) | foreign - {parts[-1] for parts in quoted if len(parts) == 1}

    @cached_property
    def asked(self) -> list[str]:
        """The options that the condition asks for."""
        return [name for name, is_asked in self.options.items() if is_asked and not is_holder(name)]

    def of_its_class(self) -> Iterator[str]:
        """Yield the object, where a deprecation says so of its class, or the function, of itself."""
        if self.text.is_deprecation and OF_CLASS.match(self.message):
            yield self.text.whole
        if self.text.is_deprecation and ITSELF.match(self.message):
            yield object_of(self.text.owner)

    def given(self) -> Iterator[str]:
        """Yield the option that the message begins with, as being given, set or used."""
        given = GIVEN.match(self.message)
        if given is not None and given[1] not in CONSTANTS:
            yield option_of(given[1])
        known = {*self.options, *(name for _, name in self.set)}
        valued = VALUED.match(self.message)
        if valued is not None and (valued[1] in known or "_" in valued[1]):
            yield valued[1]
        yield from (name for name in map(option_of, SET_TO.findall(self.said)) if name in known)
        yield from (name for name in USED.findall(self.message) if name in self.options and not is_holder(name))

    def affected(self) -> Iterator[str]:
        """Yield the option that the message says is ignored, or is to be made more or less."""
        for pattern in (IGNORED, CHANGED):
            for match in pattern.finditer(self.said):
                yield from (name for name in map(option_of, filter(None, match.groups())) if name in self.options)

    def deprecated(self) -> Iterator[str]:
        """Yield what a deprecation calls deprecated by its name."""
        begins = BEGINS.match(self.said) if self.text.is_deprecation else None
        if begins is not None and (
            begins[2] or begins[1] in self.options or not begins[1].isalpha() or COMPOUND.search(begins[1])
        ):
            yield option_of(begins[1] or begins[2])
        if self.text.is_deprecation:
            yield from (name for name in WITHOUT.findall(self.said) if name in self.options)
            yield from (option_of(name) for names in MARKED.findall(self.said) for name in names if name)
            replaced = (name.replace("-", "_") for names in SUPERSEDING.findall(self.said) for name in names if name)
            yield from (option_of(name) for name in replaced if name != self.other)

    def quoted_options(self) -> Iterator[str]:
        """Yield quoted names that are options, or fields of what is shown, or that the branch sets."""
        fields = {option_of(name) for name in self.fields if "." in name}
        known = self.options.keys() | {name for _, name in self.set}
        yield from (name for name in self.first.quoted if name in known)
        yield from (name for name in self.all.quoted if name in known or name in fields)
        for name in self.all.quoted:  # `size` is said of what is called `max_size`
            called = [option for option in self.options if option.partition("_")[2] == name]
            yield from called if len(called) == 1 and "_" in name else ()

    def called_options(self) -> Iterator[str]:
        """Yield what the message calls an option, an argument or the like."""
        yield from (name for name in CALLED_OPTION.findall(self.said) if name in self.options)

    def shown_and_asked(self) -> Iterator[str]:
        """Yield options that are shown in a field: parameters that the branch sets, then those that are asked for."""
        own = ((name, found) for name, found in self.plain if is_own(name, found) and name not in self.typed)
        found = [each for _, each in own]
        yield from (each for each in found if each in {name for _, name in self.set} and each in self.names.parameters)
        yield from (each for each in found if self.options.get(each))

    def variables(self) -> Iterator[str]:
        """Yield variables of the environment, and constants that a test around asks for."""
        found = VARIABLE.finditer(SILENCE.sub(" ", self.opening))
        yield from (name for each in found for name in each.groups() if name and name != self.other)
        yield from (word for word in self.all.words if word in self.text.constants)

    def shown_options(self) -> Iterator[str]:
        """Yield options that are shown in a field; of one that only says which object it is, what holds it."""
        for name, found in sorted(self.plain, key=lambda each: each[1] not in self.names.parameters):
            if is_own(name, found) and not is_holder(found):
                holder = option_of(name.rpartition(".")[0])
                is_told = self.options.get(found) or shares_word(found, self.all.words)
                if self.text.is_deprecation or (tells(found) and name not in self.typed and is_told):
                    yield found
                elif "_" in holder and found == option_of(name):
                    yield holder

    def asked_for(self) -> Iterator[str]:
        """Yield what the message says is to be given, by a name that can only be that of an option."""
        if not self.text.is_deprecation:
            yield from (name for names in ASKED_FOR.findall(self.said) for name in names if name)

    def quoted_deprecated(self) -> Iterator[str]:
        """Yield the quoted names of a deprecation."""
        if self.text.is_deprecation:
            yield from (*self.first.quoted, *(() if self.is_told else self.all.quoted))

    def written_options(self) -> Iterator[str]:
        """Yield options that stand in the text as names, with a value, or in words, and names that are like options."""
        yield from (name for name in self.all.unlike_words if name in self.options)
        yield from self.first.given
        lower = self.opening.lower()
        plain = (name for name in sorted(self.options) if "_" in name and not is_holder(name))
        yield from (name for name in plain if name.replace("_", " ").lower() in lower)
        yield from (*self.first.like_options, *self.all.given)

    def shown_alike(self) -> Iterator[str]:
        """Yield options behind what a field shows, where its name or the message has a word of them."""
        for name, found in self.shown:
            is_alike = found in name.split(".") or shares_word(found, [*self.all.words, name])
            is_told = tells(found) or found in self.names.parameters
            if is_alike and is_told and not is_holder(found) and is_own(name, found):
                yield found

    def asked_and_spoken_of(self) -> Iterator[str]:
        """Yield options that the condition asks for, all words of which the message has."""
        yield from (name for name in self.asked if is_spoken_of(name, self.all.words))

    def set_options(self) -> Iterator[str]:
        """Yield options that the branch sets: of an override, or of which the message has a word."""
        for target, name in self.set:
            is_held = any(map(holds_options, target.split(".")[:-1]))
            if self.text.is_override or is_held or shares_word(name, self.all.words):
                yield name

    def asked_options(self) -> Iterator[str]:
        """Yield options that the condition asks for, where the message only points, names their value, or a word."""
        words = self.all.words
        only_points = IT.match(self.said) or sum(len(word) > SHORTEST for word in words) < TOLD
        for name in self.asked:
            if only_points or self.text.values.get(name) in words or shares_word(name, words):
                yield name

    def worded_options(self) -> Iterator[str]:
        """Yield options, whatever the condition asks, that the message has the words of."""
        listed = [name for name in self.options if not is_holder(name)]
        yield from (name for name in listed if name not in COMMON and is_spoken_of(name, self.all.words))
        yield from (word for word in self.all.words if word in listed and len(word) > SHORTEST and word not in COMMON)

    def quoted_names(self) -> Iterator[str]:
        """Yield quoted names in small letters, then what is held and shown, then names that are like options.

        A name that no user meets is one of something within the function; what is deprecated may be gone.
        """
        quoted = (name for name in self.first.quoted if name.islower() and name[0] != "_")
        held = (name for name in HELD.findall(self.message) if tells(name))
        for name in (*quoted, *held, *self.all.like_options):
            is_met = name in self.text.known or f"self.{name}" in self.message
            if self.text.is_deprecation or (is_met and name not in self.keys):
                yield name

    def shown_objects(self) -> Iterator[str]:
        """Yield the parameters in fields that say which object it is, and options of a part of it."""
        yield from (found for _, found in self.plain if found in self.names.parameters and not is_holder(found))
        yield from (found for _, found in self.plain if not is_holder(found) and tells(found))

    def quoted_classes(self) -> Iterator[str]:
        """Yield any name in quotes."""
        yield from (name for name in self.all.quoted if not self.is_told and name not in self.keys)

    def worded_holders(self) -> Iterator[str]:
        """Yield what holds options, where the message has it in words: `the generation config`."""
        lower = self.said.lower()
        held = (name for name in self.options if "_" in name and is_holder(name))
        yield from (name for name in held if name.replace("_", " ").lower() in lower)

    def of_machine(self) -> Iterator[str]:
        """Yield the packages and devices that the condition asks for and the message names, the first first."""
        lower = self.said.lower()
        places = ((place(name.lower(), lower), name) for name in self.text.machine)
        if not self.text.is_deprecation:
            yield from (name for at, name in sorted(places) if at >= 0)


_RULES: tuple[Callable[[_Message], Iterator[str]], ...] = (
    _Message.of_its_class,
    _Message.given,
    _Message.deprecated,
    _Message.affected,
    _Message.quoted_options,
    _Message.called_options,
    _Message.shown_and_asked,
    _Message.variables,
    _Message.shown_options,
    _Message.asked_for,
    _Message.quoted_deprecated,
    _Message.written_options,
    _Message.shown_alike,
    _Message.asked_and_spoken_of,
    _Message.set_options,
    _Message.asked_options,
    _Message.worded_options,
    _Message.quoted_names,
    _Message.shown_objects,
    _Message.quoted_classes,
    _Message.worded_holders,
    _Message.of_machine,
)
