"""Changes of requirements: of the same object, floors, devices, conditions and effects that are others now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from miner.diff.consequence import Consequences, Moved, plain
from miner.diff.identity import Identity
from miner.diff.record import change
from miner.diff.version import compared, versions_of
from miner.formula import atom as fa
from miner.formula.connective import Formula, Not
from miner.formula.disjunctive import literals
from miner.formula.notation import from_json
from miner.model.change import Change, ChangeType
from miner.model.node import Requirement

_HARD = frozenset({"raise", "return-reason"})
_Said = tuple[str, str, str]


def changed_gates(identity: Identity, old: list[Requirement], new: list[Requirement]) -> Iterator[Change]:
    """Yield what changed of the requirements of objects that are in both graphs; placeholders show as backends."""
    after: dict[str, list[Requirement]] = {}
    for node in new:
        if node.otherwise.effect != "placeholder":
            after.setdefault(node.owner, []).append(node)
    before: dict[str, list[Requirement]] = {}
    for node in old:
        if node.otherwise.effect != "placeholder":
            before.setdefault(node.owner, []).append(node)
    consequences = Consequences(identity)
    reached = {identity.of(owner): owner for owner in before}
    for owner, was in before.items():
        target = identity.of(owner)
        if target is None:
            continue
        yield from _of_owner(owner, target, was, after.get(target, []), consequences)
    kept = {node.qualname for node in identity.offered()[0].values()}
    for owner, is_ in after.items():
        if owner not in reached and (owner in kept or owner.rpartition(".")[0] in kept):
            yield from (_change("gate-added", None, node, owner) for node in is_ if node.enforced)


def _of_owner(
    old_owner: str, owner: str, was: list[Requirement], is_: list[Requirement], consequences: Consequences
) -> Iterator[Change]:
    """Yield the changes of one object: what is said alike is left out, then what is about the same is paired."""
    if (old_owner, [_rest(node) for node in was]) == (owner, [_rest(node) for node in is_]):
        return
    known = [_said(node, old_owner, owner) for node in was]
    said = [_said(node, owner, owner) for node in is_]
    left = [node for node, text in zip(was, known, strict=True) if text not in said]
    right = [node for node, text in zip(is_, said, strict=True) if text not in known]
    for same in (_needs_and_effect, _subjects_and_effect, _subjects):
        about: dict[Any, list[Requirement]] = {}
        for node in right:
            about.setdefault(same(node), []).append(node)
        for before in list(left):
            candidates = about.get(same(before))
            if candidates:
                after = candidates.pop(0)
                left.remove(before)
                right.remove(after)
                yield from _pair(before, after, old_owner, owner, consequences.moved(before, after))
    yield from (_change("gate-removed", node, None, owner) for node in left if node.enforced)
    yield from (_change("gate-added", None, node, owner) for node in right if node.enforced)


def _pair(before: Requirement, after: Requirement, old_owner: str, owner: str, moved: Moved) -> Iterator[Change]:
    """Yield the most telling difference of two requirements about the same: effect, versions, devices, or condition.

    None where it only follows a predicate that they ask, whose versions are those in `moved`.
    """
    effects = before.otherwise.effect, after.otherwise.effect
    if effects[0] != effects[1]:
        type_: ChangeType = "effect-changed"
        if (effects[0] in _HARD) != (effects[1] in _HARD):
            type_ = "gate-softened" if effects[0] in _HARD else "gate-hardened"
        yield _change(type_, before, after, owner, field="effect", old=effects[0], new=effects[1])
        return
    needs = from_json(before.needs), from_json(after.needs)
    found = False
    for subject, versions in versions_of(needs[0]).items():
        now = versions_of(needs[1]).get(subject)
        if now is None or now == versions or (versions, now) in moved.get(subject, ()):
            continue
        changed = compared(versions, now)
        if changed is not None:
            found = True
            yield _versioned(changed, subject, before, after, owner, versions, now)
    if found:
        return
    devices = _devices(needs[0]), _devices(needs[1])
    if devices[0] != devices[1]:
        for name in sorted(devices[1] - devices[0]):
            yield _change("device-added", before, after, owner, field="needs", new=name)
        for name in sorted(devices[0] - devices[1]):
            yield _change("device-removed", before, after, owner, field="needs", old=name)
        return
    if plain(before.needs, moved) != plain(after.needs, moved):
        yield _change("condition-changed", before, after, owner, field="needs", old=before.needs, new=after.needs)
    elif before.enforced and _named(before, old_owner, owner, moved) != _named(after, owner, owner, moved):
        yield _change("condition-changed", before, after, owner, field="when", old=before.when, new=after.when)


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
    names = sorted(_subjects(node)[0]) if node is not None else []
    fields.setdefault("package", next((each.partition(":")[2] for each in names if each.startswith("package")), None))
    if before is None and after is not None:
        fields |= {"field": "needs", "new": after.needs}
    elif after is None and before is not None:
        fields |= {"field": "needs", "old": before.needs}
    return change(type_, before, after, symbol=owner, **fields)


def _rest(node: Requirement) -> tuple[Any, ...]:
    return node.needs, node.when, node.otherwise.effect


def _said(node: Requirement, owner: str, target: str) -> _Said:
    return plain(node.needs, {}), _named(node, owner, target, {}), node.otherwise.effect


def _named(node: Requirement, owner: str, target: str, moved: Moved) -> str:
    """Return the condition of a requirement as text, with its owner under the name in the new graph."""
    return plain(node.when, moved).replace(json.dumps(owner), json.dumps(target))


def _needs_and_effect(node: Requirement) -> tuple[Any, ...]:
    return plain(node.needs, {}), node.otherwise.effect


def _subjects_and_effect(node: Requirement) -> tuple[Any, ...]:
    return *_subjects(node), node.otherwise.effect


def _subjects(node: Requirement) -> tuple[frozenset[str], ...]:
    """Return what a requirement is about, without versions; devices are one subject."""
    found = set()
    for literal in literals(from_json(node.needs)):
        atom = literal.part if isinstance(literal, Not) else literal
        match atom:
            case fa.Package(package=name) | fa.Module(module=name):
                found.add(f"package:{name}")
            case fa.Device() | fa.ComputeCapability() | fa.DeviceCount():
                found.add("device")
            case fa.Opaque():
                found.add("opaque")
            case _:
                found.add(type(atom).__name__)
    return (frozenset(found),)


def _devices(formula: Formula) -> set[str]:
    return {literal.device for literal in literals(formula) if isinstance(literal, fa.Device)}
