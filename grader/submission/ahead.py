"""Reads several hand-ins at once: each reading process is mostly waited for.

In: what to read, one after another, and how. Out: what was read, in that order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TypeVar

from grader.submission.reader import Reader

_AHEAD = 2  # read before they are asked for, of each reader: what is read lies in memory
_Item = TypeVar("_Item")
_Read = TypeVar("_Read")


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
        # Ends before the readers do: nobody reads any more when they are closed.
        pool = undo.enter_context(ThreadPoolExecutor(readers, "reading"))
        yield from _ahead(pool, read, iter(items), several)


def _ahead(
    pool: ThreadPoolExecutor,
    read: Callable[[_Item, Reader], _Read],
    items: Iterator[_Item],
    several: list[Reader],
) -> Iterator[_Read]:
    free: SimpleQueue[Reader] = SimpleQueue()
    for reader in several:
        free.put(reader)

    def work(item: _Item) -> _Read:
        reader = free.get()
        try:
            return read(item, reader)
        finally:
            free.put(reader)

    waiting: deque[Future[_Read]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > _AHEAD * len(several):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
