"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from miner.cli.render import FORMATS

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How the result is written to standard output.",
)

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""An existing file, given by the user."""

FOLDER = click.Path(path_type=Path)
"""A folder that may not exist yet; what is wrong with it is told by the command."""
