"""The needs that file rules, decorators and gated exports state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from miner.detect import enforcement_decorator as detector
from miner.detect.idiom import Idioms
from miner.link.attaching import Attaching, decorator_of
from miner.link.backend import Backend, Backends, sites, strings
from miner.link.condition import Conditions, joined
from miner.link.decorator import Decorators, Enforced
from miner.link.file_rule import FileRules
from miner.link.library import Library, Module
from miner.link.need import Need
from miner.link.offer import objects_of
from miner.link.place import Place
from miner.link.placeholder import Dummy, Offer, Structures
from miner.model.site import Site


def needs_of_file_rules(library: Library, rules: FileRules, backends: Backends) -> Iterator[Need]:
    """Yield the need of every object of every file that a rule gives backends to."""
    for path, stated in sorted(rules.files.items()):
        if not stated.backends:
            continue
        module = library.by_path[path]
        for name in objects_of(module):
            places = (*stated.places, *_declared(module, name))
            yield _of_backends(f"{module.name}.{name}", stated.backends, backends, "placeholder", "file-rule", places)


def needs_of_decorators(
    library: Library, backends: Backends, decorators: Decorators, rules: FileRules, idioms: Idioms
) -> Iterator[Need]:
    """Yield the need behind every enforcement decorator; what is not understood is reported to `rules`."""
    attaching = Attaching(library, idioms)
    for name, site in sites(library, detector.ID, "backends"):
        module = library.modules[name]
        named = strings(site.expressions["backends"])
        if named is None:
            rules.report("decorator: backends that are no literal strings")
        elif named:
            places = (Place(module.path, site.span, "site"), *attaching.places(name, site))
            is_offered = site.names[2] == "top" and module.path in rules.files
            effect = "placeholder" if site.names[1] == "class" or is_offered else "raise"
            need = _of_backends(f"{name}.{site.owner}", named, backends, effect, "decorator", places)
            is_enforced = is_offered or attaching.enforces(name, site)
            action = None if is_enforced else "nothing: the decorator only attaches the backends"
            if not is_enforced:  # what the raiser would say is never said
                need = replace(need, exception=None, message=None)
            yield replace(need, decorator=decorator_of(library, name, site), enforced=is_enforced, action=action)
    for name, site in sites(library, detector.ID, "named"):
        enforced = decorators.get(name, site.names[0], site.expressions["call"])
        if enforced is None:
            rules.report("decorator: no definition in the snapshot")
        else:
            yield _named(library, enforced, name, site)


def _named(library: Library, enforced: Enforced, name: str, site: Site) -> Need:
    path = library.modules[name].path
    return Need(
        f"{name}.{site.owner}",
        enforced.needs.formula,
        True,
        enforced.effect,
        "decorator",
        enforced.effect == "raise",
        (Place(path, site.span, "site"), *enforced.places, *enforced.needs.places),
        enforced.needs.predicates,
        (),
        enforced.exception,
        enforced.message,
        decorator=decorator_of(library, name, site),
    )


def needs_of_gates(
    library: Library, structures: Structures, conditions: Conditions, backends: Backends
) -> Iterator[Need]:
    """Yield the need of every object that a package offers under a condition, or has a stand-in for."""
    by_owner: dict[str, list[Offer]] = {}
    for offer in structures.offers:
        located = library.locate(offer.target, offer.name)
        owner = located.qualname if located and located.module else f"{offer.target}.{offer.name}"
        by_owner.setdefault(owner, []).append(offer)
    for owner, offers in sorted(by_owner.items()):
        gated = [offer for offer in offers if offer.conditions]
        dummies = _stand_ins(structures.dummies.get(offers[0].name, ()), offers)
        if gated:
            yield _of_gate(library, owner, gated, dummies, conditions, backends)


def _stand_ins(dummies: Iterable[Dummy], offers: list[Offer]) -> list[Dummy]:
    """Return the stand-ins of the package that makes the offers."""
    roots = {offer.package.partition(".")[0] for offer in offers}
    return [dummy for dummy in dummies if dummy.module.partition(".")[0] in roots]


def _of_gate(
    library: Library, owner: str, offers: list[Offer], dummies: list[Dummy], conditions: Conditions, backends: Backends
) -> Need:
    parts = []
    places: dict[Place, None] = {}
    for offer in offers:
        module = library.modules[offer.package]
        parts.append(conditions.guards(offer.package, offer.conditions))
        places.update({Place(module.path, guard.span, "guard"): None for guard in offer.conditions})
        places[offer.place] = None
    for dummy in dummies:
        places.update(dict.fromkeys(dummy.places))
    needs = joined(parts)
    names = tuple(sorted({name for dummy in dummies for name in dummy.backends or ()}))
    stated = [backends.get(name) for name in names]
    is_raising = any(dummy.backends is not None for dummy in dummies)
    exception, raiser = (backends.exception, backends.raiser) if is_raising else (None, None)
    offered = f"{offers[0].package}.{offers[0].name} is None" if dummies else None
    return Need(
        owner,
        needs.formula,
        True,
        "placeholder" if is_raising else "disable",
        "placeholder",
        is_raising,
        (*places, *needs.places, *((raiser,) if raiser else ()), *_messages(stated)),
        needs.predicates,
        names,
        exception,
        _message(stated),
        None if is_raising else offered or f"{offers[0].package} does not offer {offers[0].name}",
    )


def _of_backends(
    owner: str, names: tuple[str, ...], backends: Backends, effect: str, origin: str, places: tuple[Place, ...]
) -> Need:
    stated = [backends.get(name) for name in names]
    needs = joined(backend.means for backend in stated)
    raiser = (backends.raiser,) if backends.raiser else ()
    return Need(
        owner,
        needs.formula,
        True,
        effect,  # type: ignore[arg-type]
        origin,  # type: ignore[arg-type]
        True,
        (*places, *_messages(stated), *raiser, *needs.places),
        needs.predicates,
        names,
        backends.exception,
        _message(stated),
    )


def _message(stated: list[Backend]) -> str | None:
    """Return the backends' messages, joined as the raiser joins those that are missing; None when one is unknown."""
    messages = [backend.message for backend in stated]
    return "".join(m for m in messages if m is not None) if messages and None not in messages else None


def _messages(stated: list[Backend]) -> tuple[Place, ...]:
    return tuple(place for backend in stated for place in backend.places)


def _declared(module: Module, name: str) -> Iterator[Place]:
    row = next((row for row in module.facts.exports or () if row.name == name), None)
    if row is not None:
        yield Place(module.path, row.span, "declaration")
