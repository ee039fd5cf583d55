"""Marks and the one assertion that the tests of the closed sandbox share."""

from __future__ import annotations

import errno
import os

import pytest

from grader.worker.containment import landlock, seccomp

SANDBOX = [
    pytest.mark.skipif(not landlock.detect_abi(), reason="this kernel has no Landlock"),
    pytest.mark.skipif(not seccomp.is_available(), reason="this kernel has no seccomp"),
]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root: another user cannot be had")
REFUSED = ("PermissionError", errno.EPERM)
NO_ACCESS = ("PermissionError", errno.EACCES)


def memory_of(pid, most=64 << 20):
    """The writable private memory of a process, of each piece ``most`` bytes. Raises ``OSError``
    where we may not look."""
    parts = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            if rights.startswith("rw"):
                start, end = (int(part, 16) for part in span.split("-"))
                memory.seek(start)
                parts.append(memory.read(min(end - start, most)))
    return b"".join(parts)


def refused(host, name, *arguments, how=REFUSED):
    """The attempt succeeds without the sandbox, and not with it."""
    control = host.attempt(name, *arguments, closed=False)
    assert not control.error, f"the control failed: {control.text}"
    outcome = host.attempt(name, *arguments)
    assert (outcome.error, outcome.errno) == how, outcome
    return control
