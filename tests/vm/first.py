"""Process 1 of a machine: makes it a Debian-like one, plays the scenarios, says what came.

In: the archive that the machine booted from. Out: messages on the console. All of it happens in a
virtual machine: this file mounts, makes groups and changes users, and refuses to run elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path("/grader/tests/vm")
sys.path[:0] = [str(HERE), "/grader"]

from scenarios import BY_NAME, SCENARIOS, TESTS, Scenario  # noqa: E402

from grader.worker.containment import landlock, syscalls  # noqa: E402
from grader.worker.containment.kinship import parent_of  # noqa: E402

GROUPS = Path("/sys/fs/cgroup")
LIMIT = Path("/proc/sys/user/max_user_namespaces")
STAFF = 1000
_MOVE, _UP = 0x2000, 0x1
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}


def main() -> None:
    if os.getpid() != 1 or not Path("/init").exists():
        raise SystemExit("this is process 1 of a virtual machine: run tests/vm/run.py instead")
    _make_root()
    if os.fork() == 0:
        try:
            _play([name for name in os.environ.get("PLAY", "").split(",") if name])
        except BaseException as error:
            say(fault=f"{type(error).__name__}: {error}")
        finally:
            say(end=True)
            os._exit(0)
    while True:  # whatever loses its parent comes here; the runner ends the machine
        os.wait()


def say(**message: Any) -> None:
    print(f"@@{json.dumps(message)}", flush=True)


# ---- the machine


def _make_root() -> None:
    """A file system in memory that, unlike the one that the kernel unpacks, can be left."""
    new = Path("/new")
    new.mkdir()
    syscalls.mount("root", "/new", "tmpfs", data="mode=755")
    for path in Path("/").iterdir():
        if path.is_symlink() or path.is_file():
            shutil.copy2(path, new / path.name, follow_symlinks=False)
        elif path.name not in ("new", "proc", "sys", "dev"):
            shutil.copytree(path, new / path.name, symlinks=True)
    for name in ("proc", "sys", "dev", "tmp", "root"):
        (new / name).mkdir(exist_ok=True)
    (new / "tmp").chmod(0o1777)
    syscalls.mount("proc", "/new/proc", "proc")
    syscalls.mount("sys", "/new/sys", "sysfs")
    syscalls.mount("dev", "/new/dev", "devtmpfs")
    (new / "dev/shm").mkdir(exist_ok=True)
    syscalls.mount("shm", "/new/dev/shm", "tmpfs", data="mode=1777")
    options = "nsdelegate,memory_recursiveprot"  # as systemd mounts it
    syscalls.mount("cgroup2", "/new/sys/fs/cgroup", "cgroup2", data=options)
    os.chdir("/new")
    syscalls.mount(".", "/", flags=_MOVE)
    os.chroot(".")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", _UP))


def _play(names: list[str]) -> None:
    tests = [name for name in names if name.startswith("tests")]
    say(kernel=os.uname().release, machine=os.uname().machine, landlock=landlock.detect_abi())
    for scenario in SCENARIOS:
        if scenario.name in names:
            _play_one(scenario)
    for name in tests:
        _run_tests(name)


def _play_one(scenario: Scenario) -> None:
    folder = GROUPS if scenario.group == "root" else _make_group(scenario)
    before, mounts = LIMIT.read_text(), Path("/proc/self/mountinfo").read_text()
    if not scenario.user_namespaces:
        LIMIT.write_text("0")
    try:
        with _company(folder, wanted=scenario.group == "shared"):
            command = [sys.executable, "-I", str(HERE / "examine.py"), scenario.name]
            status = _as_grader(command, scenario, folder)
    finally:
        LIMIT.write_text(before)
    _tell(scenario.name, "it came to its end", status == 0, f"exit code {status}")
    left = Path("/proc/self/mountinfo").read_text().splitlines()
    _tell(
        scenario.name, "mounts are as they were", left == mounts.splitlines(), f"{len(left)} mounts"
    )
    _tell(scenario.name, "no process is left", not _processes(), str(_processes() or "none"))
    groups = [str(path) for path in GROUPS.rglob("grader-run-*")]
    _tell(scenario.name, "no group of a run is left", not groups, str(groups or "none"))
    removed = folder == GROUPS or _remove(folder)
    _tell(scenario.name, "the group that it was started in is empty", removed, folder.name)


def _tell(scenario: str, check: str, held: bool, seen: str) -> None:
    say(scenario=scenario, check=check, held=held, seen=seen)


def _make_group(scenario: Scenario) -> Path:
    """A group like one of systemd's: the controllers are handed on to it, not by it."""
    (GROUPS / "cgroup.subtree_control").write_text("+memory +pids")
    folder = GROUPS / scenario.name
    folder.mkdir()
    if scenario.group == "delegated":
        files = Path("/sys/kernel/cgroup/delegate").read_text().split()
        for path in (folder, *(folder / name for name in files)):
            if path.exists():  # a file of a controller that is not handed on is not there
                os.chown(path, STAFF, STAFF)
    return folder


