"""From ``prepare`` to ``sweep``: what goes wrong says so, and nothing outlives its run."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from containment_host import HERE, UID, Host

from grader.worker import containment
from grader.worker.containment import (
    ContainmentError,
    Plan,
    forked,
    landlock,
    leftovers,
    preparing,
    rlimits,
    state,
)
from grader.worker.containment.syscalls import DisturbedError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="contains on Linux only")
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root: another user cannot be had")
HOSTS = [pytest.param(UID, marks=needs_root, id="another user"), pytest.param(None, id="same user")]
PLAN = Plan(
    uid=None,
    read_only=(),
    read_write=(),
    keep_fds=(),
    memory=1 << 30,
    cpu=10,
    file_size=1 << 20,
    processes=10,
    open_files=64,
)


@pytest.fixture(scope="module", params=HOSTS)
def host(request):
    with Host(uid=request.param) as opened:
        yield opened


def processes_of(uid):
    """Pids of all processes that run as ``uid``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "status").read_text()
            except OSError:
                continue
            if f"Uid:\t{uid}\t" in status and "State:\tZ" not in status:
                found.append(int(entry.name))
    return found


def below(pid):
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.split()


# ---- sweep


def test_with_nothing_left_behind_nothing_is_ended(host):
    assert host.attempt("echo", 1).swept == 0


def test_daemons_are_ended_to_the_last(host):
    outcome = host.attempt("leave_daemons", 5)
    assert (outcome.value, outcome.swept) == (5, 5)
    assert sweep_again(host) == 0


def sweep_again(host):
    return host.attempt("echo", 1).swept


def test_what_an_open_child_leaves_is_found_too(host):
    """Root's own orphans: the stroke at the other user must not be what finds them."""
    assert host.attempt("leave_daemons", 2, closed=False).swept == 2


@pytest.mark.parametrize("attack", ["leave_fork_bomb", "leave_runners"])
def test_a_fork_bomb_is_ended(attack):
    """As root: to the last process of the other user. As an ordinary user: below the host."""
    with Host(uid=UID if IS_ROOT else None) as opened:
        arguments = (5,) if attack == "leave_runners" else ()
        outcome = opened.attempt(attack, *arguments, processes=30)
        assert outcome.swept > 0
        assert below(opened.process.pid) == []
        assert not IS_ROOT or processes_of(UID) == []
        assert opened.attempt("echo", 2).value == 2  # the next run has its processes again


def test_inside_the_sandbox_one_functions_leavings_are_ended_before_the_next(host):
    if landlock.detect_abi() < 6 and host.uid is None:
        pytest.skip("needs Landlock ABI 6 or another user")
    outcome = host.attempt("sweep_inside", 4)
    assert outcome.value == [4, 0]
    assert outcome.swept == 0


def test_where_the_stroke_would_reach_too_far_the_warm_process_sweeps():
    with Host(abi=5) as older:
        outcome = older.attempt("sweep_inside", 3)
        assert outcome.value == [0, 0]
        assert outcome.swept == 3


def test_sweep_gives_up_in_time_and_says_so(monkeypatch):
    """A process that cannot be killed (here: that nobody kills) is reported, not waited for."""
    monkeypatch.setattr(leftovers, "_kill", lambda uid, spared: True)

    def question():
        pid = os.fork()
        if pid == 0:
            time.sleep(30)
            os._exit(0)
        try:
            containment.sweep(timeout=0.05)
        finally:
            os.kill(pid, signal.SIGKILL)
        return "swept"

    with pytest.raises(ContainmentError, match=r"could not be ended within 0\.05 s"):
        forked.ask(question)


