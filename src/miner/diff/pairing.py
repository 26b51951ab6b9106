"""Which requirements of two releases are one: those said alike, those about the same, and those nearly so."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache, partial
from typing import Any

from miner.diff.consequence import Consequences, plain
from miner.diff.wording import is_said_alike, likeness, plain_words
from miner.formula import atom as fa
from miner.formula.connective import Formula, affirmed
from miner.formula.disjunctive import literals
from miner.formula.notation import from_json, parts
from miner.model.node import Requirement

HARD = frozenset({"raise", "return-reason"})
_TOLD = HARD | {"warn", "fallback"}
_NEARLY_ALIKE = 0.8
"""The least likeness of what is said where requirements share no more than a package."""
_REWRITTEN = 0.6
"""The same where one function is gone and another came."""
_Said = tuple[str, str, str]
_Key = Callable[[Requirement], Hashable]


class Pairing:
    """The requirements of one object in both graphs: those said alike are left out, those about the same are paired."""

    def __init__(self, owners: tuple[str, str], was: list[Requirement], is_: list[Requirement]) -> None:
        known = [_said(node, *owners) for node in was]
        said = [_said(node, owners[1], owners[1]) for node in is_]
        self._owners = owners
        self._was, self._is = was, is_
        self.left = [node for node, text in zip(was, known, strict=True) if text not in said]
        self.right = [node for node, text in zip(is_, said, strict=True) if text not in known]

    def pairs(self, consequences: Consequences) -> Iterator[tuple[Requirement, Requirement]]:
        """Yield pairs, of the surest likeness first; what is in none stays in `left` and `right`."""
        yield from self._alike(told, told)
        exactly = consequences.exactly
        yield from self._alike(
            partial(_and_effect, partial(exactly, is_old=True)), partial(_and_effect, partial(exactly, is_old=False))
        )
        yield from self._alike(partial(_and_effect, needs_of), partial(_and_effect, needs_of))
        about = partial(_and_effect, _and_action)
        yield from self._alike(about, about, is_worded_alike=True)
        yield from self._alike(partial(_alone, self._was), partial(_alone, self._is))
        yield from self._reworded()
        old, new = self._owners
        yield from self._alike(partial(_on_same_terms, old, new), partial(_on_same_terms, new, new))

    def parted(self) -> Iterator[tuple[Requirement, Requirement]]:
        """Yield pairs of one that needs more and one that needs a part of that, whenever the other does.

        A gate that was split in two says of neither part that it came, nor of the whole that it is gone.
        """
        old, new = self._owners
        for after in [node for node in self.right if packages_of(node)]:
            whole = next((node for node in self._was if _is_part(after, node, new, old)), None)
            if whole is not None:
                self.right.remove(after)
                yield whole, after
        for before in [node for node in self.left if packages_of(node)]:
            whole = next((node for node in self._is if _is_part(before, node, old, new)), None)
            if whole is not None:
                self.left.remove(before)
                yield before, whole

    def _reworded(self) -> Iterator[tuple[Requirement, Requirement]]:
        """Yield pairs that share a package, and say nearly the same: what else they ask came or went."""
        said = ([node for node in side if node.otherwise.message] for side in (self.left, self.right))
        pairs = list(nearest(*said))
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


def _on_same_terms(owner: str, target: str, node: Requirement) -> Hashable:
    """Return the packages that are needed, what is raised without them, and when: of gates alone."""
    packages = frozenset(packages_of(node))
    is_gate = node.otherwise.effect in HARD and bool(packages)
    return (packages, node.otherwise.exception, named(node, owner, target)) if is_gate else None


def nearest(
    was: list[Requirement], is_: list[Requirement], *, may_repeat: bool = False, may_be_rewritten: bool = False
) -> Iterator[tuple[Requirement, Requirement]]:
    """Yield pairs that may be one, the most alike first.

    They share a package, have one effect, and say nearly the same; or nothing, about the same. With `may_repeat`, one
    may be several that say just the same; with `may_be_rewritten`, it is enough that they are about much the same.
    """
    near = [
        (share, -at, -to)
        for at, before in enumerate(was)
        for to, after in enumerate(is_)
        if before.otherwise.effect == after.otherwise.effect
        for share in [_nearness(before, after, may_be_rewritten=may_be_rewritten)]
        if share >= _NEARLY_ALIKE
    ]
    taken: set[int] = set()
    for share, at, to in sorted(near, reverse=True):
        before, after = was[-at], is_[-to]
        known = {id(before), id(after)} & taken
        if not known or (may_repeat and share == 1 and len(known) == 1):
            taken |= {id(before), id(after)}
            yield before, after


def _nearness(before: Requirement, after: Requirement, *, may_be_rewritten: bool) -> float:
    subjects = named_subjects(before), named_subjects(after)
    if may_be_rewritten and len(subjects[0] & subjects[1]) * 2 >= len(subjects[0] | subjects[1]) > 0:
        return _NEARLY_ALIKE
    said = before.otherwise.message, after.otherwise.message
    if may_be_rewritten and likeness(*said, _REWRITTEN):
        return _NEARLY_ALIKE
    if said == (None, None):
        is_one = before.otherwise.exception == after.otherwise.exception
        return float(is_one and subjects[0] == subjects[1] != set())
    return likeness(*said, _NEARLY_ALIKE) if packages_of(before) & packages_of(after) else 0.0


def _is_part(part: Requirement, whole: Requirement, owner: str, other: str) -> bool:
    """Return whether what one of `owner` needs is a part of what one of `other` needs, then and more often."""
    effect = part.otherwise.effect
    if effect not in HARD or effect != whole.otherwise.effect or not named_subjects(part) <= named_subjects(whole):
        return False
    wider, own = (from_json(json.loads(named(*each, owner))) for each in ((whole, other), (part, owner)))
    return parts(wider) <= parts(own)


def _and_action(node: Requirement) -> Hashable:
    """Return what a requirement is about, and, where nothing is said, what is done instead."""
    about = named_subjects(node)
    is_silent = not node.enforced and node.otherwise.message is None
    return (about, node.otherwise.action if is_silent else None) if about else None


def _alone(all_: list[Requirement], node: Requirement) -> Hashable:
    """Return what a requirement needs where no other of the object needs it: then its effect may be another."""
    needs = needs_of(node)
    is_told = node.otherwise.effect in _TOLD and bool(named_subjects(node))
    return needs if is_told and [needs_of(each) for each in all_].count(needs) == 1 else None


def rest(node: Requirement) -> tuple[Any, ...]:
    """Return what of a requirement matters to a comparison, besides who has it."""
    return node.needs, node.when, node.otherwise.effect


def _said(node: Requirement, owner: str, target: str) -> _Said:
    return plain(node.needs), named(node, owner, target), node.otherwise.effect


def named(node: Requirement, owner: str, target: str) -> str:
    """Return the condition of a requirement as text, with its owner under the name in the new graph."""
    return plain(node.when).replace(json.dumps(owner), json.dumps(target))


def told(node: Requirement) -> Hashable:
    """Return what is said, and how, where a requirement is not met; None where nothing is said."""
    return (plain_words(node.otherwise.message), node.otherwise.effect) if node.otherwise.message else None


def _and_effect(about: Callable[[Requirement], Any], node: Requirement) -> Hashable:
    """Return what a requirement is about, and its effect; None where it is about nothing."""
    found = about(node)
    return (found, node.otherwise.effect) if found else None


def needs_of(node: Requirement) -> str:
    """Return what a requirement needs as text, with versions in their shortest form."""
    return plain(node.needs)


def named_subjects(node: Requirement) -> frozenset[str]:
    """Return what a requirement is about that was understood."""
    return subjects_of(node) - {"opaque"}


def subjects_of(node: Requirement) -> frozenset[str]:
    """Return what a requirement is about, without versions."""
    return _subjects_in(plain(node.needs))


@lru_cache(maxsize=16_384)
def _subjects_in(needs: str) -> frozenset[str]:
    """Return what a formula, as text, is about: many requirements need the same."""
    return subjects_in(from_json(json.loads(needs)))


def subjects_in(needs: Formula) -> frozenset[str]:
    """Return what a formula is about, without versions: `package:torch`, `device:cuda`."""
    found = set()
    for literal in literals(needs):
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


def packages_of(node: Requirement) -> set[str]:
    """Return the packages that a requirement is about."""
    return {each for each in subjects_of(node) if each.startswith("package:")}
