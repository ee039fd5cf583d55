"""A plain fresh process for one submission and topic, where nothing can contain it.

In: on standard input, the job without its cases, then one case at a time. Out: on a private
duplicate of standard output, a message for each. What students' code prints, that of C code and of
other programs too, goes where standard error goes. Nothing is needed that Windows lacks: no fork,
no resource limit, no memory file, no local socket.

A case is sent when its turn has come, so nothing of a hidden one is here before all public ones
are done.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from typing import Any

from grader.worker.stream import Unpacker, packed

LAYERS = ("none",)  # what a result says that it was contained by
_CHUNK = 1 << 18
_ANY = 1 << 62  # what the grader sends is not doubted
_SLACK = 60.0  # seconds, for a grader that is slow to end this process
_write = os.write


@dataclass(slots=True)
class _Line:
    """The line to the grader."""

    reading: int
    writing: int
    _unpacker: Unpacker = field(default_factory=lambda: Unpacker(_ANY))

    def tell(self, message: dict[str, Any], frame: bytes | None = None) -> None:
        view = memoryview(packed(message, frame or b""))
        while view:
            view = view[_write(self.writing, view) :]

    def hear(self) -> tuple[dict[str, Any], bytes]:
        """The next message. Where the grader goes away, this process ends."""
        while (found := self._unpacker.take()) is None:
            data = os.read(self.reading, _CHUNK)
            if not data:
                os._exit(0)
            self._unpacker.feed(data)
        return json.loads(found[0]), found[1]


def main() -> None:
    """Serves one job until the grader ends this process, or is gone."""
    line = _taken_over()
    _warm_up(sys.argv[1:])
    line.tell({"layers": LAYERS})
    with _watch() as watch:
        _serve(line, watch)
        line.hear()


def _serve(line: _Line, watch: Callable[[float], None]) -> None:
    from grader.worker import work
    from grader.worker.load import LoadError, as_message

    message, data = line.hear()
    watch(message["load_wall"])
    try:
        job = work.begin(data, message["scratch"])
        line.tell({"loading": True})
        loaded = work.load(job)
    except work.ProbeError as error:
        return line.tell({"fault": str(error)})
    except LoadError as error:
        return line.tell({"load": as_message(error.raised)})
    line.tell({"loaded": True})
    while True:
        message, data = line.hear()
        watch(loaded.calls[message["call"]].limits.wall)
        done, frame = loaded.run(message["call"], data)
        line.tell(done | {"request": message["request"]}, frame)


def _taken_over() -> _Line:
    """Keeps the pipes to itself, before anything else can print."""
    line = _Line(os.dup(0), os.dup(1))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    if isinstance(sys.stdout, TextIOWrapper):
        # What is printed before an end that nothing is flushed at, as a time-out is, is told too.
        sys.stdout.reconfigure(line_buffering=True)
    return line


def _warm_up(parts: Collection[str]) -> None:
    """The same as in the warm process, for the same bits."""
    import torch

    torch.set_num_threads(1)
    torch.backends.cpu.get_cpu_capability()
    from grader.worker import fixtures, work  # noqa: F401

    fixtures.preload(parts)


@contextmanager
def _watch() -> Iterator[Callable[[float], None]]:
    """Ends this process when it works far longer than it may: the grader's own clock would have
    ended it, so the grader is gone. A thread of C code, which no student's code meets."""
    with open(os.devnull, "w", encoding="utf-8") as null:

        def watch(wall: float) -> None:
            faulthandler.dump_traceback_later(_SLACK + 3 * wall, exit=True, file=null)

        yield watch


if __name__ == "__main__":
    main()
