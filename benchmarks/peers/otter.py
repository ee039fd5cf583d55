"""otter-grader: ``otter assign`` once, then ``otter run`` a hand-in, without a container."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import nbformat

from benchmarks.peers import contest, measure, notebooks, venvs
from benchmarks.peers.contest import Graded, Sample, Verdict
from benchmarks.peers.hand_ins import HandIn
from benchmarks.peers.measure import Spent


class Otter:
    """``work`` is a folder of its own; ``home`` the course cache; ``reference`` staff's answer."""

    timeout = "`otter run` documents none (`otter grade --timeout` is its container's)"

    def __init__(self, work: Path, home: Path, reference: str) -> None:
        self._work, self._reference = work, reference
        self._folders = contest.fresh(work / "handed-in")
        work.mkdir(parents=True)
        self._venv = venvs.ensure("otter")
        self._variables = venvs.variables(self._venv, home)
        self._staff = notebooks.taken_apart()
        self.name = "otter-grader"
        self.version = venvs.version(self._venv, "otter-grader")

    def prepare(self) -> Spent | None:
        """``otter assign``, which runs its tests on staff's own answer too."""
        master = notebooks.otter_master(self._staff, self._reference)
        nbformat.write(master, self._work / "four_questions.ipynb")
        command = ("otter", "assign", "--no-pdfs", "four_questions.ipynb", "dist")
        spent = self._run(command, self._work, self._work / "assign.txt", 600.0)
        if spent.code:
            raise RuntimeError((self._work / "assign.txt").read_text(encoding="utf-8"))
        return spent

    def grade(self, hand_in: HandIn, limit: float) -> Graded:
        folder = next(self._folders)
        students = nbformat.read(self._work / "dist/student/four_questions.ipynb", as_version=4)
        filled = notebooks.answered(students, self._staff, hand_in.source)
        nbformat.write(filled, folder / "four_questions.ipynb")
        (autograder,) = (self._work / "dist/autograder").glob("*.zip")
        command = ("otter", "run", "-a", str(autograder), "-o", ".", "four_questions.ipynb")
        spent = self._run(command, folder, folder / "log.txt", limit)
        return Graded(hand_in.kind, spent, _verdict(folder / "results.json"))

    def sample(self, hand_ins: Sequence[HandIn]) -> Sample:
        return contest.one_by_one(self, hand_ins)

    def _run(self, command: Sequence[str], cwd: Path, log: Path, limit: float) -> Spent:
        program = self._venv / "bin" / command[0]
        return measure.run(
            (program, *command[1:]), cwd=cwd, variables=self._variables, log=log, limit=limit
        )


def _verdict(file: Path) -> Verdict:
    if not file.exists():
        return Verdict(None, 8)
    text = file.read_text(encoding="utf-8")
    tests = json.loads(text)["tests"]
    return Verdict(sum(test.get("score", 0) for test in tests), 8, text)
