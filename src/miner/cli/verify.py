"""`miner verify`: whether what was mined is so, on the machine in front of it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from miner.cli.option import FILE, FOLDER, format_option
from miner.cli.progress import terminal_progress
from miner.cli.render import Format, Table, render
from miner.cli.stream import emit, say
from miner.escape import one_line

if TYPE_CHECKING:
    from miner.app.verify import Level, Planned, Verification

FINDINGS = 1
BROKEN = 5
LEVELS = ("S1", "S2", "S3", "S4", "S5")
CLAIMS = ("refuted", "error", "inconclusive", "one-sided", "consistent", "verified", "not-applicable", "not-run")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([GMT]i?B)", re.IGNORECASE)
_IN_GIB = {"mib": 2**-10, "gib": 1.0, "tib": 2.0**10, "mb": 1e6 / 2**30, "gb": 1e9 / 2**30, "tb": 1e12 / 2**30}
_SHOWN = CLAIMS[:3]
_LONGEST = 240


def _gib(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Return an amount of memory as GiB; a click error for what is none, or nothing."""
    if value is None:
        return None
    found = _MEMORY.fullmatch(value.strip())
    size = float(found[1]) * _IN_GIB[found[2].lower()] if found is not None else 0.0
    if not size:
        raise click.BadParameter(f"{value!r} is no amount of memory: write it as 24GiB or 512MiB")
    return size


@click.command(short_help="Find out on a machine whether what was mined is so.")
@click.argument("graph")
@click.option(
    "--for", "names", multiple=True, metavar="NAME", help="Only what an object or predicate states or reaches."
)
@click.option(
    "--level", type=click.Choice(LEVELS), default="S3", show_default=True,
    help="S1 evaluates against metadata; S2 runs the library's own gates under simulated machines; S3 on this one;"
    " S4 runs kernels; S5 measures.",
)  # fmt: skip
@click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda:N, mps or xpu.")
@click.option("--budget", type=click.FloatRange(min=0.1), default=30.0, show_default=True, metavar="MINUTES")
@click.option(
    "--cap-memory", "cap", callback=_gib, metavar="SIZE",
    help="Also say what of S5 fits into so much memory, as 24GiB: a simulated budget.",
)  # fmt: skip
@click.option("--python", metavar="EXE", help="The interpreter that has the library; by default the one of miner.")
@click.option("--prepare", type=FOLDER, metavar="DIR", help="Make an environment with the right release there first.")
@click.option("--bundle", type=FOLDER, metavar="FILE", help="Write plan and probes as a program for another machine.")
@click.option("--results", type=FILE, metavar="FILE", help="Judge what a bundle has found.")
@click.option("--resume", type=FOLDER, metavar="FILE", help="Keep every look in this file, and go on from those in it.")
@click.option(
    "--record", type=FOLDER, metavar="FILE", help="Where the record goes; by default into the graph's folder."
)
@click.option("--plot", type=FOLDER, metavar="FILE.svg", help="Draw what was measured against what is claimed (S5).")
@click.option("--all", "is_all", is_flag=True, help="Every verdict, not only those that want attention.")
@click.option("--strict", is_flag=True, help="Exit with 1 when something was not run.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is run.")
@format_option
def verify(
    graph: str,
    names: tuple[str, ...],
    level: Level,
    device: str,
    budget: float,
    cap: float | None,
    python: str | None,
    prepare: Path | None,
    bundle: Path | None,
    results: Path | None,
    resume: Path | None,
    record: Path | None,
    plot: Path | None,
    is_all: bool,
    strict: bool,
    yes: bool,
    form: Format,
) -> int:
    """Find out on this machine whether what was mined from a library is so. This command alone runs the library.

    Every gate runs in a process of its own without network, tokens or a home, within limits of time and memory.
    Exit codes: 1 when something is refuted, 5 when a probe broke.

    \b
    miner verify output/transformers-5.23.0 --python .venv/bin/python --yes
    miner verify output/transformers-5.23.0 --for is_torch_available --level S2 --yes
    miner verify output/transformers-5.23.0 --bundle run.zip     # elsewhere: python run.zip > results.json
    miner verify output/transformers-5.23.0 --results results.json
    """
    from miner.app.verify import Request  # noqa: PLC0415  (help must not load the records)
    from miner.app.verify import verify as use_case  # noqa: PLC0415

    if cap is not None and level != "S5" and results is None:
        raise click.UsageError("--cap-memory is about what is measured: add --level S5")
    request = Request(
        graph=graph, names=names, level=level, device=device, minutes=budget, python=python, bundle=bundle,
        results=results, resume=resume, record=record, prepare=prepare, cap=cap,
    )  # fmt: skip
    with terminal_progress() as progress:
        found = use_case(request, lambda planned: _asked(planned, is_sure=yes), progress)
    if found is None:
        say(f"wrote {bundle}: run it with `python {bundle} > results.json`" if bundle else "nothing was run")
        return 0
    for note in found.notes:
        say(note)
    if plot is not None:
        _draw(found, plot)
    emit(render(_tables(found, is_all=is_all), _document(found), form))
    counted = Counter(each.claim for each in found.verdicts)
    if counted["error"]:
        return BROKEN
    return FINDINGS if counted["refuted"] or (strict and counted["not-run"]) else 0


