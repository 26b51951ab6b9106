"""`miner audit`: proves a graph from the bytes that it cites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from miner.cli.option import FILE, FOLDER, format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, Table, render
from miner.cli.stream import emit

if TYPE_CHECKING:
    from miner.app.audit import AuditReport

FINDINGS = 1


@click.command(short_help="Check a mined graph against the bytes that it cites.")
@click.argument("graph", type=FOLDER)
@click.option(
    "--source",
    metavar="SPEC",
    help="Where the mined bytes are; needed for the graph of a local repository, else taken from the manifest.",
)
@click.option(
    "--idioms", metavar="FILE", type=FILE, help="The idioms that the graph was mined with, if not miner's own."
)
@click.option(
    "--catalog", metavar="FILE", type=FILE, help="The catalog that the graph was mined with, if not miner's own."
)
@format_option
def audit(graph: Path, source: str | None, idioms: Path | None, catalog: Path | None, form: Format) -> int:
    """Check the mined graph in the folder GRAPH against the bytes that it cites.

    Every evidence is read again and compared by hash, every statement is checked to be grounded in the text that it
    cites and is derived again from it, edges and counts are checked, and every row is validated against its schema.
    Exit code 1 when there are findings.
    """
    from miner.app.audit import audit as check  # noqa: PLC0415  (help must not load the readers)

    with terminal_progress() as progress:
        report = check(graph, source, None, progress, idioms=idioms, catalog=catalog)
    emit(render(_tables(report), _document(report), form))
    return FINDINGS if report.findings else 0


def _tables(report: AuditReport) -> list[Table]:
    checked = Table("checked", tuple(sorted(report.checked.items())))
    if not report.findings:
        return [checked, Table("findings", (("none",),))]
    rows = tuple((finding.kind, finding.subject, finding.message) for finding in report.findings)
    return [checked, Table(f"findings: {len(rows):,}", rows)]


def _document(report: AuditReport) -> dict[str, Any]:
    return {
        "checked": report.checked,
        "findings": [
            {"kind": finding.kind, "subject": finding.subject, "message": finding.message}
            for finding in report.findings
        ],
    }