@needs_root
def test_a_fork_bomb_is_stopped_before_it_is_killed():
    """Of a user who has 20 places: killed one by one, it grows as fast as it is killed."""

    def bomb():
        resource.setrlimit(resource.RLIMIT_NPROC, (20, 20))
        os.setresuid(UID, UID, UID)
        while True:
            with contextlib.suppress(OSError):
                if os.fork() == 0:
                    os.setsid()

    def question():
        containment.become_subreaper()
        if os.fork() == 0:
            bomb()
        wait_for(lambda: [len(leftovers.descendants()) == 20])
        leftovers._stop_all(0)
        wait_for(lambda: [all(state_of(pid) == "T" for pid in leftovers.descendants())])
        return f"{containment.sweep()} {len(processes_of(UID))}"

    assert forked.ask(question) == "20 0"


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_descendants_are_found_at_every_depth():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', "
    code += "'print(1, flush=True); import time; time.sleep(60)'])"
    command = [sys.executable, "-S", "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout.readline() == b"1\n"
        found = leftovers.descendants()
        assert process.pid in found
        assert set(map(int, below(process.pid))) < set(found)
        os.killpg(process.pid, signal.SIGKILL)


# ---- the parent's end


@pytest.mark.parametrize("uid", HOSTS)
def test_the_child_ends_with_the_warm_process(uid):
    """Started, then its parent is killed: the kernel kills the child."""
    request = {"name": "spin", "arguments": [60.0], "closed": True, "plan": {}}
    with Host(uid=uid) as host:
        host.process.stdin.write(json.dumps(request) + "\n")
        host.process.stdin.flush()
        child = wait_for(lambda: [pid for pid in below(host.process.pid) if is_filtered(pid)])[0]
        host.process.kill()
    assert wait_for(lambda: [not Path(f"/proc/{child}").exists() or is_zombie(child)])[0]


def wait_for(question, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer and answer[0]:
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not come")


def is_filtered(pid):
    try:
        return "Seccomp:\t2" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def is_zombie(pid):
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


# ---- what goes wrong says so


def in_child(attempt):
    """What ``attempt`` raised, in a fork: it may change the process."""
    with pytest.raises(ContainmentError) as caught:
        forked.ask(lambda: str(attempt()))
    return str(caught.value)


def test_closing_without_preparing():
    assert "call prepare()" in in_child(lambda: containment.close_sandbox(PLAN))


def test_a_plan_that_was_not_prepared():
    def attempt():
        containment.prepare(PLAN)
        return containment.close_sandbox(replace(PLAN, read_only=("/etc",)))

    assert "not those that were prepared" in in_child(attempt)


@pytest.mark.parametrize("name", ["root", "nobody"])
def test_a_uid_that_is_somebodys(name):
    uid = pwd.getpwnam(name).pw_uid
    said = in_child(lambda: containment.prepare(replace(PLAN, uid=uid)))
    assert f"uid {uid} is the account {name}" in said


@needs_root
def test_what_a_dead_warm_process_left_is_ended_before_the_next_run():
    with subprocess.Popen(["sleep", "60"], user=UID, group=UID) as left:
        assert processes_of(UID) == [left.pid]
        with Host(uid=UID):
            assert left.wait(timeout=10) == -signal.SIGKILL


@pytest.mark.skipif(not landlock.detect_abi(), reason="Landlock is what misses it")
def test_a_scratch_folder_that_is_not_there(host, tmp_path):
    with pytest.raises(AssertionError, match="there is no such scratch folder; make it first"):
        host.attempt("echo", 1, read_write=[str(tmp_path / "missing")])


@pytest.mark.skipif(not landlock.detect_abi(), reason="Landlock is what bounds it")
def test_a_scratch_folder_that_is_a_link(host, tmp_path):
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(AssertionError, match="a symbolic link cannot be a scratch folder"):
        host.attempt("echo", 1, read_write=[str(tmp_path / "link")])


@needs_root
def test_a_scratch_folder_that_the_user_cannot_use(tmp_path):
    with Host(uid=UID) as opened, pytest.raises(AssertionError, match="cannot use this scratch"):
        opened.attempt("echo", 1, read_write=[str(tmp_path)])


@needs_root
def test_libraries_that_only_root_reads_need_landlock(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    monkeypatch.setattr(landlock, "detect_abi", lambda: 0)
    said = in_child(lambda: containment.prepare(replace(PLAN, uid=UID, read_only=(str(tmp_path),))))
    assert str(tmp_path) in said
    assert "Install Python, the libraries and the course cache where every user can read" in said


def test_more_than_one_thread_is_refused():
    code = f"""
import sys, threading
sys.path.insert(0, {str(HERE.parent)!r})
from grader.worker.containment import ContainmentError, Plan, close_sandbox, prepare
plan = Plan(None, (), (), (), 1 << 30, 10, 1 << 20, 10, 64)
prepare(plan)
threading.Thread(target=threading.Event().wait, daemon=True).start()
try:
    close_sandbox(plan)
except ContainmentError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "the child has 2 threads" in done.stdout


def test_a_probe_that_dies_is_an_error():
    with pytest.raises(ContainmentError, match="wait status 768"):
        forked.ask(lambda: os._exit(3))


def test_a_probe_that_is_killed_is_asked_again(tmp_path):
    """A machine short of memory kills it: that does not say that the machine lacks a layer."""

    def once_killed():
        try:
            (tmp_path / "before").touch(exist_ok=False)
        except FileExistsError:
            return "asked again"
        return str(os.kill(os.getpid(), signal.SIGKILL))

    assert forked.ask(once_killed) == "asked again"
    with pytest.raises(DisturbedError, match="killed"):
        forked.ask(lambda: str(os.kill(os.getpid(), signal.SIGKILL)))


def test_tasks_of_counts_threads_and_hidden_processes():
    code = """
import ctypes, sys, threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
print(1, flush=True)
time.sleep(60)
"""
    before = rlimits.tasks_of(os.getuid())
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        threads = rlimits._threads(f"/proc/{process.pid}", os.getuid())
        process.kill()
    assert before >= 1
    assert threads == 2
    assert rlimits._threads(f"/proc/{os.getpid()}", os.getuid() + 1) == 0


# ---- the doctor


def test_every_layer_of_the_table_is_reported():
    before = state.prepared()
    layers = containment.capabilities()
    names = [layer.name.split(":")[0] for layer in layers]
    assert names == [
        "rlimits",
        "subreaper sweep",
        "distinct user",
        "no new privileges",
        "landlock",
        "seccomp",
        "namespaces",
        "cgroup memory",
        "cgroup pids",
        "refusals are told",
    ]
    for layer in layers:
        assert layer.detail, layer
        assert layer.consequence_if_missing
        assert layer.how_to_get_it
    assert state.prepared() is before


def test_a_probe_that_asks_another_tells_the_reason_alone(monkeypatch):
    def no_namespaces():
        raise OSError(28, "unshare: No space left on device")

    monkeypatch.setattr(preparing, "_try_own_namespaces", no_namespaces)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    said = {layer.name: layer for layer in containment.capabilities()}["namespaces"]
    assert said.detail == "[Errno 28] unshare: No space left on device"


def test_probes_agree_with_what_holds(host):
    found = {layer.name.split(":")[0]: layer.available for layer in containment.capabilities()}
    held = host.attempt("echo", 1).layers
    for name in ("rlimits", "no new privileges", "landlock", "seccomp"):
        assert found[name] == any(layer.startswith(name) for layer in held), name
    assert found["distinct user"] == IS_ROOT


def test_probes_leave_nothing_on_this_process():
    status = Path("/proc/self/status").read_text()
    containment.capabilities()
    after = Path("/proc/self/status").read_text()
    for field in ("Uid", "CapEff", "NoNewPrivs", "Seccomp"):
        assert line_of(after, field) == line_of(status, field)
    assert not [p for p in Path("/sys/fs/cgroup").rglob("grader-probe-*") if p.is_dir()]


def line_of(status, field):
    return next(line for line in status.splitlines() if line.startswith(f"{field}:"))
