"""Contradictions: statements of one library that cannot both be what its authors mean."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from miner.formula import atom as fa
from miner.formula.disjunctive import literals
from miner.formula.notation import from_json
from miner.link.option import option_of
from miner.model.concept import Contradiction, ContradictionKind, Statement
from miner.model.evidence import Evidence
from miner.model.node import Advice, Node, Package, Predicate, Requirement

_FLOORS = frozenset({">=", "==", "~=", ">", "==="})
_VERSION = r"(\d+(?:\.\d+)+)"
_BETWEEN = (
    r"(?:[\s`'\"(=<>~!]|\b(?:package|library|versions?|at least|is|to|be|should|must|needs?|greater|higher|or|equal"
    r"|than|minimum|of|with|above)\b){0,30}"
)
"""What may stand between the name of a package and a version that is said of it."""
_CAPABILITY = re.compile(rf"compute capability\D{{0,20}}{_VERSION}[^\w(]{{0,4}}\(\s*(\w+)", re.IGNORECASE)
_OR_EQUAL = re.compile(r">=|or equal|at least|or (?:higher|newer|later|above)", re.IGNORECASE)
_GENERATIONS = {
    "pascal": "6.0", "volta": "7.0", "turing": "7.5", "ampere": "8.0", "ada": "8.9", "hopper": "9.0",
    "blackwell": "10.0",
}  # fmt: skip
"""The compute capability that each generation of NVIDIA's devices begins with (CUDA C++ Programming Guide)."""


class _Found(NamedTuple):
    kind: ContradictionKind
    subject: str
    about: str
    statements: tuple[Statement, ...]


def contradictions(nodes: Iterable[Node]) -> Iterator[Contradiction]:
    """Yield the contradictions among the nodes of a graph, by id."""
    listed = list(nodes)
    known = {node.id: node for node in listed}
    packages = [node for node in listed if isinstance(node, Package)]
    found = [
        *(each for package in packages for each in _declared_and_gated(package, known)),
        *_undeclared(packages, known),
        *_messages([node for node in listed if isinstance(node, Requirement)], packages),
        *_generations([node for node in listed if isinstance(node, Advice)]),
        *_documented(listed, packages),
    ]
    unique: dict[str, _Found] = {}
    for each in found:
        unique.setdefault(f"contradiction:{each.kind}/{each.subject}#{each.about}", each)
    for id_, each in sorted(unique.items()):
        evidence = tuple(dict.fromkeys(statement.evidence for statement in each.statements))
        name = f"{each.subject}: {each.kind}"
        yield Contradiction(
            id=id_, name=name, evidence=evidence, kind=each.kind, subject=each.subject, statements=each.statements
        )


def _declared_and_gated(package: Package, known: dict[str, Node]) -> Iterator[_Found]:
    """Yield where what is declared and what a predicate enforces begin with different versions."""
    declared = {floor: row.specifier for row in package.declared if (floor := _floor(row.specifier)) is not None}
    if not declared:
        return
    for gate in package.gated:
        floor, node = _floor(gate.specifier), known.get(gate.stated_by)
        if floor is None or not isinstance(node, Predicate) or not _is_availability(node, package):
            continue
        kind: ContradictionKind | None = None
        if floor < min(declared):
            kind, nearest = "gate-looser-than-declared", min(declared)
        elif floor > max(declared):
            kind, nearest = "gate-stricter-than-declared", max(declared)
        if kind is not None:
            row = _declaring(package, declared[nearest])
            told = Statement(text=f"declared: {package.name}{declared[nearest]}", node=package.id, evidence=row)
            enforced = f"{node.name} is true for {package.name}{gate.specifier}"
            yield _Found(
                kind,
                package.name,
                node.qualname,
                (told, Statement(text=enforced, node=node.id, evidence=node.evidence[0])),
            )


def _is_availability(node: Predicate, package: Package) -> bool:
    """Say whether a predicate asks whether the package is there, rather than for a release with some feature."""
    asked = re.fullmatch(r"_?(?:is|has)?_?(.*?)_?(?:available|installed)", node.name.lower())
    own = {re.sub(r"\W|_", "", each.lower()) for each in (package.name, *package.import_names)}
    return asked is not None and re.sub(r"\W|_", "", asked[1]) in own


def _declaring(package: Package, specifier: str) -> Evidence:
    rows = [each for each in package.evidence if each.role == "declaration"]
    return next(
        (each for each in rows if specifier.split(",", maxsplit=1)[0].lstrip("<>=~!") in (each.text or "")), rows[0]
    )


def _undeclared(packages: Sequence[Package], known: dict[str, Node]) -> Iterator[_Found]:
    """Yield packages of which a version is enforced and that no declaration names."""
    rows = [each for package in packages for each in package.evidence if each.role == "declaration"]
    for package in packages:
        if package.declared or not rows:
            continue
        stated = ((gate, known.get(gate.stated_by)) for gate in package.gated)
        enforcing = ((gate, node) for gate, node in stated if node is not None and _is_enforcing(node))
        for gate, node in itertools.islice(enforcing, 1):
            enforced = f"{package.name}{gate.specifier} is enforced"
            yield _Found(
                "undeclared",
                package.name,
                "declared nowhere",
                (
                    Statement(text=enforced, node=node.id, evidence=node.evidence[0]),
                    Statement(text=f"what is declared does not name {package.name}", node=package.id, evidence=rows[0]),
                ),
            )


def _is_enforcing(node: Node) -> bool:
    """Say whether what states a version refuses others, and does not only go another way."""
    return isinstance(node, Predicate) or (isinstance(node, Requirement) and node.enforced)


