"""What options are when they are not given, and where the code itself decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from miner.detect import option_default, option_field
from miner.detect.file import matches
from miner.detect.idiom import Idioms
from miner.flow.scope import parameter_names
from miner.formula.canonical import canonical
from miner.formula.connective import Formula
from miner.link.backend import sites
from miner.link.condition import Conditions, Local
from miner.link.library import Library, Module, is_private
from miner.link.message import template
from miner.link.place import Place, places_of
from miner.link.told import Advice, Told
from miner.model import expression as ex
from miner.model.node import AdviceKind
from miner.model.site import Site

_NUMBER = re.compile(r"\bdefault=\s*(-?\.?\d[\w.+-]*)")
_KINDS: dict[str, AdviceKind] = {
    "missing": "default",
    "supplied": "default",
    "forced": "default-override",
    "dropped": "default-override",
    "ignored": "limitation",
}


def read_defaults(library: Library, conditions: Conditions, idioms: Idioms, result: Advice) -> None:
    """Add what the options of public classes and functions are by default, and where they are set or dropped.

    Most assignments to what is None are plumbing: those count that are about a parameter of a public function, a field
    of the class or an option that an object holds, and whose value is a constant, another parameter or option, or read
    from the environment, and the fields that are described; the others are counted. One with a comment has it as its
    message, and ranks before those without.
    """
    fields: set[tuple[str, str, str]] = set()
    for name, site in sites(library, option_field.ID, "default"):
        fields.add((name, site.owner, site.names[0]))
        module = library.modules[name]
        owner = f"{name}.{site.owner}"
        if not library.is_packaged(module) or is_private(owner) or is_private(site.names[0]):
            result.count("default: a field of something private or outside the packages")
            continue
        told = _of_field(library, module, site, owner)
        if told.message is None:
            result.count("default: a field that nothing describes")
        else:
            result.found.append(told)
    for form, kind in _KINDS.items():
        for name, site in sites(library, option_default.ID, form):
            module = library.modules[name]
            local = Local.at(name, site)
            option = site.names[0].rpartition(".")[2]
            if not library.is_packaged(module) or is_private(local.owner) or is_private(option):
                result.count("default: of something private or outside the packages")
            elif not (_is_field(name, site, fields) or _is_option(module, site, form, idioms)) or not _is_told(
                module, site, form, idioms
            ):
                result.count("default: a value or a name that is computed")
            else:
                understood = conditions.guards(name, site.conditions, local)
                when = canonical(understood.formula)
                places = (*places_of(module.path, site), *_comments(module, site), *understood.places)
                if when is False:
                    result.count("default: never reached")
                else:
                    result.found.append(_told(local.owner, kind, option, when, site.names[2], site.names[1], places))


def _of_field(library: Library, module: Module, site: Site, owner: str) -> Told:
    """Return the default of a field, with the description that its metadata or the docstring of its class gives."""
    name, default, description = site.names
    value = _value(site.expressions.get("default"), default)
    said = template(site.expressions.get("help"), library, module.name)
    places = [Place(module.path, site.span, "default"), *said.places]
    places += [Place(module.path, span, "message") for span in site.spans.values()]
    told = _told(owner, "default", name, True, said.text or description, f"{name} = {value}", tuple(places))
    whole = site.expressions.get("description")
    if said.text is None and isinstance(whole, ex.Constant):
        told = replace(told, description=str(whole.value))
    return told


def _value(given: ex.Expression | None, source: str) -> str:
    """Return the default that a call gives, as it stands in the source of the call; without one, the source."""
    match given:
        case None:
            return source
        case ex.Constant(value=int() | float() as number) if not isinstance(number, bool):
            written = (found[1] for found in _NUMBER.finditer(source))  # `1e-4` is not said as 0.0001
            return next((each for each in written if each == str(number) or _is_number(each, number)), str(number))
        case ex.Constant(value=str(text)):
            return f'"{text}"'
        case ex.Constant(value=value):
            return repr(value)
    return ex.dotted(given) or source


def _is_number(text: str, number: float) -> bool:
    try:
        return float(text) == number
    except ValueError:
        return False


def _told(
    owner: str, kind: AdviceKind, option: str, when: Formula, message: str, action: str, places: tuple[Place, ...]
) -> Told:
    return Told(owner, kind, "code", option, when, message or None, action, None, None, None, places)


def _comments(module: Module, site: Site) -> Iterator[Place]:
    yield from (Place(module.path, span, "message") for span in site.spans.values())


def _is_field(module: str, site: Site, fields: set[tuple[str, str, str]]) -> bool:
    """Say whether what is set is a field of the class around: `self.depth`, where the class has `depth: int = 0`."""
    holder, _, name = site.names[0].rpartition(".")
    return holder == "self" and (module, site.owner.rpartition(".")[0], name) in fields


def _is_option(module: Module, site: Site, form: str, idioms: Idioms) -> bool:
    """Say whether what is set is an option: a parameter, a keyword, or what an object holds that holds options."""
    holder, _, name = site.names[0].rpartition(".")
    if form in {"ignored", "supplied"}:
        return True
    if holder == "self" and name in _parameters(module, site):
        return True
    return _holds(holder, idioms) or _is_from_sibling(site) if holder else name in _parameters(module, site)


def _is_told(module: Module, site: Site, form: str, idioms: Idioms) -> bool:
    """Say whether the value is one that can be told: a constant, a parameter, an option, or a variable's."""
    if form not in {"missing", "supplied"}:
        return True
    value = site.expressions["value"]
    match value:
        case ex.Constant():
            return value.value is not None
        case ex.Unary() | ex.Sequence(items=(_, *_)) | ex.Mapping(items=(_, *_)):  # an empty display is plumbing
            return ex.is_literal(value)
        case ex.Name(name=name):
            return name in _parameters(module, site) or name.isupper()
        case ex.Call() if (ex.dotted(value.function) or "").endswith(("environ.get", "getenv")):
            return True
        case ex.Call() | ex.Binary():
            return _is_of_options(site, idioms) and _is_reckoned(value, _parameters(module, site))
    path = ex.dotted(value) or ""
    return _holds(path.rpartition(".")[0], idioms) or _is_from_sibling(site)


