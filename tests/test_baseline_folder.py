"""What the reference did is remembered as long as somebody asks for it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from run_samples import TOPIC, Pretended

from grader.baseline import Remembering, forget_old
from grader.plan import plan

MONTH = 31 * 86_400


def test_what_nobody_asks_for_is_forgotten(tmp_path: Path):
    pretended = Pretended()
    remembering = Remembering(pretended, tmp_path, "1")
    used, old = plan(TOPIC, "used"), plan(TOPIC, "old")
    for job in (used, old):
        remembering.run(job)
    for file in tmp_path.iterdir():
        os.utime(file, (time.time() - MONTH, time.time() - MONTH))
    remembering.run(used)
    assert forget_old(tmp_path) == 1
    assert len(pretended.asked) == 2
    remembering.run(used)
    remembering.run(old)
    assert [job.source for job in pretended.asked] == ["used", "old", "old"]
    assert forget_old(tmp_path) == 0
