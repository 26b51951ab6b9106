"""What one place in the source asks for, as its own test says it: several requirements may come of one check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from miner.explain.folding import Folding
from miner.formula import atom as fa
from miner.formula.canonical import canonical
from miner.formula.connective import Any, Formula, Not, conjunction, conjuncts, disjunction, negation
from miner.formula.disjunctive import disjunctive, is_refusal, mentions, subjects, substitute
from miner.formula.gate import divided_atom, is_environmental
from miner.formula.notation import from_json, text
from miner.formula.text import render
from miner.model.node import Predicate, Requirement
from miner.store.graph_reader import Graph

_LIMIT = 64
"""Alternatives that are followed when two conditions are compared."""
_SHORT = 48
"""Characters of a need that is clear without a name for it."""
_WORD = re.compile(r"\w+")


class Check(NamedTuple):
    """What is needed and when, in the library's predicates, of the requirements that one place states."""

    needs: Formula
    when: Formula
    stated: tuple[Requirement, ...]


class _Asked(NamedTuple):
    """What a place asks of the environment, as it is said, and what that means."""

    said: Formula
    means: Formula


class Checks:
    """The requirements of a graph by the places that state them."""

    def __init__(self, graph: Graph, fold: Folding) -> None:
        """Know a graph, and how its library says things."""
        self._graph = graph
        self._fold = fold
        self._known: dict[str, tuple[Check, ...]] = {}

    def of(self, requirement: Requirement) -> tuple[Check, ...]:
        """Return what the place of a requirement asks for: one check where its predicates say all, else each need."""
        if requirement.id not in self._known:
            stated = self._places[_key(requirement)]
            found = tuple(self._checks(stated))
            self._known.update((each.id, found) for each in stated)
        return self._known[requirement.id]

    def is_covered(self, check: Check) -> bool:
        """Say whether what a place needs is less than what its object needs anyway: one of its alternatives.

        The other is asked for whenever this is, and refuses too, so this is met where that is.
        """
        if not isinstance(check.needs, Any) or not check.stated[0].enforced:
            return False
        alternatives = set(map(text, check.needs.parts))
        when = set(map(text, conjuncts(check.when)))
        for node in self._owned.get(check.stated[0].owner, ()):
            for other in self.of(node) if node.otherwise.effect == "raise" and node.enforced else ():
                is_always = set(map(text, conjuncts(other.when))) - {text(True)} <= when
                if other is not check and is_always and text(other.needs) in alternatives:
                    return True
        return False

    def follows_with(self, requirement: Requirement, predicate: Predicate) -> bool | None:
        """Say whether what follows at the place of a requirement does where a predicate holds, or where it does not.

        None: that is not followed. Of a predicate that depends on an argument the need itself says so.
        """
        means = from_json(predicate.means)
        if mentions(means, _is_unclear):
            return is_refusal(from_json(requirement.needs))
        _, happens = _happens([_pair(each) for each in self._places[_key(requirement)]])
        if _implies(happens, negation(means)):
            return False
        return True if _implies(happens, means) else None

    @cached_property
    def _owned(self) -> dict[str, list[Requirement]]:
        found: dict[str, list[Requirement]] = {}
        for node in self._graph.of_type(Requirement):
            found.setdefault(node.owner, []).append(node)
        return found

    @cached_property
    def _places(self) -> dict[tuple[object, ...], list[Requirement]]:
        found: dict[tuple[object, ...], list[Requirement]] = {}
        for node in self._graph.of_type(Requirement):
            found.setdefault(_key(node), []).append(node)
        return found

    def _checks(self, stated: Sequence[Requirement]) -> Iterator[Check]:
        """Yield what a place asks for: all as one, else what each of the predicates there brings, else each need."""
        if len(stated) == 1 and stated[0].when is True and _is_short(from_json(stated[0].needs)):
            yield from self._each(stated)  # nothing is clearer
            return
        whole = self._whole(stated)
        if whole is not None:
            yield self._clearer(whole)
            return
        left = list(stated)
        for predicate in self._named(stated[0]) if len(stated) > 1 else ():
            means = from_json(predicate.means)
            brought = [node for node in left if _brings(means, [_pair(node)])]
            part = self._whole(brought) if 0 < len(brought) < len(stated) else None
            if part is not None:
                yield self._clearer(part)
                left = [node for node in left if node not in part.stated]
        yield from self._each(left)

    def _each(self, stated: Sequence[Requirement]) -> Iterator[Check]:
        """Yield each need, what is needed in several cases once."""
        cases: dict[str, list[Requirement]] = {}
        for node in stated:
            cases.setdefault(text(from_json(node.needs)), []).append(node)
        for nodes in cases.values():
            shared, others = _apart([canonical(from_json(node.when)) for node in nodes])
            needs = from_json(nodes[0].needs)
            when = _without_lack(needs, conjunction(*shared, canonical(disjunction(*others))))
            yield Check(self._fold(needs), self._fold(when), tuple(nodes))

    def _clearer(self, whole: Check) -> Check:
        """Return a check with what a single requirement needs as it is, where that is short: `torch >= 2.6`."""
        if len(whole.stated) > 1:
            return whole
        (alone,) = self._each(whole.stated)
        if mentions(alone.needs, lambda atom: isinstance(atom, fa.Predicate)):
            return whole  # in its own words, where several predicates mean the same
        is_short = len(render(alone.needs)) <= _SHORT and _length(alone) <= _length(whole) + _SHORT
        return alone if is_short else whole

    def _whole(self, stated: Sequence[Requirement]) -> Check | None:
        """Return one check that says all that is stated, in the predicates that the tests there name; None without."""
        pairs = [_pair(node) for node in stated]
        shared, happens = _happens(pairs)
        asked: list[_Asked] = []
        for predicate in self._named(stated[0]):
            means, name = from_json(predicate.means), fa.Predicate(predicate=predicate.name)
            if _implies(happens, negation(means)):
                asked.append(_Asked(Not(name), negation(means)))
            elif _implies(happens, means):
                asked.append(_Asked(name, means))
        lacking = [each for each in asked if _brings(negation(each.means), pairs)]
        shortest = _shared_needs(pairs)
        rest = _Asked(negation(self._fold(shortest)), negation(shortest))
        for wanting in (lacking, [rest] if shortest is not False else []):
            stating = [*(each for each in asked if each not in wanting), *wanting]
            around = _around(shared, stating, happens) if wanting else None
            if around is not None:
                for each in (*(each for each in stating if each not in wanting), *wanting):
                    left = [other for other in stating if other is not each]
                    if any(other in wanting for other in left) and _say(around, left, happens):
                        stating = left  # what the rest says is not told
                needs = disjunction(*(negation(each.said) for each in stating if each in wanting))
                names = (each.said for each in stating if each not in wanting)
                return Check(needs, conjunction(*names, self._fold(conjunction(*around))), tuple(stated))
        return None

    def _named(self, node: Requirement) -> Iterator[Predicate]:
        """Yield the predicates that the tests around the place of a requirement name."""
        words = (word for each in node.evidence if each.text for word in _WORD.findall(each.text))
        for word in dict.fromkeys(words):
            if len(found := self._predicates.get(word, [])) == 1:
                yield found[0]

    @cached_property
    def _predicates(self) -> dict[str, list[Predicate]]:
        """The predicates that depend on no argument, and whose meaning is understood, by their names."""
        found: dict[str, list[Predicate]] = {}
        for each in self._graph.of_type(Predicate):
            if each.called is None and not mentions(from_json(each.means), _is_unclear):
                found.setdefault(each.name, []).append(each)
        return found


