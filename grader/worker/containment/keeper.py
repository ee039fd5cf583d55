"""The keeper: a small process that makes the namespaces of each run of a slot.

In: requests from the warm process. Out: rooms. A room is a set of namespaces with a process 1 of
its own, which reaps, and with which all that is in it ends.

    warm process (large)                     keeper (small)
    start() ────────────── fork ───────────► user and mount namespace, private root
    open_room() ── request ────────────────► fork process 1: pid, mount, net, ipc, uts namespaces
                ◄── its descriptor ─────────    and an empty scratch folder in memory
    fork ──► child enters them
    close_room() ──────────────────────────► kills process 1, and so the kernel all that is left

So that all namespaces together cost forks of a small process, and one of the warm process, whose
copy costs ten times that. The keeper is forked before the warm process grows; from one that has
grown, as a fork of a zygote has, it is started by exec. It holds descriptors and paths: no job ever
reaches it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from grader.worker.channel import receive
from grader.worker.containment import layout, leftovers, privileges, syscalls
from grader.worker.containment.forked import undisturbed, was_killed
from grader.worker.containment.kinship import close_all_but, end_with
from grader.worker.containment.syscalls import ContainmentError, DisturbedError

_BOOT = "from grader.worker.containment import keeper; keeper.main()"
OF_A_ROOM = syscalls.NEWNS | syscalls.NEWNET | syscalls.NEWIPC | syscalls.NEWUTS
_HOST_NAME = "sandbox"
_FAULTS = (OSError, ContainmentError, DisturbedError)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the scratch folder of a room may hold: bytes, and files and folders."""

    scratch_bytes: int
    scratch_entries: int


@dataclass(slots=True)
class Keeper:
    """The warm process's end. ``user`` says that rooms are in a user namespace of the keeper's;
    ``room`` is the descriptor of the open room's process 1."""

    pid: int
    channel: socket.socket
    user: bool
    room: int | None = None

    def open_room(self, bounds: Bounds) -> None:
        """Makes a room. Raises ``ContainmentError`` when that failed."""
        answer, handles = self._ask({"open": [bounds.scratch_bytes, bounds.scratch_entries]})
        if not handles:
            raise ContainmentError(f"no namespaces could be made: {answer.get('error', answer)}")
        self.room = handles[0]

    def fork(self) -> int:
        """``os.fork``, the child being a process of the room. It has still to ``enter``."""
        assert self.room is not None
        back = os.pidfd_open(os.getpid())
        try:
            syscalls.setns(self.room, syscalls.NEWPID)  # of what is forked from here on
            pid = os.fork()
            if pid:
                syscalls.setns(back, syscalls.NEWPID)
        except OSError as error:
            raise ContainmentError(f"a child could not be put into its room: {error}") from None
        finally:
            os.close(back)
        return pid

    def enter(self) -> None:
        """Moves this process, a child that ``fork`` made, into all namespaces of the room."""
        assert self.room is not None
        syscalls.setns(self.room, OF_A_ROOM | (syscalls.NEWUSER if self.user else 0))

    def close_room(self) -> None:
        """Ends everything in the room; the child must have been reaped."""
        if self.room is None:
            return
        os.close(self.room)
        self.room = None
        answer, _ = self._ask({"close": True})
        if "error" in answer:
            raise ContainmentError(f"a room could not be closed: {answer['error']}")

    def close(self) -> int:
        """Ends the keeper and waits for it. Its wait status, 0 where somebody else reaped it."""
        if self.room is not None:
            os.close(self.room)
            self.room = None
        self.channel.close()
        with suppress(ChildProcessError):
            return os.waitpid(self.pid, 0)[1]
        return 0

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        try:
            self.channel.send(json.dumps(request).encode())
            data, handles = receive(self.channel)
        except OSError as error:
            raise ContainmentError(f"the keeper of the namespaces is gone: {error}") from None
        if not data:
            raise ContainmentError("the keeper of the namespaces has ended")
        return json.loads(data), handles


def start(
    paths: tuple[str, ...], uid: int, bounds: Bounds, user: bool, grown: bool = False
) -> Keeper:
    """Starts a keeper whose rooms show ``paths`` and whose scratch folder is ``uid``'s.

    With ``user`` the rooms are in a user namespace in which ``uid`` is the only user there is;
    ``grown`` says that this process is too large to fork keepers.
    Raises ``ContainmentError``, with the reason, when this machine has no such thing, and
    ``DisturbedError`` when somebody killed the processes that were to show it.
    """
    return undisturbed(lambda: _start_once(_Task(paths, uid, bounds, user), grown))


