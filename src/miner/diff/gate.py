"""Changes of requirements: of the same object, floors, devices, conditions and effects that are others now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache, partial
from typing import Any

from miner.diff.consequence import Consequences, Moved, plain
from miner.diff.identity import Identity
from miner.diff.record import change
from miner.diff.refusal import Refusals
from miner.diff.version import compared, versions_of
from miner.diff.wording import is_said_alike, likeness
from miner.formula import atom as fa
from miner.formula.connective import Formula, affirmed
from miner.formula.disjunctive import is_refusal, literals, mentions, substitute
from miner.formula.notation import from_json
from miner.model.change import Change, ChangeType
from miner.model.node import Requirement
from miner.store.graph_reader import Graph

_HARD = frozenset({"raise", "return-reason"})
_TOLD = _HARD | {"warn", "fallback"}
_NEARLY_ALIKE = 0.8
"""The same for requirements that share no more than a package."""
_Said = tuple[str, str, str]
_Key = Callable[[Requirement], Hashable]


def changed_gates(identity: Identity) -> Iterator[Change]:
    """Yield what changed of the requirements of objects that are in both graphs; placeholders show as backends."""
    before, after = _by_owner(identity.old), _by_owner(identity.new)
    consequences = Consequences(identity)
    reached = {identity.of(owner) for owner in before}
    removed: list[tuple[Requirement, str]] = []
    added: list[Requirement] = []
    for owner, was in before.items():
        target = identity.of(owner)
        if target is None or not identity.in_both(owner, is_old=True):
            continue
        is_ = after.get(target, [])
        if (owner, [_rest(node) for node in was]) == (target, [_rest(node) for node in is_]):
            continue
        pairing = _Pairing((owner, target), was, is_)
        for pair in pairing.pairs(consequences):
            if not consequences.follows(*pair):
                yield from _pair(*pair, owner, target, consequences.moved(*pair))
        told = {_told(node) for node in was} & {_told(node) for node in is_} - {None}  # by other conditions than before
        removed += [(node, target) for node in pairing.left if _told(node) not in told]
        if not identity.is_inherited(owner):  # what the base needs in addition is told of the base
            added += [node for node in pairing.right if _told(node) not in told]
    for owner, is_ in after.items():
        if owner not in reached and identity.in_both(owner, is_old=False):
            added += is_
        elif owner not in reached and identity.is_new_override(owner):
            yield from (_change("gate-added", None, node, owner, severity="benign") for node in is_ if node.enforced)
    tellers = _tellers(before, identity.now), _tellers(after, str)
    yield from _unmoved(
        [(node, owner) for node, owner in removed if not _has_gone(_told(node), *tellers)],
        [node for node in added if not _has_gone(_told(node), *reversed(tellers))],
        (Refusals(identity.old, identity.now), Refusals(identity.new, str)),
    )


def _tellers(by_owner: dict[str, list[Requirement]], now: Callable[[str], str]) -> dict[Hashable, set[str]]:
    """Return who says what, by what is said, under the names in the new graph."""
    found: dict[Hashable, set[str]] = {}
    for owner, nodes in by_owner.items():
        for node in nodes:
            found.setdefault(_told(node), set()).add(now(owner))
    return found


def _has_gone(told: Hashable, here: dict[Hashable, set[str]], there: dict[Hashable, set[str]]) -> bool:
    """Return whether what an object says no longer is said by one that did not say it: then it has moved there."""
    return told is not None and bool(there.get(told, set()) - here.get(told, set()))


def _by_owner(graph: Graph) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for node in graph.of_type(Requirement):
        if node.otherwise.effect != "placeholder":
            found.setdefault(node.owner, []).append(node)
    return found


def _unmoved(
    removed: list[tuple[Requirement, str]], added: list[Requirement], refusals: tuple[Refusals, Refusals]
) -> Iterator[Change]:
    """Yield what is enforced no longer, or is now: but what is told alike elsewhere in a class has only moved there.

    What was refused already, whatever the environment, is refused less now; what is still refused, but no longer asks
    the environment, is so on another condition.
    """
    refused, refuses = refusals
    asked: set[Hashable] = set()
    gone = Counter((_class(owner), _told(node)) for node, owner in removed if _told(node) is not None)
    come = Counter((_class(node.owner), _told(node)) for node in added if _told(node) is not None)
    moved = {"removed": gone & come, "added": gone & come}

    def has_moved(side: str, owner: str, node: Requirement) -> bool:
        key = _class(owner), _told(node)
        moved[side][key] -= 1
        return moved[side][key] >= 0

    for node, owner in removed:
        if has_moved("removed", owner, node) or not _is_gate(node):
            continue
        still = refuses.said(node, owner)
        if still is None:
            yield _change("gate-removed", node, None, owner)
        elif (owner, _told(node)) not in asked:
            asked.add((owner, _told(node)))
            fields = {"symbol": owner, "field": "needs", "old": node.needs, "new": None}
            yield change("condition-changed", node, still, package=_package(node), **fields)
    for node in added:
        if has_moved("added", node.owner, node) or not _is_gate(node) or refused.said(node, node.owner):
            continue
        before = refused.loosened(node)
        if before is None:
            yield _change("gate-added", None, node, node.owner)
        else:
            fields = {"symbol": node.owner, "field": "needs", "old": before.when, "new": node.needs}
            yield change("gate-softened", before, node, package=_package(node), **fields)


def _is_gate(node: Requirement) -> bool:
    """Return whether a requirement is enforced, and more than a refusal of what is there on an unknown condition."""
    return node.enforced and not (is_refusal(from_json(node.needs)) and mentions(from_json(node.when), _is_opaque))


def _is_opaque(atom: fa.Atom) -> bool:
    return isinstance(atom, fa.Opaque)


def _class(owner: str) -> str:
    """Return the class of a method, or the module of a function: within it, a gate may move."""
    return owner.rpartition(".")[0]


class _Pairing:
    """The requirements of one object in both graphs: those said alike are left out, those about the same are paired."""

    def __init__(self, owners: tuple[str, str], was: list[Requirement], is_: list[Requirement]) -> None:
        known = [_said(node, *owners) for node in was]
        said = [_said(node, owners[1], owners[1]) for node in is_]
        self._was, self._is = was, is_
        self.left = [node for node, text in zip(was, known, strict=True) if text not in said]
        self.right = [node for node, text in zip(is_, said, strict=True) if text not in known]

    def pairs(self, consequences: Consequences) -> Iterator[tuple[Requirement, Requirement]]:
        """Yield pairs, of the surest likeness first; what is in none stays in `left` and `right`."""
        yield from self._alike(_told, _told)
        exactly = consequences.exactly
        yield from self._alike(
            partial(_and_effect, partial(exactly, is_old=True)), partial(_and_effect, partial(exactly, is_old=False))
        )
        yield from self._alike(partial(_and_effect, _needs), partial(_and_effect, _needs))
        about = partial(_and_effect, _and_action)
        yield from self._alike(about, about, is_worded_alike=True)
        yield from self._alike(partial(_alone, self._was), partial(_alone, self._is))
        yield from self._reworded()

    def _reworded(self) -> Iterator[tuple[Requirement, Requirement]]:
        """Yield pairs that share a package, and say nearly the same: what else they ask came or went."""
        near = [
            (share, at, to)
            for at, before in enumerate(self.left)
            for to, after in enumerate(self.right)
            if before.otherwise.effect == after.otherwise.effect and _packages(before) & _packages(after)
            for share in [likeness(before.otherwise.message, after.otherwise.message)]
            if share >= _NEARLY_ALIKE
        ]
        pairs: list[tuple[Requirement, Requirement]] = []
        for _, at, to in sorted(near, reverse=True):
            pair = self.left[at], self.right[to]
            if not any(pair[0] is before or pair[1] is after for before, after in pairs):
                pairs.append(pair)
        for before, after in pairs:
            self.left.remove(before)
            self.right.remove(after)
        yield from pairs

    def _alike(
        self, old_key: _Key, new_key: _Key, *, is_worded_alike: bool = False
    ) -> Iterator[tuple[Requirement, Requirement]]:
        about: dict[Hashable, list[Requirement]] = {}
        for node in self.right:
            about.setdefault(new_key(node), []).append(node)
        for before in list(self.left):
            same = old_key(before)
            alike = about.get(same, []) if same is not None else []
            if is_worded_alike:
                alike = [node for node in alike if is_said_alike(before.otherwise.message, node.otherwise.message)]
            if alike:
                after = alike[0]
                about[same].remove(after)
                self.left.remove(before)
                self.right.remove(after)
                yield before, after


def _and_action(node: Requirement) -> Hashable:
    """Return what a requirement is about, and, where nothing is said, what is done instead."""
    about = _named_subjects(node)
    is_silent = not node.enforced and node.otherwise.message is None
    return (about, node.otherwise.action if is_silent else None) if about else None


def _alone(all_: list[Requirement], node: Requirement) -> Hashable:
    """Return what a requirement needs where no other of the object needs it: then its effect may be another."""
    needs = _needs(node)
    is_told = node.otherwise.effect in _TOLD and bool(_named_subjects(node))
    return needs if is_told and [_needs(each) for each in all_].count(needs) == 1 else None


def _pair(before: Requirement, after: Requirement, old_owner: str, owner: str, moved: Moved | None) -> Iterator[Change]:
    """Yield the most telling difference of two requirements about the same: effect, versions, devices, or condition.

    Where both ask a predicate that means something else now, versions other than those in `moved` are a change of their
    own, and the rest follows the predicate, as far as can be told.
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
    versions_now = versions_of(needs[1])
    for subject, versions in versions_of(needs[0]).items():
        now = versions_now.get(subject)
        if now is None or now == versions or (versions, now) in (moved or {}).get(subject, ()):
            continue
        changed = compared(versions, now)
        if changed is not None:
            found = True
            yield _versioned(changed, subject, before, after, owner, versions, now)
    if found or moved is not None:
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
    if _needs(before) != _needs(after):
        yield _change("condition-changed", before, after, owner, field="needs", old=before.needs, new=after.needs)
    elif before.enforced and _named(before, old_owner, owner) != _named(after, owner, owner):
        yield _change("condition-changed", before, after, owner, field="when", old=before.when, new=after.when)


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
    if before is None and after is not None:
        fields |= {"field": "needs", "new": after.needs}
    elif after is None and before is not None:
        fields |= {"field": "needs", "old": before.needs}
    return change(type_, before, after, symbol=owner, **fields)


