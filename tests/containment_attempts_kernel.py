"""What hostile code attempts with other processes, privileges and rare system calls, for the
tests of containment. See ``containment_attempts``."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import resource
import signal
import subprocess
from pathlib import Path
from typing import Any

from containment_attempts import address, call, read

from grader.worker.containment import landlock, policy, privileges, seccomp, syscalls
from grader.worker.containment.numbers import NUMBERS

# ---- other processes


def signal_parent() -> bool:
    os.kill(os.getppid(), 0)
    return True


def kill(pid: int) -> bool:
    os.kill(pid, signal.SIGKILL)
    return True


def kill_all(number: int) -> bool:
    os.kill(-1, number)
    return True


def limit_parent() -> bool:
    resource.prlimit(os.getppid(), resource.RLIMIT_CORE)
    return True


def trace(pid: int) -> bool:
    call("ptrace", 16, pid, 0, 0)  # PTRACE_ATTACH
    os.waitpid(pid, 0x40000000)
    call("ptrace", 17, pid, 0, 0)  # and DETACH
    return True


def read_memory(pid: int) -> bool:
    with open(f"/proc/{pid}/mem", "rb"):
        return True


def vm_read(pid: int) -> int:
    """One byte of another process, of the same image, at an address that both have."""
    mine = ctypes.create_string_buffer(1)
    local = (ctypes.c_uint64 * 2)(ctypes.addressof(mine), 1)
    far = (ctypes.c_uint64 * 2)(id(None), 1)
    return call("process_vm_readv", pid, ctypes.addressof(local), 1, ctypes.addressof(far), 1, 0)


def steal_descriptor(pid: int) -> bool:
    os.close(call("pidfd_getfd", os.pidfd_open(pid), 0, 0))
    return True


def environ_of_parent() -> bool:
    return bool(Path(f"/proc/{os.getppid()}/environ").read_bytes())


def is_readable_by_others() -> bool:
    """Whether another process of the same user can read this one's memory (dumpable)."""
    return syscalls.prctl(syscalls.PR_GET_DUMPABLE) == 1


def open_descriptors() -> list[int]:
    found = []
    for number in range(128):
        with contextlib.suppress(OSError):
            os.fstat(number)
            found.append(number)
    return found


def session() -> list[int]:
    return [os.getsid(0), os.getpid()]


# ---- privileges


def identity() -> dict[str, Any]:
    return {
        "uids": os.getresuid(),
        "gids": os.getresgid(),
        "groups": os.getgroups(),
        "capabilities": syscalls.get_capabilities(),
        "bounding": [n for n in range(40) if syscalls.prctl(syscalls.PR_CAPBSET_READ, n)],
        "no_new_privileges": syscalls.prctl(syscalls.PR_GET_NO_NEW_PRIVS),
    }


def become_root() -> int:
    os.setuid(0)
    return os.getuid()


def effective_user_of(program: str) -> int:
    """Starts a set-user-ID copy of Python: as whom does it run?"""
    done = subprocess.run(
        [program, "-I", "-S", "-c", "import os; print(os.geteuid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def new_user_namespace(how: str) -> bool:
    flag = 0x10000000
    if how == "unshare":
        call("unshare", flag)
    elif how == "clone":
        _reap(call("clone", flag | signal.SIGCHLD, 0, 0, 0, 0))
    else:
        arguments = (ctypes.c_uint64 * 8)(flag, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
        _reap(call("clone3", ctypes.addressof(arguments), 64))
    return True


def _reap(pid: int) -> None:
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def mount() -> bool:
    """In a namespace of its own where it may have one, so that the machine keeps its mounts."""
    with contextlib.suppress(OSError):
        call("unshare", 0x20000 if os.getuid() == 0 else 0x10020000)
        private = 0x44000  # MS_REC | MS_PRIVATE
        call("mount", address(b"none"), address(b"/"), 0, private, 0)
    target = os.fsencode(Path.cwd())
    call("mount", address(b"none"), address(target), address(b"tmpfs"), 0, 0)
    return True


def control_nothing(command: int) -> bool:
    """An ioctl on no file. That it says EBADF shows that it came through to the kernel."""
    call("ioctl", -1, command, 0)
    return True


def set_personality(value: int) -> int:
    return call("personality", value)


def invalid_calls() -> dict[str, int]:
    """Every refused call with arguments that can do nothing: its errno. Without the filter that
    is not EPERM where the user may make the call at all."""
    found = {}
    for name in policy.REFUSED:
        if name != "vhangup" and NUMBERS[name][0 if syscalls.machine() == "x86_64" else 1]:
            found[name] = _errno_of(name)
    return found


def invalid_calls_filtered(distinct_user: bool) -> dict[str, int]:
    """The same behind the filter alone: no other layer can be what refused."""
    program = seccomp.assemble(policy.rules(distinct_user, 7), syscalls.machine())
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(program)
    return invalid_calls()


def _errno_of(name: str) -> int:
    try:
        call(name, *[-1] * 6)
    except OSError as error:
        return error.errno or 0
    return 0


def x32_call() -> int:
    return call(0x40000000 + 39)


def call_of_32_bit_machine() -> int:
    """getpid by the numbers of 32-bit x86 (mov eax, 20; int 0x80; ret)."""
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)()) - os.getpid()


def call_of_the_future() -> int:
    try:
        return call(500)
    except OSError as error:
        return error.errno or 0


def read_with_capability_alone(path: str, uid: int) -> str:
    """The kept capability without Landlock: what Landlock then bounds."""
    privileges.drop_to(uid, keep_reading=True)
    return read(path)


def landlock_alone(path: str) -> str:
    """Landlock without any other layer, and with no path allowed but the scratch folder."""
    abi = landlock.detect_abi()
    ruleset = landlock.make_ruleset(abi, (), (str(Path.cwd()),))
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict_self(ruleset, abi)
    return read(path)
