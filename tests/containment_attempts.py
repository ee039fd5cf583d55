"""What hostile code attempts, and what honest code does, for the tests of containment.

Each function runs in a fork of ``containment_host``, with and without the sandbox. It returns
plain data when it got what it wanted, and raises when it did not.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import mmap
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from grader.worker import containment
from grader.worker.containment import landlock, policy, privileges, seccomp, syscalls
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
        call("fchmodat2", -100, _address(os.fsencode(target)), 0o4755, 0)
    return target.stat().st_mode & 0o7777


def _address(text: bytes) -> int:
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
    found = [Path("folder/pointer").read_text(), listing("folder"), listing("folder/below")]
    for path in ("folder/pointer", "folder/hard", "folder/below/b"):
        Path(path).unlink()
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
    call("inotify_add_watch", watch, _address(os.fsencode(path)), 0x100)
    return True


def handle_of(path: str) -> bool:
    """A file handle, with which CAP_DAC_READ_SEARCH opens a file past all folders."""
    memory = ctypes.create_string_buffer(256)
    ctypes.cast(memory, ctypes.POINTER(ctypes.c_uint32))[0] = 128
    mount = ctypes.c_int()
    arguments = (-100, _address(os.fsencode(path)), ctypes.addressof(memory))
    call("name_to_handle_at", *arguments, ctypes.addressof(mount), 0)
    return True


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
        call("mount", _address(b"none"), _address(b"/"), 0, private, 0)
    target = os.fsencode(Path.cwd())
    call("mount", _address(b"none"), _address(target), _address(b"tmpfs"), 0, 0)
    return True


def push_input(command: int) -> bool:
    """Types into the terminal, as for the shell that started the grader."""
    leader, follower = os.openpty()
    letter = ctypes.create_string_buffer(b"x")
    call("ioctl", follower, command, ctypes.addressof(letter))
    os.close(leader)
    return True


def terminal_size_call() -> str:
    """ioctl stays for everything else; ENOTTY says that it came through."""
    reading, _ = os.pipe()
    try:
        call("ioctl", reading, 0x5413, 0)
    except OSError as error:
        return str(error.errno)
    return "0"


def set_personality(value: int) -> int:
    return call("personality", value)


def invalid_calls() -> dict[str, int]:
    """Every refused call with arguments that can do nothing: its errno. Without the filter that
    is not EPERM where the user may make the call at all."""
    found = {}
    for name in policy._REFUSED:
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


# ---- resources


def allocate(size: int) -> int:
    with mmap.mmap(-1, size) as memory:
        return len(memory)


def write_file(size: int) -> int:
    with open("large", "wb") as file:
        file.truncate(size)
        return Path("large").stat().st_size


def open_many(count: int) -> int:
    return len([os.open("/dev/null", os.O_RDONLY) for _ in range(count)])


def spin(seconds: float) -> bool:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return True


def fork_many(count: int) -> int:
    """Children that wait; how many there could be."""
    made: list[int] = []
    with contextlib.suppress(BlockingIOError):
        while len(made) < count:
            made.append(_wait_in_fork())
    return len(made)


def _wait_in_fork() -> int:
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    return pid


def limits() -> dict[str, list[int]]:
    names = ("AS", "CPU", "FSIZE", "NPROC", "NOFILE", "CORE")
    return {name: list(resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))) for name in names}


# ---- left behind


def leave_daemons(count: int) -> int:
    """Orphans in sessions of their own that ignore what can be ignored."""
    for _ in range(count):
        middle = os.fork()
        if middle == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                time.sleep(60)
            os._exit(0)
        os.waitpid(middle, 0)
    return count


def leave_fork_bomb() -> bool:
    """Processes that double for ever, each leaving its parent."""
    if os.fork() == 0:
        while True:
            with contextlib.suppress(OSError):
                if os.fork() == 0:
                    os.setsid()
    return True


def leave_runners(count: int) -> bool:
    """Processes that fork and end at once, so that their pids are stale when read."""
    for _ in range(count):
        if os.fork() == 0:
            while True:
                with contextlib.suppress(OSError):
                    if os.fork() > 0:
                        os._exit(0)
    return True


def sweep_inside(count: int) -> list[int]:
    """A function's fork leaves daemons; the sweep of the process above, behind the sandbox."""
    containment.become_subreaper()
    pid = os.fork()
    if pid == 0:
        leave_daemons(count)
        os._exit(0)
    os.waitpid(pid, 0)
    ended = containment.sweep()
    return [ended, containment.sweep()]


