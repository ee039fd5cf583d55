"""A process's standard input and output as one connection, with a clock, on every platform.

In: a process started with pipes, unbuffered. Out: bytes, or ``TimeoutError``. Elsewhere than on
Windows a socket or ``select`` would do; there only a thread can wait for a pipe and give up.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from contextlib import suppress
from typing import IO

_CHUNK = 1 << 18
_CHUNKS = 16  # held unread; then whoever writes has to wait
_PAUSE = 0.05


class Pipes:
    """What a socket's ``sendall``, ``recv``, ``settimeout`` and ``close`` are. Sending never waits:
    what is sent is kept until the process reads it. One thread may use it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        reading, writing = process.stdout, process.stdin
        if reading is None or writing is None:
            raise ValueError("the process was not started with pipes")
        self._incoming: queue.Queue[bytes] = queue.Queue(_CHUNKS)
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._gone = threading.Event()
        self._rest = b""
        self._ended = False
        self._wait: float | None = None
        for work, stream in ((self._read, reading), (self._write, writing)):
            threading.Thread(target=work, args=(stream,), daemon=True).start()

    def settimeout(self, seconds: float | None) -> None:
        """How long ``recv`` waits; ``None``: as long as it takes."""
        self._wait = seconds

    def recv(self, most: int) -> bytes:
        """Some bytes, ``most`` at most; none at the end. Raises ``TimeoutError``."""
        if not self._rest and not self._ended:
            try:
                self._rest = self._incoming.get(timeout=self._wait)
            except queue.Empty:
                raise TimeoutError("the process says nothing") from None
            self._ended = not self._rest
        data, self._rest = self._rest[:most], self._rest[most:]
        return data

    def sendall(self, data: bytes) -> None:
        """Hands over all of it. Raises ``BrokenPipeError`` when the process no longer listens."""
        if self._gone.is_set():
            raise BrokenPipeError("the process no longer listens")
        self._outgoing.put(data)

    def close(self) -> None:
        """Closes both ends; the process reads an end."""
        self._closed.set()
        self._outgoing.put(None)

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            while not self._closed.is_set():
                try:
                    data = os.read(stream.fileno(), _CHUNK)
                except OSError:
                    data = b""
                self._keep(data)
                if not data:
                    return

    def _keep(self, data: bytes) -> None:
        while not self._closed.is_set():
            with suppress(queue.Full):
                self._incoming.put(data, timeout=_PAUSE)
                return

    def _write(self, stream: IO[bytes]) -> None:
        with suppress(OSError), stream:
            while (data := self._outgoing.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[os.write(stream.fileno(), view) :]
        self._gone.set()
