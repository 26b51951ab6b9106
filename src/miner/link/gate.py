"""What gates in the middle of functions need, and what they demand of parameters alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from miner.detect import enforcement_decorator
from miner.detect import runtime_gate as detector
from miner.formula.atom import Atom, ComputeCapability, DeviceCount, Feature, Memory, Opaque, Parameter, Toolkit
from miner.formula.atom import Module as ModuleAtom
from miner.formula.canonical import canonical
from miner.formula.connective import All, Any, Formula, Not, conjunction, disjunction, negation
from miner.formula.disjunctive import atoms, is_refusal, mentions, substitute
from miner.formula.evaluate import evaluate
from miner.formula.gate import Split, is_environmental, split, without_ceiling
from miner.formula.vantage import TOP
from miner.link.backend import sites
from miner.link.condition import Conditions, Local, Understood
from miner.link.library import Library, Module, is_private
from miner.link.message import exception, template
from miner.link.need import Bound, Need
from miner.link.place import Place, places_of
from miner.model.node import Effect, Origin
from miner.model.site import Guard, Site

_EFFECTS: dict[str, Effect] = {"raise": "raise", "stand-in": "raise", "assert": "raise", "reason": "return-reason"}
_NO_CASE = "always or never reached"
QUOTED = "a condition that is not understood"


class Spoken(NamedTuple):
    """A gate with a message of which only the words are understood: the bound that it would be, and why it is none."""

    module: Module
    site: Site
    bound: Bound
    reason: str


class _Stated(NamedTuple):
    """What a site itself gives: the exception, the message, and the places."""

    exception: str | None
    message: str | None
    places: tuple[Place, ...]


@dataclass
class Gated:
    """The needs and bounds of a library's gates; `counts` says what became of the others, `spoken` what those say."""

    needs: list[Need] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    spoken: list[Spoken] = field(default_factory=list)

    def count(self, what: str) -> None:
        """Count a site that is not published."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def add(self, module: Module, site: Site, bound: Bound) -> None:
        """Add what a site demands of arguments alone, or, where that is not understood, its words; else count it."""
        if isinstance(bound.when, bool):
            self.count(_NO_CASE)
            return
        reason = _unbound(bound.owner, bound.when)
        if reason is None:
            self.bounds.append(bound)
        elif bound.message is not None:
            self.spoken.append(Spoken(module, site, bound, reason))
        else:
            self.count(f"parameters: {reason}")


def read_gates(library: Library, conditions: Conditions) -> Gated:
    """Return what every runtime gate of the packages states; that of a decorator is stated by what it decorates."""
    found = Gated()
    decorators = {(name, site.owner) for name, site in sites(library, enforcement_decorator.ID, "definition")}
    for name, module in library.modules.items():
        if not library.is_packaged(module):
            continue
        for site in module.facts.sites:
            if site.detector == detector.ID and (name, site.owner) not in decorators:
                _read(library, conditions, module, site, found)
    return found


def _read(library: Library, conditions: Conditions, module: Module, site: Site, found: Gated) -> None:
    local = Local.at(module.name, site)
    owner = local.owner
    understood = conditions.guards(module.name, site.conditions, local)
    stated = _stated(library, module, site)
    calls = without_implied(understood.formula)
    understood = understood._replace(formula=calls)
    if mentions(calls, is_environmental):
        result = split(calls)
        if not result.whole:
            result = by_innermost(conditions, module.name, site, local) or result
        result = _without_refusals(conditions, module, site, local, result, stated.message)
        found.needs.extend(_needs(site, owner, understood, result, stated))
        calls = result.calls
    if isinstance(calls, bool):
        if calls is understood.formula:
            found.count(_NO_CASE)
        return
    places = (*stated.places, *understood.places)
    found.add(
        module, site, Bound(owner, canonical(calls), _EFFECTS[site.form], places, stated.exception, stated.message)
    )


def _without_refusals(
    conditions: Conditions, module: Module, site: Site, local: Local, result: Split, message: str | None
) -> Split:
    """Return what is needed without what must not be there, where that only follows from how far the code has come.

    What is never supported by something that is there, and what is refused past a test that has left without it, needs
    nothing; the latter is a matter of arguments, while what is there is. A refusal of newer hardware stays.
    """
    if _is_of_arguments(conditions, module, site, local, message):
        asked = tuple(guard for guard in site.conditions if not _asks(conditions, module, guard, local))
        return Split((), canonical(conditions.guards(module.name, asked, local).formula))
    refusals = [each for each in result.records if is_refusal(each[0]) and not mentions(each[0], _is_measured)]
    if not refusals:
        return result
    if site.form != "stand-in":
        around = tuple(guard for guard in site.conditions if guard.kind != "exit")
        if mentions(conditions.guards(module.name, around, local).formula, is_environmental):
            return result
    kept = tuple(each for each in result.records if each not in refusals)
    calls = disjunction(result.calls, *(when for _, when in refusals)) if site.form != "stand-in" else result.calls
    return replace(result, records=kept, calls=canonical(calls))


def _is_of_arguments(conditions: Conditions, module: Module, site: Site, local: Local, message: str | None) -> bool:
    """Say whether a test of arguments refuses where all that could be missing is there.

    That is so where only earlier exits ask the environment, the tests around the place do not, and a machine with
    everything comes past those exits: nothing that it lacked would have been refused here. A refusal of newer hardware
    says so.
    """
    if not site.conditions or site.conditions[-1].kind == "exit":
        return False
    asking = tuple(guard for guard in site.conditions if _asks(conditions, module, guard, local))
    if any(guard.kind != "exit" for guard in asking):
        return False
    past = conditions.guards(module.name, asking, local).formula
    return evaluate(substitute(past, without_ceiling), TOP) is True and not _names_capability(message or "", past)


def _names_capability(message: str, formula: Formula) -> bool:
    """Say whether a message names a capability that a formula asks for: 10.0, also as SM100."""
    bounds = {
        bound for atom in atoms(formula) if isinstance(atom, ComputeCapability) for _, bound in atom.compute_capability
    }
    return any(bound in message or f"SM{bound.replace('.', '')}" in message for bound in bounds)


def _asks(conditions: Conditions, module: Module, guard: Guard, local: Local) -> bool:
    return mentions(conditions.guards(module.name, (guard,), local).formula, is_environmental)


def _is_measured(atom: Atom) -> bool:
    return isinstance(atom, ComputeCapability | DeviceCount | Memory | Toolkit)


def without_types(formula: Formula) -> Formula:
    """Return a condition without what asks for a module where the type of something is asked beside it.

    What is an instance of a class of a module does not ask for the module as well: where that is missing nothing is
    one, and a refusal of other types is none of the environment.
    """
    return _without_implied(formula, holds=None)


def without_implied(formula: Formula) -> Formula:
    """Return a condition without what types imply, nor any other word of a module beside it (`torch.is_tracing()`).

    The latter where nothing else is asked of the environment.
    """
    found = without_types(formula)
    if mentions(found, is_environmental):
        words = _without_implied(found, holds=True)
        if not mentions(words, is_environmental):
            return words
    return found


def _without_implied(formula: Formula, *, holds: bool | None) -> Formula:
    """Return a condition without what its types imply, or with `holds`, what any expression beside it implies.

    `holds` is False in a negation: what must not all be so may be missing.
    """
    match formula:
        case Not(part) if isinstance(part, All | Any):
            return negation(_without_implied(part, holds=holds if holds is None else not holds))
        case All(parts) | Any(parts):
            join = conjunction if isinstance(formula, All) else disjunction
            inner = tuple(_without_implied(part, holds=holds) for part in parts)
            kind = Not if isinstance(formula, Any) else None
            asked = [_affirmed(part, kind) for part in inner]
            is_together = isinstance(formula, All) is holds
            said = [
                atom.opaque
                for atom in asked
                if isinstance(atom, Opaque) and (is_together or atom.opaque.startswith("isinstance("))
            ]
            kept = zip(inner, asked, strict=True)
            return join(*(part for part, atom in kept if not any(_speaks_of(text, atom) for text in said)))
    return formula


def _speaks_of(text: str, atom: Formula | None) -> bool:
    """Say whether an expression is made with what an atom asks for: something of a module, or the feature itself."""
    match atom:
        case ModuleAtom(module=name):
            return re.search(rf"(?<![\w.]){re.escape(name)}\.", text) is not None
        case Feature(feature=name):
            return re.search(rf"(?<![\w.]){re.escape(name)}(?![\w(])", text) is not None
    return False


def _affirmed(part: Formula, kind: type[Not] | None) -> Formula | None:
    """Return a part of a conjunction, or the opposite of a part of alternatives."""
    if kind is None:
        return part
    return part.part if isinstance(part, Not) else None


def _unbound(owner: str, calls: Formula) -> str | None:
    """Return why a condition is none on public parameters alone; None when it is one."""
    if mentions(calls, lambda atom: isinstance(atom, Opaque)):
        return QUOTED
    asked = [atom.param for atom in atoms(calls) if isinstance(atom, Parameter)]
    if not asked:
        return "none in the condition"
    if all(map(is_private, asked)):
        return "of something private"
    if is_private(owner) and (is_private(owner.rpartition(".")[0]) or not all(map(_is_public_field, asked))):
        return "of something private"
    return None


def _is_public_field(name: str) -> bool:
    """Say whether a name is a field of the object itself, which a private method may check for all who set it."""
    return name.startswith("self.") and not is_private(name)


def by_innermost(conditions: Conditions, module: str, site: Site, local: Local) -> Split | None:
    """Return what the innermost test of the environment alone needs, while all the others hold; None when that is long.

    Taken together, the alternatives of a long chain of tests are too many.
    """
    for position in reversed(range(len(site.conditions))):
        inner = conditions.guards(module, site.conditions[position : position + 1], local).formula
        if not mentions(inner, is_environmental):
            continue
        others = (*site.conditions[:position], *site.conditions[position + 1 :])
        rest = conditions.guards(module, others, local).formula
        found = split(inner)
        if not found.whole:
            return None
        records = tuple((needs, canonical(conjunction(rest, when))) for needs, when in found.records)
        return Split(tuple(record for record in records if record[1] is not False), False)
    return None


def _needs(site: Site, owner: str, understood: Understood, result: Split, stated: _Stated) -> Iterator[Need]:
    origin: Origin = "assertion" if site.form == "assert" else "runtime-gate"
    for needs, when in result.records:
        yield Need(
            owner,
            needs,
            when,
            _EFFECTS[site.form],
            origin,
            True,
            (*stated.places, *understood.places),
            understood.predicates,
            (),
            stated.exception,
            stated.message,
            is_canonical=True,
        )


def _stated(library: Library, module: Module, site: Site) -> _Stated:
    """Return what a site itself gives."""
    raised: str | None = None
    text = site.expressions.get("message")
    if site.form in {"raise", "stand-in"}:
        raised, text = exception(site.expressions["exception"])
    elif site.form == "assert":
        raised = "AssertionError"
    message = template(text, library, module.name, site.bound)
    named = (Place(module.path, span, "message" if name == "text" else "guard") for name, span in site.spans.items())
    return _Stated(raised, message.text, (*places_of(module.path, site), *named, *message.places))
