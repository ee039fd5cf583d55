"""What a command shows while it works: a progress bar on a terminal, plain lines elsewhere.

In: events. Out: text on standard error, so that standard output is the result alone. Names and
sentences that strangers had a hand in go through ``tell``, which makes them fit for a terminal and
for a CI job's log.
"""

from __future__ import annotations

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
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.report.json_text import json_text
from grader.report.lines import say, say_line
from grader.report.text import clean

_ENOUGH, _SETTLED = 5, 20.0  # done, or seconds, to tell how fast it is
_EVERY = 5.0  # seconds between plain lines
_MOST = 20_000  # characters that are worth telling


def out(width: int | None = None) -> Console:
    """Standard output. Piped, it is plain and 80 columns wide unless ``width`` is given."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=False, width=width)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def tell(console: Console, text: str, style: str = "", *, whole: bool = False) -> None:
    """Prints ``text``. ``whole`` keeps each of its lines one line, so that a path in it can be
    copied."""
    for line in clean(text, _MOST).split("\n"):
        (say_line if whole else say)(console, Text(line, style))


def print_json(data: Any) -> None:
    """The result, as JSON, on standard output."""
    sys.stdout.write(json_text(data, indent=2))


@dataclass(slots=True)
class Steps:
    """Says what is being done: a spinner that changes its text, or a line each on a pipe."""

    console: Console
    _progress: Progress | None = None
    _task: Any = None
    _last: float = field(default_factory=time.monotonic)
    _began: float = field(default_factory=time.monotonic)
    _done: int = 0
    _total: int | None = None

    def say(self, text: str) -> None:
        """The step that begins now."""
        if self._progress is not None:
            self._progress.update(self._task, description=text)
        else:
            tell(self.console, text)

    @contextmanager
    def meanwhile(self, text: str) -> Iterator[None]:
        """Something else that has to be done before the counting goes on."""
        before = self._progress.tasks[0].description if self._progress is not None else ""
        stopped = time.monotonic()
        self.say(text)
        yield
        self._began += time.monotonic() - stopped
        if before:
            self.say(before)

    def advance(self, total: int | None = None) -> None:
        """One more is done. On a pipe a line now and then."""
        self._done, self._total = self._done + 1, total or self._total
        if self._progress is not None:
            self._progress.update(self._task, advance=1, total=self._total)
        elif time.monotonic() - self._last > _EVERY:
            self._last = time.monotonic()
            told = pace(self._done, self._total, self._last - self._began)
            self.console.print(told, markup=False)

    def start_count(self, text: str, total: int | None) -> None:
        """From here on, things of a kind are counted."""
        self._done, self._total, self._began = 0, total, time.monotonic()
        if self._progress is not None:
            self._progress.update(self._task, description=text, total=total, completed=0)
        else:
            of = f" {total}" if total else ""
            self.console.print(f"{text}{of}", markup=False)


def pace(done: int, total: int | None, seconds: float) -> str:
    """How far it is, how fast, and how long it will take still: ``412 of 3000 done, 3.1 a second,
    14 min left``. The very first ones, while everything starts, say nothing of the rest."""
    if not total or seconds <= 0:
        return f"{done} done"
    if done < _ENOUGH and seconds < _SETTLED:
        return f"{done} of {total} done"
    rate = done / seconds
    fast = f"{rate:.1f} a second" if rate >= 0.95 else f"{60 * rate:.1f} a minute"
    left = (total - done) / rate
    rest = f"{left / 60:.0f} min" if left >= 90 else f"{left:.0f} s"
    return f"{done} of {total} done, {fast}, {rest} left"


class _Rate(ProgressColumn):
    """Things a second, once some are done."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed and task.total else "")


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
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Steps(console, progress, progress.add_task("starting", total=None))
