"""`miner impact`: which changes of a library touch a program, and where."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from miner.cli.diff import about, values
from miner.cli.option import format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, Table, render
from miner.cli.stream import emit, say
from miner.model.change import Severity

if TYPE_CHECKING:
    from miner.app.impact import Found, Impact

FINDINGS = 1
_SEVERITIES: tuple[str, ...] = get_args(Severity)
_SHOWN = _SEVERITIES[:3]
_MOST_PLACES = 5


@click.command(short_help="Say which changes of a library touch your code, and where.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--from", "old", required=True, metavar="OLD", help="The graph or SPEC[@REF] that the code is for.")
@click.option("--to", "new", required=True, metavar="NEW", help="The graph or SPEC[@REF] that it shall run with.")
@click.option("--severity", multiple=True, type=click.Choice(_SEVERITIES), help="Only changes of this severity.")
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help="Exit with 1 when a change is at least as severe.")
@format_option
def impact(
    paths: tuple[Path, ...], old: str, new: str, severity: tuple[str, ...], fail_on: str | None, form: Format
) -> int:
    """Say which changes from OLD to NEW touch your scripts, packages and notebooks, worst first, each at its line.

    PATH are read and never run. A change of an option touches calls that give it, or that must; what the library itself
    says to do is the fix. Benign changes are shown with --severity benign alone.

    \b
    miner impact src --from transformers==4.57.1 --to transformers==5.23.0
    miner impact train.py --from graphs/old --to graphs/new --fail-on breaking
    """
    from miner.app.impact import impact as use_case  # noqa: PLC0415  (help must not load the records)

    with terminal_progress() as progress:
        found = use_case(paths, old, new, progress)
    for note in found.notes:
        say(note)
    shown = [each for each in found.impacts if each.severity in (severity or _SHOWN)]
    emit(render(_tables(found, shown, form), _document(found, shown), form))
    worst = _SEVERITIES.index(fail_on) if fail_on is not None else -1
    return FINDINGS if any(_SEVERITIES.index(each.severity) <= worst for each in shown) else 0


def _tables(found: Found, shown: list[Impact], form: Format) -> list[Table]:
    title = " to ".join(f"{each.name} {each.version or each.revision[:12]}" for each in (found.old, found.new))
    counted: Counter[str] = Counter(each.severity for each in found.impacts)
    rows = [("files", found.files), ("uses", found.uses), *((each, counted[each]) for each in _SEVERITIES)]
    tables = [Table(title, tuple(rows))]
    row = _line if form == "text" else _row
    for severity in _SEVERITIES:
        grouped: dict[int, list[Impact]] = {}
        for each in shown:
            if each.severity == severity:
                grouped.setdefault(id(each.change), []).append(each)
        if grouped:
            places = sum(map(len, grouped.values()))
            heading = f"{severity}: {len(grouped):,} changes at {places:,} places"
            tables.append(Table(heading, tuple(row(each) for each in grouped.values())))
    return tables


def _line(impacts: list[Impact]) -> tuple[str]:
    type_, subject, said, fix, places, stated = _row(impacts)
    return (f"{type_}  {subject}{f': {said}' if said else ''}{f'; {fix}' if fix else ''}  at {places}  ({stated})",)


def _row(impacts: list[Impact]) -> tuple[str, ...]:
    """Return one change, with the places that it touches."""
    change = impacts[0].change
    evidence = change.new_evidence or change.old_evidence
    stated = f"{evidence.path}:{evidence.start_line}" if evidence is not None else ""
    places = [f"{each.use.path}:{each.use.line}" for each in impacts]
    more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    return (
        change.type,
        about(change),
        values(change),
        impacts[0].fix or "",
        ", ".join(places[:_MOST_PLACES]) + more,
        stated,
    )


def _document(found: Found, shown: list[Impact]) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    return {
        "old": msgspec.to_builtins(found.old),
        "new": msgspec.to_builtins(found.new),
        "files": found.files,
        "uses": found.uses,
        "impacts": [msgspec.to_builtins(each) for each in shown],
    }
