"""What calls that warn say, and gates whose words alone are understood: kind, subject and condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import msgspec

from miner.detect import warning as detector
from miner.detect.cue import is_described, kind_of, kind_of_prose
from miner.detect.file import matches
from miner.detect.idiom import Idioms
from miner.flow.scope import parameter_names, required_names
from miner.formula import atom as fa
from miner.formula.canonical import canonical
from miner.formula.connective import Formula
from miner.formula.disjunctive import atoms
from miner.link.about import Text, asked_options, object_of, options_of, subject_of, values_of
from miner.link.backend import Backends, sites
from miner.link.condition import Conditions, Local
from miner.link.deprecation import deprecated_since, removed_in, replacement
from miner.link.gate import QUOTED, Spoken
from miner.link.library import Library, Module, is_private
from miner.link.message import Message, filled, template
from miner.link.option import RECEIVERS, Options, is_holder, option_of
from miner.link.phrase import FIELD, TARGET, WORD
from miner.link.place import Place, places_of
from miner.link.told import Advice, Told
from miner.model import expression as ex
from miner.model.evidence import Role
from miner.model.node import AdviceKind
from miner.model.site import Guard, Site

_LOGGED = re.compile(r"\s*\[[^\[\]]*\]\s*(?:[\w -]+[:=]\s*\{\}[\s,;.|]*)+")
"""A line of a log: a label in brackets, and values by name: `[done] model: {}, steps: {}`."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CATEGORIES = frozenset({"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"})
MACHINERY = re.compile(r"(?:^|\.)_*(?:\w+_)?deprecat(?:e|ed|es|ion)(?:_\w+)?(?:\.|$)")
"""A function that marks others as deprecated, or one within it."""
_COMING = re.compile(
    r"\b(?:deprecat\w*|will|future|versions?|releases?|v\d\S*|removed|renamed|instead|no longer|legacy|replaced|moved"
    r"|change[sd]?)\b",
    re.IGNORECASE,
)
"""What a warning of the future says of it."""
_TOLD = 5  # words
_GIVEN = re.compile(r"(?<![\w.])([A-Za-z]\w*)(?=\s*[:=,)])")
"""A parameter in a signature, or what it may as well be."""
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


@dataclass(eq=False)
class Warnings:
    """What a library says while it runs, under its conditions, with its table of backends and a vocabulary."""

    library: Library
    conditions: Conditions
    backends: Backends
    idioms: Idioms

    def read(self, result: Advice) -> None:
        """Add what the packages of the library warn of; what is left out is counted."""
        for name, site in chain.from_iterable(sites(self.library, detector.ID, form) for form in ("call", "kept")):
            if not self.library.is_packaged(self.library.modules[name]):
                result.count("advice: outside the packages")
            elif is_of_tests(name):
                result.count("advice: of tests")
            else:
                found = self._warned(name, site)
                if isinstance(found, Told):
                    result.found.append(found)
                else:
                    result.count(f"advice: {found}")

    def read_gates(self, spoken: Iterable[Spoken], result: Advice) -> None:
        """Add what gates advise of which only the words are understood, and what else they refuse of options."""
        for module, site, bound, reason in spoken:
            message = bound.message or ""
            kind = kind_of(_plain(message), self.idioms.cues, _not_of(site, "", message, self.idioms))
            is_machinery = kind == "deprecation" and MACHINERY.search(site.owner) is not None
            if kind is not None and not is_machinery and not is_of_tests(module.name):
                result.found.append(self._told(module, site, bound.owner, bound.when, message, bound.places))
                continue
            names = Options(_taken(module, site), site.scope)
            options = sorted(asked_options(bound.when, names, site.conditions))
            asked = tuple(name for name in options if not is_private(name) and not is_holder(name))
            if asked and reason == QUOTED and not is_private(bound.owner) and not is_of_tests(module.name):
                result.bounds.append(replace(bound, parameters=asked))
            else:
                result.count(f"parameters: {reason}")

    @cached_property
    def _known(self) -> frozenset[str]:
        """The names that users meet: public functions, methods and fields, and what public functions are given."""
        found: set[str] = set()
        for module in self.library.modules.values():
            if self.library.is_packaged(module):
                for definition in module.definitions.values():
                    if not is_private(definition.name):
                        found |= {definition.name.rpartition(".")[2], *definition.members, *definition.fields}
                        found.update(_GIVEN.findall(definition.signature or ""))
        return frozenset(found)

    def _names(self, module: Module, site: Site) -> Options:
        """Return what names stand for at a place: of what a private function has to be given, what users may give."""
        definition = module.definitions.get(site.owner)
        names = Options(_taken(module, site), site.scope)
        if definition is not None and is_private(option_of(site.owner)):
            names.forget(name for name in required_names(definition.signature or "") if name not in self._known)
        return names

    def _warned(self, name: str, site: Site) -> Told | str:
        """Return what one call tells, or why it tells nothing."""
        message = site.expressions["message"]
        said = _of_backend(message, self.backends, self.idioms) or template(message, self.library, name, site.bound)
        if said.text is None or not WORD.search(FIELD.sub("", said.text)):
            return "a text that the caller gives, or that is computed"
        if _LOGGED.fullmatch(FIELD.sub("{}", said.text)):
            return "a line of a log, with values by name alone"
        if (
            MACHINERY.search(site.owner)
            and FIELD.search(said.text)
            and kind_of(said.text, self.idioms.cues) == "deprecation"
        ):
            return "of what marks others as deprecated"
        local, module = Local.at(name, site), self.library.modules[name]
        for guards in (site.conditions, map(_caught, site.conditions), _asked_last(site.conditions)):
            understood = self.conditions.guards(name, guards, local)
            when = canonical(understood.formula)
            if when is not False:
                roles: dict[str, Role] = {role: "message" if role == "text" else "default" for role in site.spans}
                beside = (Place(module.path, span, roles[role]) for role, span in site.spans.items())
                places = (*places_of(module.path, site), *beside, *said.places, *understood.places)
                return self._told(module, site, local.owner, when, said.text, places)
        return "never reached"

    def _told(
        self, module: Module, site: Site, owner: str, when: Formula, message: str, places: tuple[Place, ...]
    ) -> Told:
        names = self._names(module, site)
        options = options_of(when, names, site.conditions)
        is_warning = site.detector == detector.ID
        category, beside = site.names[1:] if is_warning else ("", "")
        known = {*options, *WORD.findall(FIELD.sub(" ", message))}
        action = "; ".join(part for part in beside.split("; ") if _sets(part, known))
        kind = _kind(message, category, _not_of(site, action, message, self.idioms), self.idioms)
        is_deprecation = kind == "deprecation"
        instead = replacement(message) if is_deprecation else None
        is_override = kind == "default-override"
        asked = frozenset(
            name for guard in site.conditions for name in ex.names_in(guard.test) if _CONSTANT.fullmatch(name)
        )
        text = Text(
            message,
            options,
            names,
            owner,
            _whole(self.library, owner, _taken(module, site)),
            action,
            is_deprecation,
            instead,
            is_override,
            values_of(when),
            asked,
            tuple(_machine(when)),
            self._known,
        )
        option = site.expressions.get("option")
        subject = (
            option.value if isinstance(option, ex.Constant) and isinstance(option.value, str) else subject_of(text)
        )
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


