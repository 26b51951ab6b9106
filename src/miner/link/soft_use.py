"""What soft uses need: what is lost, replaced or only warned of when it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from miner.detect import soft_use as detector
from miner.formula.atom import Opaque
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjunction, disjunction, negation
from miner.formula.disjunctive import disjunctive, mentions
from miner.formula.gate import is_environmental, is_lacking, split
from miner.formula.notation import text
from miner.link.backend import sites
from miner.link.condition import Conditions, Local, Understood
from miner.link.gate import without_types
from miner.link.library import Library, Module
from miner.link.meaning.wording import render
from miner.link.message import NONE, template
from miner.link.need import Need
from miner.link.place import Place
from miner.model.node import Effect, Origin
from miner.model.site import Guard, Site

_NOTHING = ("= None", "= False", "= object", "= ()", "= {}", "= []")


_LEFT = frozenset({"return", "return None", "return False", "break", "continue"})
"""Ways to leave that do nothing instead."""


class _Arm(NamedTuple):
    """What an arm does, as the detector says: in a word, in text, and the names that it binds."""

    kind: str
    text: str
    bound: str


def _of_import(arm: _Arm, lost: str, taken: str) -> tuple[Effect, str | None]:
    """Return what happens where `lost` names are not imported: others are `taken`, a warning, or they are missing."""
    if arm.kind == "warn":
        return "warn", arm.text or f"without {lost}"
    if arm.bound:
        return "fallback", taken
    if arm.kind == "leave" and arm.text in _LEFT:
        return "skip", arm.text
    if arm.kind == "none" or arm.text.endswith(_NOTHING):
        return "disable", f"without {lost}"
    return "fallback", arm.text


def _of_branch(arm: _Arm, kept: _Arm, taken: str) -> tuple[Effect, str | None]:
    """Return what happens in the arm that is taken when something is missing, instead of the one that is `kept`."""
    if arm.kind == "warn":
        leaves = arm.text.startswith(("return", "raise", "break", "continue"))
        return ("fallback" if arm.text and not leaves else "warn"), arm.text or None
    if arm.kind == "none":
        return "skip", f"without: {kept.text}" if kept.text else None
    if arm.kind == "leave" and arm.text in _LEFT:
        return "skip", arm.text
    return "fallback", arm.text or taken


def needs_of_soft_uses(library: Library, conditions: Conditions, predicates: frozenset[str]) -> Iterator[Need]:
    """Yield what every soft use of the packages needs; the bodies of `predicates` say what these mean, not needs."""
    for name, site in sites_of_packages(library):
        owner = f"{name}.{site.owner}" if site.owner else name
        if owner not in predicates:
            yield from _Use(library, conditions, library.modules[name], site, owner, predicates).needs()


def sites_of_packages(library: Library) -> Iterator[tuple[str, Site]]:
    """Yield the soft uses of packaged modules."""
    for form in ("branch", "import", "ternary", "value"):
        for name, site in sites(library, detector.ID, form):
            if library.is_packaged(library.modules[name]):
                yield name, site


class _Use:
    """One soft use."""

    def __init__(
        self,
        library: Library,
        conditions: Conditions,
        module: Module,
        site: Site,
        owner: str,
        predicates: frozenset[str],
    ) -> None:
        self._library = library
        self._conditions = conditions
        self._module = module
        self._site = site
        self._owner = owner
        self._predicates = predicates
        self._local = Local.at(module.name, site)

    def needs(self) -> Iterator[Need]:
        """Yield the needs of the use; none where the environment decides nothing, or its lack is a raise."""
        match self._site.form:
            case "import":
                yield from self._import()
            case "ternary":
                yield from self._ternary()
            case "value":
                yield from self._value()
            case _:
                yield from self._branch()

    def _import(self) -> Iterator[Need]:
        arm = _Arm(*self._site.names[:3])
        if arm.kind == "raise":
            return
        guard = Guard(self._site.span, "missing", self._site.expressions["imports"], holds=True)
        missing = self._conditions.guards(self._module.name, (guard,), self._local)
        effect, action = _of_import(arm, self._site.names[3], self._taken(arm))
        yield from self._lost(missing, missing.formula, effect, "import-guard", action, "handler")

    def _ternary(self) -> Iterator[Need]:
        test = self._test()
        if not mentions(test.formula, is_environmental):
            return
        lacking = is_lacking(test.formula)
        given = self._site.expressions["body" if lacking else "orelse"]
        lost = test.formula if lacking else _lost(test.formula)
        yield from self._lost(test, lost, "fallback", "runtime-gate", render(given), "")

    def _value(self) -> Iterator[Need]:
        targets = self._site.names[0]
        if any(f"{self._module.name}.{target}" in self._predicates for target in targets.split(", ")):
            return
        test = self._test()
        if not mentions(test.formula, is_environmental):
            return
        lacking = is_lacking(test.formula)
        lost = test.formula if lacking else _lost(test.formula)
        action = f"{targets or 'the result'} is {'true' if lacking else 'false'}"
        yield from self._lost(test, lost, "fallback", "runtime-gate", action, "")

    def _branch(self) -> Iterator[Need]:
        test = self._test()
        if not mentions(test.formula, is_environmental):
            return
        lacking = is_lacking(test.formula)
        arms = {"body": _Arm(*self._site.names[:3]), "orelse": _Arm(*self._site.names[3:])}
        gone, kept = ("body", "orelse") if lacking else ("orelse", "body")
        if arms[gone].kind == "raise" or (not lacking and arms["body"].kind == "raise"):
            return
        if arms[gone].kind == "none" and arms[kept].kind == "warn":  # the presence of something is warned of
            yield from self._warned(test, kept)
            return
        origin: Origin = "runtime-gate"
        if arms[kept].kind == "import" and (lost_names := self._only_here(arms[kept])):
            origin = "import-guard"
            effect, action = _of_import(arms[gone], lost_names, self._taken(arms[gone]))
        else:
            effect, action = _of_branch(arms[gone], arms[kept], self._taken(arms[gone]))
        lost = test.formula if lacking else _lost(test.formula)
        yield from self._lost(test, lost, effect, origin, action, gone)

    def _taken(self, arm: _Arm) -> str:
        """Return what an arm that binds names has: what it imports, or what it may define itself."""
        is_imported = self._module.definitions.keys().isdisjoint(arm.bound.split(", "))
        return f"import {arm.bound}" if is_imported else f"other {arm.bound}"

    def _only_here(self, arm: _Arm) -> str:
        """Return the names that an arm binds without those that the module has imported before, if it does more."""
        if not arm.text:
            return arm.bound
        start = self._site.span.start_byte
        earlier = {
            binding.name
            for row in self._module.facts.imports
            if row.span.start_byte < start and not row.type_checking
            for binding in row.bindings
        }
        return ", ".join(name for name in arm.bound.split(", ") if name not in earlier)

    def _warned(self, test: Understood, arm: str) -> Iterator[Need]:
        holds = arm == "body"
        formula = test.formula if holds else negation(test.formula)
        yield from self._lost(test, formula, "warn", "runtime-gate", None, arm)

    def _test(self) -> Understood:
        guard = Guard(self._site.span, "if", self._site.expressions["test"], holds=True)
        understood = self._conditions.guards(self._module.name, (guard,), self._local)
        return understood._replace(formula=without_types(understood.formula))

    def _lost(
        self,
        stated: Understood,
        lost: Formula,
        effect: Effect,
        origin: Origin,
        action: str | None,
        arm: str,
    ) -> Iterator[Need]:
        """Yield the needs of a place that is reached when `lost` holds, on top of the site's own conditions."""
        path = self._conditions.guards(self._module.name, self._site.conditions, self._local)
        bound = self._site.scope.statements if self._site.scope is not None else ()
        said = NONE
        if f"{arm} message" in self._site.expressions:
            said = template(self._site.expressions[f"{arm} message"], self._library, self._module.name, bound)
        path_of = self._module.path
        places = (
            Place(path_of, self._site.span, "guard"),
            *(Place(path_of, guard.span, "guard") for guard in self._site.conditions),
            *(Place(path_of, span, "site") for name, span in self._site.spans.items() if name.partition(" ")[0] == arm),
            *(Place(path_of, statement.span, "binding") for statement in bound),
            *said.places,
            *stated.places,
            *path.places,
        )
        predicates = tuple(dict.fromkeys((*stated.predicates, *path.predicates)))
        found = split(lost)
        records = found.records
        if not found.whole and "test" in self._site.expressions:
            records = ((self._quoted(lost is stated.formula), True),)
        for needs, when in records:  # what leads to the use stays together: an arm of a chain needs its own
            whole = when if path.formula is True else canonical(conjunction(path.formula, when))
            if whole is not False:
                yield Need(
                    self._owner, needs, whole, effect, origin, False, places, predicates, (), None, said.text, action,
                    is_canonical=True,
                )  # fmt: skip

    def _quoted(self, lacking: bool) -> Formula:
        """Return a test as it is written, where it has more alternatives than are followed: it holds, or must not."""
        quoted = Opaque(opaque=render(self._site.expressions["test"]), reason="more alternatives than are followed")
        return negation(quoted) if lacking else quoted


def _lost(test: Formula) -> Formula:
    """Return when a test fails for want of the environment: it fails, and what it asks of arguments holds."""
    return _known_lost(text(test), test)


@lru_cache(maxsize=4_096)
def _known_lost(_: str, test: Formula) -> Formula:
    terms = disjunctive(test)
    if terms is None:
        return negation(test)
    calls = [conjunction(*(literal for literal in term if not is_environmental(literal))) for term in terms]
    return canonical(conjunction(negation(test), disjunction(*calls)))
