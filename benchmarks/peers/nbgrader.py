"""nbgrader: ``generate_assignment`` once; ``autograde`` and ``generate_feedback`` for the class."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat

from benchmarks.peers import contest, measure, notebooks, venvs
from benchmarks.peers.contest import Graded, Sample, Verdict
from benchmarks.peers.hand_ins import HandIn
from benchmarks.peers.measure import Spent

_NAME = "four_questions"
_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "peers"\n'


class Nbgrader:
    """``work`` is a folder of its own; ``home`` the course cache; ``reference`` staff's answer."""

    timeout = "its own, 30 s a cell (`Execute.timeout`)"

    def __init__(self, work: Path, home: Path, reference: str) -> None:
        self._course, self._reference = work / "course", reference
        self._folders = contest.fresh(work / "graded")
        self._venv = venvs.ensure("nbgrader")
        self._variables = venvs.variables(self._venv, home)
        self._staff = notebooks.taken_apart()
        self.name = "nbgrader"
        self.version = venvs.version(self._venv, "nbgrader")

    def prepare(self) -> Spent | None:
        """``nbgrader generate_assignment``."""
        folder = self._course / "source" / _NAME
        folder.mkdir(parents=True)
        source = notebooks.nbgrader_source(self._staff, self._reference)
        nbformat.write(source, folder / f"{_NAME}.ipynb")
        (self._course / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
        spent = self._run("generate_assignment", self._course)
        if spent.code:
            raise RuntimeError((self._course / "log.txt").read_text(encoding="utf-8"))
        return spent

    def grade(self, hand_in: HandIn, limit: float) -> Graded:
        course = self._submitted([hand_in])
        spent = self._autograde(course, limit)
        return Graded(hand_in.kind, spent, self._verdicts(course, [hand_in])[hand_in.name])

    def sample(self, hand_ins: Sequence[HandIn]) -> Sample:
        """The class with one command each. What the same commands cost when there is nothing left
        to do is paid once a class: so it is told apart."""
        course = self._submitted(hand_ins)
        spent = self._autograde(course)
        once = self._autograde(course)
        verdicts = self._verdicts(course, hand_ins)
        return Sample(
            number=len(hand_ins),
            cpu=(spent.cpu - once.cpu) / len(hand_ins),
            wall=(spent.wall - once.wall) / len(hand_ins),
            peak=spent.peak,
            verdicts={name: verdict.short for name, verdict in verdicts.items()},
            once=once,
        )

    def _submitted(self, hand_ins: Sequence[HandIn]) -> Path:
        """A copy of the course with these hand-ins in it."""
        course = next(self._folders) / "course"
        shutil.copytree(self._course, course)
        students = nbformat.read(course / "release" / _NAME / f"{_NAME}.ipynb", as_version=4)
        for hand_in in hand_ins:
            folder = course / "submitted" / hand_in.name / _NAME
            folder.mkdir(parents=True)
            filled = notebooks.answered(students, self._staff, hand_in.source)
            nbformat.write(filled, folder / f"{_NAME}.ipynb")
        return course

    def _autograde(self, course: Path, limit: float = 3600.0) -> Spent:
        graded = self._run("autograde", course, limit)
        if graded.killed:
            return graded
        return contest.added(graded, self._run("generate_feedback", course))

    def _verdicts(self, course: Path, hand_ins: Sequence[HandIn]) -> dict[str, Verdict]:
        self._run("export", course)
        with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
            scores = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
        return {hand_in.name: _verdict(course, hand_in, scores) for hand_in in hand_ins}

    def _run(self, command: str, course: Path, limit: float = 600.0) -> Spent:
        asked = () if command == "export" else (_NAME,)
        return measure.run(
            (self._venv / "bin" / "nbgrader", command, *asked),
            cwd=course,
            variables=self._variables,
            log=course / "log.txt",
            limit=limit,
        )


def _verdict(course: Path, hand_in: HandIn, scores: dict[str, str]) -> Verdict:
    """What the gradebook says, where the student was autograded at all."""
    page = course / "feedback" / hand_in.name / _NAME / f"{_NAME}.html"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    score = scores.get(hand_in.name) or ""
    graded = (course / "autograded" / hand_in.name).exists() and score != ""
    return Verdict(float(score) if graded else None, 8, text)