def _taken(module: Module, site: Site) -> tuple[str, ...]:
    """Return the parameters of the function that a site stands in."""
    definition = module.definitions.get(site.owner)
    return parameter_names(definition.signature) if definition is not None and definition.signature else ()


def is_of_tests(module: str) -> bool:
    """Say whether a module is of the tests of a package."""
    return "tests" in module.split(".")


def _of_backend(expression: ex.Expression, backends: Backends, idioms: Idioms) -> Message | None:
    """Return the message of the table of backends that an expression takes one from, with the texts in it."""
    given: tuple[ex.Argument, ...] = ()
    match expression:
        case ex.Call(function=ex.Attribute(value=inner, name="format"), arguments=given):
            expression = inner
    match expression:
        case ex.Subscript(value=ex.Subscript(value=ex.Name(name=table), index=ex.Constant(value=str(backend)))):
            found = backends.get(backend) if matches(table, idioms.backends.tables) else None
            return filled(Message(found.message, found.places), given) if found is not None and found.message else None
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


def _whole(library: Library, owner: str, parameters: Sequence[str]) -> str:
    """Return the object that a message is about which names nothing else: the function; of a method that is private, or
    that several classes have, the class; of a private function the only thing that it is given.
    """
    outer, _, name = owner.rpartition(".")
    is_method = outer.rpartition(".")[2][:1].isupper()
    if is_method:
        return object_of(outer if name.startswith("_") or name in library.shared_methods else owner)
    given = [each for each in parameters if each not in RECEIVERS and not each.startswith("_")]
    return given[0] if name.startswith("_") and len(given) == 1 else object_of(owner)


def _machine(when: Formula) -> Iterator[str]:
    """Yield the packages and devices that a condition asks for, by the names that they have."""
    for atom in atoms(when):
        match atom:
            case fa.Module(module=name) | fa.Device(device=name) | fa.Package(package=name):
                yield name


def _sets(assignment: str, names: set[str]) -> bool:
    """Say whether an assignment is to one of these names, or to a field of that name, and not of what it was first."""
    targets = TARGET.findall(assignment)
    value = assignment.partition("=")[2].strip()
    return bool(targets) and option_of(targets[0]) in names and not value.startswith(f"{targets[0]} if ")


def _not_of(site: Site, action: str, message: str, idioms: Idioms) -> tuple[AdviceKind, ...]:
    """Return of which kinds what a site tells cannot be: where nothing is set, nothing is overridden, and an assertion
    that names what it measures speaks of right and wrong, unless it says what is gained or lost as documentation does.
    """
    overrides: tuple[AdviceKind, ...] = () if action else ("default-override",)
    is_check = site.form == "assert" and kind_of_prose(message, idioms.documentation) != "trade-off"
    return (*overrides, "trade-off") if is_check else overrides


def _kind(message: str, category: str, without: tuple[AdviceKind, ...], idioms: Idioms) -> AdviceKind:
    """Return the kind of a warning: by its category and words, the most specific first, then by what else it says."""
    said = _plain(message)
    if category in _CATEGORIES and (category != "FutureWarning" or len(said.split()) < _TOLD or _COMING.search(said)):
        return "deprecation"
    sentences = (each for each in _SENTENCE.split(said) if not is_described(each, idioms.warned.describes))
    return kind_of(" ".join(sentences), idioms.cues, without) or kind_of(said, idioms.warned) or "warning"


def _plain(message: str) -> str:
    """Return the words of a message, without its fields and line breaks."""
    return " ".join(FIELD.sub(" ", message).split())
