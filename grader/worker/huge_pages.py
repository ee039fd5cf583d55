"""Puts the memory of this process into huge pages, so that its forks are cheap.

In: nothing. Out: the same memory, in pages of (mostly) two megabytes. A fork copies page tables,
and its end takes them down again: one entry for a huge page, 512 for small ones. What a fork then
writes to, it copies in small pages, as before. The C library asks for huge pages by itself
(``GLIBC_TUNABLES``); Python's own allocator, which holds all small objects, does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.worker.containment import syscalls

_SIZE = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")


def gather() -> None:
    """To be called when all is loaded. Does nothing where the kernel has no such thing."""
    try:
        size = int(_SIZE.read_text())
    except (OSError, ValueError):
        return
    for start, end in list(own_memory()):
        first, last = -(-start // size) * size, end // size * size
        if first < last:
            with suppress(OSError):  # an older kernel, or no free page of that size
                syscalls.collapse(first, last - first)


def own_memory() -> Iterator[tuple[int, int]]:
    """Where this process's own private memory begins and ends: no file's, and no stack's."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, rights, _, _, inode, *name = line.split(maxsplit=5)
        if rights == "rw-p" and inode == "0" and (not name or name == ["[heap]"]):
            start, end = addresses.split("-")
            yield int(start, 16), int(end, 16)
