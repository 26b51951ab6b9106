"""`miner extract`: mines a source and says what came out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from miner.cli.option import FILE, FOLDER, format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, Table, render
from miner.cli.stream import emit

if TYPE_CHECKING:
    from miner.app.extract import ExtractResult

FAILED_FILES = 5
_SHOWN = 20


@click.command(short_help="Mine a repository or release into a graph folder.")
@click.option(
    "--repo",
    "spec",
    metavar="SPEC",
    required=True,
    help="What to mine: NAME==VERSION from the package index, a git URL (https, ssh, file), a local repository, or "
    "installed:NAME.",
)
@click.option("--ref", metavar="REF", help="Branch, tag or commit of a repository; by default its HEAD.")
@click.option(
    "--output",
    metavar="DIR",
    type=FOLDER,
    help="The graph folder to write; by default output/NAME-VERSION, or -REVISION in 12 hex digits.",
)
@click.option(
    "--idioms",
    metavar="FILE",
    type=FILE,
    help="Names to look for besides miner's own: a file like src/miner/data/idioms.toml.",
)
@click.option(
    "--catalog",
    metavar="FILE",
    type=FILE,
    help="The workflows of the library: a file like src/miner/data/catalogs/transformers.toml, instead of miner's own.",
)
@click.option(
    "--reader",
    type=click.Choice(("fast", "libcst")),
    default="fast",
    show_default=True,
    help="fast: tree-sitter finds, libcst reads what was found. libcst: it reads whole files, slowly, as a check.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=0, max=256),
    default=0,
    show_default=True,
    help="Number of worker processes; 0 is one for each processor.",
)
@format_option
def extract(
    spec: str,
    ref: str | None,
    output: Path | None,
    idioms: Path | None,
    catalog: Path | None,
    reader: str,
    jobs: int,
    form: Format,
) -> int:
    """Mine a repository or release into a graph folder.

    Nothing of the mined source is imported or run. The same source gives the same bytes, and mining it again with the
    same miner takes the graph from the cache.

    \b
    miner extract --repo transformers==5.23.0
    miner extract --repo https://github.com/huggingface/peft --ref v0.17.0
    miner extract --repo ../diffusers --output /tmp/graph
    """
    from miner.app.collection import rare_collection  # noqa: PLC0415  (help must not load the readers)
    from miner.app.extract import ExtractRequest  # noqa: PLC0415
    from miner.app.extract import extract as mine  # noqa: PLC0415

    request = ExtractRequest(
        spec=spec, ref=ref, output=output, reader=reader, jobs=jobs, idioms=idioms, catalog=catalog
    )
    with terminal_progress() as progress, rare_collection():
        result = mine(request, progress)
    emit(render(_tables(result), _document(result), form))
    return FAILED_FILES if result.failed else 0


def _tables(result: ExtractResult) -> list[Table]:
    manifest = result.manifest
    source = manifest.source
    title = f"{source.name} {source.version or source.ref or ''}".strip()
    origin = [("kind", source.kind), ("revision", source.revision)]
    if source.archive is not None:
        origin.append(("archive", source.archive))
    tables = [
        Table(title, tuple(origin)),
        Table("nodes", _counted(manifest.nodes)),
        Table("files", _counted(manifest.outcomes)),
        Table("not understood", tuple(_blind_spots(manifest.coverage))),
    ]
    if result.failed:
        failed = tuple((outcome.path, outcome.reason or "") for outcome in result.failed[:_SHOWN])
        rest = len(result.failed) - len(failed)
        more = ((f"and {rest:,} more", "see outcomes.jsonl"),) if rest else ()
        tables.append(Table("failed files", (*failed, *more)))
    if result.notes:
        tables.append(Table("notes", tuple((note,) for note in result.notes)))
    where = (("from the cache: nothing had changed",),) if result.cached else ()
    tables.append(Table("graph", ((str(result.folder),), *where)))
    return [table for table in tables if table.rows]


def _counted(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return (*sorted(counts.items()), ("total", sum(counts.values())))


def _blind_spots(coverage: dict[str, dict[str, int]]) -> list[tuple[str, str]]:
    """Say which share of each kind's formulas holds an opaque atom, and what else was seen and not understood."""
    opaque = coverage.get("opaque", {})
    rows = [
        (
            f"{kind} formulas",
            f"{opaque.get(kind, 0):,} of {total:,} hold an opaque part ({opaque.get(kind, 0) / total:.1%})",
        )
        for kind, total in sorted(coverage.get("formulas", {}).items())
        if total
    ]
    for group in ("not_understood", "left_out"):
        rows += [(what, f"{count:,}") for what, count in sorted(coverage.get(group, {}).items())]
    return rows


def _document(result: ExtractResult) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    manifest = msgspec.to_builtins(result.manifest)
    kept = ("source", "reader", "nodes", "edges", "outcomes", "coverage")
    return {
        "folder": str(result.folder),
        "cached": result.cached,
        **{key: manifest[key] for key in kept},
        "failed": [{"path": outcome.path, "reason": outcome.reason} for outcome in result.failed],
        "notes": list(result.notes),
        "run": {"cpu_seconds": result.cpu_seconds, "peak_rss_bytes": result.peak_rss_bytes},
    }
