"""Runs Python with the course cache as the warm process does: in a clean environment, and, where a
test is about it, able to write to one folder only (Landlock, as in a student's process)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.course.location import ensure_built, environment

# Refuses every write, creation and removal outside SCRATCH and /dev, for this process and its
# children; reading stays free. The three calls have the same numbers on every architecture.
_LOCK = """
import ctypes, os
_libc = ctypes.CDLL(None, use_errno=True)
_WRITES = sum(1 << bit for bit in (1, *range(4, 13)))

def _call(number, *arguments):
    if (result := _libc.syscall(number, *arguments)) < 0:
        raise SystemExit(77)
    return result

class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]

_ruleset = _call(444, ctypes.byref(ctypes.c_uint64(_WRITES)), ctypes.c_size_t(8), 0)
for _folder, _rights in ((os.environ["SCRATCH"], _WRITES), ("/dev", 1 << 1)):
    _rule = _Beneath(_rights, os.open(_folder, os.O_PATH))
    _call(445, _ruleset, 1, ctypes.byref(_rule), 0)
_libc.prctl(38, 1, 0, 0, 0)
_call(446, _ruleset, 0)
"""
_NO_LANDLOCK = 77


@cache
def course_home() -> Path:
    """The course cache, built if it is missing."""
    return ensure_built(print)


def run_python(script: str) -> Any:
    """What ``script`` prints as JSON on its last line. ``SCRATCH`` is a folder it may write to."""
    with tempfile.TemporaryDirectory() as scratch:
        own = dict.fromkeys(("SCRATCH", "TMPDIR", "HOME"), scratch)
        settings = environment(course_home()) | own
        settings |= {"OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin", "MPLBACKEND": "Agg"}
        command = [sys.executable, "-P", "-c", script]
        done = subprocess.run(
            command, env=settings, cwd=scratch, capture_output=True, text=True, check=False
        )
    if done.returncode == _NO_LANDLOCK:
        pytest.skip("this kernel has no Landlock")
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def run_read_only(script: str) -> Any:
    """``run_python`` in a process that cannot write to the cache, whatever it tries."""
    return run_python(_LOCK + script)
