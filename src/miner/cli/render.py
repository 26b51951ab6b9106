"""A command's result as text, JSON or Markdown."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from miner.escape import json_text, markdown_cell, visible

Format = Literal["text", "json", "markdown"]
FORMATS: tuple[Format, ...] = ("text", "json", "markdown")

Cell = str | int


@dataclass(frozen=True)
class Table:
    """A heading over rows of equal length; numbers are set to the right."""

    heading: str
    rows: tuple[tuple[Cell, ...], ...]


def render(tables: Iterable[Table], document: Any, form: Format) -> str:
    """Return the result in the format asked for: `tables` for people, `document` for programs."""
    if form == "json":
        return json_text(document) + "\n"
    if form == "markdown":
        return "\n".join(_markdown(table) for table in tables)
    return _text(tables)


def _markdown(table: Table) -> str:
    width = max((len(row) for row in table.rows), default=1)
    head = [markdown_cell(table.heading), *[""] * (width - 1)]
    rows = [head, ["---"] * width, *([markdown_cell(str(cell)) for cell in row] for row in table.rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _text(tables: Iterable[Table]) -> str:
    from rich.console import Console  # noqa: PLC0415  (only text needs rich)
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table as Grid  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=None if is_terminal else 10_000, highlight=False)
    for table in tables:
        console.print(Text(visible(table.heading), style="bold"))
        if all(len(row) == 1 for row in table.rows):  # nothing to align, and thousands of rows take seconds to
            out.writelines(f"  {visible(str(row[0]))}\n" for row in table.rows)
            continue
        grid = Grid.grid(padding=(0, 2, 0, 0))
        for column in range(max((len(row) for row in table.rows), default=0)):
            numbers = all(isinstance(row[column], int) for row in table.rows)
            grid.add_column(justify="right" if numbers else "left", overflow="fold")
        for row in table.rows:
            grid.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else visible(cell)) for cell in row))
        console.print(Padding(grid, (0, 0, 0, 2), expand=False))
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())
