"""Changes of requirements: of the same object, floors, devices, conditions and effects that are others now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from miner.diff.consequence import Consequences, Moved
from miner.diff.identity import Identity
from miner.diff.pairing import (
    HARD,
    Pairing,
    named,
    named_subjects,
    nearest,
    needs_of,
    rest,
    subjects_in,
    subjects_of,
    told,
)
from miner.diff.record import change
from miner.diff.refusal import Refusals
from miner.diff.teller import Tellers, has_moved, tellers
from miner.diff.version import compared, versions_of
from miner.formula import atom as fa
from miner.formula import connective
from miner.formula.connective import Formula, conjunction, conjuncts
from miner.formula.disjunctive import is_refusal, literals, mentions, substitute
from miner.formula.gate import chosen
from miner.formula.notation import from_json
from miner.model.change import SEVERITIES, Change, ChangeType
from miner.model.node import Implementation, Requirement
from miner.store.graph_reader import Graph
from miner.syntax.rows import written_parameters


def changed_gates(identity: Identity) -> Iterator[Change]:
    """Yield what changed of the requirements of objects that are in both graphs; placeholders show as backends."""
    before, after = _by_owner(identity.old), _by_owner(identity.new)
    consequences = Consequences(identity)
    reached = {identity.of(owner) for owner in before}
    removed: list[tuple[Requirement, str]] = []
    added: list[Requirement] = []
    vanished: list[tuple[Requirement, str]] = []
    for owner, was in before.items():
        target = identity.of(owner)
        if target is None or not identity.in_both(owner, is_old=True):
            vanished += [(node, f"{identity.now(_class(owner))}.{owner.rpartition('.')[2]}") for node in was]
            continue
        is_ = after.get(target, [])
        if (owner, [rest(node) for node in was]) == (target, [rest(node) for node in is_]):
            continue
        pairing = Pairing((owner, target), was, is_)
        for pair in pairing.pairs(consequences):
            if not consequences.follows(*pair):
                yield from _pair(*pair, owner, target, consequences.moved(*pair))
        for pair in pairing.parted():  # the rest of what was one is told, or stays, by another
            if not consequences.follows(*pair):
                yield from _bounds(*pair, target, consequences.moved(*pair))
        kept = {told(node) for node in was} & {told(node) for node in is_} - {None}  # by other conditions than before
        removed += [(node, target) for node in pairing.left if told(node) not in kept]
        if not identity.is_inherited(owner):  # what the base needs in addition is told of the base
            added += [node for node in pairing.right if told(node) not in kept]
    for owner, is_ in after.items():
        if owner not in reached and identity.in_both(owner, is_old=False):
            added += is_
        elif owner not in reached and identity.is_new_override(owner):
            yield from (_change("gate-added", None, node, owner, severity="benign") for node in is_ if node.enforced)
    sides = _told(before, identity.now), _told(after, str)
    yield from _unmoved(
        [(node, owner) for node, owner in removed if not has_moved(told(node), *sides)],
        [node for node in added if not has_moved(told(node), *reversed(sides))],
        [(node, owner) for node, owner in vanished if _is_gate(node)],
        consequences,
        identity,
    )


def _told(by_owner: dict[str, list[Requirement]], now: Callable[[str], str]) -> Tellers:
    """Return who says what, under the names in the new graph."""
    return tellers((told(node), now(owner)) for owner, nodes in by_owner.items() for node in nodes)


def _by_owner(graph: Graph) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for node in graph.of_type(Requirement):
        if node.otherwise.effect != "placeholder":
            found.setdefault(node.owner, []).append(node)
    return found


def _unmoved(
    removed: list[tuple[Requirement, str]],
    added: list[Requirement],
    vanished: list[tuple[Requirement, str]],
    consequences: Consequences,
    identity: Identity,
) -> Iterator[Change]:
    """Yield what is enforced no longer, or is now: but what is told alike elsewhere in a class has only moved there.

    What was refused already, whatever the environment, is refused less now; what is still refused, but no longer asks
    the environment, is so on another condition. `vanished` are gates of functions that are gone: those of new ones may
    be theirs.
    """
    refused, refuses = Refusals(identity.old, identity.now), Refusals(identity.new, str)
    asked: set[Hashable] = set()
    went = Counter((_class(owner), told(node)) for node, owner in removed if told(node) is not None)
    came = Counter((_class(node.owner), told(node)) for node in added if told(node) is not None)
    moved = {"removed": went & came, "added": went & came}

    def stays_within(side: str, owner: str, node: Requirement) -> bool:
        key = _class(owner), told(node)
        moved[side][key] -= 1
        return moved[side][key] >= 0

    gates = [(node, owner) for node, owner in removed if not stays_within("removed", owner, node) and _is_gate(node)]
    new = [node for node in added if not stays_within("added", node.owner, node) and _is_gate(node)]
    come = [node for node in new if identity.before(node.owner) not in identity.known_before]
    elsewhere = [*_moved_within(gates, new), *_moved_within(vanished, come, is_rewritten=True)]
    paired = {id(node) for pair in elsewhere for node in pair}
    for pair in elsewhere:
        if not consequences.follows(*pair):
            yield from _bounds(*pair, pair[1].owner, consequences.moved(*pair))
    for node, owner in gates:
        if id(node) in paired:
            continue
        still = refuses.said(node, owner)
        if still is None:
            yield _change("gate-removed", node, None, owner)
        elif named_subjects(node) and (owner, told(node)) not in asked:
            asked.add((owner, told(node)))
            fields = {"symbol": owner, "field": "needs", "old": node.needs, "new": None}
            yield change("condition-changed", node, still, package=_package(node), **fields)
    for node in new:
        if id(node) in paired or refused.said(node, node.owner):
            continue
        before = refused.loosened(node)
        if before is None:
            severity = "benign" if _is_of_new_option(node, identity) else SEVERITIES["gate-added"]
            yield _change("gate-added", None, node, node.owner, severity=severity)
        else:
            fields = {"symbol": node.owner, "field": "needs", "old": before.when, "new": node.needs}
            yield change("gate-softened", before, node, package=_package(node), **fields)


def _is_of_new_option(node: Requirement, identity: Identity) -> bool:
    """Return whether a gate is only reached with an option that the old release did not take: no call meets it yet."""
    was = identity.old.nodes.get(f"implementation:{identity.before(node.owner)}")
    is_ = identity.new.nodes.get(f"implementation:{node.owner}")
    sides = [written_parameters(each.signature) if isinstance(each, Implementation) else None for each in (was, is_)]
    if sides[0] is None or sides[1] is None:
        return False
    come = sides[1].keys() - sides[0].keys()
    return any(value is not None and name in come for name, value in chosen(from_json(node.when)).items())


def _moved_within(
    removed: list[tuple[Requirement, str]], added: list[Requirement], *, is_rewritten: bool = False
) -> Iterator[tuple[Requirement, Requirement]]:
    """Yield pairs of gates of one class or module that are nearly the same, or about much the same if rewritten."""
    gone: dict[str, list[Requirement]] = {}
    come: dict[str, list[Requirement]] = {}
    for node, owner in removed:
        gone.setdefault(_class(owner), []).append(node)
    for node in added:
        come.setdefault(_class(node.owner), []).append(node)
    for place in sorted(gone.keys() & come.keys()):
        yield from nearest(gone[place], come[place], may_repeat=True, may_be_rewritten=is_rewritten)


def _is_gate(node: Requirement) -> bool:
    """Return whether a requirement is enforced, and more than a refusal of what is there on an unknown condition."""
    return node.enforced and not (is_refusal(from_json(node.needs)) and mentions(from_json(node.when), _is_opaque))


def _is_opaque(atom: fa.Atom) -> bool:
    return isinstance(atom, fa.Opaque)


def _class(owner: str) -> str:
    """Return the class of a method, or the module of a function: within it, a gate may move."""
    return owner.rpartition(".")[0]


def _pair(before: Requirement, after: Requirement, old_owner: str, owner: str, moved: Moved | None) -> Iterator[Change]:
    """Yield the most telling difference of two requirements about the same: effect, versions, devices, or condition.

    Where both ask a predicate that means something else now, versions other than those in `moved` are a change of their
    own, and the rest follows the predicate, as far as can be told.
    """
    effects = before.otherwise.effect, after.otherwise.effect
    if effects[0] != effects[1]:
        type_: ChangeType = "effect-changed"
        if (effects[0] in HARD) != (effects[1] in HARD):
            type_ = "gate-softened" if effects[0] in HARD else "gate-hardened"
        yield _change(type_, before, after, owner, field="effect", old=effects[0], new=effects[1])
        return
    needs = from_json(before.needs), from_json(after.needs)
    versioned = list(_versions(before, after, needs, owner, moved))
    yield from versioned
    if versioned or moved is not None:
        return
    devices = _devices(needs[0]), _devices(needs[1])
    if devices[0] != devices[1]:
        for name in sorted(devices[1] - devices[0]):
            yield _change("device-added", before, after, owner, field="needs", new=name)
        for name in sorted(devices[0] - devices[1]):
            yield _change("device-removed", before, after, owner, field="needs", old=name)
        return
    if _without_opaque(before) == _without_opaque(after):
        return  # what was not understood is written otherwise, and may say the same
    if needs_of(before) != needs_of(after):
        yield _change("condition-changed", before, after, owner, field="needs", old=before.needs, new=after.needs)
    elif before.enforced and named(before, old_owner, owner) != named(after, owner, owner):
        yield _change("condition-changed", before, after, owner, field="when", old=before.when, new=after.when)


def _bounds(before: Requirement, after: Requirement, owner: str, moved: Moved | None) -> Iterator[Change]:
    """Yield what is bounded otherwise of two that are one in part: only what both need in any case, and bound still."""
    sides = (conjuncts(from_json(node.needs)) for node in (before, after))
    alone = (conjunction(*(part for part in side if not isinstance(part, connective.Any))) for side in sides)
    found = _versions(before, after, (next(alone), next(alone)), owner, moved)
    yield from (each for each in found if each.new)


def _versions(
    before: Requirement, after: Requirement, needs: tuple[Formula, Formula], owner: str, moved: Moved | None
) -> Iterator[Change]:
    """Yield the packages and capabilities of which both need versions, but others."""
    versions_now = versions_of(needs[1])
    for subject, versions in versions_of(needs[0]).items():
        now = versions_now.get(subject)
        if now is None or now == versions or (versions, now) in (moved or {}).get(subject, ()):
            continue
        changed = compared(versions, now)
        if changed is not None:
            yield _versioned(changed, subject, before, after, owner, versions, now)


def _without_opaque(node: Requirement) -> tuple[Formula, Formula]:
    """Return the formulas of a requirement with one opaque atom in the place of all."""

    def same(atom: fa.Atom) -> Formula:
        return fa.Opaque(opaque="", reason="") if isinstance(atom, fa.Opaque) else atom

    return substitute(from_json(node.needs), same), substitute(from_json(node.when), same)


def _versioned(
    changed: ChangeType, subject: str, before: Requirement, after: Requirement, owner: str, old: str, new: Any
) -> Change:
    if subject.startswith("capability"):
        changed = "capability-raised" if changed in {"floor-raised", "cap-added"} else "capability-lowered"
    package = subject.partition(":")[2] if not subject.startswith("capability") else None
    return _change(changed, before, after, owner, package=package, field="needs", old=old, new=new)


def _change(
    type_: ChangeType, before: Requirement | None, after: Requirement | None, owner: str, /, **fields: Any
) -> Change:
    node = after or before
    fields.setdefault("package", _package(node) if node is not None else None)
    if node is not None and node.when is not True and fields.get("field") != "when":
        fields.setdefault("when", node.when)
    if before is None and after is not None:
        fields |= {"field": "needs", "new": after.needs}
    elif after is None and before is not None:
        fields |= {"field": "needs", "old": before.needs}
    return change(type_, before, after, symbol=owner, **fields)


def _package(node: Requirement) -> str | None:
    """Return the first package that a requirement is about, one that is needed in any case before others."""
    needed = [part for part in conjuncts(from_json(node.needs)) if not isinstance(part, connective.Any)]
    for names in (subjects_in(conjunction(*needed)), subjects_of(node)):
        for each in sorted(names):
            if each.startswith("package"):
                return each.partition(":")[2]
    return None


def _devices(formula: Formula) -> set[str]:
    return {literal.device for literal in literals(formula) if isinstance(literal, fa.Device)}
