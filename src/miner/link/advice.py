"""What warnings, marks and docstrings say: what kind of advice it is, which option it is about, and when it holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import chain
from typing import cast

from miner.detect import deprecation as marks
from miner.detect import documentation, help_text
from miner.detect.idiom import Idioms
from miner.flow.scope import parameter_names
from miner.formula.canonical import canonical
from miner.link.about import deprecated_name, object_of
from miner.link.backend import Backends, sites
from miner.link.condition import Conditions, Local
from miner.link.deprecation import deprecated_since, removed_in, replacement, superseded
from miner.link.gate import Spoken
from miner.link.library import Library, Module, is_private
from miner.link.message import template
from miner.link.option import option_of
from miner.link.phrase import LABELLED, OF_CLASS, QUOTED, place
from miner.link.place import Place, places_of
from miner.link.told import Advice, Told
from miner.link.warned import MACHINERY, Warnings, is_of_tests
from miner.model import expression as ex
from miner.model.node import AdviceKind
from miner.model.site import Site

_ASKED = re.compile(r"([A-Za-z_]\w*)\s*(?:[!=<>]|not set\b|is\b)")
"""What is marked, as a name and what it is: `sample_size<64`."""
_BEGINS_WITH = re.compile(r"([a-z]+_\w*[a-z0-9]) (?:must|should|needs?|has|have|is|are|can|cannot|may|will)\b(?!\()")
_OPTION = re.compile(r"[A-Za-z]\w*_\w+")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
_CALLED = re.compile(r"\b[Tt]he (\w+) (?:value|parameter|argument|option)\b")


def read_advice(
    library: Library, conditions: Conditions, backends: Backends, idioms: Idioms, spoken: Iterable[Spoken]
) -> Advice:
    """Return what the packages of a library warn of; `spoken` are gates of which only the words are understood."""
    result = Advice()
    warnings = Warnings(library, conditions, backends, idioms)
    warnings.read(result)
    warnings.read_gates(spoken, result)
    for name, site in sites(library, marks.ID, "mark"):
        module = library.modules[name]
        if library.is_packaged(module) and not is_of_tests(name):
            result.found.append(_marked(library, conditions, module, site))
    sentences = (sites(library, each, "sentence") for each in (documentation.ID, help_text.ID))
    for name, site in chain.from_iterable(sentences):
        module = library.modules[name]
        owner = f"{name}.{site.owner}" if site.owner else name
        if not library.is_packaged(module):
            result.count("documentation: outside the packages")
        elif is_private(owner) or is_private(site.names[0] or owner):
            result.count("documentation: of something private")
        elif is_of_tests(name):
            result.count("documentation: of tests")
        elif site.names[1] == "deprecation" and MACHINERY.search(site.owner):
            result.count("documentation: of what marks others as deprecated")
        else:
            result.found.append(_documented(module, site, owner))
    return result


def _documented(module: Module, site: Site, owner: str) -> Told:
    """Return what a sentence of a docstring advises."""
    subject, kind, message, _, label = site.names
    is_deprecation = kind == "deprecation"
    about = subject or _named_part(module, site.owner, message) or object_of(owner)
    old = superseded(message) if is_deprecation else None
    instead = about if old is not None else replacement(message, subject) if is_deprecation else None
    return Told(
        owner,
        cast("AdviceKind", kind),
        "documentation",
        old or (deprecated_name(message) if is_deprecation else None) or about,
        True,
        message,
        None,
        (label.strip("`v") or deprecated_since(message)) if is_deprecation else None,
        removed_in(message) if is_deprecation else None,
        instead,
        (Place(module.path, site.span, "site"), *(_named_places(module, site) if old is not None else ())),
    )


def _named_places(module: Module, site: Site) -> list[Place]:
    """Return where what a sentence describes is named: the parameter or field, else the object itself."""
    definition = module.definitions.get(site.owner)
    spans = list(site.spans.values()) or ([definition.head] if definition is not None else [])
    return [Place(module.path, span, "declaration") for span in spans]


def _named_part(module: Module, owner: str, message: str) -> str | None:
    """Return the parameter or member of an object that a sentence of its docstring is about: the one that it quotes.

    That is so where it quotes nothing else, and that in its first half: later it is what something is done with. One
    that quotes nothing is about the parameter that it calls one: `the lower the rate value, ...`; or about what it
    begins with that can only be a name: `block_size must be even`.
    """
    definition = module.definitions.get(owner)
    if definition is None:
        return None
    taken = parameter_names(definition.signature) if definition.signature else ()
    quoted = {option_of(match[1]): match.start() for match in QUOTED.finditer(message)}
    if not quoted:
        begins = _BEGINS_WITH.match(message)
        return next((name for name in _CALLED.findall(message) if name in taken), begins[1] if begins else None)
    if len(quoted) != 1:
        return None
    ((name, start),) = quoted.items()
    is_own = name in taken or name in definition.members
    return name if is_own and start < len(message) / 2 else None


def _marked(library: Library, conditions: Conditions, module: Module, site: Site) -> Told:
    """Return what a mark of a deprecation says; a release or name that is no constant stays unknown."""
    local = Local.at(module.name, site)
    said = template(site.expressions.get("message"), library, module.name, site.bound)
    texts: dict[str, str] = {}
    places: list[Place] = []
    for role in ("old", "removed", "replacement"):
        given = site.expressions.get(role)
        if isinstance(given, ex.Constant) and isinstance(given.value, str):
            texts[role] = given.value
        elif given is not None and (named := ex.dotted(given)) is not None:
            found, where = conditions.strings(module.name, given, local)
            texts |= {role: found[0]} if len(found) == 1 else {role: named} if role == "replacement" else {}
            places += where
    understood = conditions.guards(module.name, site.conditions, local)
    words = (said.text or "").lstrip(" .,;")
    if _NAME.fullmatch(words) and "replacement" not in texts:
        texts["replacement"], words = words, ""  # what is to be used instead, and nothing else
    definition = module.definitions.get(site.owner)
    taken = parameter_names(definition.signature) if definition is not None and definition.signature else ()
    old = _marked_name(texts.get("old"), words, object_of(local.owner), taken)
    return Told(
        local.owner,
        "deprecation",
        "mark",
        old,
        canonical(understood.formula),
        words or None,
        None,
        deprecated_since(words),
        (texts.get("removed") or "").removeprefix("v") or removed_in(words),
        texts.get("replacement") or replacement(words, old),
        (
            *places_of(module.path, site),
            *(Place(module.path, span, "message") for span in site.spans.values()),
            *places,
            *said.places,
            *understood.places,
        ),
    )


def _marked_name(old: str | None, message: str, whole: str, taken: Collection[str]) -> str:
    """Return the name of what is marked: of a name and what it is, the name; of a sentence, the class or the option
    that the message is about, or what it quotes; without a name, the `whole` object. What only the mark is called by is
    none where the message names what the function takes.
    """
    if old is not None and " " in old and OF_CLASS.match(message):
        return whole
    asked = _ASKED.match(old) if old is not None else None
    if asked is not None:
        return asked[1]
    quoted = [name if option_of(name)[:1].isupper() else option_of(name) for name in QUOTED.findall(message)]
    if old is None or " " not in old:
        is_label = old is not None and message and old not in taken and place(old.lower(), message.lower()) < 0
        named = (name for names in LABELLED.findall(message) for name in names if name)
        return (next(named, None) if is_label else None) or old or whole
    named = (word for word in _OPTION.findall(old) if word in message)
    return next(named, None) or next(iter(quoted), old)
