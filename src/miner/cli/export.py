"""`miner export`: a graph as JSON or as a wiki."""

from __future__ import annotations

from pathlib import Path

import click

from miner.cli.option import FOLDER
from miner.cli.progress import terminal_progress
from miner.cli.stream import emit
from miner.errors import UsageError
from miner.escape import json_text


@click.command(short_help="Write a graph as JSON or as a wiki.")
@click.argument("graph")
@click.option(
    "--format",
    "form",
    type=click.Choice(("json", "nodes", "wiki")),
    default="json",
    show_default=True,
    help="json: one document on standard output. nodes: a JSON file for each node. wiki: Markdown pages.",
)
@click.option("--output", metavar="DIR", type=FOLDER, help="The folder to write, for nodes and wiki.")
def export(graph: str, form: str, output: Path | None) -> int:
    """Write GRAPH, a graph folder or a SPEC[@REF] as for extract, for people or for other tools.

    A wiki has pages for the workflows of the library's catalog, their principles and what implements them, the
    environments that they need, and what is known of options; with indexes and a report.

    \b
    miner export output/transformers-5.23.0 > graph.json
    miner export output/transformers-5.23.0 --format wiki --output wiki
    """
    from miner.app import export as use_case  # noqa: PLC0415  (help must not load the records)

    if (form == "json") is (output is not None):
        raise UsageError("--output names a folder: it goes with --format nodes and wiki, which need it")
    with terminal_progress() as progress:
        if output is None:
            text = json_text(use_case.whole(graph, progress)) + "\n"
        else:
            count = use_case.export(graph, "wiki" if form == "wiki" else "nodes", output, progress)
            text = f"{count:,} files in {output}\n"
    emit(text)
    return 0
