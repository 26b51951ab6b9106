"""What a message says of a deprecation: since which release, until which, and what takes the place of the old."""

from __future__ import annotations

import re

_VERSION = (
    r"(?:(?:versions?|releases?|v\.?|[A-Z]\w+|\w+(?=\s*v))\s*v?\.?(\d+(?:\.\d+)*)"
    r"|`?\w+(?:\s+|==)(\d+\.\d+(?:\.\d+)*)|(\d+\.\d+(?:\.\d+)*))"
)
_REMOVED = re.compile(
    r"\b(?:removed?|removal|dropped|deleted|deletion|replaced|required|an? (?:hard )?error|mandatory|unsupported|raise"
    r"|(?:won't|not|no longer) be (?:supported|importable|available|accessible|accepted|called|used|returned))"
    r"\b.{0,60}?"
    rf"\b(?:in|from|with|as of|by|since)\s+(?:the\s+)?{_VERSION}"
)
_IN_WHICH = re.compile(rf"\b[Ii]n\s+{_VERSION}\s[^.]*\bwill (?:be removed|no longer be \w+)\b")
_SINCE = re.compile(rf"\b(?:[Dd]eprecated|renamed(?: to \S+)?)\s+(?:since|as of|from|in|with)\s+(?:the\s+)?{_VERSION}")
_THING = (
    r"(?i:the\s+|its\s+|an?\s+)?(?i:new\s+|regular\s+|equivalent\s+|argument\s+|parameter\s+)?"
    r"(?:`[^`]+`'s\s+)?(?:\[?`~?([^`]+)`\]?|['\"]([^'\"\s]+)['\"])"
)
_FIELD = r"(\{[^{}]+\})"
_PLAIN = r"((?=\w*[_.(/]|[A-Z]\w*[A-Z])[A-Za-z_][\w.]*(?:/[\w./]+|\((?:[^()]|\([^()]*\))*\))?(?<!\.))"
"""A name without quotes: told from a word by a capital, an underscore, a dot or brackets."""
_DOES = r"(?:use|convert|replaced|pass(?:ed)?|set|specify|specified|import|provided?|give|given|load|define|create)"
_INSTEAD = re.compile(
    rf"(?i:\buse\s+(?:the\s+(?:\w+\s+){{1,2}})?){_THING}(?:\s+with\s+`[^`]+`)?(?i:(?:\s+\w+)?\s+instead)|(?i:\buse\s+(?:the\s+)?){_PLAIN}(?i:\s+instead)"
    r"|(?i:\b(?:in favou?r of|replaced by|renamed to|(?:instead,?|please,?|consider|by)\s+us(?:e|ing)"
    r"|deprecated\s*[,.;:]\s+(?:please\s+)?use)\s+)"
    rf"{_THING}"
)
_THROUGH = re.compile(
    rf"(?i:\b{_DOES}\b(?:\s+[\w.,'-]+){{0,9}}?\s+(?:as|on|in|from|via|through|(?<!instead )of|with)\s+){_THING}"
    rf"|(?i:\breplaced\s+(?:by|with)(?:\s+[\w,-]+){{1,6}}?\s+){_THING}"
)
"""As what, on what or through what something is to be given instead."""
_LED = (
    r"(?i:\b(?:alias (?:of|for)|moved (?:to|into)|renamed (?:to|as)|replaced (?:by|with)|superseded by|in favou?r of"
    r"|(?:migrate|switch(?:ing)?|change|prefer|move|update)(?:\s+\w+)?\s+to"
    r"|(?:recommend\w*|suggest\w*|advise\w*|consider|prefer|please|should|instead,?)(?:\s+\w+)?"
    r"\s+(?:use|using|call|calling|migrate to|switch to)))\s+"
)
_NAMED = re.compile(
    rf"[`'\"](from [\w.]+ import \w+)[`'\"]|(?i:\buse\s+){_FIELD}(?=\s+instead)"
    rf"|{_LED}{_THING}|{_LED}(?:the\s+)?{_PLAIN}|(?:(?<=[.!;:,]\s)|^)(?:[Uu]se|[Cc]all)\s+{_THING}"
    rf"|(?:(?<=[.!;:,]\s)|^)(?:[Uu]se|[Cc]all)\s+(?:the\s+)?{_PLAIN}|\b[Uu]sing\s+{_THING}(?=\s+is\s+preferred|\.?$)"
)
"""What is named as the new way, whatever comes behind it."""
_NO_FAVOUR = r"(?!(?i:see|refer|open|report|update|check|remove(?!.*\band pass)|note|visit|read|make|do|be)\b)"
"""What a request is not about that names something to use."""
_CLAUSE = re.compile(
    r"((?:[^.!?;\s]|[.!?;](?=\S)|[^\S\n])+?)[,\s]{1,3}instead\b(?!\s+of)|(?i:\bplease\s+use\s+)((?:[^.!;\n]|\.(?=\w))+)"
    rf"|(?i:\bplease\s+)({_NO_FAVOUR}(?:[^.!;\n]|\.(?=\w))+)"
    r"|\b(?:advised to use|(?:recommend|suggest|advise) using)\s+((?:[^.!;\n]|\.(?=\w))+)"
    r"|\bin favou?r of\s+((?:[^.!;,\n]|\.(?=\w))+)"
    r"|\bto\s+((?:pass|set|use)\s(?:[^.!;\n]|\.(?=\w))+?)\s+to\s+(?:suppress|avoid|silence)"
    r"|[,;:.]\s+((?:pass|[Ss]et|specify|provide)\s+[`'\"](?:[^.!;\n]|\.(?=\w))+)"
    r"|[,;:.]\s+((?:[Cc]all|[Uu]se|[Cc]onvert|[Ii]nstall)\s+(?:[^.!;:\n]|\.(?=\w))+?\s+directly)\b"
)
"""In words: a request that ends in `instead`, one to use something, and one to change what is given."""
_BEFORE = re.compile(r"(?s:.*\b[Dd]eprecated\b[^,:]*?(?:[,:]\s|\s\.))\s*")
"""What stands in the same sentence before a request."""
_AFTER = re.compile(r"\s+(?:Example|For example)\b|,\s+(?:and|as|since|which|but|returning|`)|\s+instead\b")
"""What a request goes on with that is none."""
_ASKING = re.compile(
    r"(?i:please,?\s+|make sure to\s+|consider\s+|you (?:should|can|must|may)\s+|us(?:e|ing)\s+|only\s+"
    r"|(?:from )?now,?\s+)+"
)
_ONLY = re.compile(rf"(?i:(?:pass|set|us|provid|specify|call|defin)(?:e|ing)?\s+)?{_THING}\s*")
"""A request that is about one name and says nothing else."""
_SUPERSEDED = re.compile(
    rf"(?i:\b(?:supersedes|replaces|(?:is|as) (?:the |a )?replacement (?:of|for))\s+){_THING}"
    r"[^.!?;]*\b(?:which\b[^.!?;]*|now )\bdeprecated\b"
)
_SHOULD = re.compile(
    r"\busing the [`'\"](\w+)[`'\"] (?:method|function|class|argument)\b"
    r"|\bshould be (?:forwarded|passed|moved|given|handed) to [`'\"]([\w.]+)[`'\"]|"
    r"\b[`'\"]?(?:choose (?:between|from|one of)\s+(\[[^\[\]]+\]))|[`'\"](\w+)[`'\"] will be (?:mandatory|required)\b|"
    r"\b((?:set|change) [`'\"][\w.]+[`'\"] to [^\s.]+(?:\.\w+)*)"
    r"|(\w+ should be (?:handled|done|made|passed|given) (?:with|by|through|via|using|as) (?:[^.!;,\n]|\.(?=\w))+)"
    r"|([`'\"][\w.]+[`'\"] (?:should|has to|must|needs to) be (?:set to|passed as) [^\s.]+(?:\.\w+)*)"
)
_OTHER = re.compile(
    r"[`'\"\]]*(?:\s+(?:instead of|for) (?:[^,.;`]|`[^`]+`)+?)?,?\s+(?:\([^()]*\)\s+)?(or|and)\s+(?:via\s+|with\s+)?"
    r"(?:\[?`~?([^`]+)`|['\"]([^'\"\s]+)['\"]|((?=\w*[_.])[A-Za-z][\w.]*\w))"
)
"""What a name is followed by where another one is named with it."""
_LISTED = re.compile(
    r"[`'\"]*(?:\s+for [^,.;`]+)?,\s+[`'\"]([^`'\"\s]+)[`'\"]"
    r"(?=(?:\s+for [^,.;`]+?)?(?:,?\s+(?:or|and)\s+[`'\"]|,\s+[`'\"]))"
)
"""What a name is followed by where several are named with it, before the last."""
_ASIDE = re.compile(r"\s*\(see [^()]*\)")
_LONGEST = 120
_READ = 2000  # characters of a message; the patterns take time that grows with the square of them
_TELLS = re.compile(r"\bwill\b")
_QUOTES = frozenset("'\"`")
_POINTING = frozenset({"it", "them", "that", "this", "those", ""})


