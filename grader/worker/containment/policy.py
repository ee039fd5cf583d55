"""Which system calls a student's process may not make, and why.

In: what else holds it. Out: rules for ``seccomp``.

A list of what is refused, not of what is allowed: Python, torch and the libraries below them make
some 150 different calls, others on each version and machine, and a forgotten one would take points
from honest code. Refusals are an errno, so that a library that only tries (for a socket, for
``perf``) goes on without; only calls of a foreign architecture kill.
"""

from __future__ import annotations

import errno
from functools import cache

from grader.worker.containment.numbers import NUMBERS
from grader.worker.containment.seccomp import Check, Rule

_NO = errno.EPERM
_EVERYWHERE = 0xFFFFFFFF  # -1, and "only asks" for personality(2)

# No sockets but local pairs. A socket of any other kind reaches out: also AF_UNIX, whose path
# names (a container engine's, the session bus, a resolver that speaks DNS for us) Landlock bounds
# from ABI 9 only. What honest code does with path sockets `sharing` does another way.
_SOCKETS = ("socket", "connect", "bind", "listen", "accept", "accept4")

_OTHER_PROCESSES = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd"),
    *("kcmp", "perf_event_open", "move_pages", "migrate_pages", "lsm_set_self_attr"),
    *("sched_setscheduler", "sched_setparam", "sched_setattr", "ioprio_set"),
)

_NAMESPACES_AND_MOUNTS = (
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "statmount", "listmount"),
)

# Large parts of the kernel that honest code here has no use for, and that keep having holes.
_KERNEL_SURFACE = (
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "userfaultfd"),
    *("add_key", "request_key", "keyctl", "memfd_secret", "vmsplice", "modify_ldt"),
    *("fanotify_init", "fanotify_mark", "lookup_dcookie", "uselib", "_sysctl", "sysfs", "ustat"),
)

# By handle, or by watch: around the path, and so around Landlock.
_AROUND_PATHS = (
    *("name_to_handle_at", "open_by_handle_at"),
    *("inotify_init", "inotify_init1", "inotify_add_watch"),
)

_MACHINE = (
    *("reboot", "kexec_load", "kexec_file_load", "create_module", "init_module", "finit_module"),
    *("delete_module", "swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "nfsservctl"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname"),
    *("setdomainname", "syslog", "vhangup", "iopl", "ioperm"),
)

# What outlives its process, for the next student to find; and bytes that no size count sees.
_LEFT_BEHIND = (
    *("shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semtimedop", "semctl"),
    *("msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend"),
    *("mq_timedreceive", "mq_notify", "mq_getsetattr"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
)

# What a listener is told was tried.
NETWORK, LOCAL_SOCKET, PROCESSES, NAMESPACES = "network", "local socket", "processes", "namespaces"
KERNEL, PATHS, MACHINE, LEFT_BEHIND = "kernel", "paths", "machine", "left behind"
OTHER_USER, SIGNALS = "other user", "signals"
KINDS = (
    *(NETWORK, LOCAL_SOCKET, PROCESSES, NAMESPACES, KERNEL, PATHS, MACHINE, LEFT_BEHIND),
    *(OTHER_USER, SIGNALS),
)

_REFUSED = {
    NETWORK: _SOCKETS,
    PROCESSES: _OTHER_PROCESSES,
    NAMESPACES: _NAMESPACES_AND_MOUNTS,
    KERNEL: _KERNEL_SURFACE,
    PATHS: _AROUND_PATHS,
    MACHINE: _MACHINE,
    LEFT_BEHIND: _LEFT_BEHIND,
}
REFUSED = tuple(call for calls in _REFUSED.values() for call in calls)

# The arguments of clone3 and openat2 lie in memory, where a filter cannot look. The C library
# takes ENOSYS for an older kernel and uses clone and openat.
_UNSEEN = ("clone3", "openat2")

_AF_UNIX, _STREAM, _SEQPACKET, _TYPE_MASK, _NONBLOCK = 1, 1, 5, 0xF, 0x800
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
_CLONE_PARENT = 0x8000  # a sibling, which the sweep of its maker would not see
_TIOCSTI, _TIOCLINUX, _TIOCSETD = 0x5412, 0x541C, 0x5423
_SO_ATTACH = (26, 50, 51, 52)  # a program in the kernel: cBPF, eBPF, and both for reuseport
_SET_ID_BITS, _FILE_TYPE, _CHARACTER, _BLOCK = 0o6000, 0o170000, 0o020000, 0o060000

_CHECKED = (
    # A datagram pair could still send to any path; a connected stream or packet pair cannot.
    Rule(
        "socketpair",
        _NO,
        (Check(0, (_AF_UNIX,)), Check(1, (_STREAM, _SEQPACKET), mask=_TYPE_MASK)),
        LOCAL_SOCKET,
    ),
    Rule("setsockopt", _NO, (Check(2, _SO_ATTACH, among=False),), KERNEL),
    Rule("clone", _NO, (Check(0, (0,), mask=_NEW_NAMESPACES | _CLONE_PARENT),), NAMESPACES),
    Rule("ioctl", _NO, (Check(1, (_TIOCSTI, _TIOCLINUX, _TIOCSETD), among=False),), KERNEL),
    Rule("personality", _NO, (Check(0, (0, _EVERYWHERE)),), KERNEL),
    # On itself only: pid 0, and for setpriority also which = PRIO_PROCESS.
    Rule("prlimit64", _NO, (Check(0, (0,)),), PROCESSES),
    Rule("setpriority", _NO, (Check(0, (0,)), Check(1, (0,))), PROCESSES),
    Rule("mknod", _NO, (Check(1, (_CHARACTER, _BLOCK), mask=_FILE_TYPE, among=False),), MACHINE),
    Rule("mknodat", _NO, (Check(2, (_CHARACTER, _BLOCK), mask=_FILE_TYPE, among=False),), MACHINE),
)

_MODE_AT = {"open": 2, "openat": 3, "creat": 1, "chmod": 1, "fchmod": 1, "fchmodat": 2}
_OWNERS_AND_MODES = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
)


