"""What hostile code attempts with files and sockets, for the tests of containment.

Each function runs in a fork of ``containment_host``, with and without the sandbox. It returns
plain data when it got what it wanted, and raises when it did not.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

from grader.worker.containment import syscalls
from grader.worker.containment.numbers import NUMBERS

_libc = ctypes.CDLL(None, use_errno=True)


def call(name_or_number: str | int, *arguments: int) -> int:
    """A raw system call. Raises ``OSError``."""
    number = name_or_number
    if isinstance(number, str):
        number = NUMBERS[number][0 if syscalls.machine() == "x86_64" else 1]
    words = [ctypes.c_long(value) for value in (number, *arguments)]
    result = _libc.syscall(*words)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return int(result)


# ---- files


def read(path: str) -> str:
    return Path(path).read_bytes()[:200].decode("latin-1")


def listing(path: str) -> list[str]:
    return sorted(entry.name for entry in Path(path).iterdir())


def write(path: str) -> bool:
    Path(path).write_text("spoiled")
    return True


def append(path: str) -> bool:
    with open(path, "a") as file:
        file.write("spoiled")
    return True


def truncate(path: str) -> bool:
    os.truncate(path, 0)
    return True


def remove(path: str) -> bool:
    Path(path).unlink()
    return True


def read_through_link(path: str) -> str:
    Path("link").symlink_to(path)
    try:
        return read("link")
    finally:
        Path("link").unlink()


def chmod(path: str, mode: int) -> int:
    Path(path).chmod(mode)
    return Path(path).stat().st_mode & 0o7777


def make_set_id_file(how: str) -> int:
    """A file with the set-user-ID bit, by one of several calls."""
    target = Path("set-id")
    target.unlink(missing_ok=True)
    if how == "open":
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o4755))
    elif how == "chmod":
        target.touch()
        target.chmod(0o4755)
    elif how == "fchmod":
        with target.open("w") as file:
            os.fchmod(file.fileno(), 0o4755)
    else:
        target.touch()
        call("fchmodat2", -100, address(os.fsencode(target)), 0o4755, 0)
    return target.stat().st_mode & 0o7777


def address(text: bytes) -> int:
    _KEPT.append(ctypes.create_string_buffer(text))
    return ctypes.addressof(_KEPT[-1])


_KEPT: list[Any] = []


def use_scratch() -> list[Any]:
    """What honest code does with files."""
    Path("folder/below").mkdir(parents=True)
    Path("folder/a").write_text("text")
    Path("folder/a").rename("folder/below/b")
    os.truncate("folder/below/b", 2)
    Path("folder/pointer").symlink_to("below/b")
    os.link("folder/below/b", "folder/hard")
    Path("folder/below/b").chmod(0o600)
    os.utime("folder/below/b", (1, 1))
    shutil.copy2("folder/below/b", "folder/copy")
    Path("folder/touched").touch()
    found = [Path("folder/pointer").read_text(), listing("folder"), listing("folder/below")]
    for path in ("pointer", "hard", "below/b", "copy", "touched"):
        Path("folder", path).unlink()
    Path("folder/below").rmdir()
    Path("folder").rmdir()
    return [*found, listing(".")]


def use_devices() -> list[Any]:
    with open("/dev/null", "w") as file:
        file.write("x")
    with open("/dev/urandom", "rb") as file:
        length = len(file.read(3))
    with open("/dev/zero", "rb") as file:
        return [length, file.read(2) == b"\0\0"]


def make_shared_memory(name: str) -> bool:
    Path("/dev/shm", name).write_text("for the next student")
    return True


def watch_folder(path: str) -> bool:
    """Sees names come and go in a folder that it may not list."""
    watch = call("inotify_init1", 0)
    call("inotify_add_watch", watch, address(os.fsencode(path)), 0x100)
    return True


def handle_of(path: str) -> bool:
    """A file handle, with which CAP_DAC_READ_SEARCH opens a file past all folders."""
    memory = ctypes.create_string_buffer(256)
    ctypes.cast(memory, ctypes.POINTER(ctypes.c_uint32))[0] = 128
    mount = ctypes.c_int()
    arguments = (-100, address(os.fsencode(path)), ctypes.addressof(memory))
    call("name_to_handle_at", *arguments, ctypes.addressof(mount), 0)
    return True


def start(program: str) -> int:
    return subprocess.run([program], check=False).returncode


# ---- sockets


def connect_tcp(port: int, protocol: int = 0) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol) as client:
        client.settimeout(5)
        client.connect(("127.0.0.1", port))
        return client.recv(10).decode()


def send_udp(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        return client.sendto(b"secret", ("127.0.0.1", port))


def listen_tcp() -> bool:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1] > 0


def connect_unix(address: str) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(_unix(address))
        return client.recv(10).decode()


def _unix(address: str) -> str:
    return "\0" + address[1:] if address.startswith("@") else address


def send_from_pair(path: str) -> int:
    """A local pair, turned into a way to a path outside."""
    ours, _theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return ours.sendto(b"secret", path)


def reconnect_pair(path: str, kind: int) -> str:
    """Sends to another address over a connected pair: has the far end, or the path, got it?"""
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    try:
        ours.sendto(b"secret", path)
    except OSError as error:
        return f"refused {error.errno}"
    theirs.settimeout(1)
    return theirs.recv(10).decode()


def open_socket(family: int, kind: int, protocol: int = 0) -> bool:
    os.close(call("socket", family, kind, protocol))
    return True


def local_pair(kind: int) -> str:
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    with ours, theirs:
        ours.send(b"hello")
        return theirs.recv(10).decode()


def attach_program() -> bool:
    """A classic BPF program on a socket: kernel memory of the attacker's choice."""
    ours, _theirs = socket.socketpair()
    instruction = ctypes.create_string_buffer(b"\x06\0\0\0\xff\xff\0\0", 8)
    described = ctypes.create_string_buffer(16)
    ctypes.cast(described, ctypes.POINTER(ctypes.c_uint16))[0] = 1
    ctypes.cast(described, ctypes.POINTER(ctypes.c_uint64))[1] = ctypes.addressof(instruction)
    arguments = (ours.fileno(), 1, 26, ctypes.addressof(described), 16)
    call("setsockopt", *arguments)
    return True
