"""Memory in huge pages: fewer entries of page tables, and not a byte of it different."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest

from grader.worker import huge_pages

SIZE = 16 << 20


def _in_huge_pages() -> int:
    """Kilobytes of this process."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:"))


@pytest.fixture
def memory():
    """Memory in small pages, written to."""
    made = mmap.mmap(-1, SIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        made.madvise(mmap.MADV_NOHUGEPAGE)
    except OSError:
        pytest.skip("this kernel has no huge pages")
    for start in range(0, SIZE, 4096):
        made[start : start + 8] = start.to_bytes(8, "little")
    made.madvise(mmap.MADV_HUGEPAGE)
    yield made
    made.close()


def test_memory_is_gathered_and_stays_the_same(memory: mmap.mmap):
    before = _in_huge_pages()
    huge_pages.gather()
    if _in_huge_pages() == before:
        pytest.skip("this kernel does not gather memory (Linux 6.1 does), or has none free")
    assert _in_huge_pages() - before >= (SIZE - (4 << 20)) >> 10
    assert all(
        memory[start : start + 8] == start.to_bytes(8, "little") for start in range(0, SIZE, 4096)
    )


def test_nothing_happens_where_there_are_no_huge_pages(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(huge_pages, "_SIZE", tmp_path / "absent")
    monkeypatch.setattr(huge_pages.syscalls, "collapse", lambda *_: pytest.fail("asked"))
    huge_pages.gather()
