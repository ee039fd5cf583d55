"""What the end-to-end tests share: a class on disk, a grader's run, and what is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hand_ins import HandIn

from grader.model import CheckResult, FunctionGrade, Grade

REFERENCE = Path(__file__).parent / "reference"
GRADER = (sys.executable, "-m", "grader")
_TERMINAL = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "TERM")

# Runs a command below itself, then tells which of its processes are still there ten seconds later:
# orphans come to a subreaper. Ctrl-C is for the command.
_WATCHED = """
import json, os, signal, subprocess, sys, time
from grader.worker.containment.leftovers import become_subreaper, descendants
signal.signal(signal.SIGINT, lambda *_: None)
become_subreaper()
done = subprocess.run(sys.argv[2:])
deadline = time.monotonic() + 10
while (left := descendants()) and time.monotonic() < deadline:
    os.waitpid(-1, os.WNOHANG)
    time.sleep(0.05)
with open(sys.argv[1], "w") as file:
    json.dump(left, file)
sys.exit(done.returncode)
"""


@dataclass(frozen=True)
class Done:
    """How a command ended. ``left`` are its processes that outlived it by ten seconds."""

    code: int
    out: str
    err: str
    left: Sequence[int]


@dataclass(frozen=True)
class Started:
    """A command that runs. ``note`` is where its leftovers will be told."""

    process: subprocess.Popen[str]
    note: Path

    def wait(self) -> Done:
        """Its end, and the rest of what it said."""
        out, err = self.process.communicate(timeout=120)
        return Done(self.process.returncode, out, err, json.loads(self.note.read_text()))


def start_grader(folder: Path, *arguments: str | Path) -> Started:
    """``grader ARGUMENTS`` as a person starts it in ``folder``, its output in pipes, its
    temporary files below ``folder``."""
    scratch = folder / "tmp"
    scratch.mkdir(exist_ok=True)
    scratch.chmod(0o711)
    note = folder / "left.json"
    command = [sys.executable, "-P", "-c", _WATCHED, str(note), *GRADER, *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if name not in _TERMINAL}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    return Started(process, note)


def run_grader(folder: Path, *arguments: str | Path) -> Done:
    """The same, to its end."""
    return start_grader(folder, *arguments).wait()


def write_class(folder: Path, hand_ins: Iterable[HandIn]) -> Path:
    """Puts them on the disk, each under its name."""
    for one in hand_ins:
        for name, data in one.files.items():
            write(folder / name, data)
        for name, target in one.links.items():
            (folder / name).parent.mkdir(parents=True)
            (folder / name).symlink_to(folder / target)
    return folder


def write(file: Path, data: bytes | str) -> Path:
    """A file, with the folders around it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def function(grade: Grade, name: str) -> FunctionGrade:
    """One function's grade, whatever its topic."""
    return next(one for topic in grade.topics for one in topic.functions if one.function == name)


def checks(grade: Grade) -> list[CheckResult]:
    """All lines of a grade."""
    return [line for topic in grade.topics for one in topic.functions for line in one.checks]


def processes_of(uid: int) -> list[int]:
    """Every process of a user on this machine, but for those that only wait to be reaped: those of
    a killed warm process do so until the machine's process 1 comes to it."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if not entry.name.isdigit() or entry.stat().st_uid != uid:
                continue
            if "State:\tZ" not in (entry / "status").read_text():
                found.append(int(entry.name))
        except OSError:
            continue
    return found
