"""Plain pytest, as CI autograders run it: one process a hand-in, its tests beside it."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers import contest, measure, venvs
from benchmarks.peers.contest import Graded, Sample, Verdict
from benchmarks.peers.hand_ins import HandIn
from benchmarks.peers.measure import Spent
from benchmarks.peers.notebooks import TESTS


class Pytest:
    """``work`` is a folder of its own; ``home`` the course cache."""

    timeout = "pytest-timeout, 10 s a test"

    def __init__(self, work: Path, home: Path) -> None:
        self._folders = contest.fresh(work)
        self._venv = venvs.ensure("pytest")
        self._variables = venvs.variables(self._venv, home)
        self.name = "pytest"
        self.version = venvs.version(self._venv, "pytest")

    def prepare(self) -> Spent | None:
        return None

    def grade(self, hand_in: HandIn, limit: float) -> Graded:
        folder = next(self._folders)
        shutil.copy(TESTS, folder)
        (folder / "solution.py").write_text(hand_in.source, encoding="utf-8")
        command = (venvs.python(self._venv), "-m", "pytest", "-q", "--timeout=10")
        log = folder / "log.txt"
        spent = measure.run(
            (*command, "--junitxml=result.xml", "-p", "no:cacheprovider"),
            cwd=folder,
            variables=self._variables,
            log=log,
            limit=limit,
        )
        return Graded(hand_in.kind, spent, _verdict(folder / "result.xml", log))

    def sample(self, hand_ins: Sequence[HandIn]) -> Sample:
        return contest.one_by_one(self, hand_ins)


def _verdict(file: Path, log: Path) -> Verdict:
    """A point for each test that passed."""
    text = log.read_text(encoding="utf-8", errors="replace")
    if not file.exists():
        return Verdict(None, 8, text)
    cases = ElementTree.parse(file).getroot().iter("testcase")
    return Verdict(sum(len(case) == 0 for case in cases), 8, text)
