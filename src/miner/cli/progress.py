"""Progress on standard error, and only where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from miner.app.progress import Progress, Silent
from miner.escape import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

_PERIOD = 0.1  # seconds between two drawings: no thread draws, so that workers can be started at any time


class Terminal:
    """A listener that draws one bar a stage and leaves nothing behind."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._drawn = 0.0
        self._stage: int | None = None

    def stage(self, name: str, total: int | None) -> None:
        """End the bar of the last stage and begin one for the stage `name`."""
        if self._stage is not None:
            self._bars.remove_task(self._bars.task_ids[-1])
        self._stage = int(self._bars.add_task(visible(name), total=total))
        self._bars.refresh()

    def advance(self, n: int) -> None:
        """Move the bar by `n` units; drawn at most ten times a second."""
        if self._stage is None:
            return
        self._bars.advance(self._bars.task_ids[-1], n)
        now = monotonic()
        if now - self._drawn >= _PERIOD:
            self._drawn = now
            self._bars.refresh()


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """Yield a listener: bars on standard error when it is a terminal, else silence."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console  # noqa: PLC0415  (only a terminal needs rich)
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bars  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as bars:
        yield Terminal(bars)