def _key(node: Requirement) -> tuple[object, ...]:
    first = node.evidence[0]
    return node.owner, node.origin, node.otherwise, first.path, first.start_byte


def _is_short(needs: Formula) -> bool:
    """Say whether a need is clear as it is: nothing that stands for others, or negates them."""
    return not isinstance(needs, Not) and len(render(needs)) <= _SHORT


def _length(check: Check) -> int:
    return len(render(check.needs)) + len(render(check.when))


def _pair(node: Requirement) -> tuple[Formula, Formula]:
    return from_json(node.needs), canonical(from_json(node.when))


def _without_lack(needs: Formula, when: Formula) -> Formula:
    """Return a condition without the parts that say again that what is needed is not there."""
    return conjunction(*(part for part in conjuncts(when) if not _implies(negation(needs), part)))


def _apart(conditions: Sequence[Formula]) -> tuple[list[Formula], list[Formula]]:
    """Return the parts that conditions share, and what else each of them has."""
    texts = [{text(part) for part in conjuncts(condition)} for condition in conditions]
    first: list[Formula] = [part for part in conjuncts(conditions[0]) if part is not True]
    shared = [part for part in first if all(text(part) in each for each in texts)]
    known = {text(part) for part in shared}
    others = [conjunction(*(part for part in conjuncts(each) if text(part) not in known)) for each in conditions]
    return shared, others


