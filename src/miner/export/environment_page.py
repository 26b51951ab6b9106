"""The pages of environments: what a workflow needs of the machine, and what goes wrong without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.export.book import Book, code, formula, plain, section, table
from miner.export.implementation_page import effect
from miner.formula import atom as fa
from miner.formula.disjunctive import atoms
from miner.formula.notation import from_json
from miner.formula.text import render
from miner.graph.matrix import versions as stated_versions
from miner.model.concept import Environment, Principle
from miner.model.node import EnvironmentVariable, Implementation, Package, Requirement

_SYSTEM = (
    fa.Python,
    fa.OperatingSystem,
    fa.Binary,
    fa.Device,
    fa.DeviceCount,
    fa.ComputeCapability,
    fa.Toolkit,
    fa.Rocm,
    fa.Driver,
    fa.Memory,
)


def environment_page(book: Book, environment: Environment) -> Iterator[str]:
    """Yield the lines of the page of an environment."""
    groups = [(name, _requirements(book, getattr(environment, name))) for name in ("always", "conditional", "optional")]
    stated = [each for _, group in groups for each in group]
    yield from (f"# {plain(environment.name.replace('_', ' '))}", "")
    yield (
        f"What {book.link(book.graph.nodes[environment.workflow])} needs in {plain(book.title)}: "
        + ", ".join(f"{len(group)} {name}" for name, group in groups)
        + " requirements, each enforced or tried in the code cited."
    )
    yield ""
    yield from section("System requirements", table(("asks for", "requirements", "first at"), _system(book, stated)))
    yield from section("Dependencies", table(("package", "declared", "enforced", "as"), _packages(book, groups)))
    variables = [book.graph.nodes[id_] for id_ in environment.variables]
    rows = [
        (code(each.variable), plain(each.default or ""), plain(", ".join(each.choices)), book.place(each.evidence[0]))
        for each in variables
        if isinstance(each, EnvironmentVariable)
    ]
    yield from section("Variables", table(("variable", "default", "compared with", "read at"), rows))
    yield from section("Quick install", ["```", environment.install, "```"])
    for name, group in groups:
        cited = [
            (
                formula(each.needs),
                formula(each.when),
                effect(each.otherwise),
                code(_short(each.owner)),
                book.place(each.evidence[0]),
            )
            for each in group
        ]
        yield from section(f"Code evidence: {name}", table(("needs", "when", "otherwise", "stated by", "where"), cited))
    errors = [
        (plain(each.message), plain(each.cause), code(each.fix) if each.fix else "", _place(book, each.requirement))
        for each in environment.errors
    ]
    yield from section("Common errors", table(("message", "cause", "fix", "where"), errors))
    yield from section(
        "Compatibility", table(("device", "requirements that ask for it"), _devices(environment, stated))
    )
    yield from section("Related pages", _related(book, environment))


def _requirements(book: Book, ids: Iterable[str]) -> list[Requirement]:
    found = [book.graph.nodes.get(id_) for id_ in ids]
    return sorted((each for each in found if isinstance(each, Requirement)), key=lambda each: each.place)


def _system(book: Book, stated: list[Requirement]) -> Iterator[tuple[str, str, str]]:
    """Yield what is asked of the system apart from packages, with how often and where first."""
    found: dict[str, list[Requirement]] = {}
    for each in stated:
        for atom in atoms(from_json(each.needs)):
            if isinstance(atom, _SYSTEM):
                found.setdefault(render(atom), []).append(each)
    for name, requirements in sorted(found.items()):
        yield plain(name), str(len({each.id for each in requirements})), book.place(requirements[0].evidence[0])


def _packages(book: Book, groups: list[tuple[str, list[Requirement]]]) -> Iterator[tuple[str, ...]]:
    """Yield the packages that requirements are about, with what is declared and enforced, and the strongest group."""
    found: dict[str, str] = {}
    for name, group in groups:
        for each in group:
            for package in book.targets(each.id, "about", Package):
                found.setdefault(package.id, name)
    for id_ in sorted(found):
        node = book.graph.nodes[id_]
        if isinstance(node, Package):
            yield (*versions(node), found[id_])


def versions(package: Package) -> tuple[str, str, str]:
    """Return the name of a package, the versions that are declared, and those that are enforced."""
    declared, gated = stated_versions(package)
    return code(package.name), plain(", ".join(declared)), plain(", ".join(gated))


def _devices(environment: Environment, stated: list[Requirement]) -> Iterator[tuple[str, str]]:
    for device in environment.devices:
        count = sum(
            any(device in str(getattr(atom, "device", "")) for atom in atoms(from_json(each.needs))) for each in stated
        )
        yield code(device), str(count)


def _related(book: Book, environment: Environment) -> list[str]:
    users = {each.id for each in book.sources(environment.id, "requires_env", Implementation)}
    steps = book.all(Principle)  # a symbol of several workflows needs the environments of all
    return [
        f"- workflow: {book.link(book.graph.nodes[environment.workflow])}",
        *(
            f"- implementation: {book.link(step, 'implementations')}"
            for step in steps
            if users & {each.id for each in book.targets(step.id, "implemented_by", Implementation)}
        ),
    ]


def _short(owner: str) -> str:
    return ".".join(owner.split(".")[-2:])


def _place(book: Book, id_: str) -> str:
    return book.place(book.graph.nodes[id_].evidence[0])