def _start_once(task: _Task, grown: bool) -> Keeper:
    privileges.last_capability()  # remembered, for where there is no /proc
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.pidfd_open(os.getpid())
    try:
        pid = (_spawn if grown else _fork)(task, theirs, parent)
    finally:
        theirs.close()
        os.close(parent)
    keeper = Keeper(pid, ours, task.user)
    try:
        if task.user:
            _heard(ours, "separate")
            map_user(pid, task.uid, task.uid)
            ours.send(b"{}")
        _heard(ours, "ready")
    except (OSError, ContainmentError, DisturbedError) as error:
        if was_killed(keeper.close()) or isinstance(error, DisturbedError):
            raise DisturbedError(f"the keeper of the namespaces was killed: {error}") from None
        raise ContainmentError(str(error)) from None
    return keeper


def _fork(task: _Task, channel: socket.socket, parent: int) -> int:
    pid = os.fork()
    if pid == 0:
        _run(_Work(channel, task, parent))
    return pid


def _spawn(task: _Task, channel: socket.socket, parent: int) -> int:
    """By exec, and so without a copy of this process. Raises ``ContainmentError``."""
    given = (channel.fileno(), parent)
    for descriptor in given:
        os.set_inheritable(descriptor, True)
    order = [sys.executable, "-I", "-c", _BOOT, *map(str, given), json.dumps(asdict(task))]
    try:
        with privileges.kept_over_exec():
            return os.posix_spawn(sys.executable, order, os.environ)
    except OSError as error:
        raise ContainmentError(f"the keeper could not be started: {error}") from None


def main() -> NoReturn:
    """The life of one that was started by exec, from its arguments."""
    channel, parent, text = sys.argv[1:]
    fields = json.loads(text)
    bounds, paths = Bounds(**fields.pop("bounds")), tuple(fields.pop("paths"))
    privileges.last_capability()
    task = _Task(paths, bounds=bounds, **fields)
    _run(_Work(socket.socket(fileno=int(channel)), task, int(parent)))


def start_best(
    paths: tuple[str, ...], uid: int, bounds: Bounds, user: bool, grown: bool = False
) -> Keeper:
    """The same, without a user namespace where none is to be had: a machine may forbid these alone,
    and root needs none for the others. Raises ``ContainmentError``."""
    if user:
        with suppress(ContainmentError):
            return start(paths, uid, bounds, user=True, grown=grown)
    return start(paths, uid, bounds, user=False, grown=grown)


def map_user(pid: int, uid: int, gid: int) -> None:
    """Makes ``uid`` and ``gid`` the only user and group of a process's user namespace.

    Raises ``OSError``.
    """
    folder = Path(f"/proc/{pid}")
    if pid == os.getpid():
        (folder / "setgroups").write_text("deny")  # what an ordinary user has to give up for it
    (folder / "uid_map").write_text(f"{uid} {uid} 1")
    (folder / "gid_map").write_text(f"{gid} {gid} 1")


def _heard(channel: socket.socket, wanted: str) -> None:
    said: dict[str, Any] = json.loads(channel.recv(4096) or b"{}")
    if "disturbed" in said:
        raise DisturbedError(said["disturbed"])
    if wanted not in said:
        raise ContainmentError(said.get("error", "the keeper of the namespaces ended"))


@dataclass(frozen=True, slots=True)
class _Task:
    """What kind of rooms a keeper makes."""

    paths: tuple[str, ...]
    uid: int
    bounds: Bounds
    user: bool


@dataclass(frozen=True, slots=True)
class _Work:
    """What the keeper knows. ``parent`` is the warm process's descriptor."""

    channel: socket.socket
    task: _Task
    parent: int


