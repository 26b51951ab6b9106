"""What `miner explain` tells people of a name: what it is, what it needs, refuses and advises, what was verified."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from miner.app.explain import Account, Check, Checks, Explained, Folding, devices, is_part
from miner.cli.effect import taking_effect
from miner.cli.head import head, meaning, place, tested
from miner.cli.render import Entry, Listing, Table
from miner.cli.statement import effect, hardness, shortened
from miner.cli.test_use import MOST_PLACES, first_of, last_names, tests_of
from miner.escape import one_line
from miner.formula import atom as fa
from miner.formula.canonical import canonical
from miner.formula.connective import Formula, conjunction, conjuncts, negation
from miner.formula.disjunctive import atoms, is_refusal, mentions
from miner.formula.notation import from_json, text
from miner.model.concept import Principle
from miner.model.node import (
    Advice,
    Constraint,
    Edge,
    EnvironmentVariable,
    Implementation,
    Node,
    Predicate,
    Requirement,
)
from miner.model.option_use import OptionUse

_LONGEST = 400
"""Characters of a text; JSON has it whole."""
_LONGEST_CONDITION = 320
_SHORT = 100
"""Characters of what one of many places says."""
_MOST_FILES = 12
_MOST_ENTRIES = 60
_FEW = 20
"""Requirements that are listed one by one; more are grouped by what they need."""
_RAISED = re.compile(r"raise\s+([A-Za-z_][\w.]*)")
_PUNCTUATION = re.compile(r"[`'\".]")
_OF_TESTS = re.compile(r"(?:^|\.)(?:tests?|testing)(?:_\w+)?(?:\.|$)")
_ASKED = frozenset({"package", "predicate", "variable", "device"})
"""Kinds of names that need nothing themselves: others ask for them."""


def told(found: Explained) -> Iterator[Table | Listing]:
    """Yield what a graph says of a name, and what a verification has learnt of that."""
    account = found.account
    yield Table(account.subject.name, tuple(head(account, found.fold)))
    if account.members:
        yield Listing(f"consists of: {len(account.members):,}", tuple(_members(account)))
    yield from _Statements(account, found.fold, found.checks).all()
    variables = tuple(
        (node.variable, f"default {node.default}" if node.default else "", _code(node), node.owner, place(node))
        for node in account.variables
    )
    if variables:
        yield Table(f"environment variables: {len(variables):,}", variables)
    for heading, words in (
        ("described", [(node, node.description) for node in account.variables]),
        ("comments", [(node, node.comment) for node in account.variables]),
    ):
        entries = tuple(
            Entry((f"{node.variable}: {_cut(said)}",), (_place_of(node, said),)) for node, said in words if said
        )
        if entries:
            yield Listing(f"{heading}: {len(entries):,}", entries)
    if account.describing:
        entries = tuple(
            Entry((f"{node.qualname}: {_cut(node.summary or '')}",), (place(node),)) for node in account.describing
        )
        yield Listing(f"named by: {len(entries):,}", tuple(_limited(list(entries), _FEW)))
    yield from _verified(found)


class _Statements:
    """The statements of an account, in the predicates of the library."""

    def __init__(self, account: Account, fold: Folding, checks: Checks) -> None:
        self._account = account
        self._fold = fold
        self._checks = checks
        self._own: str = getattr(account.subject.node, "qualname", "")

    def all(self) -> Iterator[Listing]:
        """Yield the statements, section by section."""
        account = self._account
        asks = "asked for" if account.subject.kind in _ASKED else "needs"
        checks = self._checked(node for node in account.requirements if hardness(node) is not None)
        hard = [check for check in checks if not is_refusal(check.needs)]
        refused = [check for check in checks if is_refusal(check.needs)]
        beside = [check for check in hard if account.subject.kind == "device" and not self._is_for_device(check)]
        hard = [check for check in hard if check not in beside]
        gates = [node for node in account.advice if node.origin == "gate"]
        advice = [node for node in account.advice if node.origin != "gate"]
        warned = {node.message for node in advice if node.origin == "warning"}  # what is advised is not told again
        softer = (node for node in account.requirements if hardness(node) is None)
        soft = self._checked(node for node in softer if node.otherwise.message not in warned)
        refusing = [use for use in account.uses if (use.then or "").startswith("raise ")]
        others = [use for use in account.uses if use not in refusing]
        for heading, count, entries in (
            ("means", len(account.predicates), self._predicates()),
            (asks, len(hard), self._needs(hard)),
            ("needs where it is there", len(beside), self._needs(beside)),
            ("requires through calls", len(account.reached), self._reached(account.reached)),
            ("refuses", 0, (*self._refusals(refused, gates), *map(self._refusing, refusing))),
            ("accepts, as declared", 0, self._accepted()),
            ("advice", 0, self._advice(advice)),
            ("takes effect", len(others), taking_effect(others, self._fold)),
            (f"{asks}, or goes another way", len(soft), self._needs(soft)),
        ):
            listed = list(entries)
            if listed:
                yield Listing(f"{heading}: {count or len(listed):,}", tuple(_limited(listed, self._most)))

    @property
    def _most(self) -> int:
        """How many entries of a section are told: of what everything asks for, fewer."""
        return _FEW if self._account.subject.kind in _ASKED else _MOST_ENTRIES

    def _predicates(self) -> Iterator[Entry]:
        """Yield what predicates mean, those that mean the same together, what says least besides first."""
        node = self._account.subject.node
        asked = {text(atom) for atom in atoms(from_json(node.means))} if isinstance(node, Predicate) else set()
        same: dict[str, list[Predicate]] = {}
        for each in self._account.predicates:
            means = from_json(each.means)
            if asked <= set(map(text, atoms(means))) or mentions(means, lambda atom: isinstance(atom, fa.Predicate)):
                same.setdefault(text(from_json(each.means)), []).append(each)
        for group in sorted(same.values(), key=lambda group: len(text(from_json(group[0].means)))):
            first, *cases = meaning(self._fold.inside(from_json(group[0].means)), _LONGEST_CONDITION)
            names = ", ".join((group[0].qualname, *(each.name for each in group[1:])))
            verb = "means" if len(group) == 1 else "mean"
            yield Entry((f"{names} {verb} {first}", *cases), tuple(first_of(map(place, group))))

    def _checked(self, requirements: Iterable[Requirement]) -> list[Check]:
        """Return what requirements ask for, hard needs first."""
        ranked = sorted(requirements, key=_rank)
        found = (check for node in ranked for check in self._checks.of(node) if node in check.stated)
        checks = {id(check): check for check in found if not self._checks.is_covered(check)}
        return list(checks.values())

    def _needs(self, stated: Sequence[Check]) -> Iterator[Entry]:
        """Yield what is needed: all that keep off one effect together, or of many each once, with the first place."""
        of_tests = _is_of_tests(self._own)
        checks = [check for check in stated if of_tests or not _is_of_tests(check.stated[0].owner)] or list(stated)
        named = [check for check in checks if self._is_named(check)]
        asking = [check for check in named if self._is_needed(check)]
        if self._account.subject.kind == "predicate" and all(hardness(each.stated[0]) is None for each in asking):
            yield from tests_of(self._account.subject.node, asking, self._checks)
        else:
            yield from self._told_of(asking)
        for left, how in (
            (len(named) - len(asking), "that come after it, where it is not there"),
            (len(checks) - len(named), "that ask for it by other predicates"),
        ):
            if left:
                yield Entry((f"and {left:,} {how}; --format json has them",), ())
        if len(checks) < len(stated):
            yield Entry((f"and {len(stated) - len(checks):,} that tests ask for; --format json has them",), ())

    def _is_named(self, check: Check) -> bool:
        """Say whether the place of a check names the predicate that is told of; of anything else, each check does."""
        if self._account.subject.kind != "predicate":
            return True
        name = self._own.rpartition(".")[2]
        return any(name in (each.text or "") for node in check.stated for each in node.evidence)

    def _is_for_device(self, check: Check) -> bool:
        """Say whether a check asks for the device that is told of, and not for something else where that is there."""
        return any(self._account.subject.name in devices(from_json(node.needs)) for node in check.stated)

    def _is_needed(self, check: Check) -> bool:
        """Say whether a softer use tests the predicate that is told of, and does not only come after it in a chain."""
        if self._account.subject.kind != "predicate" or any(hardness(each) is not None for each in check.stated):
            return True
        name = self._own.rpartition(".")[2]
        return re.search(rf"(?<!\w){name}(?!\w)", tested(check.stated[0]).text or "") is not None

    def _told_of(self, checks: Sequence[Check]) -> Iterator[Entry]:
        is_hard = any(hardness(node) == 0 for check in checks for node in check.stated)
        if len(checks) > _FEW or (self._account.subject.kind in _ASKED and not is_hard):
            yield from self._by_need(checks)
            return
        places: dict[tuple[str, str], dict[str, None]] = {}
        for check in checks:
            said = self._effect(check.stated[0]), _asked(check.needs, check.when)
            places.setdefault(said, {})[self._at(check.stated[0])] = None
        together: dict[str, dict[tuple[str, ...], list[str]]] = {}
        for (otherwise, line), at in places.items():
            together.setdefault(otherwise, {}).setdefault(tuple(first_of(at)), []).append(line)
        for otherwise, found in together.items():
            if len(found) > 1 and is_hard and all(len(at) == 1 for at in found):  # what is raised is told once
                needs = (f"{line}, at {at[0]}" for at, lines in found.items() for line in lines)
                yield Entry((f"{otherwise}, unless",), tuple(needs))
            else:
                yield from (Entry(tuple(lines), (f"else {otherwise}", *at)) for at, lines in found.items())

    def _by_need(self, checks: Iterable[Check]) -> Iterator[Entry]:
        """Yield each need once, with where it is asked for, and what follows: of softer ones once for each file."""
        needs: dict[str, dict[tuple[object, ...], list[Check]]] = {}
        for check in checks:
            first = check.stated[0]
            is_soft = hardness(first) is None
            place = (first.evidence[0].path,) if is_soft else (first.owner, self._effect(first))
            place = (first.origin,) if first.origin == "guarded-name" else place
            needs.setdefault(_told(check.needs), {}).setdefault(place, []).append(check)
        for needed, found in needs.items():
            most = _MOST_FILES if len(needs) <= _FEW else MOST_PLACES
            yield Entry((needed,), tuple(first_of(map(self._in_short, found.values()), most)))

    def _in_short(self, checks: Sequence[Check]) -> str:
        first = checks[0]
        where = "functions" if first.stated[0].origin == "guarded-name" else "of this file"
        more = f" and {len(checks) - 1:,} more {where}" if len(checks) > 1 else ""
        when = (each if len(each) <= _SHORT * 2 else "under some conditions" for each in _when(first.when))
        otherwise = one_line(self._effect(first.stated[0]), _SHORT)
        at = f"{last_names(first.stated[0].owner)}, {place(first.stated[0])}"
        return ", ".join((f"{at}{more}", *when, f"else {otherwise}"))

    def _reached(self, reached: Iterable[tuple[Edge, Requirement]]) -> Iterator[Entry]:
        """Yield what a symbol requires through others, hard needs first, with one of the cases in which it does."""
        cases: dict[tuple[str, str, str], dict[str, None]] = {}
        for edge, node in sorted(reached, key=lambda each: _rank(each[1])):
            said = _told(self._formula(node.needs)), f"else {self._effect(node)}", self._at(node)
            cases.setdefault(said, {})[", ".join(_when(self._formula(edge.when)))] = None
        for (needs, otherwise, at), whens in cases.items():
            when = min(whens, key=len)
            others = [f"or in {len(whens) - 1} other cases"] if len(whens) > 2 and when else []
            others = ["or in another case"] if len(whens) == 2 and when else others
            yield Entry((", ".join(filter(None, (needs, when, *others))),), (otherwise, at))

    def _refusals(self, checks: Iterable[Check], gates: Iterable[Advice]) -> Iterator[Entry]:
        """Yield what is refused: something that must not be there, arguments alone, and what is not understood."""
        for check in checks:
            first = check.stated[0]
            when = conjunction(*conjuncts(negation(check.needs)), check.when)
            yield Entry((f"when {_told(when)}",), (self._effect(first), self._at(first)))
        for node in self._account.constraints:
            if node.otherwise.effect != "unchecked":
                case = f"when {_told(self._formula(node.when))}"
                yield Entry((case,), (self._effect(node), self._at(node)))
        said: dict[tuple[str, str], dict[str, None]] = {}
        for gate in gates:
            case = ", ".join(_when(self._formula(gate.when))) or "always"
            said.setdefault((case, f"{_refusal(gate)}: {_said(gate)}"), {})[self._at(gate)] = None
        for (case, words), at in said.items():
            yield Entry((case,), (words, *first_of(at)))

    def _accepted(self) -> Iterator[Entry]:
        """Yield what values are said to be accepted, where nothing there refuses others."""
        for node in self._account.constraints:
            if node.otherwise.effect == "unchecked":
                yield Entry((_told(self._fold(canonical(negation(from_json(node.when))))),), (self._at(node),))

    def _refusing(self, use: OptionUse) -> Entry:
        """Return a test of an option after which only something is raised."""
        at = f"{use.owner}, {use.evidence[0].path}:{use.evidence[0].start_line}"
        around = self._formula(use.when)
        more = f" and {_told(around)}" if around is not True else ""
        return Entry((f"when [{one_line(use.code, _LONGEST)}]{more}",), (one_line(use.then or "", _LONGEST), at))

    def _advice(self, advice: Sequence[Advice]) -> Iterator[Entry]:
        """Yield what is advised: what several places say of one thing once, where most is said."""
        said = {node.id: _said(node) for node in advice}
        plain = {id_: _PUNCTUATION.sub("", words.lower()) for id_, words in said.items()}
        advice = sorted(advice, key=lambda node: node.kind == "default")
        cases = {node.id: (node.subject, _told(self._formula(node.when))) for node in advice}
        same: dict[str, list[Advice]] = {}
        for node in advice:
            others = (each for each in advice if cases[each.id] == cases[node.id] and plain[node.id] in plain[each.id])
            same.setdefault(max(others, key=lambda each: len(said[each.id])).id, []).append(node)
        for node in advice:
            if node.id in same:
                kinds = dict.fromkeys(each.kind for each in same[node.id])
                places = dict.fromkeys(map(place, (node, *same[node.id])))
                how = ["warned"] if node.origin == "warning" else []
                head = ", ".join((f"{node.subject}: {', '.join(kinds)}", *how, *_when(self._formula(node.when))))
                yield Entry((head,), (said[node.id], *first_of(places)))

    def _effect(self, node: Requirement | Constraint) -> str:
        """Return what follows; a message that leaves room for the name of what needs it is told with that."""
        otherwise = node.otherwise
        if isinstance(node, Requirement) and node.origin == "import":
            return "the import fails"
        if isinstance(node, Requirement) and node.origin == "guarded-name":
            return f"a name is not defined: {otherwise.action}"
        if "{0}" in (otherwise.message or ""):
            outer, _, name = node.owner.rpartition(".")
            holder = outer.rpartition(".")[2]
            named = holder if holder[:1].isupper() else name  # a method says it of its object
            otherwise = msgspec.structs.replace(otherwise, message=(otherwise.message or "").replace("{0}", named))
        return effect(otherwise, _LONGEST)

    def _at(self, node: Requirement | Constraint | Advice) -> str:
        """Return where something is demanded: in which object, if not in what is explained itself, and its place."""
        owner = node.owner
        if self._own and is_part(owner, self._own):
            owner = owner.removeprefix(self._own).removeprefix(".")
        return ", ".join(filter(None, (owner, place(node))))

    def _formula(self, stated: object) -> Formula:
        return self._fold(from_json(stated))


def _code(node: EnvironmentVariable) -> str:
    """Return how a variable is read, what keeps it, and what follows."""
    kept = f"{node.kept} = " if node.kept else ""
    then = f", then {one_line(node.then, _SHORT)}" if node.then else ""
    return one_line(f"{kept}{node.evidence[0].text or ''}", _SHORT) + then


def _asked(needs: Formula, when: Formula) -> str:
    return ", ".join((_told(needs), *_when(when)))


def _when(when: Formula) -> Iterator[str]:
    if when is not True:
        yield f"when {_told(when)}"


def _told(stated: Formula) -> str:
    return shortened(stated, _LONGEST_CONDITION)


def _rank(node: Requirement) -> tuple[bool, int, bool]:
    """Return the order of requirements: those of tests last, else the hardest, and of these what is always needed."""
    return _is_of_tests(node.owner), hardness(node) or 0, node.when is not True


def _is_of_tests(name: str) -> bool:
    return _OF_TESTS.search(name) is not None


def _verified(found: Explained) -> Iterator[Listing]:
    """Yield how many statements a verification has found to be so, and what it says of those that it has not."""
    if found.run is None or not found.verdicts:
        return
    counts = Counter(each.claim for each in found.verdicts)
    said = ", ".join(f"{count:,} {claim}" for claim, count in counts.most_common())
    others = [each for each in found.verdicts if each.claim not in {"verified", "not-run"}]
    entries = (
        Entry((f"{each.claim} ({each.level}): {each.about.partition(':')[2]}",), (_cut(each.why),))
        for each in others[:_FEW]
    )
    yield Listing(f"verified on Python {found.run.ran.python}, {found.run.machine.name}: {said}", tuple(entries))


def _limited(entries: list[Entry], most: int) -> Iterator[Entry]:
    """Yield the first entries, and how many more there are."""
    left = len(entries) - most
    yield from entries if left <= 1 else entries[:most]
    if left > 1:
        yield Entry((f"and {left:,} more; --format json has them all",), ())


def _refusal(gate: Advice) -> str:
    """Return how a gate refuses, as its statement begins: what it raises."""
    raised = _RAISED.match(gate.evidence[0].text or "")
    return f"raise {raised[1]}" if raised is not None else "refused"


def _said(node: Advice) -> str:
    """Return what is told, after what is set where it is about that."""
    parts = (node.action if node.kind in {"default", "default-override"} else None, node.description or node.message)
    return _cut(": ".join(filter(None, parts)) or node.action or "")


def _members(account: Account) -> Iterator[Entry]:
    for node in account.members:
        if isinstance(node, Principle):
            yield Entry((f"{node.order}. {node.title}",), tuple(map(_implementer, account.implementers[node.id])))
        else:
            yield Entry((_implementer(node),), ())


def _implementer(node: Node) -> str:
    """Return what implements a step, and its place; what is of another library has none in this one."""
    if not isinstance(node, Implementation):
        return f"{node.name}, {place(node)}"
    return f"{node.qualname}, {'of another library' if node.kind == 'external' else place(node)}"


def _place_of(node: Node, said: str) -> str:
    """Return where the words of a comment or docstring stand that a node quotes."""
    for each in node.evidence:
        if each.role == "message" and said[:_SHORT].split()[:3] == (each.text or "").replace("#", " ").split()[:3]:
            return f"{each.path}:{each.start_line}"
    return place(node)


def _cut(text: str) -> str:
    return one_line(text, _LONGEST)