def _asked(planned: Planned, *, is_sure: bool) -> bool:
    """Say what will be run, and ask, where there is somebody to."""
    parts = (
        f"{planned.looks:,} looks at gates and predicates",
        f"{planned.boots} imports of {planned.library.name} on simulated machines",
        f"{planned.kernels} kernels" if planned.kernels else "",
        f"{planned.experiments} experiments" if planned.experiments else "",
    )
    say(f"will run {', '.join(filter(None, parts))}; about {planned.minutes:.0f} min on 2 cores and 4 GiB of memory")
    say(f"{planned.unlooked:,} statements have no probe")
    if is_sure:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("it runs the library's own code: add --yes")
    return click.confirm("Run it?", err=True)


def _tables(found: Verification, *, is_all: bool) -> Iterator[Table]:
    title = f"{found.library} {found.version or found.revision[:12]} on {_machine(found)}"
    levels = [level for level in LEVELS if any(each.level == level for each in found.verdicts)]
    counted: Counter[tuple[str, str]] = Counter((each.level, each.claim) for each in found.verdicts)
    rows: list[tuple[str | int, ...]] = [("", *levels)]
    rows += [
        (claim, *(counted[level, claim] for level in levels))
        for claim in CLAIMS
        if any(counted[level, claim] for level in levels)
    ]
    yield Table(title, tuple(rows))
    looked = {each.about for each in found.verdicts if each.looks}
    every = {each.about for each in found.verdicts}
    share = f"{len(looked):,} of {len(every):,} ({len(looked) / max(len(every), 1):.0%})"
    yield Table("probes", (("statements that were looked at", share), ("looks", found.ran.looks),
                           ("seconds", round(found.ran.seconds)), ("levels", ", ".join(found.ran.levels))))  # fmt: skip
    reasons = Counter(each.reason for each in found.verdicts if each.reason is not None)
    if reasons:
        yield Table("not run", tuple((reason, count) for reason, count in reasons.most_common()))
    for claim in CLAIMS if is_all else _SHOWN:
        listed = [each for each in found.verdicts if each.claim == claim]
        if listed:
            yield Table(f"{claim}: {len(listed):,}", tuple(_row(each) for each in listed))
    quirks = [(each.about.partition(":")[2], quirk) for each in found.verdicts for quirk in each.quirks]
    if quirks:
        yield Table(
            f"quirks: {len(quirks):,}", tuple((f"{about}: {one_line(quirk, _LONGEST)}",) for about, quirk in quirks)
        )


def _row(verdict: Any) -> tuple[str]:
    said = f"{verdict.level} {verdict.about.partition(':')[2]}: {verdict.why}"
    said += f"; seen: {verdict.observed}" if verdict.observed else ""
    said += f"; mined: {verdict.expected}" if verdict.expected else ""
    place = f"{verdict.evidence.path}:{verdict.evidence.start_line}"
    return (f"{one_line(said, 3 * _LONGEST)}  ({place})",)


def _machine(found: Verification) -> str:
    devices = ", ".join(f"{each.count} {each.kind}" for each in found.machine.devices) or "no accelerator"
    versions = ", ".join(f"{name} {version}" for name, version in found.ran.versions.items() if name != found.library)
    return f"Python {found.ran.python}, {versions}, {devices}" if versions else f"Python {found.ran.python}, {devices}"


def _document(found: Verification) -> Any:
    import msgspec  # noqa: PLC0415

    return msgspec.to_builtins(found)


def _draw(found: Verification, path: Path) -> None:
    from miner.app.plot import draw  # noqa: PLC0415

    draw(found, path)
