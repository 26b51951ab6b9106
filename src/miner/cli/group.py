"""The group of all commands; a command's module is imported only when that command is asked for."""

from __future__ import annotations

from collections.abc import Callable

import click

import miner as package
from miner.cli.stream import emit


def _audit() -> click.Command:
    from miner.cli.audit import audit  # noqa: PLC0415

    return audit


def _check() -> click.Command:
    from miner.cli.check import check  # noqa: PLC0415

    return check


def _diff() -> click.Command:
    from miner.cli.diff import diff  # noqa: PLC0415

    return diff


def _explain() -> click.Command:
    from miner.cli.explain import explain  # noqa: PLC0415

    return explain


def _export() -> click.Command:
    from miner.cli.export import export  # noqa: PLC0415

    return export


def _extract() -> click.Command:
    from miner.cli.extract import extract  # noqa: PLC0415

    return extract


def _matrix() -> click.Command:
    from miner.cli.matrix import matrix  # noqa: PLC0415

    return matrix


def _schema() -> click.Command:
    from miner.cli.schema import schema  # noqa: PLC0415

    return schema


def _impact() -> click.Command:
    from miner.cli.impact import impact  # noqa: PLC0415

    return impact


def _machine() -> click.Command:
    from miner.cli.machine import machine  # noqa: PLC0415

    return machine


def _verify() -> click.Command:
    from miner.cli.verify import verify  # noqa: PLC0415

    return verify


COMMANDS: dict[str, tuple[str, Callable[[], click.Command]]] = {
    "audit": ("Check a mined graph against the bytes that it cites.", _audit),
    "check": ("Say which requirements of what you use a machine does not meet.", _check),
    "diff": ("Say what changed between two releases.", _diff),
    "explain": ("Say what a name needs, and what its authors know of it.", _explain),
    "export": ("Write a graph as JSON or as a wiki.", _export),
    "extract": ("Mine a repository or release into a graph folder.", _extract),
    "impact": ("Say which changes of a library touch your code, and where.", _impact),
    "machine": ("Say what this computer offers, or a described one.", _machine),
    "matrix": ("Set machines against features, and environments against packages.", _matrix),
    "schema": ("List the JSON Schemas of the records, or print one.", _schema),
    "verify": ("Find out on a machine whether what was mined is so.", _verify),
}
"""Every command by name: what it does, in one line, and how it is loaded."""


class LazyGroup(click.Group):
    """A group that lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command `cmd_name`, or nothing when there is none of that name."""
        del ctx
        return COMMANDS[cmd_name][1]() if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their one-line descriptions alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][0]) for name in self.list_commands(ctx)])


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value and not ctx.resilient_parsing:
        emit(f"miner {package.__version__}\n")
        ctx.exit()


@click.group(cls=LazyGroup, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def miner() -> None:
    """Mine what each public API of a Python library really requires, with evidence for every statement.

    \b
    Exit codes: 0 done, 1 findings, 2 usage, 3 the source could not be had,
    4 output could not be written, 5 done but with failed files,
    70 internal error, 130 interrupted.
    """
