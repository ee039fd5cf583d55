"""Reads several hand-ins at once: each reading process is mostly waited for.

In: what to read, one after another, and how. Out: what was read, in that order.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import TypeAlias, TypeVar

from grader.submission.reader import Reader

_AHEAD = 2  # read before they are asked for, of each reader: what is read lies in memory
_Item = TypeVar("_Item")
_Read = TypeVar("_Read")
_Asked: TypeAlias = "SimpleQueue[tuple[_Item, Future[_Read]] | None]"


def read_in_order(
    read: Callable[[_Item, Reader], _Read], items: Iterable[_Item], readers: int
) -> Iterator[_Read]:
    """What ``read`` gives of each item, with one of so many readers. With one it is called when the
    next is asked for. Raises what it raises, when it is that item's turn."""
    with ExitStack() as undo:
        several = [undo.enter_context(Reader()) for _ in range(readers)]
        if readers == 1:
            for item in items:
                yield read(item, several[0])
            return
        asked: _Asked[_Item, _Read] = SimpleQueue()
        undo.enter_context(_working(read, asked, several))
        yield from _ahead(items, asked, _AHEAD * readers)


@contextmanager
def _working(
    read: Callable[[_Item, Reader], _Read], asked: _Asked[_Item, _Read], several: list[Reader]
) -> Iterator[None]:
    """Threads that read what is asked for. They end before the readers do; should the grader end
    meanwhile, it waits for none."""

    def work(reader: Reader) -> None:
        while (one := asked.get()) is not None:
            item, future = one
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(read(item, reader))
                except BaseException as error:
                    future.set_exception(error)

    threads = [
        threading.Thread(target=work, args=(reader,), name="reading", daemon=True)
        for reader in several
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for _ in threads:
            asked.put(None)
        for thread in threads:
            thread.join()


def _ahead(items: Iterable[_Item], asked: _Asked[_Item, _Read], most: int) -> Iterator[_Read]:
    waiting: deque[Future[_Read]] = deque()
    try:
        for item in items:
            waiting.append(Future())
            asked.put((item, waiting[-1]))
            if len(waiting) > most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
