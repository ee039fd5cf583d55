"""What a command shows while it works: a progress bar on a terminal, plain lines elsewhere.

In: events. Out: text on standard error, so that standard output is the result alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_EVERY = 5.0  # seconds between plain lines


def out(width: int | None = None) -> Console:
    """Standard output. Piped, it is plain and 80 columns wide unless ``width`` is given."""
    return Console(highlight=False, soft_wrap=False, width=width)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False)


def print_json(data: Any) -> None:
    """The result, as JSON, on standard output."""
    json.dump(data, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


@dataclass(slots=True)
class Steps:
    """Says what is being done: a spinner that changes its text, or a line each on a pipe."""

    console: Console
    _progress: Progress | None = None
    _task: Any = None
    _last: float = field(default_factory=time.monotonic)
    _done: int = 0

    def say(self, text: str) -> None:
        """The step that begins now."""
        if self._progress is not None:
            self._progress.update(self._task, description=text)
        else:
            self.console.print(text, markup=False)

    def advance(self, total: int | None = None) -> None:
        """One more is done. On a pipe a line now and then."""
        self._done += 1
        if self._progress is not None:
            self._progress.update(self._task, advance=1, total=total)
        elif time.monotonic() - self._last > _EVERY:
            self._last = time.monotonic()
            of = f" of {total}" if total else ""
            self.console.print(f"{self._done}{of} done", markup=False)

    def start_count(self, text: str, total: int | None) -> None:
        """From here on, things of a kind are counted."""
        self._done = 0
        if self._progress is not None:
            self._progress.update(self._task, description=text, total=total, completed=0)
        else:
            of = f" {total}" if total else ""
            self.console.print(f"{text}{of}", markup=False)


@contextmanager
def steps() -> Iterator[Steps]:
    """A ``Steps`` on standard error while the block runs."""
    console = err()
    if not console.is_terminal:
        yield Steps(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Steps(console, progress, progress.add_task("starting", total=None))
