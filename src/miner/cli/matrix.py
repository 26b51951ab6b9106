"""`miner matrix`: what features ask of the hardware, and environments of packages, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from miner.cli.option import format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Cell, Format, Table, render
from miner.cli.stream import emit
from miner.escape import one_line

if TYPE_CHECKING:
    from miner.app.matrix import Matrix

_LONGEST = 100
_SHOWN = {"yes": "yes", "no": "no", "unknown": "?", "not-applicable": "-"}


@click.command(short_help="Set machines against features, and environments against packages.")
@click.argument("graph")
@click.option("--machine", "machines", multiple=True, metavar="FILE|NAME", help="Only these; by default all described.")
@format_option
def matrix(graph: str, machines: tuple[str, ...], form: Format) -> None:
    """Show which machine has what the features of GRAPH (a folder or SPEC[@REF]) need of the hardware, and which
    environment needs which package, declared and enforced.

    yes: the machine has it; no: the library raises there, or says that it does something else; ?: the machine does not
    say; -: the need does not arise there. What is needed of packages is left out of the first table.

    \b
    miner matrix transformers==5.23.0 --format markdown
    miner matrix output/transformers-5.23.0 --machine t4 --machine h100
    """
    from miner.app.matrix import matrix as use_case  # noqa: PLC0415  (help must not load the records)

    with terminal_progress() as progress:
        found = use_case(graph, machines, progress)
    emit(render(_tables(found), _document(found), form))


def _tables(found: Matrix) -> list[Table]:
    title = f"{found.library.name} {found.library.version or found.library.revision[:12]}"
    features: list[tuple[Cell, ...]] = [("needs", "without", *found.machines, "where")]
    features += [
        (
            f"{row.name}: {one_line(row.needs, _LONGEST)}",
            row.effect,
            *(_SHOWN[row.cells[name]] for name in found.machines),
            f"{row.evidence.path}:{row.evidence.start_line}",
        )
        for row in found.features
    ]
    packages: list[tuple[Cell, ...]] = [("package", "declared", "enforced", *found.environments)]
    packages += [
        (
            row.package.name,
            ", ".join(row.declared),
            ", ".join(row.enforced),
            *(row.needed.get(name, "") for name in found.environments),
        )
        for row in found.packages
    ]
    return [
        Table(f"{title}: hardware, {len(found.features)} needs", tuple(features)),
        Table(f"{title}: packages, {len(found.packages)}", tuple(packages)),
    ]


def _document(found: Matrix) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    return {
        "library": msgspec.to_builtins(found.library),
        "machines": list(found.machines),
        "features": [
            {
                "name": row.name,
                "needs": row.needs,
                "effect": row.effect,
                "evidence": msgspec.to_builtins(row.evidence),
                "cells": row.cells,
            }
            for row in found.features
        ],
        "environments": list(found.environments),
        "packages": [
            {
                "package": row.package.name,
                "declared": list(row.declared),
                "enforced": list(row.enforced),
                "environments": row.needed,
            }
            for row in found.packages
        ],
    }
