"""Which changes of a library touch which uses of it.

A change of an option touches a call that gives it, or, where it must be given now or has another default, one that does
not. A change of a requirement touches a call or a derived class, unless the arguments decide that it does not arise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from miner.formula import atom as fa
from miner.formula.atom import Atom, Parameter
from miner.formula.disjunctive import is_refusal, mentions, partly
from miner.formula.evaluate import argument_holds, value
from miner.formula.notation import from_json
from miner.graph.argument import UNKNOWN, given, literal, takes_any
from miner.graph.names import Named, Names
from miner.link.option import option_of
from miner.model.change import SEVERITIES, Change, Severity
from miner.model.impact import Impact
from miner.model.node import Advice, Implementation, Package, Requirement
from miner.model.use import Use
from miner.store.graph_reader import Graph
from miner.syntax.rows import parameters
from miner.usage.effect import Effects
from miner.usage.fix import fix
from miner.usage.own import is_taken
from miner.usage.predicate import Answers

_GONE = frozenset({"implementation-removed", "removed"})
_TOLD = frozenset({"deprecated", "advice-added", "advice-changed"})
_SIGNATURE = frozenset({"option-added", "option-removed", "option-renamed", "removed"})
_OPTIONS = _TOLD | _SIGNATURE | {"default-changed"}
_UNSET = frozenset(
    {"None", "False", "{}", "[]", "()", '""', "''", '"no"', "'no'", "dict", "list", "tuple", "set", "dict()", "list()"}
)
"""Defaults that stand for nothing, among them factories of what is empty."""
_UNNAMED = re.compile(r"[`'\"]\{[^{}]*\}[`'\"]")
_OPTIONAL = re.compile(
    r"""\w+\.(?:get|pop)\((["'])(?P<name>\w+)\1(?:, *(?:None|False))?\)(?: (?:==|is) (?!None\b)[^()]+)?"""
    r"""|(["'])(?P<key>\w+)\3 in \w+"""
)
_BENIGN = frozenset({"advice-removed", "implementation-added", "variable-added", "contradiction-resolved"})
"""What no program has to do anything about."""


class Touching:
    """The changes between two graphs, by what they are of."""

    def __init__(self, old: Graph, new: Graph, changes: Collection[Change], floors: Mapping[str, Version]) -> None:
        """Take what changed, and the lowest versions of packages that the program takes."""
        self._old, self._new = old, new
        self._names = Names(old), Names(new)
        self._effects = Effects(new)
        self._floors = floors
        self._answers = Answers(new, changes, floors)
        self._of: dict[str, list[Change]] = {}
        self._variables: dict[str, Change] = {}
        self._private: dict[str, Change] = {}
        self._declared: list[Change] = []
        self._backends: set[str] = set()
        packages = {name for package in new.of_type(Package) for name in package.import_names}
        self._integrations = {name for name in map(_package_of, changes) if name in packages}
        for change in changes:
            if change.type in _BENIGN or (change.type == "gate-softened" and change.field == "needs"):
                continue  # the latter: what was refused whatever the environment is let through now
            if change.type == "variable-removed" and change.option is not None:
                if any(root.upper() in change.option.upper() for root in self.roots):  # others are read elsewhere too
                    self._variables[change.option] = change
            elif change.symbol is None and change.field == "declared" and change.option is None:
                self._declared.append(change)
            elif change.symbol is not None:
                self._of.setdefault(change.symbol, []).append(change)
            if change.type == "backend-added" and change.package is not None:
                self._backends.add(change.package)
        self._gone = {
            change.old_id: change
            for listed in self._of.values()
            for change in listed
            if change.option is None and (change.type in _GONE or change.type == "implementation-moved")
            if change.type == "implementation-moved" or _last(change.old_id) == _last(change.symbol)
        }
        self._needed = frozenset(_needed(old)) & frozenset(_needed(new))

    @property
    def roots(self) -> frozenset[str]:
        """The top-level names that the library was imported by."""
        return self._names[0].roots

    @property
    def variables(self) -> frozenset[str]:
        """The environment variables that are read no longer."""
        return frozenset(self._variables)

    @property
    def sought(self) -> frozenset[str]:
        """The modules of which it matters whether the program itself imports them: of packages that the library
        declares no longer, of those that it needs now, and of those that an option with another default is about.
        """
        found = (self._old.nodes.get(change.old_id or "") for change in self._declared if change.new is None)
        names = {name for node in found if isinstance(node, Package) for name in node.import_names}
        return frozenset(names | self._backends | self._integrations)

    def impacts(self, uses: Iterable[Use], imported: Collection[str] = ()) -> Iterator[Impact]:
        """Yield what touches each use, each change once at each line, and first what touches every program.

        That a package is declared no longer touches those that are among the `imported` of the program itself, and a
        backend that came those that it is not among; that a package is declared otherwise does not touch a program
        whose own of the `floors` is one that is taken.
        """
        declared = [change for change in self._declared if self._is_news(change, imported)]
        seen: set[tuple[int, str, int]] = set()
        first = True
        for use in uses:
            is_first = first and use.kind == "import" and not use.is_handled
            found = [*(declared if is_first else ()), *self._on(use)]
            first = first and not is_first
            for change in found:
                key = (id(change), use.path, use.line)
                if key not in seen and not self._is_elsewhere(change, imported):
                    seen.add(key)
                    yield Impact(
                        use=use, change=change, severity=self._severity(use, change), fix=fix(change, self._new)
                    )

    def _is_elsewhere(self, change: Change, imported: Collection[str]) -> bool:
        """Return whether a change is of a backend that a program imports itself, of a version that it takes no lower
        one than, or of an option of a package that it does not import: `trackio_space_id`.
        """
        package = change.package or ""
        floor = self._floors.get(canonicalize_name(package)) if change.type == "floor-raised" else None
        if floor is not None:
            return is_taken(floor, str(change.new).removeprefix(package))  # a backend is named with its versions
        if change.type == "backend-added":
            return change.package in imported
        word = _package_of(change)
        return word in self._integrations and word not in imported

    def _is_news(self, change: Change, imported: Collection[str]) -> bool:
        """Return whether another declaration may matter to a program."""
        if change.new is None:
            return self._is_among(change, imported)
        floor = self._floors.get(change.package or "")
        return change.new != "any" and (floor is None or not is_taken(floor, str(change.new)))

    def _severity(self, use: Use, change: Change) -> Severity:
        """Return how bad a change is at a use: who calls an override is not known; an import may be let fail, and then
        the program may go on with something else, or without.

        An option that overrides of the library take as well is one that is given to them.
        """
        if use.kind == "override" and (change.type in _GONE or change.type in _SIGNATURE):
            return "risky" if change.type == "option-added" and self._is_handed_on(use, change) else "notice"
        if use.is_handled and change.type in _GONE:
            return "notice" if use.is_met else "risky"
        return "risky" if use.kind == "override" and change.severity in {"breaking", "benign"} else change.severity

    def _is_handed_on(self, use: Use, change: Change) -> bool:
        """Return whether most overrides of a method in the new release take an option that came."""
        named = self._names[1].find(use.name)
        if named is None or named.owner is None:
            return False
        taken = [
            change.option in (parameters(method.signature) or {}) or takes_any(method)
            for method in self._names[1].overrides(named.owner, _last(named.qualname))
        ]
        return sum(taken) * 2 > len(taken)

    def _is_among(self, change: Change, imported: Collection[str]) -> bool:
        node = self._old.nodes.get(change.old_id or "")
        return isinstance(node, Package) and not set(node.import_names).isdisjoint(imported)

    def _on(self, use: Use) -> Iterator[Change]:
        if use.kind == "variable":
            yield from (self._variables[use.name] for _ in [0] if use.name in self._variables)
            return
        before, after = (names.find(use.name) for names in self._names)
        if before is None:
            return
        is_inborn = _last(use.name).startswith("__")  # every object has one, whoever defines it
        if after is None and (is_inborn or self._names[1].is_module(use.name)):
            return
        if after is None:
            around = self._names[1].find(use.name.rpartition(".")[0])
            if around is None or around.node is None or around.node.kind in {"class", "module"}:
                yield from self._lost(use, before)  # of a name that stands for something else, members are not known
            return
        for symbol, extent in self._symbols(use, before, after):
            for change in self._of.get(symbol, ()):
                is_gone = change.option is None and change.type in _GONE
                if not is_gone and self._touches(use, change, extent, (before, after)):
                    yield change

    def _lost(self, use: Use, before: Named) -> Iterator[Change]:
        """Yield why a name is not there any more: it is gone itself, or is imported from elsewhere; or its class is."""
        head = use.name.rpartition(".")[0]
        outer = self._names[0].find(head)
        is_of_class = outer is not None and outer.node is not None and outer.node.kind == "class"
        if outer is not None and is_of_class and self._names[1].find(head) is None:
            if use.is_member and self._names[1].find(before.qualname) is not None:
                return  # the base that defines the member has it still: the class is told of where it is named
            before = outer  # not the base of it that defines the member
        place, _, name = before.qualname.rpartition(".")
        still = (each for each in self._of.get(place, ()) if each.type == "deprecated" and each.option == name)
        if (told := next(still, None)) is not None:
            yield told  # its module answers the old name, and says so
            return
        owner = before.owner.qualname if before.owner is not None else ""
        for qualname in (before.qualname, owner):
            change = self._gone.get(f"implementation:{qualname}")
            if change is not None:
                if change.severity != "notice" or use.kind == "import":
                    yield change  # of what has moved, and is still answered, the import alone should be another
                return
        found = [each for each in self._of.get(before.public, ()) if each.type in _GONE and each.option is None]
        yield from found or [self._lost_in_private(use, before)]

    def _lost_in_private(self, use: Use, before: Named) -> Change:
        """Return that something is gone which is not public, and so no change of the library's own account.

        Where it was another name of something that is still there, the name is gone.
        """
        node = before.node or before.owner
        symbol = before.public if self._names[1].find(before.public) is None else use.name
        if symbol not in self._private:
            self._private[symbol] = Change(
                type="implementation-removed",
                severity=SEVERITIES["implementation-removed"],
                symbol=symbol,
                old_id=node.id if node is not None else None,
                old_evidence=node.definition if node is not None else None,
            )
        return self._private[symbol]

    def _symbols(self, use: Use, before: Named, after: Named) -> Iterator[tuple[str, str]]:
        """Yield the names under which changes of what is used are told, each with what of it the use touches."""
        found: dict[str, str] = {}
        for named in (before, after):
            for name in (named.qualname, named.public):
                found.setdefault(name, "itself")
            if named.node is not None and named.node.kind == "class" and use.kind in {"call", "base"}:
                names = self._names[0] if named is before else self._names[1]
                found.update((name, "itself") for name in names.makers(named.node))
            if named.owner is not None:
                found.setdefault(named.owner.qualname, "owner")
                found.setdefault(Named(named.owner.qualname, named.owner).public, "owner")
        yield from found.items()

    def _touches(self, use: Use, change: Change, extent: str, of: tuple[Named, Named]) -> bool:
        if change.type in {"backend-added", "backend-removed"} or change.field == "backends":
            return use.kind in {"call", "base"}
        if extent == "owner":
            return False
        if change.type in _OPTIONS:
            return self._is_about(use, change, of)
        if change.type == "predicate-changed" and not self._answers.differ(change):
            return False
        if change.type == "implementation-moved":
            return False  # the name that the program uses is still there
        if use.kind not in {"call", "base"}:
            return False
        return self._may_arise(use, change, of)

    def _is_about(self, use: Use, change: Change, of: tuple[Named, Named]) -> bool:
        if change.option is None:
            return False
        is_given = change.option in given(use, of[1] if change.type in _TOLD else of[0])  # who tells takes the new ones
        if use.kind == "override":
            is_lacking = change.type == "option-added" and not is_given and not use.is_open and _takes_all(use, of[0])
            is_taken = change.type in _SIGNATURE - {"option-added"} and is_given
            return is_lacking or (is_taken and not takes_any(of[1].node))
        if use.kind not in {"call", "base"} or not self._is_worth_telling(use, change, of):
            return False
        if change.type in _TOLD and change.option in {_last(of[0].qualname), _last(of[1].qualname)}:
            return True
        if use.kind == "base":
            return False
        if change.type == "default-changed":
            is_nothing = _is_unset(change.old) and _is_unset(change.new)  # in other words
            if is_nothing or self._effects.are_void(change.symbol or "", change.option, given(use, of[1])):
                return False
        if change.type in {"option-added", "default-changed"}:
            is_needed = change.type == "default-changed" or change.severity == "breaking"
            return is_needed and not is_given and not use.is_open
        return is_given

    def _is_worth_telling(self, use: Use, change: Change, of: tuple[Named, Named]) -> bool:
        """Return whether what is told anew matters at a call: other words do not, nor what is only documented."""
        if change.type not in _TOLD:
            return True
        node = self._new.nodes.get(change.new_id or "")
        is_said = isinstance(node, Advice) and (node.kind == "deprecation" or node.origin != "documentation")
        is_open = _UNNAMED.search(str(change.new)) is not None  # of what is in the field, and not of this
        return is_said and not is_open and change.type != "advice-changed" and self._may_arise(use, change, of)

    def _may_arise(self, use: Use, change: Change, of: tuple[Named, Named]) -> bool:
        """Return whether a requirement or a warning can come into play with the arguments of a call, and with what the
        library always needs anyway.
        """
        node = self._new.nodes.get(change.new_id or "") or self._old.nodes.get(change.old_id or "")
        if isinstance(node, Requirement) and self._is_idle(node, of[1]):
            return False
        if not isinstance(node, Requirement | Advice):
            return True
        is_new_gate = change.type == "gate-added"
        if is_new_gate and mentions(from_json(node.when), lambda atom: _is_local(atom, of[1].node)):
            return False  # the kind of argument that is given was taken before, and of locals nothing is known
        if use.kind != "call":
            return True
        arguments = given(use, of[1])
        if not use.is_open and of[1].node is not None:
            defaults = {name: literal(text) for name, text in (parameters(of[1].node.signature) or {}).items()}
            arguments = {**defaults, **arguments}

        def known(atom: Atom) -> bool | None:
            if isinstance(atom, fa.Opaque):
                return _unread(atom.opaque, frozenset(arguments), is_open=use.is_open)
            passed = arguments.get(option_of(atom.param), UNKNOWN) if isinstance(atom, Parameter) else UNKNOWN
            return argument_holds(atom, passed) if passed is not UNKNOWN and isinstance(atom, Parameter) else None

        return partly(from_json(node.when), known) is not False

    def _is_idle(self, node: Requirement, named: Named) -> bool:
        """Return whether a need is always met, or only says under which other condition it refuses what is there.

        Always there is what the library declares for all its users, and what the object needs to be there itself.
        """
        needs = from_json(node.needs)
        outer = named.owner or named.node
        own = frozenset(canonicalize_name(name) for name in (outer.backends if outer is not None else ()))

        def known(atom: Atom) -> bool | None:
            match atom:
                case fa.Package(package=name) | fa.Module(module=name):
                    return True if canonicalize_name(name) in self._needed | own else None
            return None

        is_unread = mentions(from_json(node.when), lambda atom: isinstance(atom, fa.Opaque))
        return value(needs, known) is True or (is_refusal(needs) and is_unread)


def _takes_all(use: Use, before: Named) -> bool:
    """Say whether an override takes the options that the method had: who calls one that does not gives it none."""
    had = parameters(before.node.signature) if before.node is not None else None
    return (had or {}).keys() <= given(use, before).keys()


def _is_local(atom: Atom, node: Implementation | None) -> bool:
    """Say whether an atom asks of what kind an argument is, or for a local of a function alone."""
    if not isinstance(atom, fa.Opaque):
        return False
    taken = parameters(node.signature if node is not None else None) or {}
    return atom.opaque.startswith("isinstance(") or (atom.opaque.isidentifier() and atom.opaque not in taken)


def _package_of(change: Change) -> str:
    """Return the first word of an option that has another default: it may be of the package of that name."""
    return (change.option or "").partition("_")[0] if change.type == "default-changed" else ""


def _unread(condition: str, passed: Collection[str], *, is_open: bool) -> bool | None:
    """Return what a quoted condition comes to at a call: False where it asks for an option that the call leaves out."""
    asked = _OPTIONAL.fullmatch(condition)
    if asked is not None and not is_open and (asked["name"] or asked["key"]) not in passed:
        return False
    return None


def _is_unset(default: Any) -> bool:
    """Say whether a default, in `name = default` or by itself, stands for nothing: None, False or something empty."""
    return str(default).rpartition(" = ")[2].strip() in _UNSET


def _last(name: str | None) -> str:
    return (name or "").rpartition(".")[2]


def _needed(graph: Graph) -> Iterator[str]:
    """Yield the packages that a library declares for all its users, under every name."""
    for package in graph.of_type(Package):
        if any(row.extra is None and row.place in {"metadata", "build-script"} for row in package.declared):
            yield from (canonicalize_name(name) for name in (package.name, *package.import_names))
