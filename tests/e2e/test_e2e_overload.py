"""On a machine that has too much to do, slow is not wrong: who ran out of time for want of a
processor gets it, alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from sums import grader, write

# Four for each processor: each has a quarter of one, and needs 2.4 of the 1.5 seconds that it may.
STUDENTS = 4 * (os.cpu_count() or 1)
SOLUTION = '''"""Work."""


def work(seconds):
    """Computes for so many seconds of a processor."""
    import time

    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds
'''
TASK = """from grader import same, task

work = task("work", wall=1.5)
work.case("long", public=True, seconds=0.6)
work.check("it is done", same(), points=10, hint="Work.")
work.mistake("You return nothing.", "return seconds", "return None")
"""
ENDLESS = SOLUTION.replace("time.process_time() < end", "True")


@pytest.fixture
def folder(tmp_path: Path, grader_data: Path) -> Path:
    write(tmp_path, SOLUTION, "reference/toil/solution.py")
    write(tmp_path, TASK, "reference/toil/task.py")
    for number in range(STUDENTS):
        text = ENDLESS if number == 0 else SOLUTION
        write(tmp_path, f"{text}# {number}\n", f"class/s{number:02}/toil.py")
    return tmp_path


def test_who_was_kept_waiting_gets_the_time(folder: Path):
    asked = ("grade", "class", "--out", "out", "--reference", "reference", "--json")
    run = grader(folder, *asked, "--jobs", str(STUDENTS))
    assert run.returncode == 0, run.stderr
    scores = {row["submission"]: row["score"] for row in json.loads(run.stdout)}
    assert scores.pop("s00") == 0.0
    assert set(scores.values()) == {10.0}
    result = json.loads((folder / "out" / "s00" / "result.json").read_text())
    told = result["topics"][0]["functions"][0]["checks"][0]["message"]
    assert "1.5" in told