def _happens(pairs: Sequence[tuple[Formula, Formula]]) -> tuple[list[Formula], Formula]:
    """Return the parts of when that needs share, and the condition under which one of them is not met."""
    shared, others = _apart([when for _, when in pairs])
    unmet = (conjunction(negation(needs), other) for (needs, _), other in zip(pairs, others, strict=True))
    return shared, conjunction(*shared, canonical(disjunction(*unmet)))


def _shared_needs(pairs: Sequence[tuple[Formula, Formula]]) -> Formula:
    """Return the alternatives that all needs share; False without."""
    alternatives = [_alternatives(needs) for needs, _ in pairs]
    texts = [set(map(text, each)) for each in alternatives]
    return disjunction(*(part for part in alternatives[0] if all(text(part) in each for each in texts)))


def _alternatives(needs: Formula) -> tuple[Formula, ...]:
    return needs.parts if isinstance(needs, Any) else (needs,)


def _around(shared: Sequence[Formula], asked: Sequence[_Asked], happens: Formula) -> list[Formula] | None:
    """Return which of the shared parts of a condition say, with what is asked, that something happens."""
    around = [part for part in shared if not mentions(part, is_environmental)]
    if _say(around, asked, happens):
        return around
    around = list(shared)
    if not _say(around, asked, happens):
        return None
    for part in [part for part in around if mentions(part, is_environmental)]:
        others = [other for other in around if other is not part]
        around = others if _say(others, asked, happens) else around
    return around


def _say(around: Sequence[Formula], asked: Sequence[_Asked], happens: Formula) -> bool:
    """Say whether parts of a condition and what is asked, with what it means, bring that something happens."""
    return _implies(conjunction(*around, *(each.means for each in asked)), happens)


def _is_unclear(atom: fa.Atom) -> bool:
    return isinstance(atom, fa.Opaque | fa.Parameter)


def _implies(left: Formula, right: Formula) -> bool:
    """Say whether one condition implies another, as far as that is followed: each part of it alone, then together."""
    return _known(text(left), text(right), left, right)


@lru_cache(maxsize=16_384)
def _known(_: str, __: str, left: Formula, right: Formula) -> bool:
    given = conjuncts(canonical(substitute(left, divided_atom)))
    plain = conjunction(*(part for part in given if not isinstance(part, Any)))
    wanted = conjuncts(canonical(substitute(right, divided_atom)))
    return all(_follows(given, plain, negation(each)) for each in wanted)


def _follows(given: Sequence[Formula], plain: Formula, other: Formula) -> bool:
    """Say whether what is given contradicts something: a part that speaks of it, one with what is plain, or all."""
    names = frozenset(subjects(other))
    if not names:
        return _contradict(*given, other)
    near = [part for part in given if not names.isdisjoint(subjects(part))]
    return bool(near) and (
        any(_contradict(part, other) for part in near)
        or any(_contradict(plain, part, other) for part in near)
        or _contradict(*given, other)
    )


def _contradict(*parts: Formula) -> bool:
    return disjunctive(conjunction(*parts), _LIMIT) == ()


def _brings(means: Formula, pairs: Sequence[tuple[Formula, Formula]]) -> bool:
    """Say whether something may be there where each is needed, and brings it."""
    cases = [(conjunction(means, when), needs) for needs, when in pairs]
    return not any(_implies(case, False) for case, _ in cases) and all(_implies(*each) for each in cases)
