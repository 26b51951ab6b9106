"""What warnings, marks and docstrings say: what kind of advice it is, which option it is about, and when it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import cast

import msgspec

from miner.detect import deprecation as marks
from miner.detect import documentation, help_text
from miner.detect import warning as detector
from miner.detect.cue import kind_of, kind_of_prose
from miner.detect.file import matches
from miner.detect.idiom import Cues, Idioms
from miner.flow.scope import parameter_names
from miner.formula.canonical import canonical
from miner.formula.connective import Formula
from miner.link.about import (
    FIELD,
    OF_CLASS,
    QUOTED,
    TARGET,
    WORD,
    Text,
    deprecated_name,
    object_of,
    options_of,
    subject_of,
    values_of,
)
from miner.link.backend import Backends, sites
from miner.link.condition import Conditions, Local
from miner.link.deprecation import deprecated_since, removed_in, replacement, superseded
from miner.link.gate import Spoken
from miner.link.library import Library, Module, is_private
from miner.link.message import Message, template
from miner.link.option import Options, option_of
from miner.link.place import Place, places_of
from miner.model import expression as ex
from miner.model.node import AdviceKind, AdviceOrigin
from miner.model.site import Guard, Site

_ASKED = re.compile(r"([A-Za-z_]\w*)\s*(?:[!=<>]|not set\b|is\b)")
"""What is marked, as a name and what it is: `sample_size<64`."""
_OPTION = re.compile(r"[A-Za-z]\w*_\w+")
_CALLED = re.compile(r"\b[Tt]he (\w+) (?:value|parameter|argument|option)\b")
_CATEGORIES = frozenset({"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"})


@dataclass(frozen=True)
class Told:
    """One piece of advice of `owner`, and the option, parameter or object that it is about."""

    owner: str
    kind: AdviceKind
    origin: AdviceOrigin
    subject: str
    when: Formula
    message: str | None
    action: str | None
    deprecated_since: str | None
    removed_in: str | None
    replacement: str | None
    places: tuple[Place, ...]


@dataclass
class Advice:
    """All that a library tells; `counts` says what became of the calls that are not published."""

    found: list[Told] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Count a call that is not published."""
        self.counts[what] = self.counts.get(what, 0) + 1


