"""Works through a class: many at a time, each slot with a runner of its own.

In: submissions, and the work to do on each with a runner. Out: results, one after another, in the
order in which they get done. Submissions are read as slots come free, and slots wait while nobody
takes their results, so that memory does not grow with the class.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from grader.model import Submission
from grader.sandbox import Runner

T = TypeVar("T")
U = TypeVar("U")
Opener = Callable[[], AbstractContextManager[Runner]]
_LOOK = 0.2  # seconds after which who waits looks whether all is over
_PAUSE = 0.02  # seconds between two questions whether there is something to help with


def work_through(
    submissions: Iterable[Submission],
    open_runner: Opener,
    slots: int,
    work: Callable[[Submission, Runner], T],
    assist: Callable[[Runner], bool] = lambda _: False,
) -> Iterator[T]:
    """What ``work`` makes of each submission, ``slots`` at a time. Who finds no submission any more
    asks ``assist`` for something to do (``False``: there is nothing), until all others are done.

    Raises what reading a submission or a slot raises, as when a runner cannot even be opened.
    Whoever stops taking results ends the slots after what they are at.
    """
    hall: _Hall[T] = _Hall(slots)
    jobs: list[tuple[Callable[..., None], tuple[object, ...]]] = [
        *[(_slot, (hall, open_runner, work, assist))] * slots,
        (_feed, (hall, submissions, slots)),
    ]
    for target, arguments in jobs:
        threading.Thread(target=target, args=arguments, daemon=True).start()
    try:
        yield from _collect(hall, slots)
    finally:
        hall.over.set()


@dataclass(frozen=True, slots=True)
class _End:
    """A slot has no more to do; ``error`` is what ended it before its time."""

    error: BaseException | None = None


@dataclass(slots=True)
class _Hall(Generic[T]):
    """What the threads share."""

    slots: int
    todo: queue.Queue[Submission | None] = field(init=False)
    done: queue.Queue[T | _End] = field(init=False)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.todo = queue.Queue(self.slots)
        self.done = queue.Queue(2 * self.slots)

    def give(self, result: T | _End) -> None:
        """Hands a result out as soon as there is room, unless all is over."""
        self._put(self.done, result)

    def ask(self, submission: Submission | None) -> None:
        """The same of a submission to work on; ``None`` sends a slot home."""
        self._put(self.todo, submission)

    def _put(self, into: queue.Queue[U], one: U) -> None:
        while not self.over.is_set():
            try:
                into.put(one, timeout=_LOOK)
            except queue.Full:
                continue
            return

    def is_at_work(self) -> bool:
        """Whether a slot has a submission in hand."""
        return self.todo.unfinished_tasks > 0 and not self.over.is_set()

    def take(self) -> Submission | None:
        """The next to work on; ``None`` when there is none."""
        while not self.over.is_set():
            try:
                found = self.todo.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if found is None:
                self.todo.task_done()
            return found
        return None


def _slot(
    hall: _Hall[T],
    open_runner: Opener,
    work: Callable[[Submission, Runner], T],
    assist: Callable[[Runner], bool],
) -> None:
    try:
        with open_runner() as runner:
            while (submission := hall.take()) is not None:
                result = work(submission, runner)
                hall.todo.task_done()
                hall.give(result)
            while hall.is_at_work():
                if not assist(runner):
                    hall.over.wait(_PAUSE)
        hall.give(_End())
    except BaseException as error:
        hall.give(_End(error))


def _feed(hall: _Hall[T], submissions: Iterable[Submission], slots: int) -> None:
    try:
        for submission in submissions:
            hall.ask(submission)
            if hall.over.is_set():
                return
    except BaseException as error:
        hall.give(_End(error))
    for _ in range(slots):
        hall.ask(None)


def _collect(hall: _Hall[T], slots: int) -> Iterator[T]:
    running = slots
    while running:
        item = hall.done.get()
        if not isinstance(item, _End):
            yield item
        elif item.error is not None:
            raise item.error
        else:
            running -= 1
