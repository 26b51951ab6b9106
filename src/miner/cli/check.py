"""`miner check`: which requirements of what is used a machine does not meet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from miner.cli.option import format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, Table, render
from miner.cli.statement import effect, formula
from miner.cli.stream import emit, say
from miner.escape import one_line

if TYPE_CHECKING:
    from miner.app.check import Answer, Checked

FINDINGS = 1
OUTCOMES = ("fails", "may-fail", "degrades", "unknown", "silent", "satisfied", "not-applicable")
_SHOWN = OUTCOMES[:4]
_LONGEST = 160
_MOST_PLACES = 3


@click.command(short_help="Say which requirements of what you use a machine does not meet.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--graph", required=True, metavar="GRAPH", help="The library: a graph folder, or a SPEC[@REF] to mine.")
@click.option("--for", "names", multiple=True, metavar="NAME", help="An object, option, predicate or workflow of it.")
@click.option(
    "--machine", metavar="FILE|NAME", help="Another machine: a description, or one of `miner machine --help`."
)
@click.option("--python", metavar="PATH", help="The interpreter whose packages are looked at, also with --machine.")
@click.option("--all", "is_all", is_flag=True, help="Also what is silent, satisfied, or does not apply.")
@click.option("--fail-on", type=click.Choice(_SHOWN), help="Exit with 1 when an answer is at least as bad.")
@format_option
def check(
    paths: tuple[Path, ...],
    graph: str,
    names: tuple[str, ...],
    machine: str | None,
    python: str | None,
    is_all: bool,
    fail_on: str | None,
    form: Format,
) -> int:
    """Say which requirements of the APIs that your code uses, or that you name, this or another machine does not meet.

    PATH are scripts, notebooks and folders, read without running them. A need that is not met fails where the library
    enforces it, may fail under the condition behind `when`, or degrades: something is replaced, and a message says so.
    Where the library takes another way without a word, only --all shows it. What a machine does not say is unknown.

    \b
    miner check train.py --graph transformers==5.23.0
    miner check --for TrainingArguments.bf16 --graph output/transformers-5.23.0 --machine t4
    """
    from miner.app.check import check as use_case  # noqa: PLC0415  (help must not load the records)

    if not paths and not names:
        raise click.UsageError("nothing to check: give a PATH, or --for NAME")
    with terminal_progress() as progress:
        found = use_case(graph, paths, names, machine, python, progress)
    for note in found.notes:
        say(note)
    shown = [each for each in found.answers if is_all or (each.outcome in _SHOWN and not _is_unsaid(found, each))]
    if not is_all and (unsaid := sum(_is_unsaid(found, each) for each in found.answers)):
        say(f"{found.machine.name} says nothing of packages, which {unsaid} needs ask for: add --python, or see --all")
    emit(render(_tables(found, shown, form), _document(found, shown), form))
    worst = OUTCOMES.index(fail_on) if fail_on is not None else -1
    return FINDINGS if any(OUTCOMES.index(each.outcome) <= worst for each in shown) else 0


def _is_unsaid(found: Checked, answer: Answer) -> bool:
    """Return whether an answer is unknown for want of packages alone, of which the machine says nothing at all."""
    is_silent = not found.machine.packages and "packages" not in found.machine.complete
    return is_silent and answer.outcome == "unknown" and all(lack.about == "software" for lack in answer.lacks)


def _tables(found: Checked, shown: list[Answer], form: Format) -> list[Table]:
    counted: Counter[str] = Counter(each.outcome for each in found.answers)
    title = f"{found.library.name} {found.library.version or found.library.revision[:12]} on {found.machine.name}"
    tables = [
        Table(title, tuple((each, counted[each]) for each in OUTCOMES if counted[each]) or (("requirements", 0),))
    ]
    row = _line if form == "text" else _row
    for outcome in OUTCOMES:
        rows = [row(each) for each in shown if each.outcome == outcome]
        if rows:
            tables.append(Table(f"{outcome}: {len(rows):,}", tuple(rows)))
    return tables


def _line(answer: Answer) -> tuple[str]:
    """Return an answer as one cell: the columns of a table would be too wide to read."""
    name, needs, when, follows, install, stated, used = _row(answer)
    said = f"{name} needs {needs}"
    said += f", when {when}" if when else ""
    said += f": {follows}"
    said += f"; {install}" if install else ""
    return (f"{said}  ({stated}{f', used at {used}' if used else ''})",)


def _row(answer: Answer) -> tuple[str, ...]:
    lacks = "; ".join(f"{each.need}: {each.here}" for each in answer.lacks)
    needs = formula(answer.needs, _LONGEST)
    places = list(dict.fromkeys(f"{use.path}:{use.line}" for use in answer.uses))
    more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
    return (
        answer.name,
        f"{needs} (here {one_line(lacks, _LONGEST)})" if lacks else needs,
        "" if answer.when is True else formula(answer.when, _LONGEST),
        effect(answer.otherwise, _LONGEST),
        answer.install or "",
        f"{answer.evidence.path}:{answer.evidence.start_line}",
        ", ".join(places[:_MOST_PLACES]) + more,
    )


def _document(found: Checked, shown: list[Answer]) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    return {
        "library": msgspec.to_builtins(found.library),
        "machine": found.machine.name,
        "counts": dict(Counter(each.outcome for each in found.answers)),
        "answers": [{**msgspec.to_builtins(each), "outcome": each.outcome} for each in shown],
    }