@contextmanager
def _company(folder: Path, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    with subprocess.Popen(["sleep", "3600"]) as other:
        (folder / "cgroup.procs").write_text(str(other.pid))
        yield
        other.kill()


def _remove(folder: Path) -> bool:
    """A group goes only when nothing is in it."""
    try:
        for group in (*sorted(folder.iterdir(), reverse=True), folder):
            if group.is_dir():
                group.rmdir()
    except OSError:
        return False
    return True


def _processes() -> list[str]:
    """What runs besides process 1, this one and the kernel's own threads."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in (1, os.getpid()):
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ") if entry.exists() else b""
            found += [f"{entry.name} {words.decode()[:80]}"] if words else []
    return found


# ---- what the grader would be


def _as_grader(command: list[str], who: Scenario, folder: Path) -> int:
    """Starts ``command`` in ``folder``'s group as the scenario's user. What it says goes to the
    console, but for questions, which it is answered."""
    uid, kind = 0 if who.root else STAFF, "private" if who.group == "container" else "shared"
    enter = [sys.executable, "-I", str(HERE / "enter.py"), str(folder), str(uid), kind]
    with subprocess.Popen(
        [*enter, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=_ENVIRONMENT,
        cwd="/tmp",
    ) as process:
        for line in process.stdout:
            message = json.loads(line)
            if "look" not in message:
                say(**message)
                continue
            process.stdin.write(json.dumps(_answer(message["look"])) + "\n")
            process.stdin.flush()
    return process.returncode


def _answer(pid: int) -> dict[str, Any]:
    """What only root can see of a run below ``pid``: its contained child, once there is one."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        below = _below(pid)
        for child in below:
            if _status(child).get("Seccomp") == "2":
                return {"below": below, **_facts(child)}
        time.sleep(0.1)
    return {"below": _below(pid)}


def _facts(pid: int) -> dict[str, Any]:
    status = _status(pid)
    kinds = ("user", "mnt", "pid", "net", "ipc", "uts")
    return {
        "namespaces": [kind for kind in kinds if _namespace(pid, kind) != _namespace("self", kind)],
        "group": Path(f"/proc/{pid}/cgroup").read_text().strip().rpartition("/")[2],
        "uid": int(status["Uid"].split()[0]),
        "capabilities": int(status["CapPrm"], 16),
        "no_new_privileges": int(status["NoNewPrivs"]),
    }


def _namespace(pid: int | str, kind: str) -> str:
    return str(Path(f"/proc/{pid}/ns/{kind}").readlink())


def _status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: text.strip() for name, _, text in (line.partition(":") for line in lines)}


def _below(pid: int) -> list[int]:
    """The children of a process, theirs, and so on."""
    alive = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    found = [pid]
    for parent in found:
        found += [child for child in alive if parent_of(f"/proc/{child}") == parent]
    return found[1:]


# ---- the tests of containment as they are


def _run_tests(name: str) -> None:
    who = BY_NAME["root" if name == "tests-root" else "user"]
    command = [sys.executable, "-I", str(HERE / "suite.py"), name, *TESTS]
    status = _as_grader(command, who, GROUPS)
    _tell(name, "it came to its end", status in (0, 1), f"exit code {status}")


if __name__ == "__main__":
    main()
