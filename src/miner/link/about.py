"""Which option, parameter or object a message is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

from miner.formula.atom import Opaque, Parameter
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.link.option import CONSTANTS, NAME, RECEIVERS, Options, is_holder, option_of
from miner.model.site import Guard

FIELD = re.compile(r"\{[^{}]*\}")
_MADE = re.compile(r"(?:(?<!\w)\w*_)?\{[^{}]*\}(?:_\w*)?")
"""A field, with the rest of the name that it is a part of: `hidden_{kind}_size`."""
QUOTED = re.compile(r"[`'\"](?:--)?([A-Za-z_][\w.]*)(?:\s*=[^`'\"]*|\(\))?[`'\"]")
WORD = re.compile(r"[A-Za-z_]\w*(?!\.?\w)")
TARGET = re.compile(r"(?:^|; )([A-Za-z_][\w.]*)\s*(?::[^=;]*)?=(?!=)")
"""What an assignment, or one of several, sets."""
OF_CLASS = re.compile(
    r"(?:the\s+)?(?:class\s+)?[`'\"]?\{[^{}]*class[^{}]*\}[`'\"]?(?:\s+class)?\s+(?:is|was|has been)\s+"
    r"(?:deprecated|outdated|replaced|removed)",
    re.IGNORECASE,
)
"""That a class is deprecated, which is named by what holds its name: `The class {self.__class__} is deprecated`."""
_FILES = (".json", ".jinja", ".txt", ".py", ".md", ".bin", ".yaml", ".yml", ".safetensors", ".gguf", ".html")
_STEM = 6
_SHORTEST = 3
_TOLD = 2  # words: a message of less says nothing of its own
_READ = 2000  # characters of a message
_MOST = 20  # names in it that are compared with options letter by letter
_VERBS = frozenset({"do", "is", "has", "use", "with", "enable", "should"})
_COMMON = _VERBS | {
    "model",
    "type",
    "name",
    "data",
    "path",
    "value",
    "input",
    "output",
    "file",
    "size",
    "mode",
    "config",
}
"""Words of which an option may be called that say little of which."""
_TELLING = 12  # characters of what a message says before it says what to use
_CLOSE = 0.9
_ADDRESS = re.compile(r"https?://\S+")
_HELD = re.compile(r"\{(?:self|cls|args|\w*config)(?:\.\w+)*\.([a-z]\w*)\}")
"""A field of a template that is an attribute of the object itself, or of what holds its options."""
_MARKED = re.compile(
    r"[`'\"]([A-Za-z_][\w.]*)[^`'\"]{0,3}[`'\"](?:\s+\w+){0,3}?\s+(?:is|are|was|were|has been)\s+deprecated"
)
"""What a message says is deprecated, by its name."""
_BEGINS = re.compile(
    r"\s*(?:The |Using )?(?:([A-Za-z][\w.-]*) (?:is|are|was|has been|have been) (?:now )?"
    r"(?:deprecated|moved|renamed|reorganized|replaced)\b|([a-z]\w*)\s*==?\s*\S+ is deprecated)"
)
"""What a message begins with that says of a name that it is deprecated."""
_GIVEN = re.compile(
    r"\s*(?:Passing|Providing|Specifying|Setting)\s+(?:the |an? )?(?:argument |parameter |option |keyword )?"
    r"[`'\"]([A-Za-z_][\w.]*)"
)
"""What a message begins with that is about giving an option."""
_USED = re.compile(r"\A\s*(?:Using|Enabling) (?:--)?([A-Za-z_]\w*)(?!\.?\w)")
"""What a message begins with that is about what an option is for, called as it is."""
_GIVEN_AS = re.compile(
    r"[`'\"](?:--)?([a-z]\w*)\s*=(?!=)|(?<![\w.])(?:\w+\.)*([a-z]\w*_\w*)\s*=(?!=)|(?<![\w-])--([a-z][\w-]*)"
)
"""A name that can only be an option: with a value, or on a command line."""
_UNLIKE = re.compile(r"(?<![\w.])[A-Za-z]\w*_\w+(?![\w(])(?!\.\w)")
"""A word that can only be a name, and is not called."""
_VARIABLE = re.compile(
    r"(?:\b(?:env(?:ironment)?(?: var(?:iable)?s?)?|export|(?:un)?set(?:ting)?(?: the)?"
    r"|specify|overriding|[Ii]nvalid|due to)"
    r"\s+[`'\"$]*(?P<named>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"
    r"|(?<![\w.])(?P<told>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:/[A-Z_]+)?[`'\"]*"
    r"(?:=| +(?:env|unset|must|does not exist|evaluate"
    r"|(?:is|are|was|were) (?:not )?(?:set|enabled|defined|found|initialized|None))))(?!\w)"
)
"""What a message says is a variable of the environment: `export TIMEOUT_S=5`, `TIMEOUT_S is not set`."""
_SILENCE = re.compile(
    r"\b(?:silence|suppress|hide|disable|ignore) (?:this|the|these) (?:warning|message)s?\b[^.]*", re.IGNORECASE
)
_IT = re.compile(
    r"\W*(?:please \w+ (?:it|this)\b|it\b|this (?:is|may|might|can|will|could|would|should|has|does)\b)", re.IGNORECASE
)
"""What a message begins with that only points at what it is about."""
_COMPARED = re.compile(r"(?<![\w.])([\w.]+) == (?:\w+\.)*['\"]?([A-Za-z]\w{2,})['\"]?(?![\w(])")
_INSTEAD = re.compile(r"\b(?:in favou?r of|instead|replaced by|[Uu]se)\b")
"""Where a deprecation goes on to what takes its place."""
_SENTENCE = re.compile(r"(?<=[.!?])\s")


def deprecated_name(message: str) -> str | None:
    """Return the name that a message begins with as that of what is deprecated, where it can only be a name."""
    begins = _BEGINS.match(message)
    name = option_of(begins[1]) if begins is not None and begins[1] else ""
    return name if "_" in name else None


def object_of(owner: str) -> str:
    """Return the name of the object itself: the class, of a method like `__init__`."""
    return next(part for part in reversed(owner.split(".")) if not part.startswith("__"))


def options_of(when: Formula, names: Options, guards: Sequence[Guard]) -> dict[str, bool]:
    """Return what a message can be about: what its condition asks, and parameters; each with whether it is asked for.

    Asked for is what a branch around the message compares with something or takes for true, not what it finds missing,
    nor what only an earlier exit asks.
    """
    found = dict.fromkeys(names.parameters, False)
    around = names.near(guards)
    for atom in atoms(when):
        match atom:
            case Parameter(param=name, op=operator, value=value) if not option_of(name).startswith("_"):
                found[option_of(name)] = (value is not None or operator is None) and option_of(name) in around
            case Opaque(opaque=text):
                found.update((name, found.get(name, False)) for name in names.in_text(text))
    for name in around:
        found.setdefault(name, False)
    return {name: is_asked for name, is_asked in found.items() if name not in RECEIVERS | CONSTANTS}


def values_of(when: Formula) -> dict[str, str]:
    """Return the words that a condition compares options with: `mode` of `mode == "fast"`."""
    found: dict[str, str] = {}
    for atom in atoms(when):
        match atom:
            case Parameter(param=name, value=str(value)):
                found[option_of(name)] = value
            case Opaque(opaque=text):
                found.update((option_of(name), value) for name, value in _COMPARED.findall(text))
    return found


class Text(NamedTuple):
    """A message of `owner`, with what it can be about, the names at its place, and what is set beside it.

    `values` are words that options are compared with, `constants` those that the tests around it ask for. Of a
    deprecation, `replacement` is what is to be used instead; of an override, what is set is what it is about.
    """

    message: str
    options: dict[str, bool]
    names: Options
    owner: str
    action: str
    is_deprecation: bool = False
    replacement: str | None = None
    is_override: bool = False
    values: Mapping[str, str] = MappingProxyType({})
    constants: frozenset[str] = frozenset()


def subject_of(text: Text) -> str:
    """Return what a message is about.

    That is the object, where it says so of its class; the option that it begins with, as being given
    (`Passing "x" ...`); of a deprecation, the name that the message calls deprecated. Else the first that there is of:
    a quoted name that is an option; an option that is shown in a field and asked for; a variable of the environment
    that it names, or a constant that a test around it asks for; an option that is shown; in a deprecation, a quoted
    name but the replacement; a word that is an option and can only be a name; an option in words; a name with a value;
    an option that is set, or one that the condition asks for, of which the message speaks, in part at least; a word
    that is an option; an attribute that is shown; a quoted name, classes last; the object itself.
    """
    return next(_ranked(text))


def _ranked(text: Text) -> Iterator[str]:
    message, options, names, owner, action, is_deprecation, replacement, is_override, values, constants = text
    message = message[:_READ]
    said = _ADDRESS.sub(" ", _MADE.sub(" ", message))
    other = (replacement or "").removesuffix("()")
    marked = _MARKED.search(said) if is_deprecation else None
    if is_deprecation and OF_CLASS.match(message):
        yield object_of(owner)
    given = _GIVEN.match(message)
    if given is not None and given[1] not in CONSTANTS:
        yield option_of(given[1])
    yield from (name for name in _USED.findall(message) if name in options and not is_holder(name))
    begins = _BEGINS.match(said) if is_deprecation else None
    if begins is not None and (begins[2] or begins[1] in options or not begins[1].isalpha()):
        yield option_of(begins[1] or begins[2])
    if marked is not None:
        yield option_of(marked[1])
    old = _INSTEAD.split(said)[0] if is_deprecation else ""
    is_told = len(old) >= _TELLING
    first, whole = (
        _Named.in_text(text, options, other) for text in (old if is_told else _SENTENCE.split(said)[0], said)
    )
    written = [name for text in FIELD.findall(message) for name in NAME.findall(text[1:])]
    shown = [(name, found) for name in written for found in names.in_text(name)]
    plain = [found for name, found in shown if found == option_of(name) and ("_" in found or len(found) > _SHORTEST)]
    fields = {option_of(name) for name in written if "." in name}
    yield from (name for name in first.quoted if name in options)
    yield from (name for name in whole.quoted if name in options or name in fields)
    yield from (name for name in plain if options.get(name))
    variables = _VARIABLE.finditer(_SILENCE.sub(" ", old if is_told else said))
    yield from (name for each in variables for name in each.groups() if name and name != other)
    yield from (word for word in whole.words if word in constants)
    yield from (name for name in plain if not is_holder(name))
    yield from (*first.quoted, *(() if is_told else whole.quoted)) if is_deprecation else ()
    yield from (name for name in whole.unlike_words if name in options)
    lower = said.lower()
    plain_words = (name for name in sorted(options) if "_" in name and not is_holder(name))
    yield from (name for name in plain_words if name.replace("_", " ").lower() in lower)
    yield from (*first.like_options, *whole.given)
    yield from (
        found
        for name, found in shown
        if not is_holder(found) and (found in name.split(".") or _shares_word(found, [*whole.words, name]))
    )
    asked = [name for name, is_asked in options.items() if is_asked and not is_holder(name)]
    yield from (name for name in asked if _is_spoken_of(name, whole.words))
    targets = [(target, name) for target in TARGET.findall(action) if (name := names.named(target)) is not None]
    yield from (
        name
        for target, name in targets
        if is_override or any(map(_holds_options, target.split(".")[:-1])) or _shares_word(name, whole.words)
    )
    only_points = _IT.match(said) or sum(len(word) > _SHORTEST for word in whole.words) < _TOLD
    yield from (
        name for name in asked if only_points or values.get(name) in whole.words or _shares_word(name, whole.words)
    )
    yield from (name for name in options if not is_holder(name) and _is_spoken_of(name, whole.words))
    yield from (word for word in whole.words if word in options and len(word) > 3 and not is_holder(word))
    yield from (name for name in first.quoted if name.islower() and name[0] != "_")
    yield from _HELD.findall(message)
    yield from whole.like_options
    yield from whole.quoted if not is_told else ()
    yield object_of(owner)


class _Named(NamedTuple):
    """The names in a text: all words, those in quotes, those that no word looks like, those that are
    given a value, and all that can only be options.
    """

    words: list[str]
    quoted: list[str]
    unlike_words: list[str]
    given: list[str]
    like_options: list[str]

    @classmethod
    def in_text(cls, text: str, options: dict[str, bool], other: str) -> _Named:
        words = [word for word in WORD.findall(text) if word != other]
        unlike_words = [word for word in _UNLIKE.findall(text) if word != other]
        found = (name for name in QUOTED.findall(text) if name not in CONSTANTS and name != other)
        quoted = [option_of(name) for name in found if not name.endswith(_FILES)]
        given = [name.replace("-", "_") for groups in _GIVEN_AS.findall(text) for name in groups if name]
        given = [name for name in given if name != other]
        close = [name for word in unlike_words[:_MOST] for name in get_close_matches(word, options, 1, _CLOSE)]
        told = (name for name in quoted if "_" in name)
        names = (name for name in (*close, *given, *told, *unlike_words) if name.islower() and name[0] != "_")
        return cls(words, quoted, unlike_words, given, list(names))


def _holds_options(name: str) -> bool:
    return is_holder(name) and name not in RECEIVERS - {"args"}


def _stems(words: Iterable[str]) -> set[str]:
    return {part[:_STEM].removesuffix("s") for word in words for part in re.split(r"[\W_]+", word.lower())}


def _shares_word(name: str, words: list[str]) -> bool:
    """Say whether a message has an option itself, or any word that it is called of, but for the most common."""
    telling = _stems(part for part in name.split("_") if part not in _COMMON and len(part) > 1)
    return name in words or not telling.isdisjoint(_stems(words))


def _is_spoken_of(name: str, words: list[str]) -> bool:
    """Say whether a message holds each word of an option, or its stem: `quantization_method` of `quantized`."""
    said = {word.lower()[:_STEM].removesuffix("s") for word in words}
    parts = [part for part in name.lower().split("_") if part and part not in _VERBS]
    return any(len(part) > _SHORTEST for part in parts) and {part[:_STEM].removesuffix("s") for part in parts} <= said
