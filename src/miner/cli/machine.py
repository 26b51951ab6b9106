"""`miner machine`: what this computer offers, or a described one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from miner.cli.option import format_option
from miner.cli.render import Cell, Format, Table, render
from miner.cli.stream import emit, say

if TYPE_CHECKING:
    from miner.app.machine import Machine


@click.command(short_help="Say what this computer offers, or a described one.")
@click.argument("name", required=False)
@click.option("--python", metavar="PATH", help="The interpreter that is looked at; by default the one that runs miner.")
@format_option
def machine(name: str | None, python: str | None, form: Format) -> None:
    """Say what this computer offers: Python, packages by their metadata, and devices where torch is installed.

    torch is imported in a process of its own. With NAME: a machine that miner describes, such as a100, or the file
    (.toml, .json) of a description; what a description leaves out is unknown. What is written as JSON can be
    given to `miner check --machine`.

    \b
    miner machine --python .venv/bin/python --format json > here.json
    miner machine h100
    """
    import msgspec  # noqa: PLC0415

    from miner.app.machine import machine as look  # noqa: PLC0415  (help must not load the records)

    if name is not None and python is not None:
        raise click.UsageError("a described machine has no interpreter: leave out NAME or --python")
    found, notes = look(name, python)
    for note in notes:
        say(note)
    emit(render(_tables(found), msgspec.to_builtins(found), form))


def _tables(found: Machine) -> Iterator[Table]:
    rows = [
        ("about", found.about),
        ("Python", found.python),
        ("system", found.os),
        ("driver", found.driver),
        ("CUDA of the framework", found.toolkit.cuda),
        ("ROCm of the framework", found.toolkit.rocm),
        *(("from", source) for source in found.sources),
    ]
    yield Table(found.name, tuple((name, _stated(fact)) for name, fact in rows if fact is not None))
    devices: list[tuple[Cell, ...]] = [("kind", "count", "capability", "memory in GiB")]
    devices += [
        (each.kind, *(_stated(fact) for fact in (each.count, each.capability, each.memory_gib)))
        for each in found.devices
    ]
    if found.devices:
        yield Table("devices", tuple(devices))
    elif "devices" in found.complete:
        yield Table("devices", (("none",),))
    if found.packages:
        packages = sorted(found.packages.items(), key=lambda item: item[0].lower())
        yield Table(f"packages: {len(packages)}", tuple((name, _stated(fact)) for name, fact in packages))


def _stated(fact: object) -> str:
    if fact is None:
        return "unknown"
    return (
        ("none" if fact is False else "there")
        if isinstance(fact, bool)
        else f"{fact:g}"
        if isinstance(fact, float)
        else str(fact)
    )
