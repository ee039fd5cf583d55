"""Forks of the warm process and of its children, without what only renews locks."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")

HOOKED = """
import os, sys
from grader.worker import at_fork

def hook(name):
    def run():
        os.write(1, f"{name} ".encode())  # at once: parent and child write at the same time
    run.__module__ = sys.argv[1]
    return run

at_fork.watch()
os.register_at_fork(before=hook("before"), after_in_child=hook("child"),
                    after_in_parent=hook("parent"))
at_fork.leave()
if sys.argv[2] == "threads":
    import threading
    threading.Thread(target=threading.Event().wait, daemon=True).start()
if sys.argv[2] == "unnamed threads":  # of which `threading` knows nothing
    import _thread, time
    began = _thread.allocate_lock()
    began.acquire()
    _thread.start_new_thread(lambda: (began.release(), time.sleep(60)), ())
    began.acquire()

def fork():
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    os.write(1, b"done\\n")

with at_fork.alone():
    fork()
fork()
"""


def _said(code: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert not done.stderr
    return done.stdout.splitlines()


def _words(code: str, *arguments: str) -> list[list[str]]:
    return [sorted(line.split()) for line in _said(code, *arguments)]


ALL = ["before", "child", "done", "parent"]


@pytest.mark.parametrize("module", ["logging", "filelock._api", "fsspec.spec"])
def test_hooks_that_renew_locks_are_passed_over_alone(module: str):
    assert _words(HOOKED, module, "alone") == [["done"], ALL]


def test_other_hooks_always_run():
    assert _words(HOOKED, "matplotlib.font_manager", "alone") == [ALL, ALL]


@pytest.mark.parametrize("how", ["threads", "unnamed threads"])
def test_with_another_thread_all_hooks_run(how: str):
    assert _words(HOOKED, "logging", how) == [ALL, ALL]


def test_what_is_registered_later_is_left_alone():
    code = HOOKED.replace("at_fork.leave()\n", "").replace(
        "at_fork.watch()\n", "at_fork.watch()\nat_fork.leave()\n"
    )
    assert _words(code, "logging", "alone") == [ALL, ALL]


def test_the_modules_are_the_ones_that_register_today():
    """A library that moves its hook is told here, and no child is slower for it unnoticed."""
    code = """
import os
from grader.worker import at_fork
at_fork.watch()
named = set()
watched = os.register_at_fork
def told(**hooks):
    named.update(hook.__module__ for hook in hooks.values() if hasattr(hook, "__module__"))
    watched(**hooks)
os.register_at_fork = told
import logging, filelock, fsspec
print(*sorted(at_fork._OF_LOCKS & named))
"""
    assert _said(code) == ["filelock._api fsspec.spec logging"]


def test_a_child_can_log_lock_and_fork_again(tmp_path):
    """As a student's code may."""
    code = """
from grader.worker import at_fork
at_fork.watch()
import concurrent.futures, logging, os, sys, threading
import filelock, fsspec
at_fork.leave()
logging.basicConfig(stream=sys.stdout, format="%(message)s")
fsspec.filesystem("file").ls("/")
with filelock.FileLock(sys.argv[1]):
    pass

def use(name):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        total = sum(pool.map(abs, range(-9, 0)))
    with filelock.FileLock(sys.argv[1]), filelock.FileLock(sys.argv[1] + name):
        logging.warning("%s %s %s", name, total, bool(fsspec.filesystem("file").ls("/")))

def ended(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

with at_fork.alone():
    pid = os.fork()
if not pid:
    use("child")
    pid = os.fork()
    if not pid:
        use("grandchild")
        os._exit(0)
    os._exit(ended(pid))
print(ended(pid))
"""
    said = _said(code, str(tmp_path / "lock"))
    assert said == ["child 45 True", "grandchild 45 True", "0"]
