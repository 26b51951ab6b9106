"""`miner schema`: the JSON Schemas of the published records."""

from __future__ import annotations

import click

from miner.cli.option import format_option
from miner.cli.render import Format, Table, render
from miner.cli.stream import emit


@click.command(short_help="List the JSON Schemas of the records, or print one.")
@click.argument("name", required=False)
@format_option
def schema(name: str | None, form: Format) -> int:
    """List the JSON Schemas (draft 2020-12) of the published records, or print the one called NAME.

    A schema is always printed as JSON; the format is that of the list.
    """
    from miner.app.schema import document, names, text  # noqa: PLC0415  (help must not load the records)

    if name is not None:
        emit(text(name))
        return 0
    listed = [(each, document(each)["description"]) for each in names()]
    emit(render([Table("schemas", tuple(listed))], dict(listed), form))
    return 0
