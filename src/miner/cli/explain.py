"""`miner explain`: all that a graph says of a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from miner.cli.option import format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, render
from miner.cli.stream import emit

if TYPE_CHECKING:
    from miner.app.explain import Explained
    from miner.model.node import Node


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
    from miner.cli.account import told  # noqa: PLC0415

    with terminal_progress() as progress:
        found = account_of(graph, name, progress)
    emit(render(told(found), _document(found), form))
    return 0


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
        "implementers": {step: rows(nodes) for step, nodes in sorted(account.implementers.items())},
        "environments": rows(account.environments),
        "stating": {name: msgspec.to_builtins(node) for name, node in sorted(account.stating.items())},
        "uses": [msgspec.to_builtins(use) for use in account.uses],
        "flags": {name: {"value": is_set, "of": owner} for name, (is_set, owner) in sorted(account.flags.items())},
        "describing": rows(account.describing),
        "verdicts": [msgspec.to_builtins(each) for each in found.verdicts],
    }
