"""Grading again: what is kept, judged again and run again, what is told, and points by hand."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from sums import TASK, command, grader, lay_out, write

GRADE = ("grade", "class", "--out", "out", "--reference", "reference", "--jobs", "2")
EXPLAIN = (*GRADE, "--explain", "--json")


@pytest.fixture
def folder(tmp_path: Path, grader_data: Path) -> Path:
    lay_out(tmp_path, 4)
    return tmp_path


def scores(folder: Path) -> dict[str, float]:
    run = grader(folder, *GRADE, "--json")
    assert run.returncode == 0, run.stderr
    return {row["submission"]: row["score"] for row in json.loads(run.stdout)}


def actions(folder: Path) -> dict[str, str]:
    run = grader(folder, *EXPLAIN)
    assert run.returncode == 0, run.stderr
    return {one["submission"]: one["action"] for one in json.loads(run.stdout)}


def attempts(folder: Path) -> int:
    with sqlite3.connect(folder / "out" / "store.sqlite3") as connection:
        return int(connection.execute("select count(*) from attempts").fetchone()[0])


def test_points_hints_and_mistakes_are_judged_again_and_nothing_is_run(folder: Path):
    assert actions(folder) == dict.fromkeys(("s00", "s01", "s02", "s03"), "run")
    assert not (folder / "out").exists()  # who only asks leaves nothing
    assert scores(folder) == {"s00": 10.0, "s01": 5.0, "s02": 5.0, "s03": 5.0}
    assert set(actions(folder).values()) == {"kept"}
    runs = attempts(folder)
    dearer = TASK.replace('same(), points=5, hint="Add."', 'same(), points=2, hint="Sum."')
    dearer = dearer.replace("points=5", "points=8")
    write(folder, dearer, "reference/sums/task.py")
    assert set(actions(folder).values()) == {"judge"}
    assert scores(folder) == {"s00": 10.0, "s01": 2.0, "s02": 2.0, "s03": 2.0}
    assert attempts(folder) == runs
    assert "You add 2." in (folder / "out" / "s01" / "report.html").read_text()


def test_a_case_runs_its_function_and_a_submission_itself(folder: Path):
    scores(folder)
    runs = attempts(folder)
    write(folder, TASK.replace("x=30", "x=40"), "reference/sums/task.py")
    told = grader(folder, *GRADE, "--explain").stdout
    assert "sums.double: 4, its cases changed" in told
    assert "sums.total" not in told
    scores(folder)
    assert attempts(folder) == runs + 4
    write(folder, "def double(x):\n    return 2 * x\n", "class/s01/sums.py")
    write(folder, "def double(x):\n    return 2 * x\n", "class/new/sums.py")
    assert actions(folder) == {
        "new": "run",
        "s00": "kept",
        "s01": "judge",  # the same source as new's, which runs
        "s02": "kept",
        "s03": "kept",
    }
    assert scores(folder)["s01"] == 5.0
    assert attempts(folder) == runs + 5


def test_points_given_by_hand_stay(folder: Path):
    scores(folder)
    given = ("override", "out", "s01", "sums", "double")
    refused = grader(folder, *given, "--points", "9", "--reason", "no")
    assert (refused.returncode, "is worth 5 points" in refused.stderr) == (2, True)
    done = grader(folder, *given, "--points", "4.5", "--reason", "Shown in the lab.")
    assert "s01: 9.5 of 10 points (the grader gave 5)" in done.stdout
    assert "Shown in the lab." in (folder / "out" / "s01" / "report.html").read_text()
    assert "s01,9.5," in (folder / "out" / "grades.csv").read_text()
    assert scores(folder)["s01"] == 9.5
    write(folder, TASK.replace("Times two.", "Twice."), "reference/sums/task.py")
    assert scores(folder)["s01"] == 9.5
    assert "Shown in the lab." in " ".join(grader(folder, "override", "out").stdout.split())
    assert grader(folder, *given, "--remove").returncode == 0
    assert scores(folder)["s01"] == 5.0


def test_stopped_by_a_person_it_keeps_what_is_done_and_goes_on(tmp_path: Path, grader_data: Path):
    lay_out(tmp_path, 30, seconds=0.1)
    process = subprocess.Popen(
        command(*GRADE), cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while len(list((tmp_path / "out").glob("*/result.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    done = len(list((tmp_path / "out").glob("*/result.json")))
    assert 4 <= done < 30
    assert len((tmp_path / "out" / "grades.csv").read_text().splitlines()) == done + 1
    runs = attempts(tmp_path)
    assert len(scores(tmp_path)) == 30
    assert attempts(tmp_path) - runs <= 30 - done + 2


def test_two_graders_do_not_write_to_one_folder(tmp_path: Path, grader_data: Path):
    lay_out(tmp_path, 20, seconds=0.1)
    process = subprocess.Popen(
        command(*GRADE), cwd=tmp_path, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        while not list((tmp_path / "out").glob("*/result.json")):
            assert process.poll() is None
            time.sleep(0.05)
        refused = grader(tmp_path, *GRADE)
        assert refused.returncode != 0
        assert str(process.pid) in refused.stderr
    finally:
        process.kill()
        process.wait()