def _run(work: _Work) -> NoReturn:
    """The keeper's whole life. It never returns: two of the warm process must not go on."""
    try:
        _settle(work)
        _serve(work)
    except DisturbedError as error:
        with suppress(BaseException):
            _say(work.channel, {"disturbed": str(error)})
    except BaseException as error:
        with suppress(BaseException):
            _say(work.channel, {"error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)


def _settle(work: _Work) -> None:
    end_with(work.parent)
    for number in range(1, signal.NSIG):
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a process of a room may be killed at any moment
    close_all_but((work.channel.fileno(),))
    leftovers.become_subreaper()
    gc.freeze()
    syscalls.unshare(syscalls.NEWNS)
    layout.build(work.task.paths)
    if work.task.user:
        # Afterwards: what is mounted by now, nobody in this namespace can take away.
        syscalls.unshare(syscalls.NEWUSER)
        _say(work.channel, {"separate": True})
        work.channel.recv(16)
    _new_room(
        work, work.task.bounds
    ).end()  # proof that it can be done, before anything hangs on it
    _say(work.channel, {"ready": True})


def _serve(work: _Work) -> None:
    """One room at a time. The next one, like the last, is made as soon as that is closed."""
    room: _Room | None = None
    bounds = work.task.bounds
    while data := work.channel.recv(4096):
        request = json.loads(data)
        if "close" in request:
            if room is not None:
                room.end()
            room = None
            _say(work.channel, {})
            with suppress(*_FAULTS):  # told when it is asked for
                room = _new_room(work, bounds)
            continue
        if bounds != (bounds := Bounds(*request["open"])) and room is not None:
            room.end()
            room = None
        try:
            room = room or _new_room(work, bounds)
        except _FAULTS as error:
            _say(work.channel, {"error": str(error)})
            continue
        socket.send_fds(work.channel, [b"{}"], [room.handle])


@dataclass(frozen=True, slots=True)
class _Room:
    """A room by its process 1."""

    pid: int
    handle: int

    def end(self) -> None:
        """The kernel ends all that is in the room with its process 1, before that is reaped."""
        signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.handle)


def _new_room(work: _Work, bounds: Bounds) -> _Room:
    """A middle process makes process 1 and goes: who has once made a pid namespace for its
    children cannot make another, and process 1 comes to the keeper, which is a subreaper."""
    reading, writing = os.pipe()
    waiting, go = os.pipe()
    middle = os.fork()
    if middle == 0:
        close_all_but((writing, waiting))
        _or_end(lambda: _make_first(work.task.uid, bounds, writing, waiting), writing)
    os.close(writing)
    os.close(waiting)
    killed = was_killed(os.waitpid(middle, 0)[1])
    with suppress(BrokenPipeError):
        os.write(go, b"+")
    os.close(go)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read(4096).decode("utf-8", "replace")
    number, _, problem = said.partition(" ")
    if not number.isdigit():
        _fail(killed, said or "the first process of a room was not made")
    pid = int(number)
    if problem != "+":
        killed = was_killed(os.waitpid(pid, 0)[1])
        _fail(killed, problem or "the first process of a room ended at once")
    return _Room(pid, os.pidfd_open(pid))


def _fail(killed: bool, problem: str) -> NoReturn:
    raise DisturbedError("a process of a room was killed") if killed else ContainmentError(problem)


def _make_first(uid: int, bounds: Bounds, writing: int, waiting: int) -> None:
    syscalls.unshare(syscalls.NEWPID)
    pid = os.fork()
    if pid == 0:
        _or_end(lambda: _be_first(uid, bounds, writing, waiting), writing)
    os.write(writing, f"{pid} ".encode())


def _be_first(uid: int, bounds: Bounds, writing: int, waiting: int) -> None:
    """Process 1 of a room: reaps whatever loses its parent there, until it is killed."""
    if not os.read(waiting, 1):  # the middle process is gone: the keeper is the parent now
        return
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    syscalls.unshare(OF_A_ROOM)
    layout.mount_scratch(bounds.scratch_bytes, bounds.scratch_entries, uid)
    socket.sethostname(_HOST_NAME)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    privileges.drop_capabilities()
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    os.write(writing, b"+")  # fails when the keeper has ended meanwhile
    close_all_but(())
    while True:
        signal.sigwait([signal.SIGCHLD])
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _or_end(work: Callable[[], None], writing: int) -> NoReturn:
    try:
        work()
    except BaseException as error:
        with suppress(BaseException):
            os.write(writing, f"{error}".encode())
    finally:
        os._exit(0)


def _say(channel: socket.socket, message: dict[str, Any]) -> None:
    channel.send(json.dumps(message).encode())
