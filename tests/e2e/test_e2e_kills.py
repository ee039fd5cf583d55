"""Killed at random moments and started again, a grader loses nothing that was finished, runs none
of it twice, and ends with the same files as one that nobody disturbed."""

from __future__ import annotations

import difflib
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sums import command, lay_out

KILLS = 50
STUDENTS = 40


@pytest.fixture(scope="module")
def course(open_folder: Path, grader_data: Path) -> Path:
    """A folder with a small topic, a class, and the results of a run that nobody disturbed."""
    folder = open_folder / "kills"
    lay_out(folder, STUDENTS, seconds=0.05)
    grader = start(folder, "undisturbed")
    assert grader.wait(120) == 0
    return folder


def start(folder: Path, out: str) -> subprocess.Popen[bytes]:
    asked = command("grade", "class", "--out", out, "--reference", "reference", "--jobs", "2")
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(asked, cwd=folder, stdout=log, stderr=log)


@dataclass
class Killer:
    """Kills one of a grader's processes, or the grader, at random moments. No work is hit twice in
    one life: to kill it whenever it is tried again is to say that it cannot be run."""

    rng: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    warm: set[int] = field(default_factory=set)
    hit: set[tuple] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(self.killed.values())

    def disturb(self, grader: subprocess.Popen[bytes], out: Path) -> None:
        """Until the grader is dead, has ended, or enough has been killed."""
        # At least something is finished in each life, or the class never would be.
        done = settled(out)
        while grader.poll() is None and settled(out) <= done:
            time.sleep(0.01)
        self.hit.clear()
        while grader.poll() is None and self.total < KILLS:
            time.sleep(self.rng.uniform(0.0, 0.3))
            self.kill_one(grader, out)

    def kill_one(self, grader: subprocess.Popen[bytes], out: Path) -> None:
        kind = self.rng.choice(["coordinator", "zygote", "warm process", "child", "child"])
        if kind == "coordinator":
            grader.kill()
            grader.wait()
            self.killed[kind] += 1
            return
        at_work = set(rows(out, "select submission, work from attempts where \"end\" = ''"))
        if at_work & self.hit:
            return
        zygotes = [pid for pid in below(grader.pid) if is_zygote(pid)]
        warm = [pid for zygote in zygotes for pid in below(zygote)]
        self.warm.update(warm)
        wanted = {
            "zygote": zygotes,
            "warm process": warm,
            "child": [child for pid in warm for child in all_below(pid)],
        }[kind]
        if wanted:
            try:
                os.kill(self.rng.choice(wanted), signal.SIGKILL)
            except ProcessLookupError:
                return
            self.hit |= at_work
            self.killed[kind] += 1


def is_zygote(pid: int) -> bool:
    try:
        return b"zygote.main()" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return False


def below(pid: int) -> list[int]:
    """A process's children."""
    found: list[int] = []
    with suppress(OSError):  # it ends meanwhile
        for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, tasks.read_text().split())
    return found


def all_below(pid: int) -> list[int]:
    return [each for one in below(pid) for each in (one, *all_below(one))]


def rows(out: Path, question: str) -> list[tuple]:
    file = out / "store.sqlite3"
    if not file.exists():
        return []
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(question).fetchall()
    except sqlite3.OperationalError:  # it is being made
        return []


def settled(out: Path) -> int:
    return len(rows(out, "select digest from observations"))


def contents(out: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below, but for the seconds that things took and for the store itself."""
    for file in sorted(out.rglob("*")):
        if file.is_file() and not file.name.startswith("store.sqlite3"):
            data = re.sub(rb'"(wall|cpu)": [\d.e-]+', rb"", file.read_bytes())
            data = re.sub(rb"Ran for .*?of processor", b"", data)
            data = re.sub(rb'"\w+\.(json|html)": "\w+"', b"", data)  # digests, of seconds too
            yield str(file.relative_to(out)), data


def differing(wanted: bytes, found: bytes) -> str:
    """The lines that differ, to read in a failure."""
    lines = (text.decode(errors="replace").splitlines() for text in (wanted, found))
    return "\n".join(difflib.unified_diff(*lines, lineterm="", n=0))


def assert_gone(warm: set[int]) -> None:
    """No warm process outlives its grader for long, whoever killed what above it."""
    deadline = time.monotonic() + 20
    while left := [pid for pid in warm if is_zygote(pid)]:  # a fork keeps the command line
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_killed_at_random_moments(course: Path):
    killer = Killer(random.Random(f"{KILLS} kills"))
    round_, finished = 0, []
    while killer.total < KILLS or not finished:
        out = course / f"round{round_}"
        grader = start(course, out.name)
        killer.disturb(grader, out)
        code = grader.wait(120)
        assert code in (0, -signal.SIGKILL), (course / "log").read_text()[-3000:]
        if code == 0:
            finished.append(out)
            round_ += 1
    print(f"{dict(killer.killed)} in {len(finished)} classes")
    assert set(killer.killed) == {"coordinator", "zygote", "warm process", "child"}
    assert_gone(killer.warm)
    wanted = dict(contents(course / "undisturbed"))
    for out in finished:
        found = dict(contents(out))
        assert sorted(found) == sorted(wanted)
        assert [
            differing(wanted[name], found[name]) for name in wanted if found[name] != wanted[name]
        ] == []
        _assert_run_once(out)
        shutil.rmtree(out)
    assert min(killer.killed[kind] for kind in ("coordinator", "warm process", "child")) > 0


def _assert_run_once(out: Path) -> None:
    """What was finished was not run again: of each submission's work one attempt was settled."""
    ends = rows(out, "select submission, work, end from attempts")
    assert len(ends) >= STUDENTS
    done = Counter((submission, work) for submission, work, end in ends if end == "settled")
    assert len(done) == STUDENTS
    assert set(done.values()) == {1}
