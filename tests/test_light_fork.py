"""A fork without the hooks of Python and the libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")

HOOKED = """
import os, sys, threading
if sys.argv[1] == "threads":
    threading.Thread(target=threading.Event().wait, daemon=True).start()
pid = light_fork()
if not pid:
    print("child", threading.active_count(), flush=True)
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def _said(what: str) -> list[str]:
    command = [sys.executable, "-c", HOOKED, what]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def test_where_there_is_one_thread_no_hook_runs():
    assert _said("alone") == ["child 1", "7"]


def test_with_other_threads_it_is_pythons_own_fork():
    assert _said("threads") == ["hook", "child 1", "7"]


def test_a_fork_that_the_system_refuses_says_so():
    code = """
import os, resource
    os.setuid(65_432)
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
try:
    light_fork()
except BlockingIOError as error:
    print(error)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "Resource temporarily unavailable" in done.stdout


def test_the_child_can_use_threads_and_locks_and_fork_again():
    """As a student's code may."""
    code = """
import concurrent.futures, logging, os, threading
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        print(sum(pool.map(abs, range(-9, 0))), threading.current_thread().name, flush=True)
    logging.getLogger("any").warning("told")
    pid = os.fork()
    if not pid:
        print("grandchild", flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
    os._exit(0)
print(os.wait()[1])
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["45 MainThread", "grandchild", "0"]
    assert done.stderr == "told\n"