def shared_segment() -> int:
    return call("shmget", 0x6772, 4096, 0o1600)


def free_segment(number: int) -> bool:
    call("shmctl", number, 0, 0)
    return True


def message_queue() -> bool:
    path = _address(b"grader-test")
    os.close(call("mq_open", path, os.O_CREAT | os.O_RDWR, 0o600, 0))
    call("mq_unlink", path)
    return True


# ---- honest programs


def count_in_processes() -> list[Any]:
    """Locks, shared values, queues, pools: all that ``multiprocessing`` offers by fork."""
    total = multiprocessing.Value("i", 0)
    queue: Any = multiprocessing.Queue()

    def work(number: int) -> None:
        for _ in range(200):
            with total.get_lock():
                total.value += 1
        queue.put(number)

    workers = [multiprocessing.Process(target=work, args=(n,)) for n in range(3)]
    for worker in workers:
        worker.start()
    arrived = sorted(queue.get(timeout=20) for _ in workers)
    for worker in workers:
        worker.join()
    with multiprocessing.Pool(2) as pool:
        mapped = pool.map(abs, [-1, -2])
    with ProcessPoolExecutor(2) as executor:
        also = list(executor.map(abs, [-3]))
    semaphore = multiprocessing.BoundedSemaphore(1)
    semaphore.acquire()
    waited = semaphore.acquire(timeout=0.01)
    return [total.value, arrived, mapped, also, waited]


def start_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else done.stderr


def use_asyncio() -> str:
    async def both() -> str:
        await asyncio.sleep(0)
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-S", "-c", "print(5)"], stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return out.decode().strip()

    return asyncio.run(both())


def machine_facts() -> list[Any]:
    return [os.cpu_count(), "MemTotal" in read("/proc/meminfo")]


def train_and_load(model_seed: int) -> dict[str, Any]:
    """A forward and backward pass, workers that load, a figure, a saved model: a student's work."""
    import torch

    loader = torch.utils.data.DataLoader(_rows(), batch_size=4, num_workers=2)
    batches = [batch["input_ids"].sum().item() for batch in loader]
    weights = _gradient(model_seed)
    torch.save(weights, "weights.pt")
    again = torch.load("weights.pt")
    return {
        "batches": batches,
        "gradient": weights.sum().item().hex(),
        "same": torch.equal(weights, again),
        "figure": _figure(),
        "started": start_python("import json; print(json.dumps(1))"),
    }


def _rows() -> list[Any]:
    import torch

    generator = torch.Generator().manual_seed(0)
    return [{"input_ids": torch.randint(0, 50, (8,), generator=generator)} for _ in range(16)]


def _gradient(seed: int) -> Any:
    import torch
    from transformers import DistilBertConfig, DistilBertModel

    torch.manual_seed(seed)
    config = DistilBertConfig(vocab_size=50, dim=16, hidden_dim=32, n_layers=2, n_heads=2)
    model = DistilBertModel(config)
    model(input_ids=torch.arange(16).view(2, 8)).last_hidden_state.square().mean().backward()
    return model.embeddings.word_embeddings.weight.grad


def _figure() -> bool:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2])
    axes.set_title("loss")
    figure.savefig("figure.png")
    plt.close(figure)
    return Path("figure.png").read_bytes()[1:4] == b"PNG"


def map_in_two_processes() -> list[int]:
    import datasets

    rows = datasets.Dataset.from_dict({"x": list(range(10))})
    return list(rows.map(lambda row: {"y": row["x"] * 2}, num_proc=2)["y"])


def echo(value: Any) -> Any:
    return json.loads(json.dumps(value))