def _messages(requirements: Sequence[Requirement], packages: Sequence[Package]) -> Iterator[_Found]:
    """Yield where the message of a requirement names another version than the code that gives it asks for anywhere."""
    groups: dict[tuple[str, str], list[Requirement]] = {}
    for node in requirements:
        if node.otherwise.message and re.search(_VERSION, node.otherwise.message):
            groups.setdefault((node.owner, node.otherwise.message), []).append(node)
    for (owner, message), nodes in groups.items():
        asked: dict[str, list[tuple[Requirement, _Floor]]] = {}
        for node in nodes:
            for floor in _floors(node, packages):
                asked.setdefault(floor.name, []).append((node, floor))
        for name, floors in asked.items():
            said = _said(message, floors[0][1].names)
            node, floor = floors[-1]
            if said and not any(_is_same(each, other.version) for each in said for _, other in floors):
                text = f"the message names {name} {', '.join(dict.fromkeys(said))}"
                yield _Found("message-differs", name, owner, _both(node, floor.words, text))
            elif said and _OR_EQUAL.search(message) and all(other.operator == ">" for _, other in floors):
                yield _Found(
                    "message-differs", name, owner, _both(node, floor.words, f"the message takes {said[0]} too")
                )


def _both(node: Requirement, asked: str, said: str) -> tuple[Statement, ...]:
    messages = [each for each in node.evidence if each.role == "message"]
    place = messages[0] if messages else node.evidence[0]
    guards = [each for each in node.evidence if each != place] or [place]
    return (
        Statement(text=asked, node=node.id, evidence=guards[0]),
        Statement(text=said, node=node.id, evidence=place),
    )


class _Floor(NamedTuple):
    name: str
    names: tuple[str, ...]
    operator: str
    version: Version

    @property
    def words(self) -> str:
        return f"the code asks for {self.name} {self.operator} {self.version}"


def _floors(node: Requirement, packages: Sequence[Package]) -> Iterator[_Floor]:
    """Yield the packages, under all their names, with the lowest version that a requirement asks for."""
    for literal in literals(from_json(node.needs)):
        if not isinstance(literal, fa.Package | fa.Module):
            continue
        name = literal.package if isinstance(literal, fa.Package) else literal.module
        floor = _floor(",".join(fa.bounds(literal.version)))
        if floor is None:
            continue
        package = _package(name, packages) or _package(name.partition(".")[0], packages)
        names = (package.name, *package.import_names, name) if package is not None else (name,)
        operator = next((each for each, _ in literal.version if each in _FLOORS), ">=")
        yield _Floor(package.name if package is not None else name, tuple(dict.fromkeys(names)), operator, floor)


def _package(name: str, packages: Sequence[Package]) -> Package | None:
    return next((each for each in packages if name in (each.name, *each.import_names)), None)


def _said(text: str, names: Iterable[str]) -> list[str]:
    """Return the versions that a text says of a package, right behind one of its names."""
    found: list[str] = []
    for name in names:
        spelled = re.sub(r"[-_.]+", "[-_. ]?", re.escape(name).replace(r"\-", "-"))
        pattern = rf"(?<![\w-]){spelled}(?![\w-]){_BETWEEN}v?{_VERSION}"
        found.extend(match[1] for match in re.finditer(pattern, text, re.IGNORECASE))
    return found


def _is_same(said: str, asked: Version) -> bool:
    """Say whether two versions are of one release: a development version of it is told as the release."""
    return Version(said) == Version(asked.base_version)


def _generations(advice: Sequence[Advice]) -> Iterator[_Found]:
    """Yield where texts give a compute capability and a generation of devices that begins with another."""
    found: dict[tuple[str, str, str], list[Advice]] = {}
    for node in advice:
        for match in _CAPABILITY.finditer(node.message or ""):
            known = _GENERATIONS.get(match[2].lower())
            if known is not None and Version(known) != Version(match[1]):
                found.setdefault((match[1], match[2], known), []).append(node)
    for (capability, generation, known), nodes in found.items():
        first = f"compute capability {capability}"
        texts = [first, *(f"{first} called {generation}, which begins with {known}" for _ in nodes)]
        statements = tuple(
            Statement(text=text, node=node.id, evidence=node.evidence[0])
            for text, node in zip(texts, (nodes[0], *nodes), strict=True)
        )
        yield _Found("message-differs", "compute capability", f"{capability} called {generation}", statements)


def _documented(nodes: Sequence[Node], packages: Sequence[Package]) -> Iterator[_Found]:
    """Yield where the description of an option names another version than the code asks for when it is given."""
    needs: dict[str, list[Requirement]] = {}
    for node in nodes:
        if isinstance(node, Requirement):
            for literal in literals(from_json(node.when)):
                if isinstance(literal, fa.Parameter):
                    needs.setdefault(option_of(literal.param), []).append(node)
    for node in nodes:
        if not isinstance(node, Advice) or node.origin != "documentation" or node.message is None:
            continue
        if re.search(_VERSION, node.message) is None:
            continue
        for need in needs.get(node.subject, ()):
            for floor in _floors(need, packages):
                said, name = _said(node.message, floor.names), floor.name
                if said and not any(_is_same(each, floor.version) for each in said):
                    yield _Found(
                        "docstring-differs",
                        name,
                        f"{node.subject} of {node.owner}",
                        (
                            Statement(text=f"documented: {name} {said[0]}", node=node.id, evidence=node.evidence[0]),
                            Statement(text=floor.words, node=need.id, evidence=need.evidence[0]),
                        ),
                    )


def _floor(specifier: str) -> Version | None:
    """Return the lowest version that a specifier takes; None without one."""
    try:
        floors = [Version(each.version) for each in SpecifierSet(specifier) if each.operator in _FLOORS]
    except (InvalidSpecifier, InvalidVersion):
        return None
    return max(floors, default=None)
