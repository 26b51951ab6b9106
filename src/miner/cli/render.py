"""A command's result as text, JSON or Markdown."""

from __future__ import annotations

import io
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from miner.escape import json_text, markdown_cell, visible

Format = Literal["text", "json", "markdown"]
FORMATS: tuple[Format, ...] = ("text", "json", "markdown")

Cell = str | int
_WIDTH = 120
"""Columns of a listing that goes to no terminal; places and other words are never broken."""
_LEAST = 40


@dataclass(frozen=True)
class Table:
    """A heading over rows of equal length; numbers are set to the right."""

    heading: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Entry:
    """Lines that belong together, and below them the lines of what is said of them."""

    lines: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """A heading over entries."""

    heading: str
    entries: tuple[Entry, ...]


def render(parts: Iterable[Table | Listing], document: Any, form: Format) -> str:
    """Return the result in the format asked for: `parts` for people, `document` for programs."""
    if form == "json":
        return json_text(document) + "\n"
    if form == "markdown":
        return "\n".join(_markdown(part) if isinstance(part, Table) else _bullets(part) for part in parts)
    return _text(parts)


def _bullets(listing: Listing) -> str:
    lines = [f"**{markdown_cell(listing.heading)}**", ""]
    for entry in listing.entries:
        lines.append(f"- {'; '.join(map(markdown_cell, entry.lines))}")
        lines += [f"  - {markdown_cell(detail)}" for detail in entry.details]
    return "".join(f"{line}\n" for line in lines)


def _markdown(table: Table) -> str:
    width = max((len(row) for row in table.rows), default=1)
    head = [markdown_cell(table.heading), *[""] * (width - 1)]
    rows = [head, ["---"] * width, *([markdown_cell(str(cell)) for cell in row] for row in table.rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _text(parts: Iterable[Table | Listing]) -> str:
    from rich.console import Console  # noqa: PLC0415  (only text needs rich)
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table as Grid  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=None if is_terminal else 10_000, highlight=False)
    for table in parts:
        console.print(Text(visible(table.heading), style="bold"))
        if isinstance(table, Listing):
            width = shutil.get_terminal_size().columns if is_terminal else _WIDTH
            out.writelines(f"{line}\n" for entry in table.entries for line in _set(entry, width))
            continue
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


def _set(entry: Entry, width: int) -> Iterator[str]:
    """Yield the lines of an entry, its details set in."""
    for indent, lines in (("  ", entry.lines), ("      ", entry.details)):
        for line in lines:
            yield from textwrap.wrap(
                visible(line),
                max(width, _LEAST),
                initial_indent=indent,
                subsequent_indent=f"{indent}  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
