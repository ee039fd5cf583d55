"""Holes in memory are filled: what comes next lies together."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json
from grader.worker import holes
from grader.worker.containment import syscalls

def pages():
    made = [bytes(200) for _ in range(200)]
    return len({id(block) >> 12 for block in made})

# A hole in every fourth place, all over the memory.
kept = [bytes(200) for _ in range(200_000)]
del kept[::4]
scattered = pages()
holes.fill()
filled = len(holes._filled)
together = pages()
print(json.dumps([scattered, together, filled]))
"""
HEAP = """
import json
from grader.worker import holes
from grader.worker.containment import syscalls

addresses = [syscalls.allocate(5000) for _ in range(500)]
import ctypes
libc = ctypes.CDLL(None)
for address in addresses[::2]:
    libc.free(ctypes.c_void_p(address))
first = syscalls.allocate(5000)
try:
    end = syscalls.end_of_heap()
except OSError:
    print("[]")
    raise SystemExit
holes.fill()
print(json.dumps([first in addresses, first < end, syscalls.allocate(5000) >= end]))
"""


def _said(script: str) -> list[int]:
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return list(json.loads(run.stdout))


def test_small_objects_lie_together_afterwards():
    scattered, together, filled = _said(SCRIPT)
    assert filled < 1 << 19
    assert together <= 200 * 256 // 4096 + 4  # sixteen of them on a page, and a pool's beginning
    assert scattered > together


def test_the_heap_goes_on_behind_its_holes():
    said = _said(HEAP)
    if not said:
        pytest.skip("this C library does not tell of its heap (glibc 2.33 does)")
    reused, before, behind = said
    assert reused
    assert before
    assert behind
