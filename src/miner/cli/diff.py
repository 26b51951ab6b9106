"""`miner diff`: what changed between two releases, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

import click

from miner.cli.option import format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, Table, render
from miner.cli.statement import formula
from miner.cli.stream import emit
from miner.escape import one_line
from miner.model.change import SEVERITIES, Severity

if TYPE_CHECKING:
    from miner.app.diff import Change, Difference
    from miner.model.evidence import Evidence

FINDINGS = 1
_SEVERITIES: tuple[str, ...] = get_args(Severity)
_LONGEST = 160


@click.command(short_help="Say what changed between two releases.")
@click.argument("old")
@click.argument("new")
@click.option("--severity", multiple=True, type=click.Choice(_SEVERITIES), help="Only changes of this severity.")
@click.option(
    "--type", "types", multiple=True, type=click.Choice(sorted(SEVERITIES)), help="Only changes of this type."
)
@click.option("--package", metavar="NAME", help="Only changes about this package.")
@click.option("--symbol", metavar="NAME", help="Only changes of this object and what is in it.")
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help="Exit with 1 when a change is at least as severe.")
@format_option
def diff(
    old: str,
    new: str,
    severity: tuple[str, ...],
    types: tuple[str, ...],
    package: str | None,
    symbol: str | None,
    fail_on: str | None,
    form: Format,
) -> int:
    """Say what changed from OLD to NEW: graph folders, or SPECs[@REF] as for extract, which are mined first.

    Each change has a type, a severity (breaking, risky, notice, benign) and its place in both releases.

    \b
    miner diff transformers==5.0.0 transformers==5.23.0 --severity breaking
    miner diff graphs/old graphs/new --format markdown
    """
    from miner.app.diff import diff as compare  # noqa: PLC0415  (help must not load the records)

    with terminal_progress() as progress:
        found = compare(old, new, progress)
    shown = [
        each
        for each in found.changes
        if (not severity or each.severity in severity)
        and (not types or each.type in types)
        and (package is None or each.package == package)
        and (symbol is None or f".{symbol}." in f".{each.symbol}.")
    ]
    emit(render(_tables(found, shown, form), _document(found, shown), form))
    worst = _SEVERITIES.index(fail_on) if fail_on is not None else -1
    return FINDINGS if any(_SEVERITIES.index(each.severity) <= worst for each in shown) else 0


def _tables(found: Difference, shown: list[Change], form: Format) -> Iterator[Table]:
    title = " to ".join(f"{each.name} {each.version or each.revision[:12]}" for each in (found.old, found.new))
    counted: Counter[str] = Counter(each.severity for each in shown)
    yield Table(title, tuple((each, counted[each]) for each in _SEVERITIES if counted[each]) or (("changes", 0),))
    row = _line if form == "text" else _row
    for severity in _SEVERITIES:
        rows = [row(each) for each in shown if each.severity == severity]
        if rows:
            yield Table(f"{severity}: {len(rows):,}", tuple(rows))


def _line(change: Change) -> tuple[str]:
    """Return a change as one cell: thousands of rows as wide as the widest of each column would be hard to read."""
    type_, subject, stated, *places = _row(change)
    said = f"{subject}: {stated}" if stated else subject
    return (f"{type_}  {said}  ({' -> '.join(filter(None, places))})",)


def _row(change: Change) -> tuple[str, ...]:
    return change.type, about(change), values(change), _place(change.old_evidence), _place(change.new_evidence)


def about(change: Change) -> str:
    """Return what a change is of: an object, with the option of it, or a package, with the extra."""
    extra = f"[{change.option}]" if change.option else ""
    return ".".join(filter(None, (change.symbol, change.option))) if change.symbol else f"{change.package}{extra}"


def values(change: Change) -> str:
    """Return the value before and the one after, as far as there are any, on one line."""
    parts = [_shown(each) for each in (change.old, change.new)]
    package = f"{change.package} " if change.package and change.symbol and change.field != "backends" else ""
    when = f", when {formula(change.when, _LONGEST)}" if change.when is not None and change.field == "needs" else ""
    return package + " -> ".join(part for part in parts if part) + when


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | bool):
        return formula(value, _LONGEST)
    return one_line("; ".join(value) if isinstance(value, list) else str(value), _LONGEST)


def _place(evidence: Evidence | None) -> str:
    return f"{evidence.path}:{evidence.start_line}" if evidence is not None else ""


def _document(found: Difference, shown: list[Change]) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    return {
        "old": msgspec.to_builtins(found.old),
        "new": msgspec.to_builtins(found.new),
        "changes": [msgspec.to_builtins(each) for each in shown],
    }
