"""A Python that is as poor as on Windows: run as a program, it stands in for the interpreter.

    pretended.py -I -X utf8 -c CODE              what the grader starts a plain process with
    pretended.py -I -X utf8 -m MODULE ...        what it starts its reading process with
    pretended.py grader ARGUMENTS ...            the grader itself; says at the end what it imported
    pretended.py import                          every module that a command begins with

Libraries are imported first, with all that the platform has: only the grader's own code is to do
without.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import warnings
from pathlib import Path

MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "_posixshmem")
NAMES = {
    os: (
        *(
            "fork",
            "forkpty",
            "memfd_create",
            "pidfd_open",
            "eventfd",
            "geteuid",
            "getuid",
            "getegid",
        ),
        *(
            "getgid",
            "setuid",
            "setgid",
            "setgroups",
            "setsid",
            "killpg",
            "getpgid",
            "wait4",
            "waitid",
        ),
        *("sched_getaffinity", "sched_setaffinity", "pread", "pwrite", "pipe2", "mkfifo", "chown"),
        *("chroot", "uname", "sysconf", "statvfs", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY"),
        *("O_DIRECTORY", "O_CLOEXEC", "O_PATH", "MFD_CLOEXEC", "posix_spawn", "register_at_fork"),
    ),
    socket: ("AF_UNIX", "SOCK_SEQPACKET", "send_fds", "recv_fds", "CMSG_SPACE", "SCM_RIGHTS"),
    signal: ("SIGKILL", "SIGHUP", "SIGCHLD", "SIGALRM", "setitimer", "pidfd_send_signal"),
    select: ("poll", "epoll"),
}
# With the libraries that the grader itself imports; then what those import when they are called.
COMMANDS = (
    *("grader.cli.checking", "grader.cli.examining", "grader.cli.grading", "grader.cli.proving"),
    *("grader.cli.exporting", "grader.cli.releasing", "grader.cli.starting"),
)
LIGHT = (*COMMANDS, "typer.rich_utils", "rich.progress", "rich.traceback", "asyncio", "tempfile")
HEAVY = ("grader.worker.work",)
READING = ("grader.submission.reading",)


def pretend(libraries: tuple[str, ...], platform: str) -> None:
    """Imports the libraries; from here on nothing is there that Windows lacks."""
    for name in libraries:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    for holder, names in NAMES.items():
        for name in names:
            if hasattr(holder, name):
                delattr(holder, name)
    os.supports_dir_fd.clear()
    os.supports_fd.clear()
    shutil._use_fd_functions = False
    # The standard library's own words for an end that has no name any more.
    subprocess.Popen.kill = lambda process: process.send_signal(9)  # type: ignore[method-assign]
    sys.platform = platform
    # Files are read there in an old code page unless somebody says which.
    warnings.filterwarnings("error", category=EncodingWarning, module="grader")


def interpret(arguments: list[str]) -> None:
    while arguments[0] in ("-I", "-X", "utf8"):
        arguments.pop(0)
    kind, what, *rest = arguments
    sys.argv = [kind, *rest]
    if kind == "-m":
        importlib.import_module("grader.submission.reading")._warm_up()
        pretend(READING, "win32")
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    preload = importlib.import_module("grader.worker.preload")
    preload.import_all({preload.CORE, *preload.ALL})
    pretend(HEAVY, sys.platform)  # libraries look at it when they are called, too
    exec(what, {"__name__": "__main__"})


def grade(arguments: list[str]) -> None:
    note = Path(os.environ["PRETENDED_NOTE"])
    sys.executable = __file__
    pretend(LIGHT, "win32")
    from grader.cli.app import main

    sys.argv = ["grader", *arguments]
    try:
        main()
    finally:
        own = sorted(name for name in sys.modules if name.startswith("grader"))
        note.write_text(json.dumps(own), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "grader":
        grade(sys.argv[2:])
    elif sys.argv[1] == "import":
        pretend(LIGHT, "win32")
        for command in COMMANDS:
            importlib.import_module(command)
    else:
        interpret(sys.argv[1:])
