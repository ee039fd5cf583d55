"""A process, and the end of all that it started.

In: a command. Out: a running process; when it is ended, so is what it left running: its process
group, and whoever carries its mark in the environment, whatever group it went to. On Windows, which
shows no other process's environment, it is the tree of processes below it.

Nothing is contained by this: what an honest program forgets is found, what hides is not.
"""

from __future__ import annotations

import atexit
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

_MARK = "GRADER_RUN"
_PROCESSES = Path("/proc")
_ROUNDS, _PAUSE = 100, 0.01  # a process may start others while it is being looked for
_LIVE: set[Process] = set()
_leaving = threading.Event()


class LeavingError(RuntimeError):
    """This program is about to end, and starts nothing any more."""


@dataclass(frozen=True, eq=False, slots=True)
class Process:
    """A process at the head of a group of its own. ``mark`` stands in the environment of all that
    it starts."""

    popen: subprocess.Popen[bytes]
    mark: str

    def end(self) -> None:
        """Kills it and what it started, and waits for it."""
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):  # all of them have ended
                os.killpg(self.popen.pid, signal.SIGKILL)
        else:
            _kill_tree(self.popen.pid)
        with suppress(OSError):
            self.popen.kill()
        self.popen.wait()
        _kill_marked(self.mark)
        _LIVE.discard(self)


def start(command: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> Process:
    """Starts it with pipes as standard input and output, and ``output`` as standard error.

    Raises ``OSError`` when it cannot be started, ``LeavingError`` when this program ends.
    """
    _end_all_at_exit()
    if _leaving.is_set():
        raise LeavingError("the grader is being stopped")
    mark = secrets.token_hex(8)
    popen = subprocess.Popen(
        command,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=output,
        env={**environment, _MARK: mark},
        cwd=Path(sys.prefix).anchor,
        # A group of its own: it can be ended as a whole, and Ctrl-C is not for it.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    process = Process(popen, mark)
    _LIVE.add(process)
    return process


@cache
def _end_all_at_exit() -> None:
    """Registered with the first process, so that it comes before what was registered at import:
    folders are removed when nobody is left to write in them."""
    atexit.register(_end_all)


def _end_all() -> None:
    """What still runs when the grader is stopped: its slots have no time to tidy up."""
    _leaving.set()
    for process in tuple(_LIVE):
        process.end()


def _kill_tree(pid: int) -> None:
    """The process and all below it, as Windows knows them."""
    tool = Path(os.environ.get("SYSTEMROOT", ""), "System32", "taskkill.exe")
    command = [str(tool), "/F", "/T", "/PID", str(pid)]
    with suppress(OSError):
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _kill_marked(mark: str) -> None:
    """Until none is left."""
    for _ in range(_ROUNDS):
        pids = tuple(_marked(mark))
        if not pids:
            return
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def _marked(mark: str) -> Iterator[int]:
    """Processes with the mark in their environment."""
    wanted = f"{_MARK}={mark}"
    if _PROCESSES.joinpath("self", "environ").exists():
        return _marked_in(_PROCESSES, wanted.encode())
    return marked_lines(_listed(), wanted)


def _marked_in(processes: Path, wanted: bytes) -> Iterator[int]:
    for entry in processes.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # somebody else's, or gone
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry.name)


def _listed() -> str:
    """Every process with its environment, as macOS lists them; nothing on Windows."""
    if not hasattr(os, "killpg"):
        return ""
    command = ["/bin/ps", "-A", "-E", "-ww", "-o", "pid=,command="]
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return ""


def marked_lines(listing: str, wanted: str) -> Iterator[int]:
    """The numbers at the head of the lines that hold ``wanted`` as a word."""
    for line in listing.splitlines():
        words = line.split()
        if wanted in words and words[0].isdigit():
            yield int(words[0])
