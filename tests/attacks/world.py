"""What an attack could reach if nothing held it: secrets, servers, other processes.

In: a folder. Out: a ``World``: the names that attacks are given, and the harm that was done to it.
Everything is on this machine: servers listen on loopback, the process to kill is one of the
tests'.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.worker.containment import syscalls
from grader.worker.containment.numbers import NUMBERS

# Stands in for the grader: it holds a secret in its environment, in its memory and behind a
# descriptor, and it must be alive and as it was afterwards.
_VICTIM = """
import ctypes, os, sys, time
kept = ctypes.create_string_buffer(os.environ["VICTIM_SECRET"].encode(), 64)
file = os.open(sys.argv[1], os.O_RDONLY)
print(ctypes.addressof(kept), file, flush=True)
time.sleep(3600)
"""
_IPC = {"shm": "shmctl", "msg": "msgctl", "sem": "semctl"}


@dataclass(frozen=True)
class Look:
    """The world at one moment."""

    files: tuple[str, ...]
    hits: int
    victim: tuple[str, ...]
    left: tuple[str, ...]
    mounts: int
    name: str


@dataclass
class World:
    """A context manager. ``names`` are what attacks are given."""

    folder: Path
    secret: str = field(default_factory=lambda: f"SECRET-{secrets.token_hex(6)}")
    # Of this world alone, since others are attacked at the same time.
    mark: str = field(default_factory=lambda: secrets.token_hex(6))
    key: int = field(default_factory=lambda: secrets.randbelow(1 << 30) + 1)
    hits: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    _sockets: list[socket.socket] = field(default_factory=list)
    _victim: subprocess.Popen[str] | None = None

    def __enter__(self) -> World:
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self._write("reference/solution.py", f"# REFERENCE-{self.secret}\n")
        self._write("other/solution.py", f"# OTHER-{self.secret}\n")
        self._write(".git/config", f"[http]\nextraheader = Bearer {self.secret}\n")
        self._write("home/.ssh/id_ed25519", f"PRIVATE KEY {self.secret}\n")
        self._write("mine/solution.py", "def double(x): return x\n")
        (self.folder / "open").mkdir()
        (self.folder / "open").chmod(0o777)
        self._renew()
        self._serve()
        self._start_victim()
        self._name()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            one.close()
        self._end_victim()

    def fill(self, source: str) -> str:
        """A file's text with the names of this world in it."""
        column = 0 if syscalls.machine() == "x86_64" else 1
        for call, numbers in NUMBERS.items():
            source = source.replace(f"@NR_{call}@", str(numbers[column]))
        for name, value in self.names.items():
            source = source.replace(f"@{name}@", value)
        return source

    def look(self) -> Look:
        """How things are."""
        target = self.folder / "open" / "target"
        here = sorted(path.name for path in (self.folder / "open").iterdir())
        attributes = os.listxattr(target) if target.exists() else []
        mine = self.folder / "mine" / "solution.py"
        return Look(
            files=(
                *here,
                target.read_text() if target.exists() else "gone",
                oct(target.stat().st_mode) if target.exists() else "",
                *attributes,
                mine.read_text(),
            ),
            hits=len(self.hits),
            victim=self._state_of_victim(),
            left=(*self._marked_files(), *self._segments()),
            mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
            name=socket.gethostname(),
        )

    def harm(self, before: Look, after: Look) -> list[str]:
        """What has changed, in words."""
        found = []
        if after.files != before.files:
            found.append("files changed")
        if after.hits != before.hits:
            found.append("a server was reached")
        if after.victim != before.victim:
            found.append("another process was changed")
        if after.left != before.left:
            found.append("something was left behind")
        if (after.mounts, after.name) != (before.mounts, before.name):
            found.append("the machine was changed")
        return found

    def mend(self) -> None:
        """Undoes what a control, which is meant to work, has done."""
        for path in (self.folder / "open").iterdir():
            path.unlink()
        self._renew()
        self._write("mine/solution.py", "def double(x): return x\n")
        for name in self._marked_files():
            Path(name).unlink()
        self._free_segments()
        self._end_victim()
        self._start_victim()
        self._name()

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o600)

    def _renew(self) -> None:
        target = self.folder / "open" / "target"
        target.write_text("intact")
        target.chmod(0o666)

    # ---- servers

    def _serve(self) -> None:
        self._listen(socket.AF_INET, ("127.0.0.1", 0), "TCP")
        with suppress(OSError):  # a machine without IPv6
            self._listen(socket.AF_INET6, ("::1", 0), "TCP6")
        self._listen(socket.AF_UNIX, str(self.folder / "engine.sock"), "UNIX")
        (self.folder / "engine.sock").chmod(0o666)
        abstract = f"attack-{secrets.token_hex(6)}"
        self._listen(socket.AF_UNIX, f"\0{abstract}", "ABSTRACT")
        self.names["ABSTRACT"] = abstract
        self._collect(socket.AF_INET, ("127.0.0.1", 0), "UDP")
        self._collect(socket.AF_UNIX, str(self.folder / "gram.sock"), "UNIXGRAM")
        (self.folder / "gram.sock").chmod(0o666)

    def _listen(self, family: int, address: Any, name: str) -> None:
        server = socket.socket(family)
        server.bind(address)
        server.listen(16)
        self._add(server, name)
        threading.Thread(target=self._answer, args=(server, name), daemon=True).start()

    def _answer(self, server: socket.socket, name: str) -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                self.hits.append(name)
                with client, suppress(OSError):
                    client.sendall(self.secret.encode())

    def _collect(self, family: int, address: Any, name: str) -> None:
        server = socket.socket(family, socket.SOCK_DGRAM)
        server.bind(address)
        self._add(server, name)
        threading.Thread(target=self._take, args=(server, name), daemon=True).start()

    def _take(self, server: socket.socket, name: str) -> None:
        with suppress(OSError):
            while server.recv(1000):
                self.hits.append(name)

    def _add(self, server: socket.socket, name: str) -> None:
        self._sockets.append(server)
        address = server.getsockname()
        self.names[name] = str(address[1] if isinstance(address, tuple) else address)

    # ---- the process that stands in for the grader

    def _start_victim(self) -> None:
        self._victim = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _VICTIM, str(self.folder / "reference/solution.py")],
            env={"VICTIM_SECRET": f"GRADER-{self.secret}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._victim.stdout is not None
        address, descriptor = self._victim.stdout.readline().split()
        self.names |= {"VICTIM_SECRET_AT": address, "VICTIM_FD": descriptor}

    def _end_victim(self) -> None:
        if self._victim is not None:
            self._victim.kill()
            self._victim.wait()
            assert self._victim.stdout is not None
            self._victim.stdout.close()

    def _state_of_victim(self) -> tuple[str, ...]:
        assert self._victim is not None
        folder = Path(f"/proc/{self._victim.pid}")
        time.sleep(0.002)  # a signal needs a moment to be seen
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            limits = (folder / "limits").read_text()
            score = (folder / "oom_score_adj").read_text()
        except OSError:
            return ("gone",)
        state = "T" if status[0] in "Tt" else "Z" if status[0] in "ZX" else "alive"
        return state, status[16], limits, score  # status[16] is its nice value

    def _name(self) -> None:
        assert self._victim is not None
        self.names |= {
            "WORLD": str(self.folder),
            "OPEN": str(self.folder / "open"),
            "REFERENCE": str(self.folder / "reference" / "solution.py"),
            "OTHER": str(self.folder / "other" / "solution.py"),
            "SUBMISSION": str(self.folder / "mine" / "solution.py"),
            "VICTIM": str(self._victim.pid),
            "MARK": self.mark,
            "KEY": str(self.key),
        }

    # ---- what outlives a process

    def _marked_files(self) -> tuple[str, ...]:
        """What attacks leave where everybody may write; they mark it."""
        found = [*Path("/dev/shm").glob(f"*{self.mark}*"), *Path("/tmp").glob(f"*{self.mark}*")]
        return tuple(sorted(map(str, found)))

    def _segments(self) -> tuple[str, ...]:
        """System V objects with this world's key."""
        found = []
        for kind in _IPC:
            with suppress(OSError):
                for line in Path("/proc/sysvipc", kind).read_text().splitlines()[1:]:
                    if int(line.split()[0]) == self.key:
                        found.append(f"{kind} {line.split()[1]}")
        return tuple(found)

    def _free_segments(self) -> None:
        column = 0 if syscalls.machine() == "x86_64" else 1
        for segment in self._segments():
            kind, number = segment.split()
            words = [ctypes.c_long(word) for word in (int(number), 0, 0)]
            with suppress(OSError):
                syscalls.syscall(NUMBERS[_IPC[kind]][column] or 0, *words)