def _is_of_options(site: Site, idioms: Idioms) -> bool:
    """Say whether what is set is a field of a class that holds options, in a method of its own."""
    outer, _, field = site.names[0].rpartition(".")
    return (
        outer == "self" and not field.startswith("_") and matches(site.owner.partition(".")[0], idioms.options.classes)
    )


def _is_reckoned(value: ex.Expression, parameters: tuple[str, ...]) -> bool:
    """Say whether a value is reckoned from constants, parameters and fields of the object alone."""
    match value:
        case ex.Constant():
            return True
        case ex.Name(name=name):
            return name in parameters and name != "self"
        case ex.Attribute(value=ex.Name(name="self")):
            return True
        case ex.Binary(left=left, right=right):
            return _is_reckoned(left, parameters) and _is_reckoned(right, parameters)
        case ex.Call(function=ex.Name(name=name), arguments=arguments):
            return name in ex.INERT and all(_is_reckoned(each.value, parameters) for each in arguments)
    return False


def _is_from_sibling(site: Site) -> bool:
    """Say whether a missing attribute is filled from another of the same object: `pad_token = eos_token`."""
    holder = site.names[0].rpartition(".")[0]
    path = ex.dotted(site.expressions["value"]) or ""
    return bool(holder) and path.rpartition(".")[0] == holder


def _holds(path: str, idioms: Idioms) -> bool:
    return matches(path, idioms.options.holders)


def _parameters(module: Module, site: Site) -> tuple[str, ...]:
    definition = module.definitions.get(site.owner)
    return parameter_names(definition.signature or "()") if definition is not None else ()