def rules(distinct_user: bool, landlock_abi: int, in_room: bool = False) -> tuple[Rule, ...]:
    """The rules for a process that is (or is not) a user of its own, under this Landlock; and in
    namespaces of its own (``in_room``), where it meets no other process and no file to change."""
    found = [Rule(call, _NO, (), kind) for kind, calls in _REFUSED.items() for call in calls]
    found += [Rule(call, errno.ENOSYS) for call in _UNSEEN]
    found += _CHECKED
    found += _mode_rules() if distinct_user or in_room else _same_user_modes()
    if not in_room and not signals_are_bounded(distinct_user, landlock_abi):
        found.append(Rule("kill", _NO, (Check(0, (_EVERYWHERE,), among=False),), SIGNALS))
    if not in_room and landlock_abi in (1, 2):
        # They bound writing to a file, but not making it empty.
        found.append(Rule("truncate", _NO))
    return tuple(found)


def signals_are_bounded(distinct_user: bool, landlock_abi: int) -> bool:
    """Whether ``kill(-1)`` ends no process but the sandbox's own."""
    return distinct_user or landlock_abi >= 6


def judge(number: int, arguments: tuple[int, ...], machine: str) -> tuple[int, str]:
    """What a listener answers to a call that a filter left to it: its errno, and what was tried.

    What honest libraries do by themselves has no kind. ``number`` is the call's on ``machine``,
    ``arguments`` its six words.
    """
    call = _names(machine).get(number, "")
    if call == "socket" and arguments[0] == _AF_UNIX and arguments[1] & _NONBLOCK:
        return _NO, ""  # the C library, which asks a cache for the name of a user
    if call in _SOCKETS and (call != "socket" or arguments[0] == _AF_UNIX):
        return _NO, LOCAL_SOCKET
    return _NO, _KIND_OF.get(call, KERNEL)


@cache
def _names(machine: str) -> dict[int, str]:
    column = 0 if machine == "x86_64" else 1
    found = {}
    for name, numbers in NUMBERS.items():
        number = numbers[column]
        if number is not None:
            found[number] = name
    return found


def _mode_rules() -> list[Rule]:
    """No file of this user's that would make whoever starts it this user."""
    checked = {**_MODE_AT, "fchmodat2": 2}
    return [
        Rule(call, _NO, (Check(at, (0,), mask=_SET_ID_BITS),), OTHER_USER)
        for call, at in checked.items()
    ]


def _same_user_modes() -> list[Rule]:
    """As the grader's own user, every file of theirs could get another mode: Landlock does not
    bound that. These calls do nothing, and say success: honest code (a copy, a cache that sets its
    files' modes) hangs on no effect of theirs. Times can be changed: with success and no effect
    ``Path.touch`` would make no file, and without success ``shutil.copy2`` would fail."""
    return [Rule(call, 0) for call in _OWNERS_AND_MODES] + [
        Rule(call, _NO, (Check(at, (0,), mask=_SET_ID_BITS),), OTHER_USER)
        for call, at in _MODE_AT.items()
        if call not in _OWNERS_AND_MODES
    ]


_KIND_OF = {
    **{rule.call: rule.kind for rule in (*_CHECKED, *_mode_rules())},
    **{call: kind for kind, calls in _REFUSED.items() for call in calls},
    "kill": SIGNALS,
}
