"""A process beside the one that judges, which draws the pages meanwhile.

In: names of submissions whose ``result.json`` lies below ``OUT``. Out: their pages, as ``pages``
makes them. Python runs one thread at a time, so that a class that is only judged again takes twice
as long with everything in one process.

It reads a name a line, as JSON, and answers each when its pages are there. When its standard input
ends, for whatever reason, it draws what it was asked for and ends.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader.pages import draw, row_for, stored_result

# Elsewhere nobody can be asked whether a pipe has something to read.
AVAILABLE = os.name == "posix"
_WINDOW = 32  # names that it may be behind; the asking side draws the next ones itself


@dataclass(slots=True)
class Painter:
    """The asking side; starts the process when it is first asked."""

    out: Path
    _process: subprocess.Popen[bytes] | None = None
    _waiting: deque[str] = field(default_factory=deque)
    _gone: bool = False

    def draw(self, name: str) -> bool:
        """Asks for a submission's pages. False when it has more to do than it should, or has ended:
        nobody will make these. What it took and never made, ``finish`` tells."""
        if not self._gone and len(self._waiting) >= _WINDOW:
            self._hear(0.0)
        if self._gone or len(self._waiting) >= _WINDOW:
            return False
        try:
            self._ask(name)
        except OSError:
            self._gone = True
            return False
        self._waiting.append(name)
        return True

    def finish(self) -> list[str]:
        """Waits for what is still being drawn. The names of those that never were."""
        if self._process is None:
            return []
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        while self._waiting and not self._gone:
            self._hear(None)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()
        self._process = None
        left, self._waiting = list(self._waiting), deque()
        return left

    def _ask(self, name: str) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "grader.painting", str(self.out)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # who draws the rest hits upon the same, and tells it
                start_new_session=True,  # Ctrl-C is the grader's: it sees to the end
            )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(name).encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self, seconds: float | None) -> None:
        """Takes what it has answered, for which it waits so long."""
        assert self._process is not None
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], seconds)
        if not ready:
            return
        answers = os.read(self._process.stdout.fileno(), _WINDOW)
        for _ in answers:
            self._waiting.popleft()
        self._gone = not answers


def main() -> None:
    """The process's life."""
    if sys.platform == "linux":
        from grader.worker.containment import hide_memory

        hide_memory()  # hidden cases' answers pass through here
    out = Path(sys.argv[1])
    for line in sys.stdin.buffer:
        name = json.loads(line)
        grade, result = stored_result(out, name)
        draw(out / name, grade, result, row_for(grade))
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
