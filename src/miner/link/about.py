"""Which option, parameter or object a message is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from miner.formula.atom import Opaque, Parameter
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms

FIELD = re.compile(r"\{[^{}]*\}")
QUOTED = re.compile(r"[`'\"](?:--)?([A-Za-z_][\w.]*)(?:\s*=[^`'\"]*|\(\))?[`'\"]")
WORD = re.compile(r"[A-Za-z_]\w*(?!\.?\w)")
TARGET = re.compile(r"(?:^|; )([A-Za-z_][\w.]*)\s*(?::[^=;]*)?=(?!=)")
"""What an assignment, or one of several, sets."""
_FILES = (".json", ".jinja", ".txt", ".py", ".md", ".bin", ".yaml", ".yml", ".safetensors", ".gguf", ".html")
RECEIVERS = frozenset({"self", "cls", "args", "kwargs"})
CONSTANTS = frozenset({"None", "True", "False"})
_NAME = re.compile(r"(?<![\w.'\"])[A-Za-z_][\w.]*(?![\w.(\[])(?=[ ,)}]|$)")
"""A name in the text of an expression that is neither called nor within quotes."""
_HELD = re.compile(r"\{(?:self|cls|\w*config)\.([A-Za-z_]\w*)\}")
"""A field of a template that is an attribute of the object itself, or of what holds its options."""
_MARKED = re.compile(
    r"[`'\"]([A-Za-z_][\w.]*)[^`'\"]{0,3}[`'\"](?:\s+\w+){0,3}?\s+(?:is|are|was|were|has been)\s+deprecated"
)
"""What a message says is deprecated, by its name."""
_GIVEN = re.compile(
    r"\s*(?:Passing|Providing|Specifying|Setting)\s+(?:the |an? )?(?:argument |parameter |option |keyword )?"
    r"[`'\"]([A-Za-z_][\w.]*)"
)
"""What a message begins with that is about giving an option."""


def option_of(name: str) -> str:
    """Return the last part of a dotted name: `use_cache` of `self.config.use_cache`."""
    return name.rpartition(".")[2]


def object_of(owner: str) -> str:
    """Return the name of the object itself: the class, of a method like `__init__`."""
    return next(part for part in reversed(owner.split(".")) if not part.startswith("__"))


def options_of(when: Formula, parameters: Iterable[str]) -> dict[str, bool]:
    """Return what a message can be about: what its condition asks, and parameters; each with whether it is asked for.

    Asked for is what the condition compares with something or takes for true, not what it finds missing.
    """
    found = dict.fromkeys(parameters, False)
    for atom in atoms(when):
        match atom:
            case Parameter(param=name, op=operator, value=value):
                found[option_of(name)] = value is not None or operator is None
            case Opaque(opaque=text):
                found.update((option_of(name), found.get(option_of(name), False)) for name in _NAME.findall(text))
    return {name: is_asked for name, is_asked in found.items() if name not in RECEIVERS | CONSTANTS}


def subject_of(
    message: str, options: dict[str, bool], owner: str, action: str, *, is_deprecation: bool, replacement: str | None
) -> str:
    """Return what a message of `owner` is about; `action` is what is set beside it.

    That is the option that it begins with, as being given (`Passing "x" ...`); of a deprecation, the name that the
    message calls deprecated. Else the first that there is of: a quoted
    name that is an option; an option that is shown in a field; in a deprecation, a quoted name but the replacement; a
    word that is an option and can only be a name; an option in words; an option that the condition asks for; a word
    that is an option; what is set; a quoted name, classes last; an attribute that is shown; the object itself.
    """
    return next(_ranked(message, options, owner, action, is_deprecation=is_deprecation, replacement=replacement))


def _ranked(
    message: str, options: dict[str, bool], owner: str, action: str, *, is_deprecation: bool, replacement: str | None
) -> Iterator[str]:
    said = FIELD.sub(" ", message)
    other = (replacement or "").removesuffix("()")
    words = [word for word in WORD.findall(said) if word != other]
    names = [word for word in words if "_" in word.strip("_")]
    found = (name for name in QUOTED.findall(said) if name not in CONSTANTS and name != other)
    quoted = [option_of(name) for name in found if not name.endswith(_FILES)]
    shown = [option_of(name) for field in FIELD.findall(message) for name in _NAME.findall(field[1:])]
    marked = _MARKED.search(said) if is_deprecation else None
    given = _GIVEN.match(message)
    if given is not None and given[1] not in CONSTANTS:
        yield option_of(given[1])
    if marked is not None:
        yield option_of(marked[1])
    yield from (name for name in quoted if name in options)
    yield from (name for name in shown if name in options and ("_" in name or len(name) > 3))
    yield from quoted if is_deprecation else ()
    yield from (name for name in names if name in options)
    lower = said.lower()
    yield from (name for name in sorted(options) if "_" in name and name.replace("_", " ").lower() in lower)
    yield from (name for name, is_asked in options.items() if is_asked)
    yield from (word for word in words if word in options and len(word) > 3)
    yield from (option_of(name) for name in TARGET.findall(action))
    yield from (name for name in quoted if name[0].islower())
    yield from (name for name in names if name.islower())
    yield from quoted
    yield from _HELD.findall(message)
    yield object_of(owner)
