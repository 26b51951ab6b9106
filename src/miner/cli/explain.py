"""`miner explain`: all that a graph says of a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from miner.cli.option import format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, Table, render
from miner.cli.statement import effect, formula
from miner.cli.stream import emit
from miner.escape import one_line

if TYPE_CHECKING:
    from miner.app.explain import Account, Explained
    from miner.model.node import Advice, Edge, Node, Otherwise, Requirement

_LONGEST = 240
"""Characters of a text in a table; JSON has it whole."""
_FEW = 40
"""Requirements that are listed one by one; more are grouped by what they need."""


@click.command(short_help="Say what a name needs, and what its authors know of it.")
@click.argument("name")
@click.option(
    "--graph",
    metavar="GRAPH",
    required=True,
    help="A graph folder, or a SPEC[@REF] as for extract, which is mined first.",
)
@format_option
def explain(name: str, graph: str, form: Format) -> int:
    """Say what NAME needs, when, and what happens otherwise; and what its authors know of it, each with its place.

    NAME is an import path, a qualified name or the end of one, an option of an object, a package, a device
    (cuda, compute_capability), an environment variable, a predicate, a workflow, an environment or a heuristic.

    \b
    miner explain Trainer --graph output/transformers-5.23.0
    miner explain TrainingArguments.bf16 --graph transformers==5.23.0
    miner explain bitsandbytes --graph output/transformers-5.23.0 --format markdown
    """
    from miner.app.explain import explain as account_of  # noqa: PLC0415  (help must not load the records)

    with terminal_progress() as progress:
        found = account_of(graph, name, progress)
    tables = [*_tables(found.account), *_verified(found)]
    emit(render(tables, _document(found), form))
    return 0


def _tables(account: Account) -> Iterator[Table]:
    yield Table(account.subject.name, tuple(_head(account)))
    for heading, rows in (
        ("consists of", list(_members(account.members))),
        ("means", [(node.qualname, _formula(node.means), *_place(node)) for node in account.predicates]),
        ("needs", list(_needs(account.requirements))),
        ("requires through calls", list(_reached(account.reached))),
        (
            "refuses",
            [(f"when {_formula(node.when)}", _effect(node.otherwise), *_place(node)) for node in account.constraints],
        ),
        (
            "advice",
            [(node.subject, node.kind, _when(node.when), _said(node), *_place(node)) for node in account.advice],
        ),
        (
            "environment variables",
            [
                (node.variable, f"default {node.default}" if node.default else "", node.owner, *_place(node))
                for node in account.variables
            ],
        ),
    ):
        if rows:
            yield Table(f"{heading}: {len(rows):,}", tuple(rows))


def _verified(found: Explained) -> Iterator[Table]:
    """Yield what a verification has learnt of what is shown."""
    if found.run is None or not found.verdicts:
        return
    rows = tuple(
        (each.claim, each.level, each.about.partition(":")[2], _cut(each.why)) for each in found.verdicts[:_FEW]
    )
    yield Table(f"verified on Python {found.run.ran.python}, {found.run.machine.name}: {len(found.verdicts):,}", rows)


def _head(account: Account) -> Iterator[tuple[str, str]]:
    from miner.model.node import Implementation, Package, Predicate  # noqa: PLC0415

    subject = account.subject
    kind = type(subject.node).__name__.lower() if subject.kind == "concept" else subject.kind
    yield "is", f"an option of {subject.node.name}" if subject.kind == "option" and subject.node else kind
    match subject.node:
        case Implementation() as node if subject.kind == "object":
            yield "kind", node.kind
            yield from (("import", f"from {each.module} import {each.name}") for each in node.exports[:1])
            yield from (("does", _cut(text)) for text in (node.summary,) if text)
            yield from (("signature", _cut(text)) for text in (node.signature,) if text)
            yield from (("backends", ", ".join(node.backends)) for _ in node.backends[:1])
            yield from _flags(account)
            yield "defined at", f"{node.definition.path}:{node.definition.start_line}"
        case Package() as node:
            yield "imported as", ", ".join(node.import_names)
            for stated in node.declared:
                where = ", ".join(each for each in (stated.place, stated.extra, stated.marker) if each)
                yield "declared", f"{stated.specifier or 'any version'} ({where})"
            for gate in node.gated:
                yield "enforced", f"{gate.specifier} by {gate.stated_by.partition(':')[2]}"
        case Predicate() as node:
            yield "means", _formula(node.means)
            if node.called is not None:
                given = (repr(value) if name.isdigit() else f"{name}={value!r}"
                         for name, value in sorted(node.called.arguments.items()))  # fmt: skip
                yield f"{node.name}({', '.join(given)})", _formula(node.called.means)
            yield from (("quirk", quirk) for quirk in node.quirks)
            yield "defined at", _place(node)[0]


def _flags(account: Account) -> Iterator[tuple[str, str]]:
    """Yield what a class says that it supports, and what it does not, each with the class that says so if another."""
    for heading, wanted in (("supports", True), ("does not", False)):
        said = [
            name if owner is None else f"{name} ({owner.rpartition('.')[2]})"
            for name, (is_set, owner) in sorted(account.flags.items())
            if is_set is wanted
        ]
        if said:
            yield heading, ", ".join(said)


def _needs(requirements: Sequence[Requirement]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each requirement; where there are many, one for each need, with the first that states it."""
    from miner.explain.account import grouped  # noqa: PLC0415

    if len(requirements) <= _FEW:
        for node in requirements:
            yield _formula(node.needs), _when(node.when), _effect(node.otherwise), node.owner, *_place(node)
        return
    for needs, nodes in grouped(requirements, lambda node: _formula(node.needs)).items():
        owners = len({node.owner for node in nodes})
        yield (
            needs,
            f"{owners:,} objects" if owners > 1 else nodes[0].owner,
            _effect(nodes[0].otherwise),
            *_place(nodes[0]),
        )


