"""What phrases of messages say of names: patterns, and the names in a text by how they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from miner.link.option import CONSTANTS, RECEIVERS, is_holder, option_of

FIELD = re.compile(r"\{[^{}]*\}")
CHOSEN = re.compile(r" if .* else ")
"""In a field, what decides which of two things is shown."""
MADE = re.compile(r"(?:(?<!\w)\w*_)?\{[^{}]*\}(?:_\w*)?")
"""A field, with the rest of the name that it is a part of: `hidden_{kind}_size`."""
QUOTED = re.compile(r"[`'\"](?:--)?([A-Za-z_][\w.]*)(?:\s*=[^`'\"]*|\(\)| [-+*/%<>] [^`'\"]*)?[`'\"]")
_CALL = re.compile(r"`[^`(]+\([^`]*`")
"""A call as code, in which a text within quotes is a value."""
_ASSIGNED = re.compile(r"`\w+ = ")
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
SHORTEST = 3
_CAPITALISED = re.compile(r"(?<=[A-Za-z])[A-Z][a-z]{5,}(?![A-Za-z])")
"""The last word that a name of a class is put together of: what it is."""
TOLD = 2  # words: a message of less says nothing of its own
READ = 2000  # characters of a message
_MOST = 20  # names in it that are compared with options letter by letter
_VERBS = frozenset({"do", "is", "has", "use", "with", "enable", "should"})
COMMON = _VERBS | {
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
TELLING = 12  # characters of what a message says before it says what to use
_CLOSE = 0.9
ADDRESS = re.compile(r"https?://\S+")
HELD = re.compile(r"\{(?:self|cls|args|\w*config)(?:\.\w+)*\.([a-z]\w*)\}")
"""A field of a template that is an attribute of the object itself, or of what holds its options."""
MARKED = re.compile(
    r"[`'\"]([A-Za-z_][\w.]*)[^`'\"]{0,3}[`'\"]{1,2}"
    r"(?:\s+(?!and\b|or\b|but\b|which\b)\w+){0,3}?\s+(?:is|are|was|were|has been|have been)\s+"
    r"(?:now |being )?(?:deprecated|renamed)\b|[`'\"]([A-Za-z_][\w.]*)[`'\"], which is (?:now )?deprecated\b"
)
"""What a message says is deprecated, by its name."""
BEGINS = re.compile(
    r"\s*(?:The |Using )?(?:([A-Za-z][\w.-]*)(?:\s+\([^()]*\))?"
    r"(?: (?:(?:environment )?variable|argument|parameter|option|keyword|attribute|property|method|function|class))?"
    r" (?:is|are|was|has been|have been) (?:now )?"
    r"(?:deprecated|moved|renamed|reorganized|replaced)\b|([a-z]\w*)\s*==?\s*(?:\S+|['\"]\s*['\"]) is deprecated)"
)
"""What a message begins with that says of a name that it is deprecated."""
GIVEN = re.compile(
    r"\s*(?:Passing|Providing|Specifying|Setting)\s+(?:the |an? )?(?:argument |parameter |option |keyword )?"
    r"[`'\"]([A-Za-z_][\w.]*)"
)
"""What a message begins with that is about giving an option."""
USED = re.compile(r"\A\s*(?:Using|Enabling) (?:--)?([A-Za-z_]\w*)(?!\.?\w)")
"""What a message begins with that is about what an option is for, called as it is."""
_GIVEN_AS = re.compile(
    r"[`'\"](?:--)?([a-z]\w*)\s*=(?!=)|(?<![\w.])(?:\w+\.)*([a-z]\w*_\w*)\s*=(?!=)|(?<![\w-])--([a-z][\w-]*)"
)
"""A name that can only be an option: with a value, or on a command line."""
_UNLIKE = re.compile(r"(?<![\w.])[A-Za-z]\w*_\w+(?![\w(])(?!\.\w)")
"""A word that can only be a name, and is not called."""
VARIABLE = re.compile(
    r"(?:\b(?:env(?:ironment)?(?: var(?:iable)?s?)?|export|(?:un)?set(?:ting)?(?: the)?"
    r"|specify|overriding|[Ii]nvalid|due to)"
    r"\s+[`'\"$]*(?P<named>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"
    r"|(?<![\w.])(?P<told>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:/[A-Z_]+)?[`'\"]*"
    r"(?:=| +(?:env|unset|must|does not exist|evaluate"
    r"|(?:is|are|was|were) (?:not )?(?:set|enabled|defined|found|initialized|None))))(?!\w)"
)
"""What a message says is a variable of the environment: `export TIMEOUT_S=5`, `TIMEOUT_S is not set`."""
SILENCE = re.compile(
    r"\b(?:silence|suppress|hide|disable|ignore) (?:this|the|these) (?:warning|message)s?\b[^.]*", re.IGNORECASE
)
SET_TO = re.compile(
    r"(?:\A|[.!?;:]\s*)(?:[Ss]etting|[Oo]verriding|[Rr]esetting|[Ff]orcing|[Cc]hanging)\s+[`'\"]?((?:\w+\.)*[a-z]\w*)[`'\"]?(?:\s+(?:to|with|from)\b|\s*=)"
)
"""What a sentence begins with that says what the code sets: `Setting dtype to ...`."""
IGNORED = re.compile(
    r"(?<![\w.])(?:--)?([A-Za-z_]\w*)[`'\"]*(?: (?:and|or|/) [`'\"]*(?:--)?([A-Za-z_]\w*)[`'\"]*)?"
    r"(?: flag| argument| parameter| option| keyword)?"
    r" (?:is set to [^.;]*?, but (?:it )?)?(?:(?:will|may|might) be|is|are|is being|are being) (?:silently )?ignored\b"
)
CHANGED = re.compile(
    r"\b(?:[Ii]ncreas|[Dd]ecreas|[Rr]educ|[Ll]ower|[Rr]ais)(?:e|ing|) (?:the |your )?(?:value of )?"
    r"[`'\"]*(?:--)?([A-Za-z_][\w.]*\w)"
)
CALLED_OPTION = re.compile(r"\b[Tt]he [`'\"]*(?:--)?(\w+)[`'\"]* (?:flag|argument|parameter|option|keyword)\b(?! to\b)")
ASKED_FOR = re.compile(
    r"\b(?:[Pp]ass(?:ing)?|[Ss]et(?:ting)?|[Pp]rovid(?:e|ing)|[Ss]pecify(?:ing)?) (?:the |an? |your )?"
    r"(?:[`'\"]([a-z]\w*_\w+)|[`'\"]?(?:\w+\.)*([a-z]\w*)\s*=(?!=))"
)
"""What a message says is to be given."""
TYPED = re.compile(r"\btype\(|__class__|__name__")
IT = re.compile(
    r"\W*(?:please \w+ (?:it|this)\b|it\b|this (?:is|may|might|can|will|could|would|should|has|does)\b)", re.IGNORECASE
)
"""What a message begins with that only points at what it is about."""
COMPARED = re.compile(r"(?<![\w.])([\w.]+) == (?:\w+\.)*['\"]?([A-Za-z]\w{2,})['\"]?(?![\w(])")
INSTEAD = re.compile(
    r"\b(?:in favou?r of|instead|replaced by|[Uu]s(?:e|ing)(?! (?:of|the )?\S+ is deprecated)|[Cc]onsider|recommend)\b"
)
"""Where a deprecation goes on to what takes its place."""
CAUSE = re.compile(r"(?<=[.!?])\s|\b(?:since|because)\b")
"""Where the first sentence of a message ends, or goes on to why."""
_IDENTITIES = ("prefix", "rank", "path", "name", "url", "repo", "_id", "model_type", "class")
"""How the names end of what says which object is meant."""
VALUED = re.compile(r"\A\W*([a-z]\w*)\s*=\s*[{\d'\"TFN]")
"""What a message begins with that is an option and its value."""
EXAMPLE = re.compile(r"\b(?:e\.g\.|for example|such as)[^.;)]*", re.IGNORECASE)
COMPOUND = re.compile(r"[a-z][A-Z]")
"""What a name has that is put together of words, as that of a class."""
LABELLED = re.compile(
    r"\s*(?:Passing|Providing|Specifying|Setting)\s+(?:the |an? )?[`'\"](\w+)"
    r"|\b[Tt]he [`'\"](\w+)[`'\"] (?:argument|parameter|option|keyword)\b|(\w+) [`'\"]\w+[`'\"] is deprecated"
)
"""What a message names as an argument that is not to be given any more."""
LISTED = re.compile(r"[`'\"]\([\w., ]+,[\w., ]+\)[`'\"]")
"""Several names in brackets, as code: one of them is not the one."""
KEYS = re.compile(r"((?:['\"`]\w+['\"`](?:, | and | or |, and )?)+) keys?\b")
"""Names that are only keys of something."""
ITSELF = re.compile(r"\s*This (?:function|method|module|class) ")
WITHOUT = re.compile(r"\bwithout (?:an? |the |any )?[`'\"]*(\w+)[`'\"]* is deprecated")
SUPERSEDING = re.compile(r"\binstead of [`'\"]+(?:--)?([A-Za-z_][\w.-]*)|\binstead of (?:--)?([a-z]\w*_\w+)")
"""What a message says that something is to be used instead of."""


class Named(NamedTuple):
    """The names in a text: all words, those in quotes, those that no word looks like, those that are
    given a value, and all that can only be options.
    """

    words: list[str]
    quoted: list[str]
    unlike_words: list[str]
    given: list[str]
    like_options: list[str]

    @classmethod
    def in_text(cls, text: str, options: dict[str, bool], other: str) -> Named:
        """Return the names in a text but `other`; a word that is close to one of some options is like that."""
        words = [word for word in WORD.findall(text) if word != other]
        unlike_words = [word for word in _UNLIKE.findall(text) if word != other]
        text = _CALL.sub(_called, text)
        found = (name for name in QUOTED.findall(text) if name not in CONSTANTS and name != other)
        quoted = [option_of(name) for name in found if not name.endswith(_FILES)]
        given = [name.replace("-", "_") for groups in _GIVEN_AS.findall(text) for name in groups if name]
        given = [name for name in given if name != other]
        close = [name for word in unlike_words[:_MOST] for name in get_close_matches(word, options, 1, _CLOSE)]
        told = (name for name in quoted if "_" in name)
        names = (name for name in (*close, *given, *told, *unlike_words) if name.islower() and name[0] != "_")
        return cls(words, quoted, unlike_words, given, list(names))


def is_own(name: str, option: str) -> bool:
    """Say whether an option in a dotted name is of the object itself or of what holds its options: of no part of it."""
    outer, found, _ = f".{name}.".partition(f".{option}.")
    return not found or all(map(is_holder, outer.split(".")[1:]))


def tells(name: str) -> bool:
    """Say whether an option is more than what an object is called, or where it is."""
    return not name.endswith(_IDENTITIES)


def place(name: str, text: str) -> int:
    """Return where a name stands in a text as a word, -1 for nowhere; `pytorch` is torch."""
    found = re.search(rf"(?<![\w-])(?:py)?{re.escape(name)}(?![\w-])", text)
    return found.start() if found is not None else -1


def _called(code: re.Match[str]) -> str:
    """Return a call in a text without the name that its result is given, and without quotes in it."""
    return re.sub(r"['\"]", " ", _ASSIGNED.sub("`", code[0]))


def holds_options(name: str) -> bool:
    """Say whether a name is of what holds options for others: of a receiver only `args`."""
    return is_holder(name) and name not in RECEIVERS - {"args"}


def _stems(words: Iterable[str]) -> set[str]:
    parts = (part for word in words for part in (*word.split("_"), *_CAPITALISED.findall(word)))
    return {part.lower()[:_STEM].removesuffix("s") for name in parts for part in re.split(r"\W+", name)}


def shares_word(name: str, words: list[str]) -> bool:
    """Say whether a message has an option itself, or any word that it is called of, but for the most common."""
    telling = _stems(part for part in name.split("_") if part not in COMMON and len(part) > 1)
    return name in words or not telling.isdisjoint(_stems(words))


def is_spoken_of(name: str, words: list[str]) -> bool:
    """Say whether a message holds each word of an option, or its stem: `quantization_method` of `quantized method`.

    Of an option of one word it holds that: stems of others are like it by chance (`generator`, `generated`).
    """
    parts = [part for part in name.lower().split("_") if part and part not in _VERBS]
    if len(parts) == 1:
        return len(parts[0]) > SHORTEST and any(
            word.lower().removesuffix("s") == parts[0].removesuffix("s") for word in words
        )
    said = _stems(words)
    return any(len(part) > SHORTEST for part in parts) and {part[:_STEM].removesuffix("s") for part in parts} <= said
