"""The grader's side of the reading process.

In: the bytes of archives and notebooks. Out: their files, and notebooks as ``Source``. The
process is started on first use, serves a whole class, and is replaced when a hand-in ends it.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.model import Place, Source
from grader.portable.pipes import Pipes
from grader.portable.variables import system_variables
from grader.submission import wire
from grader.submission.entries import Entry, Found
from grader.submission.names import readable

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
_POISONOUS_CELLS = 2  # how many may end the process before the notebook is given up
_SAVE = "Open it in Jupyter, clear what is not your solution, and save it again."


class ReaderError(Exception):
    """The reading process cannot be had: the grader's own fault, not a submission's."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds on one request: seconds of wall clock and CPU, bytes of address space."""

    wall: float = 30.0
    cpu: int = 5
    memory: int = 1 << 30


class Reader:
    """Takes apart archives and notebooks in a process of its own. Close it, or use ``with``."""

    def __init__(self, limits: ReadingLimits | None = None) -> None:
        self._limits = limits or ReadingLimits()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: wire.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process. It starts anew if there is another request."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._connection = self._process = None

    def archive(self, data: bytes) -> Found:
        """The source files of an archive; ``problem`` if it cannot be opened or is a bomb."""
        try:
            header, payload = self._ask({"kind": "archive"}, data)
            return _found(header, payload)
        except (wire.DisconnectedError, LookupError, TypeError, ValueError):
            self.close()
            return Found(problem="it takes too long or too much memory to be unpacked.")

    def notebook(
        self, topic: str, file: str, data: bytes, functions: Collection[str] = ()
    ) -> Source:
        """A notebook as Python text; see ``notebook.take_apart``."""
        poison: list[int] = []
        while len(poison) <= _POISONOUS_CELLS:
            begun = [0]
            request = {
                "kind": "notebook",
                "file": file,
                "functions": [*functions],
                "poison": poison,
            }
            try:
                header, text = self._ask(request, data, begun)
                return _source(topic, file, header, text)
            except (wire.DisconnectedError, LookupError, TypeError, ValueError):
                self.close()
            if not begun[-1]:
                break
            poison.append(begun[-1])
        return Source(topic, file, problem=f"{file} takes too long to be read. {_SAVE}")

    def _ask(
        self, request: dict[str, Any], data: bytes, begun: list[int] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """The answer. ``begun`` collects the numbers of the cells that were begun meanwhile."""
        connection = self._connection or self._start()
        deadline = time.monotonic() + self._limits.wall
        connection.settimeout(self._limits.wall)
        try:
            wire.send(connection, request, data)
        except OSError as error:
            raise wire.DisconnectedError(str(error)) from error
        header, payload = wire.receive(connection, deadline)
        while "cell" in header:
            if begun is not None:
                begun.append(int(header["cell"]))
            header, payload = wire.receive(connection, deadline)
        return header, payload

    def _start(self) -> wire.Connection:
        try:
            self._connection = self._connected()
            wire.receive(self._connection, time.monotonic() + self._limits.wall)
        except (OSError, wire.DisconnectedError) as error:
            self.close()
            raise ReaderError(
                "the process that reads notebooks and archives did not start: "
                "is the grader installed (pip install -e .)? See `grader doctor`."
            ) from error
        return self._connection

    def _connected(self) -> wire.Connection:
        """To a new process: by a socket where a process can be handed one, else by two pipes."""
        if not hasattr(socket, "AF_UNIX"):
            self._process = self._spawned(subprocess.PIPE, subprocess.PIPE)
            return Pipes(self._process)
        ours, theirs = socket.socketpair()
        self._connection = ours
        with theirs:
            self._process = self._spawned(theirs.fileno(), subprocess.DEVNULL)
        return ours

    def _spawned(self, reading: int, writing: int) -> subprocess.Popen[bytes]:
        bounds = (str(self._limits.memory), str(self._limits.cpu))
        return subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-m", "grader.submission.reading", *bounds],
            bufsize=0,
            stdin=reading,
            stdout=writing,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT | system_variables(),
            cwd=Path(sys.prefix).anchor,
            start_new_session=True,
        )


def _found(header: dict[str, Any], payload: bytes) -> Found:
    entries, start = [], 0
    for item in header.get("entries", ()):
        data = payload[start : start + int(item["size"])]
        parts = tuple(str(part) for part in item["parts"])
        entries.append(Entry(parts, float(item["modified"]), data, str(item["problem"])))
        start += len(data)
    notes = tuple(str(note) for note in header.get("notes", ()))
    return Found(tuple(entries), notes, str(header["problem"]))


def _source(topic: str, file: str, header: dict[str, Any], text: bytes) -> Source:
    if problem := header["problem"]:
        return Source(topic, file, problem=f"{file} {problem}")
    places = tuple(Place(file, int(line), int(cell)) for cell, line in header["places"])
    notes = readable([str(note) for note in header["notes"]])
    return Source(topic, file, text.decode(), places, notes=notes)