def _package(node: Requirement) -> str | None:
    """Return the first package that a requirement is about."""
    names = sorted(_subjects(node))
    return next((each.partition(":")[2] for each in names if each.startswith("package")), None)


def _rest(node: Requirement) -> tuple[Any, ...]:
    return node.needs, node.when, node.otherwise.effect


def _said(node: Requirement, owner: str, target: str) -> _Said:
    return plain(node.needs), _named(node, owner, target), node.otherwise.effect


def _named(node: Requirement, owner: str, target: str) -> str:
    """Return the condition of a requirement as text, with its owner under the name in the new graph."""
    return plain(node.when).replace(json.dumps(owner), json.dumps(target))


def _told(node: Requirement) -> Hashable:
    """Return what is said, and how, where a requirement is not met; None where nothing is said."""
    return (node.otherwise.message, node.otherwise.effect) if node.otherwise.message else None


def _and_effect(about: Callable[[Requirement], Any], node: Requirement) -> Hashable:
    """Return what a requirement is about, and its effect; None where it is about nothing."""
    found = about(node)
    return (found, node.otherwise.effect) if found else None


def _needs(node: Requirement) -> str:
    return plain(node.needs)


def _named_subjects(node: Requirement) -> frozenset[str]:
    return _subjects(node) - {"opaque"}


def _subjects(node: Requirement) -> frozenset[str]:
    """Return what a requirement is about, without versions."""
    return _subjects_in(plain(node.needs))


@lru_cache(maxsize=16_384)
def _subjects_in(needs: str) -> frozenset[str]:
    """Return what a formula, as text, is about: many requirements need the same."""
    found = set()
    for literal in literals(from_json(json.loads(needs))):
        atom = affirmed(literal)
        match atom:
            case fa.Package(package=name) | fa.Module(module=name):
                found.add(f"package:{name}")
            case fa.Device(device=name) | fa.ComputeCapability(device=name) | fa.DeviceCount(device=name):
                found.add(f"device:{name or 'cuda'}")
            case fa.Environment(env=name) | fa.Binary(binary=name) | fa.Feature(feature=name):
                found.add(f"{type(atom).__name__}:{name}")
            case fa.Opaque():
                found.add("opaque")
            case _:
                found.add(type(atom).__name__)
    return frozenset(found)


def _packages(node: Requirement) -> set[str]:
    return {each for each in _subjects(node) if each.startswith("package:")}


def _devices(formula: Formula) -> set[str]:
    return {literal.device for literal in literals(formula) if isinstance(literal, fa.Device)}
