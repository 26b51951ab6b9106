"""Where a library uses the options of topics: the functions of the modules in which they count are read closely."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from miner.detect.file import matches
from miner.formula.canonical import canonical
from miner.formula.connective import Formula
from miner.link.catalog import Topic
from miner.link.condition import Conditions, Local
from miner.link.library import Library, Module, is_part
from miner.link.place import Place
from miner.link.routine import CloseReading
from miner.model.mention import Mention, Mentions, Way
from miner.model.site import Scope

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_KINDS = frozenset({"config", "configuration", "args", "arguments", "settings", "options"})
"""Words that say of a class or an object that it holds options."""
_STEM = 3
_TELLING: frozenset[Way] = frozenset({"taken", "set", "tested"})


@dataclass(frozen=True)
class Used:
    """One use of an option in the function `owner`, and the condition under which it is reached.

    `code` is where it stands, `follows` what runs where a test holds, `described` what a docstring says of it, with its
    words; `places` are all that the condition and the words stand on.
    """

    option: str
    way: Way
    owner: str
    to: str | None
    when: Formula
    code: Place
    follows: Place | None
    described: tuple[str, Place] | None
    places: tuple[Place, ...]


@dataclass(eq=False)
class OptionUses:
    """The uses of the options of some topics in a library; each file is read once, for all topics that it counts in.

    `holds` says whether a file holds one of some words; `classes` are patterns of names of classes that hold options.
    """

    library: Library
    conditions: Conditions
    close: CloseReading
    holds: Callable[[str, frozenset[str]], bool]
    topics: Sequence[Topic]
    classes: tuple[str, ...] = ()
    _known: dict[str, Mentions] = field(default_factory=dict)

    def of(self, topic: Topic) -> list[Used]:
        """Return the uses of the options of a topic in the modules, classes and functions that it counts in.

        Where that is a class that holds options, also the uses of fields of objects in the modules that import it that
        are called like it: `generation_config` of a `GenerationConfig`, `args` of arguments.
        Of an option that is an object, something of which is read or done there, only where it is taken, set or tested:
        elsewhere it is handed around.
        """
        options = frozenset(topic.options)
        found: dict[tuple[object, ...], tuple[Module, Mention]] = {}  # names may stand for a module twice
        objects: set[str] = set()
        for module, inner, held in self._within(topic.within):
            is_sole = bool(held) and sum(matches(each, self.classes) for each in module.imported) == 1
            if self.holds(module.path, options):
                mentions = self._mentions(module.path)
                objects |= mentions.objects
                mine = (each for each in mentions.found if each.option in options)
                meant = (each for each in mine if _is_meant(each, inner, held, is_sole=is_sole))
                found.update(((module.path, each.span, each.option, each.way), (module, each)) for each in meant)
        told = [(module, each) for module, each in found.values() if each.option not in objects or each.way in _TELLING]
        used = (each for module, mention in told for each in self._used(module, mention))
        return sorted(used, key=lambda each: (each.code.path, each.code.span, each.option))

    def _mentions(self, path: str) -> Mentions:
        if path not in self._known:
            self._known[path] = self.close.mentions(path, self._wanted[path])
        return self._known[path]

    @cached_property
    def _wanted(self) -> dict[str, frozenset[str]]:
        """The options that are looked for in a file, by its path."""
        found: dict[str, set[str]] = {}
        for topic in self.topics:
            for module, _, _ in self._within(topic.within):
                found.setdefault(module.path, set()).update(topic.options)
        return {path: frozenset(options) for path, options in found.items()}

    def _within(self, within: Iterable[str]) -> Iterator[tuple[Module, str, str]]:
        """Yield the packaged modules that some names stand for, each with the name within it that is meant, if any, or
        the class of which objects are held there.
        """
        for name in within:
            parts = name.split(".")
            home = next((end for end in range(len(parts), 0, -1) if ".".join(parts[:end]) in self.library.modules), 0)
            if home == len(parts):
                yield from (
                    (module, "", "")
                    for each, module in self.library.modules.items()
                    if is_part(each, name) and self.library.is_packaged(module)
                )
            elif home:
                module = self.library.modules[".".join(parts[:home])]
                yield module, ".".join(parts[home:]), ""
                if matches(parts[-1], self.classes):
                    yield from ((each, "", parts[-1]) for each in self._importers(name) if each is not module)

    def _importers(self, qualname: str) -> Iterator[Module]:
        """Yield the packaged modules that import a class under its own name."""
        name = qualname.rpartition(".")[2]
        for module in self.library.modules.values():
            is_named = name in module.imported and self.library.is_packaged(module)
            if is_named and self.library.absolute(module, name) == qualname:
                yield module

    def _used(self, module: Module, mention: Mention) -> Iterator[Used]:
        owner = f"{module.name}.{mention.owner}"
        local = Local(mention.scope or Scope(), owner)
        understood = self.conditions.guards(module.name, mention.conditions, local)
        when = canonical(understood.formula)
        if when is False:
            return
        described = None
        places = [Place(module.path, guard.span, "guard") for guard in mention.conditions]
        places += [Place(module.path, statement.span, "binding") for statement in local.scope.statements]
        if mention.description is not None:
            described = mention.description[0], Place(module.path, mention.description[1], "message")
        yield Used(
            mention.option,
            mention.way,
            owner,
            mention.to,
            when,
            Place(module.path, mention.span, "site"),
            Place(module.path, mention.follows, "site") if mention.follows is not None else None,
            described,
            (*places, *understood.places),
        )


def _is_meant(mention: Mention, inner: str, held: str, *, is_sole: bool) -> bool:
    if held:
        return mention.holder is not None and is_called_like(mention.holder, held, is_sole=is_sole)
    return not inner or is_part(mention.owner, inner)


def is_called_like(holder: str, name: str, *, is_sole: bool) -> bool:
    """Say whether an object can be one of a class that holds options, by its name.

    They share a word, or its beginning: `gen_config` of a `GenerationConfig`. One without words is of arguments, or of
    the class where that is the sole one of its kind that is known there.
    """
    own = {word.lower()[:_STEM] for word in _WORDS.findall(name)}
    said = {word[:_STEM] for word in set(holder.rstrip("0123456789").split("_")) - _KINDS}
    return not said.isdisjoint(own) if said else is_sole or name.endswith(("Arguments", "Args"))
