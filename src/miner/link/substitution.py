"""Objects that a lazy module gives another for: while a backend of theirs is missing, or once they are gone.

The first are no placeholders then. The second are the other one, under an old name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from miner.detect import substitution as detector
from miner.formula.connective import Formula, conjunction, conjuncts, disjunction, negation
from miner.link.backend import Backends, sites, strings
from miner.link.library import Library
from miner.link.message import template
from miner.link.naming import Naming, naming
from miner.link.need import Need
from miner.link.place import Place
from miner.model.site import Site


@dataclass(frozen=True)
class _Rule:
    """While `backend` is missing, objects with the `ending` are answered with another.

    `is_there`: only while that one misses nothing itself.
    """

    backend: str
    ending: str
    is_there: bool
    other: Naming
    message: str | None
    places: tuple[Place, ...]
    root: str


@dataclass
class Answered:
    """A key of a table, and the names that the package answers for it."""

    package: str
    key: str
    names: dict[str, None] = field(default_factory=dict)
    places: dict[Place, None] = field(default_factory=dict)


def offer_old_names(library: Library) -> dict[str, list[Place]]:
    """Let packages offer what their lazy modules answer old names with; return for each object what says so."""
    found: dict[str, list[Place]] = {}
    for module, site in sites(library, detector.ID, "name"):
        rule = _rule(library, module, site)
        for package, offered in library.lazy.items():
            if package.partition(".")[0] != rule.root:
                continue
            here = library.modules[package]
            for name, target in list(offered.items()):
                asked = rule.other.asked(name, rule.ending)
                if asked is not None and asked not in offered and asked not in here.definitions:
                    offered[asked] = target
                    found.setdefault(target, []).append(rule.places[0]._replace(role="declaration"))
    return {target: list(dict.fromkeys(places)) for target, places in found.items()}


def answered_names(library: Library) -> dict[str, Answered]:
    """Return what packages answer though they do not offer it, by the package and the key of the table."""
    found: dict[str, Answered] = {}
    tables = {site.owner: (module, site) for module, site in sites(library, detector.ID, "keys")}
    for module, site in sites(library, detector.ID, "table"):
        table, *endings = site.names
        package = module.partition(".")[0]
        if table not in tables or package not in library.lazy:
            continue
        home, keys = tables[table]
        offered = library.lazy[package].keys() | library.modules[package].definitions.keys()
        other = naming(site.expressions["other"]) if "other" in site.expressions else None
        places = [
            Place(library.modules[module].path, site.span, "declaration"),
            Place(library.modules[home].path, keys.span, "constant"),
        ]
        for key in strings(keys.expressions["keys"]) or ():
            names = [key] if key.endswith(tuple(endings)) else []
            names += [name for ending in endings if other and (name := other.asked(key, ending)) is not None]
            if names and key not in offered:
                answered = found.setdefault(f"{package}.{key}", Answered(package, key))
                answered.names.update(dict.fromkeys(names))
                answered.places.update(dict.fromkeys(places))
    return dict(sorted(found.items()))


def with_substitutes(library: Library, needs: Iterable[Need], backends: Backends) -> list[Need]:
    """Return the needs; where another object is given for one, its placeholder has that condition, and a need tells."""
    given = list(needs)
    rules = [_rule(library, module, site) for module, site in sites(library, detector.ID, "object")]
    if not rules:
        return given
    by_owner: dict[str, list[Need]] = {}
    for need in given:
        by_owner.setdefault(need.owner, []).append(need)
    offered = _offered(library)
    return [each for need in given for each in _with(need, rules, by_owner, offered, backends)]


def _rule(library: Library, module: str, site: Site) -> _Rule:
    backend, ending, is_there = site.names
    path = library.modules[module].path
    return _Rule(
        backend,
        ending,
        bool(is_there),
        naming(site.expressions["other"]),
        template(site.expressions.get("message"), library, module).text,
        (
            Place(path, site.span, "site"),
            *(Place(path, guard.span, "guard") for guard in site.conditions if guard.kind == "if"),
            *(Place(path, span, "message") for span in site.spans.values()),
        ),
        module.partition(".")[0],
    )


def _offered(library: Library) -> dict[str, dict[str, str]]:
    """Return for each object the others of the packages that offer it lazily, by name."""
    found: dict[str, dict[str, str]] = {}
    for _, names in sorted(library.lazy.items(), key=lambda item: (-item[0].count("."), item[0])):
        for target in names.values():
            found[target] = names  # the outermost package comes last: it offers most
    return found


def _with(
    need: Need,
    rules: list[_Rule],
    by_owner: dict[str, list[Need]],
    offered: dict[str, dict[str, str]],
    backends: Backends,
) -> Iterator[Need]:
    name = need.owner.rpartition(".")[2]
    for rule in rules if need.effect == "placeholder" and need.enforced else ():
        other = rule.other.of(name)
        target = offered.get(need.owner, {}).get(other)
        if (
            rule.backend in need.backends
            and name.endswith(rule.ending)
            and need.owner.partition(".")[0] == rule.root
            and target is not None
        ):
            yield from _answered(need, rule, other, _whole(by_owner.get(target, ())), backends)
            return
    yield need


def _whole(needs: Iterable[Need]) -> Formula:
    """Return what the whole object of these needs is a placeholder without."""
    return conjunction(*(need.needs for need in needs if need.effect == "placeholder" and need.enforced))


def _answered(need: Need, rule: _Rule, other: str, its: Formula, backends: Backends) -> Iterator[Need]:
    backend = backends.get(rule.backend).means
    there = its if rule.is_there else True
    besides = conjunction(*(part for part in conjuncts(backend.formula) if part not in conjuncts(there)))
    yield replace(
        need,
        when=conjunction(need.when, disjunction(besides, negation(there))),
        places=(*need.places, *(place for place in rule.places if place.role == "guard")),
    )
    yield Need(
        need.owner,
        besides,
        conjunction(need.when, there),
        "fallback",
        "placeholder",
        False,
        (*rule.places, *backend.places),
        backend.predicates,
        message=rule.message,
        action=other,
    )