def _said(node: Advice) -> str:
    """Return what is told, after what is set where it is about that."""
    parts = (node.action if node.kind in {"default", "default-override"} else None, node.message)
    return _cut(": ".join(filter(None, parts)) or node.action or "")


def _reached(reached: Sequence[tuple[Edge, Requirement]]) -> Iterator[tuple[str, ...]]:
    """Yield what a symbol requires through others, and the last of them."""
    for edge, node in reached:
        yield _formula(node.needs), _when(edge.when), _effect(node.otherwise), node.owner, *_place(node)


def _members(members: Sequence[Node]) -> Iterator[tuple[str, ...]]:
    from miner.model.concept import Principle  # noqa: PLC0415
    from miner.model.node import Implementation  # noqa: PLC0415

    for node in members:
        match node:
            case Principle():
                yield f"{node.order}. {node.title}", node.page
            case Implementation():
                yield node.qualname, *_place(node)


def _formula(stated: object) -> str:
    return formula(stated, _LONGEST)


def _when(stated: object) -> str:
    return "" if stated is True else f"when {_formula(stated)}"


def _effect(otherwise: Otherwise) -> str:
    return effect(otherwise, _LONGEST)


def _place(node: Node) -> tuple[str]:
    first = node.evidence[0]
    return (f"{first.path}:{first.start_line}",)


def _cut(text: str) -> str:
    return one_line(text, _LONGEST)


def _document(found: Explained) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    def rows(nodes: Iterable[Node]) -> list[Any]:
        return [msgspec.to_builtins(node) for node in nodes]

    account = found.account
    subject = account.subject
    return {
        "kind": subject.kind,
        "name": subject.name,
        "node": msgspec.to_builtins(subject.node) if subject.node is not None else None,
        "requirements": rows(account.requirements),
        "constraints": rows(account.constraints),
        "advice": rows(account.advice),
        "variables": rows(account.variables),
        "predicates": rows(account.predicates),
        "reached": [
            {"edge": msgspec.to_builtins(edge), "requirement": msgspec.to_builtins(node)}
            for edge, node in account.reached
        ],
        "members": rows(account.members),
        "flags": {name: {"value": is_set, "of": owner} for name, (is_set, owner) in sorted(account.flags.items())},
        "verdicts": [msgspec.to_builtins(each) for each in found.verdicts],
    }