def read_advice(
    library: Library, conditions: Conditions, backends: Backends, idioms: Idioms, spoken: Iterable[Spoken]
) -> Advice:
    """Return what the packages of a library warn of; `spoken` are gates of which only the words are understood."""
    result = Advice()
    for name, site in sites(library, detector.ID, "call"):
        module = library.modules[name]
        if not library.is_packaged(module):
            result.count("advice: outside the packages")
            continue
        message = site.expressions["message"]
        said = _of_backend(message, backends, idioms) or template(message, library, name, site.bound)
        if said.text is None or not WORD.search(FIELD.sub("", said.text)):
            result.count("advice: a text that the caller gives, or that is computed")
            continue
        local = Local.at(name, site)
        understood = conditions.guards(name, site.conditions, local)
        when = canonical(understood.formula)
        if when is False:
            understood = conditions.guards(name, map(_caught, site.conditions), local)
            when = canonical(understood.formula)
        if when is False:
            understood = conditions.guards(name, _asked_last(site.conditions), local)
            when = canonical(understood.formula)
        if when is False:
            result.count("advice: never reached")
            continue
        beside = (Place(module.path, span, "site") for span in site.spans.values())
        places = (*places_of(module.path, site), *beside, *said.places, *understood.places)
        result.found.append(_told(module, site, local.owner, when, said.text, idioms, places))
    for gate in spoken:
        if kind_of(FIELD.sub(" ", gate.message), idioms.cues, _not_of(gate.site, "", gate.message, idioms)) is not None:
            result.found.append(
                _told(gate.module, gate.site, gate.owner, canonical(gate.when), gate.message, idioms, gate.places)
            )
    for name, site in sites(library, marks.ID, "mark"):
        module = library.modules[name]
        if library.is_packaged(module):
            result.found.append(_marked(library, conditions, module, site))
    sentences = (sites(library, each, "sentence") for each in (documentation.ID, help_text.ID))
    for name, site in chain.from_iterable(sentences):
        module = library.modules[name]
        owner = f"{name}.{site.owner}" if site.owner else name
        if not library.is_packaged(module):
            result.count("documentation: outside the packages")
        elif is_private(owner) or is_private(site.names[0] or owner):
            result.count("documentation: of something private")
        elif "tests" in name.split("."):
            result.count("documentation: of tests")
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
        (Place(module.path, site.span, "site"),),
    )


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
    words = said.text or ""
    old = _marked_name(texts.get("old"), words, object_of(local.owner))
    return Told(
        local.owner,
        "deprecation",
        "mark",
        old,
        canonical(understood.formula),
        said.text,
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


def _of_backend(expression: ex.Expression, backends: Backends, idioms: Idioms) -> Message | None:
    """Return the message of the table of backends that an expression takes one from, formatted or not."""
    if isinstance(expression, ex.Call) and isinstance(expression.function, ex.Attribute):
        expression = expression.function.value if expression.function.name == "format" else expression
    match expression:
        case ex.Subscript(value=ex.Subscript(value=ex.Name(name=table), index=ex.Constant(value=str(backend)))):
            found = backends.get(backend) if matches(table, idioms.backends.tables) else None
            return Message(found.message, found.places) if found is not None and found.message else None
    return None


def _caught(guard: Guard) -> Guard:
    """Return the handler of a failed import as one of any failure: what is there may fail to be imported."""
    if guard.kind != "missing":
        return guard
    modules = guard.test.items if isinstance(guard.test, ex.Sequence) else ()
    names = ", ".join(str(module.value) for module in modules if isinstance(module, ex.Constant))
    return msgspec.structs.replace(guard, kind="except", test=ex.Opaque(f"import {names} fails", "an import"))


def _asked_last(guards: tuple[Guard, ...]) -> Iterator[Guard]:
    """Yield guards but those around the last that ask for a name of it: it is set again in between."""
    for guard in guards:
        if guard is guards[-1] or ex.names_in(guard.test).isdisjoint(ex.names_in(guards[-1].test)):
            yield guard


_BEGINS_WITH = re.compile(r"([a-z]+_\w*[a-z0-9]) (?:must|should|needs?|has|have|is|are|can|cannot|may|will)\b(?!\()")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def _told(
    module: Module, site: Site, owner: str, when: Formula, message: str, idioms: Idioms, places: tuple[Place, ...]
) -> Told:
    definition = module.definitions.get(site.owner)
    taken = parameter_names(definition.signature) if definition is not None and definition.signature else ()
    names = Options(taken, site.scope)
    options = options_of(when, names, site.conditions)
    is_warning = site.detector == detector.ID
    category, beside = site.names[1:] if is_warning else ("", "")
    known = {*options, *WORD.findall(FIELD.sub(" ", message))}
    action = "; ".join(part for part in beside.split("; ") if _sets(part, known))
    kind = _kind(message, category, _not_of(site, action, message, idioms), idioms.cues)
    is_deprecation = kind == "deprecation"
    instead = replacement(message) if is_deprecation else None
    is_override = kind == "default-override"
    asked = frozenset(
        name for guard in site.conditions for name in ex.names_in(guard.test) if _CONSTANT.fullmatch(name)
    )
    text = Text(message, options, names, owner, action, is_deprecation, instead, is_override, values_of(when), asked)
    subject = subject_of(text)
    return Told(
        owner,
        kind,
        "warning" if is_warning else "gate",
        subject,
        when,
        message,
        action or None,
        deprecated_since(message) if is_deprecation else None,
        removed_in(message) if is_deprecation else None,
        replacement(message, subject) if is_deprecation else None,
        places,
    )


def _sets(assignment: str, names: set[str]) -> bool:
    """Say whether an assignment is to one of these names, or to a field of that name, and not of what it was first."""
    targets = TARGET.findall(assignment)
    value = assignment.partition("=")[2].strip()
    return bool(targets) and option_of(targets[0]) in names and not value.startswith(f"{targets[0]} if ")


def _marked_name(old: str | None, message: str, whole: str) -> str:
    """Return the name of what is marked: of a name and what it is, the name; of a sentence, the class or the option
    that the message is about, or what it quotes; without a name, the `whole` object.
    """
    if old is not None and " " in old and OF_CLASS.match(message):
        return whole
    asked = _ASKED.match(old) if old is not None else None
    if asked is not None:
        return asked[1]
    if old is None or " " not in old:
        return old or whole
    named = next((word for word in _OPTION.findall(old) if word in message), None)
    quoted = QUOTED.search(message)
    return named or (option_of(quoted[1]) if quoted is not None else old)


def _not_of(site: Site, action: str, message: str, idioms: Idioms) -> tuple[AdviceKind, ...]:
    """Return of which kinds what a site tells cannot be: where nothing is set, nothing is overridden, and an assertion
    that names what it measures speaks of right and wrong, unless it says what is gained or lost as documentation does.
    """
    overrides: tuple[AdviceKind, ...] = () if action else ("default-override",)
    is_check = site.form == "assert" and kind_of_prose(message, idioms.documentation) != "trade-off"
    return (*overrides, "trade-off") if is_check else overrides


def _kind(message: str, category: str, without: tuple[AdviceKind, ...], cues: Cues) -> AdviceKind:
    """Return the kind of a warning: by its category and words, the most specific first."""
    said = FIELD.sub(" ", message)
    return "deprecation" if category in _CATEGORIES else kind_of(said, cues, without) or "warning"
