"""What functions need because they use a name that their module imports only where something is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.detect import guarded_name as detector
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjunction, conjuncts, negation
from miner.formula.disjunctive import mentions
from miner.formula.gate import is_environmental
from miner.formula.notation import text
from miner.link.backend import sites
from miner.link.condition import Conditions, Local, Understood
from miner.link.library import Library
from miner.link.need import Need
from miner.link.place import Place, places_of
from miner.link.settled import Settled
from miner.model.site import Guard
from miner.model.span import Span


def needs_of_names(
    library: Library, conditions: Conditions, predicates: frozenset[str], settled: Settled
) -> Iterator[Need]:
    """Yield what functions need for the names that they use, besides what is settled already; each need once.

    Nothing is needed where the path to the use asks for it. The bodies of `predicates` say what these mean.
    """
    told: set[tuple[str, str]] = set()
    tests: dict[tuple[str, Span], tuple[Understood, tuple[Formula, ...]]] = {}
    for name, site in sites(library, detector.ID, "use"):
        module, owner = library.modules[name], f"{name}.{site.owner}"
        if not library.is_packaged(module) or owner in predicates:
            continue
        guard = Guard(site.spans["guard"], "if", site.expressions["test"], holds=True)
        if (name, guard.span) not in tests:
            asked = conditions.guards(name, (guard,))
            tests[name, guard.span] = asked, conjuncts(canonical(asked.formula))
        asked, parts = tests[name, guard.span]
        path = conditions.guards(name, site.conditions, Local.at(name, site))
        needs = conjunction(*_left(parts, path.formula, settled, owner))
        if path.formula is not False and mentions(needs, is_environmental) and (owner, text(needs)) not in told:
            told.add((owner, text(needs)))
            places = (*places_of(module.path, site), Place(module.path, guard.span, "guard"), *asked.places)
            yield Need(
                owner, needs, canonical(path.formula), "raise", "guarded-name", True, (*places, *path.places),
                tuple(dict.fromkeys((*asked.predicates, *path.predicates))), (), None, None,
                f"without {site.names[0]}", is_canonical=True,
            )  # fmt: skip


def _left(parts: Iterable[Formula], path: Formula, settled: Settled, owner: str) -> Iterator[Formula]:
    """Yield what is asked for besides what is settled, and what the path asks for already."""
    is_asking = mentions(path, is_environmental)
    for part in parts:
        is_there = is_asking and canonical(conjunction(path, negation(part))) is False
        if not is_there and not settled.holds(part, owner):
            yield part
