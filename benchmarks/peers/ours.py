"""This grader, by its command line: the class, and one hand-in.

In: hand-ins, and whether what the reference does is known already. Out: what grading took, from
the first process to the last file, warm processes and their keepers included.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

import grader
from benchmarks.peers import contest, measure, notebooks
from benchmarks.peers.contest import Graded, Verdict
from benchmarks.peers.hand_ins import REFERENCE, TOPIC, HandIn
from benchmarks.peers.measure import Spent
from benchmarks.peers.venvs import ROOT

_REMEMBERED = ("baselines", "seed")  # of the data folder: what a run may find there


@dataclass(frozen=True, slots=True)
class Run:
    """A graded class."""

    title: str
    jobs: int
    number: int
    spent: Spent
    verdicts: dict[str, str]

    @property
    def cpu(self) -> float:
        """CPU seconds a hand-in, everything included."""
        return self.spent.cpu / self.number

    @property
    def wall(self) -> float:
        """Seconds a hand-in."""
        return self.spent.wall / self.number


class Ours:
    """``work`` is a folder of its own. The first run makes the baseline; ``warm`` ones find it, and
    nothing else: no result and no observation of a run before."""

    timeout = "10 s a case"
    name = "this grader"
    version = grader.__version__

    def __init__(self, work: Path) -> None:
        self._folders = contest.fresh(work)
        self._known: Path | None = None

    def run(self, title: str, hand_ins: Sequence[HandIn], jobs: int, warm: bool = True) -> Run:
        """A class. Every other hand-in is a notebook. Raises ``RuntimeError`` where it fails."""
        folder = next(self._folders)
        for number, hand_in in enumerate(hand_ins):
            _hand_in(folder / "class" / hand_in.name, hand_in, as_notebook=bool(number % 2))
        spent = self._grade(folder, "class", jobs, warm)
        if spent.code:
            raise RuntimeError((folder / "log.txt").read_text(encoding="utf-8")[-4000:])
        verdicts = {h.name: _verdict(folder / "out" / h.name).short for h in hand_ins}
        return Run(title, jobs, len(hand_ins), spent, verdicts)

    def grade(self, hand_in: HandIn, limit: float) -> Graded:
        """One by itself."""
        folder = next(self._folders)
        _hand_in(folder / hand_in.name, hand_in, as_notebook=False)
        spent = self._grade(folder, hand_in.name, 1, warm=True, limit=limit)
        return Graded(hand_in.kind, spent, _verdict(folder / "out" / hand_in.name))

    def _grade(
        self, folder: Path, path: str, jobs: int, warm: bool, limit: float = 3600.0
    ) -> Spent:
        data = folder / "data"
        data.mkdir()
        if warm and self._known is not None:
            _copy(self._known, data)
        command = (sys.executable, "-m", "grader", "grade", folder / path, "-o", folder / "out")
        spent = measure.run(
            (*command, "--jobs", str(jobs), "--reference", REFERENCE),
            cwd=ROOT,
            variables=_variables(data),
            log=folder / "log.txt",
            limit=limit,
        )
        self._known = self._known or data
        return spent


def _variables(data: Path) -> dict[str, str]:
    """The caller's environment, without a store of the caller's own: a fresh one in the results'
    folder is what a first run has."""
    own = {name: value for name, value in os.environ.items() if name != "GRADER_STORE"}
    return {**own, "OMP_NUM_THREADS": "1", "GRADER_DATA": str(data)}


def _copy(known: Path, data: Path) -> None:
    for name in _REMEMBERED:
        if (known / name).is_dir():
            shutil.copytree(known / name, data / name)
        else:
            shutil.copy(known / name, data / name)


def _hand_in(folder: Path, hand_in: HandIn, as_notebook: bool) -> None:
    folder.mkdir(parents=True)
    if as_notebook:
        nbformat.write(notebooks.plain(hand_in.source), folder / "solution.ipynb")
    else:
        (folder / "solution.py").write_text(hand_in.source, encoding="utf-8")


def _verdict(folder: Path) -> Verdict:
    file = folder / "result.json"
    if not file.exists():
        return Verdict(None, 8)
    result = json.loads(file.read_text(encoding="utf-8"))
    assert [topic["topic"] for topic in result["topics"]] == [TOPIC]
    page = folder / "report.html"
    return Verdict(result["score"], result["max_score"], page.read_text(encoding="utf-8"))
