"""Package nodes: the distributions that formulas speak of, their import names, and versions enforced at run time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from miner.detect.idiom import BUILT_IN, Idioms
from miner.formula import atom as fa
from miner.formula.connective import Formula, affirmed, conjuncts
from miner.formula.disjunctive import literals
from miner.graph.evidence import EvidenceReader, authored
from miner.link.declared import Declared
from miner.model.evidence import Evidence
from miner.model.node import Declaration, Gate, Package

AUTHORED_PATH = "miner/data/idioms.toml"


@dataclass
class _Draft:
    imports: set[str] = field(default_factory=set)
    gates: set[tuple[str, str]] = field(default_factory=set)
    declared: dict[Declaration, None] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    aliases: dict[str, Evidence] = field(default_factory=dict)


class Packages:
    """Collects what the formulas of a graph say of packages."""

    def __init__(self, idioms: Idioms, mentions: Callable[[Evidence, str], bool]) -> None:
        self._idioms = idioms
        self._mentions = mentions
        self._standard = frozenset(idioms.probe.standard)
        self._drafts: dict[str, _Draft] = {}
        self._lines: dict[str, Evidence | None] = {}

    def add(
        self, formula: Formula, stated_by: str, evidence: tuple[Evidence, ...], gates: frozenset[Formula]
    ) -> tuple[str, ...]:
        """Take in a published formula; return the ids of the packages that it is about, sorted.

        A package's own evidence is, for each of its names and gated versions, the first that mentions it where that is
        met first. `gates` are the atoms of the formula whose versions `stated_by` itself enforces.
        """
        found: set[str] = set()
        for literal in literals(formula):
            atom = affirmed(literal)
            names: tuple[str, ...]
            imported: str | None
            if isinstance(atom, fa.Package):
                names, imported = (atom.package,), None
            elif isinstance(atom, fa.Module):
                names, imported = self._distributions(atom), atom.module
            else:
                continue
            for name in names:
                canonical = canonicalize_name(name)
                self._note(canonical, imported, atom, evidence)
                if atom in gates:
                    self._gate(canonical, atom, stated_by, evidence)
                found.add(f"package:{canonical}")
        return tuple(sorted(found))

    def declare(self, rows: Iterable[Declared], evidences: EvidenceReader) -> None:
        """Take in what the project declares."""
        for row in rows:
            draft = self._drafts.setdefault(row.package, _Draft())
            stated = Declaration(
                specifier=row.specifier, place=row.place, extra=row.extra or None, marker=row.marker or None
            )
            draft.declared[stated] = None
            found = evidences.one(row.evidence)
            if found not in draft.evidence:
                draft.evidence.append(found)

    def nodes(self) -> Iterator[Package]:
        """Yield the packages in order."""
        for name in sorted(self._drafts):
            draft = self._drafts[name]
            yield Package(
                id=f"package:{name}",
                name=name,
                evidence=(*draft.evidence, *(draft.aliases[key] for key in sorted(draft.aliases))),
                import_names=tuple(sorted(draft.imports)),
                declared=tuple(draft.declared),
                gated=tuple(Gate(specifier=specifier, stated_by=by) for specifier, by in sorted(draft.gates)),
            )

    def _distributions(self, atom: fa.Module) -> tuple[str, ...]:
        """Return the distributions that provide a module: as asked for, by the idioms' aliases, or of its own name."""
        if atom.distribution is not None:
            return (atom.distribution,)
        top = atom.module.partition(".")[0]
        if top in self._standard:
            return ()
        return self._idioms.aliases.get(atom.module) or self._idioms.aliases.get(top) or (top,)

    def _note(
        self,
        name: str,
        imported: str | None,
        atom: fa.Package | fa.Module,
        evidence: tuple[Evidence, ...],
    ) -> None:
        draft = self._drafts.setdefault(name, _Draft())
        written = imported if imported is not None else name
        if written not in draft.seen:
            draft.seen.add(written)
            asked = atom.package if isinstance(atom, fa.Package) else written.rpartition(".")[2]
            draft.evidence.extend(
                e for e in _first(evidence, lambda e: self._mentions(e, asked)) if e not in draft.evidence
            )
        if imported is not None:
            draft.imports.add(imported)
            key = imported if imported in self._idioms.aliases else imported.partition(".")[0]
            line = self._alias_line(key) if key in self._idioms.aliases else None
            if line is not None:
                draft.aliases[key] = line

    def _gate(self, name: str, atom: fa.Package | fa.Module, stated_by: str, evidence: tuple[Evidence, ...]) -> None:
        draft = self._drafts[name]
        draft.gates.add((",".join(fa.bounds(atom.version)), stated_by))
        for _, version in atom.version:
            if version not in draft.seen:
                draft.seen.add(version)
                stating = [e for e in evidence if self._mentions(e, version)]
                draft.evidence.extend(e for e in stating[:1] if e not in draft.evidence)

    def _alias_line(self, key: str) -> Evidence | None:
        if key not in self._lines:
            quoted = f'"{key}" = ' if "." in key else f"{key} = "
            self._lines[key] = authored(BUILT_IN, AUTHORED_PATH, quoted) or authored(
                BUILT_IN, AUTHORED_PATH, f'"{key}" = '
            )
        return self._lines[key]


def required(formula: Formula) -> frozenset[Formula]:
    """Return the versioned packages and modules without which a formula cannot hold: no alternatives, no negations."""
    return frozenset(part for part in conjuncts(formula) if isinstance(part, fa.Package | fa.Module) and part.version)


def _first(evidence: tuple[Evidence, ...], is_wanted: Callable[[Evidence], bool]) -> tuple[Evidence, ...]:
    """Return the first evidence that is wanted, or the first of all when none is."""
    return next(((found,) for found in evidence if is_wanted(found)), evidence[:1])