def deprecated_since(message: str) -> str | None:
    """Return the release that a message says something is deprecated since."""
    return _first(_SINCE, message)


def removed_in(message: str) -> str | None:
    """Return the release that a message says something is removed in."""
    return _first(_REMOVED, message) or _first(_IN_WHICH, message)


def superseded(message: str) -> str | None:
    """Return the deprecated thing that what a message describes takes the place of."""
    return _first(_SUPERSEDED, message)


def replacement(message: str, old: str = "") -> str | None:
    """Return what a message says is to be used instead of `old`: a name or code, else the words that ask for it.

    Of several that are named as alternatives, or together, all.
    """
    message = " ".join(message[:_READ].split())
    for pattern in (_INSTEAD, _NAMED, _THROUGH):
        found = _named(pattern, message, old)
        if found is not None:
            return found
    message = _ASIDE.sub("", message)
    found = _asked(_first(_CLAUSE, message) or "") or _first(_SHOULD, message)
    return _bare(found) if found is not None and found != old and len(found) <= _LONGEST else None


def _named(pattern: re.Pattern[str], message: str, old: str) -> str | None:
    """Return what a pattern finds but `old`, with the other name that is said beside it."""
    match = pattern.search(message)
    if match is None:
        return None
    number = next((each for each, group in enumerate(match.groups(), start=1) if group), 0)
    found = match[number].strip()
    if not number or found.removesuffix("()") == old:
        return None
    found = _bare(found.removesuffix(" instead"))
    end = match.end(number)
    while (listed := _LISTED.match(message, end)) is not None:
        found, end = f"{found}, {listed[1]}", listed.end(1)
    other = _OTHER.match(message, end)
    named = other[2] or other[3] or other[4] if other is not None else old
    return found if other is None or named == old else f"{found} {other[1]} {_bare(named)}"


def _asked(clause: str) -> str | None:
    """Return what a clause asks for: the one name that it is about, or its words; None where it only tells."""
    words = _AFTER.split(_BEFORE.sub("", clause))[0].strip("* ")
    led = _ASKING.match(words)
    words = words[led.end() :] if led is not None else words
    words = f"use {words}" if words.startswith("and ") else words
    only = _ONLY.fullmatch(words)
    words = words if only is None else next(group for group in only.groups() if group)
    return None if words in _POINTING or _TELLS.search(words) else words


def _bare(text: str) -> str:
    """Return a text without the quotes around it."""
    return text[1:-1] if text[:1] == text[-1:] and text[:1] in _QUOTES and text.count(text[0]) == 2 else text


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text[:_READ])
    return next((group.strip() for group in match.groups() if group), None) if match is not None else None
