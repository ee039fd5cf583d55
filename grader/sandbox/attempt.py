"""One plain process at work, seen from the trusted side.

In: what to tell it. Out: what it says, or the ``Died`` that says why it will say nothing more: it
has ended, or its time is up, or it printed or wrote more than it may.
"""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from grader.model import Died, Limits
from grader.portable.pipes import Pipes
from grader.portable.processes import Process
from grader.sandbox.scratch import usage
from grader.worker.decode import FrameError, parse_json
from grader.worker.limits import HEADER_ROOM, KEPT_OUTPUT
from grader.worker.stream import StreamError, Unpacker, packed

_CHUNK = 1 << 18
_TICK = 0.1
_GRACE = 0.5  # from the end of what it says to its own end
# Windows has no signals; these are its words for what ends a process elsewhere (ntstatus.h):
# access violation, stack overflow, illegal instruction, abort.
_STATUS = {
    0xC0000005: "SIGSEGV",
    0xC00000FD: "SIGSEGV",
    0xC000001D: "SIGILL",
    0xC0000409: "SIGABRT",
}


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes that were said: a header, and a value's frame."""

    header: bytes
    frame: bytes

    def said(self) -> dict[str, Any]:
        """The header; nothing when it makes no sense."""
        try:
            found = parse_json(self.header)
        except FrameError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(slots=True)
class Attempt:
    """A process at work. ``folder`` is what it may write to; ``output`` is where what it prints can
    be read; ``most`` is the size of the largest value it may return."""

    process: Process
    folder: Path
    output: IO[bytes]
    most: int
    _pipes: Pipes = field(init=False)
    _unpacker: Unpacker = field(init=False)
    _mark: int = 0  # what was printed before belongs to no case
    _asked: int = 0
    _looked: float = 0.0

    def __post_init__(self) -> None:
        self._pipes = Pipes(self.process.popen)
        self._unpacker = Unpacker(self.most + HEADER_ROOM)

    def close(self) -> None:
        """Ends the process and all that it started."""
        self.process.end()
        self._pipes.close()

    def tell(self, header: dict[str, Any], data: bytes) -> None:
        """Tells it something; what it prints from now on is counted anew."""
        self._mark = self._size()
        with suppress(OSError):  # it has ended: that is heard of next
            self._pipes.sendall(packed(header, data))

    def ask(self, header: dict[str, Any], data: bytes) -> int:
        """The same, with a number that the answer has to name."""
        self._asked += 1
        self.tell(header | {"request": self._asked}, data)
        return self._asked

    def hear(self, seconds: float, limits: Limits) -> Message | Died:
        """The next message, or why there will be none."""
        deadline = time.monotonic() + seconds
        while True:
            why = self._trouble(deadline, limits)
            if why:
                return Died(why, output=self.printed())
            try:
                found = self._unpacker.take()
            except StreamError:
                return Died("ended", output=self.printed())
            if found is not None:
                return Message(*found)
            data = self._received()
            if data is None:
                return self._ended()
            self._unpacker.feed(data)

    def printed(self) -> str:
        """The beginning of what was printed since it was told something."""
        self.output.seek(self._mark)
        return self.output.read(KEPT_OUTPUT).decode("utf-8", "replace").replace("\r\n", "\n")

    def last_words(self) -> str:
        """The end of all that was printed."""
        self.output.seek(max(0, self._size() - 2000))
        return self.output.read(2000).decode("utf-8", "replace")

    def _size(self) -> int:
        return self.output.seek(0, 2)

    def _trouble(self, deadline: float, limits: Limits) -> str:
        if self._size() - self._mark > limits.output:
            return "output"
        now = time.monotonic()
        if now >= deadline:
            return "timeout"
        if now >= self._looked + _TICK:
            self._looked = now
            used = usage(self.folder, limits.scratch_inodes)
            if used.size > limits.scratch_bytes or used.entries > limits.scratch_inodes:
                return "scratch"
        return ""

    def _received(self) -> bytes | None:
        """Some bytes, none yet, or ``None`` when there will be no more."""
        gone = self.process.popen.poll() is not None
        self._pipes.settimeout(_TICK)
        try:
            return self._pipes.recv(_CHUNK) or None
        except TimeoutError:
            # Whoever it left behind may hold its pipes open.
            return None if gone else b""

    def _ended(self) -> Died:
        with suppress(subprocess.TimeoutExpired):
            self.process.popen.wait(_GRACE)
        code = self.process.popen.poll()
        if code is None:  # it closed its pipes, and lives
            return Died("ended", output=self.printed())
        reason, detail = reason_of(code)
        return Died(reason, detail, output=self.printed())


def reason_of(code: int) -> tuple[str, str]:
    """A process's exit code as (reason, detail)."""
    if code in _STATUS:
        return "signal", _STATUS[code]
    if code < 0:
        known = -code in set(signal.Signals)
        return "signal", signal.Signals(-code).name if known else f"signal {-code}"
    return "exit", str(code)
