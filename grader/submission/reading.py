"""The reading process: takes apart archives and notebooks that may be built to harm.

In: on standard input, a socket: one request at a time. Out: on the same socket, the answers; where
standard input is a pipe, on standard output. It runs nobody's code, but it parses what nobody here
trusts. So it gives up every right once its libraries are loaded: another user if it can, no files
to open, no processes to start, bounded memory and time, as far as the platform knows such bounds.
When it ends nevertheless, ``reader`` starts another and passes over the cause.
"""

from __future__ import annotations

import io
import os
import socket
import stat
import sys
import time
import warnings
import zipfile
from contextlib import suppress
from functools import partial
from typing import Any

from grader.submission import wire
from grader.submission.archive import read_archive
from grader.submission.entries import Entry
from grader.submission.notebook import take_apart

try:
    import resource
except ImportError:  # Windows: its reader's clock alone bounds this process
    resource = None  # type: ignore[assignment]

_NOBODY = 65534


def main() -> None:
    """Serves until the other side closes. Arguments: memory in bytes, CPU seconds a request."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    warnings.simplefilter("ignore")
    connection = _connection()
    _warm_up()
    _give_up_rights(memory)
    wire.send(connection, {"ready": True})
    with suppress(wire.DisconnectedError):
        while True:
            _serve(connection, seconds)


def _connection() -> wire.Connection:
    if stat.S_ISSOCK(os.fstat(0).st_mode):
        return socket.socket(fileno=0)
    line = _Line(os.dup(1))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # what a library prints is no answer
    os.close(null)
    return line


class _Line:
    """Standard input, and what was standard output. It waits as long as it takes."""

    def __init__(self, writing: int) -> None:
        self._writing = writing

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._writing, view) :]

    def recv(self, most: int) -> bytes:
        return os.read(0, most)

    def settimeout(self, seconds: float | None) -> None:
        """The other side has the clock."""

    def close(self) -> None:
        os.close(self._writing)


def _warm_up() -> None:
    """Loads all that is loaded on first use: no file can be opened later."""
    take_apart(b'{"cells": [{"source": "!ls\\nx = (\\n"}, {"source": "\\u0000"}]}', "")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", "")
    for data in (packed.getvalue(), bytes(1024), b"\x1f\x8b", b"BZh", b"\xfd7zXZ"):
        read_archive(data)
    "\udc80\u20ac".encode("cp437", "replace").decode("ascii", "replace")


def _give_up_rights(memory: int) -> None:
    if resource is None:
        return
    if os.geteuid() == 0:
        with suppress(PermissionError):  # root without the right to change users has little else
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        try:
            resource.setrlimit(kind, (limit, limit))
        except (OSError, ValueError):
            if sys.platform == "linux":  # macOS reserves more addresses than it lets one bound
                raise


def _serve(connection: wire.Connection, seconds: int) -> None:
    request, data = wire.receive(connection)
    _bound_time(seconds)
    try:
        header, payload = _answer(connection, request, data)
    except MemoryError:
        header, payload = {"problem": "takes too much memory to be read."}, b""
    wire.send(connection, header, payload)


def _bound_time(seconds: int) -> None:
    """Past this soft limit the kernel ends the process."""
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))


def _answer(
    connection: wire.Connection, request: dict[str, Any], data: bytes
) -> tuple[dict[str, Any], bytes]:
    if request["kind"] == "archive":
        return _archive(data)
    begin = partial(_tell_cell, connection)
    taken = take_apart(data, request["file"], request["functions"], request["poison"], begin)
    places = [[line.cell, line.line] for line in taken.lines]
    text = "".join(f"{line.text}\n" for line in taken.lines)
    header = {"places": places, "notes": taken.notes, "problem": taken.problem}
    return header, text.encode()


def _tell_cell(connection: wire.Connection, number: int) -> None:
    wire.send(connection, {"cell": number})


def _archive(data: bytes) -> tuple[dict[str, Any], bytes]:
    found = read_archive(data)
    header = {
        "entries": [_listed(entry) for entry in found.entries],
        "notes": found.notes,
        "problem": found.problem,
    }
    return header, b"".join(entry.data for entry in found.entries)


def _listed(entry: Entry) -> dict[str, Any]:
    return {
        "parts": entry.parts,
        "modified": entry.modified,
        "size": len(entry.data),
        "problem": entry.problem,
    }


if __name__ == "__main__":
    main()
