"""The forks of one submission and topic: one a function, and what they leave behind.

In: the loaded module. Out: a ``Supervisor`` for each call. Runs in the child, behind the closed
sandbox. A fork whose public cases are done waits for the hidden ones while other functions run;
when one has died, or has left processes behind, everything below the child is ended, and who
waited is forked anew when its turn comes.
"""

from __future__ import annotations

import os
import resource
import socket
from functools import partial
from pathlib import Path
from types import ModuleType

from grader.model import Call, Job
from grader.worker import at_fork, containment
from grader.worker.folders import delete, empty, own_folder, settle
from grader.worker.function import run_cases
from grader.worker.jobs import dump_cases
from grader.worker.supervise import Cases, Fork, Supervisor

_NO_PROGRAM = "/no/such/program"


class Forks:
    """All forks of a job. ``channel`` is the child's own, which no fork is to have."""

    def __init__(
        self,
        job: Job,
        scratch: str,
        module: ModuleType,
        probes: ModuleType,
        oracles: ModuleType | None,
        channel: socket.socket,
    ) -> None:
        self._channel = channel
        self._job = job
        self._scratch = scratch
        self._code = (module, probes, oracles)
        self._known = frozenset(Path(scratch).iterdir())
        self.supervisors = tuple(
            Supervisor(call, partial(self._start, call), _memory_file, self.clear, job.isolate)
            for call in job.calls
        )

    def rest(self, supervisor: Supervisor, over: bool) -> None:
        """A function's cases are done: its files go. Its fork waits for more, or leaves.

        A fork with a thread or a process of its own left does neither: what still runs could be
        met by the next function.
        """
        if self._something_runs():
            supervisor.end()
            self.clear()
        if supervisor.fork is not None:
            empty(Path(self._scratch, supervisor.call.function))
            if over:
                supervisor.fork.leave()
        self._remove()

    def end(self) -> None:
        """Ends all forks; what they left is the warm process's to end."""
        for supervisor in self.supervisors:
            supervisor.end()

    def clear(self) -> None:
        """Ends every process below this one, and removes what they left in the scratch folder."""
        containment.sweep()
        self.end()
        self._remove()

    def _start(self, call: Call, cases: Cases) -> Fork:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(writing, True)
        with at_fork.alone():
            pid = os.fork()
        if pid == 0:
            self._close_others()
            ours.close()
            os.close(reading)
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            settle(self._job, own_folder(self._scratch, call.function))
            run_cases(*self._code, call, cases, theirs, self._job.file)
            os._exit(0)
        theirs.close()
        os.close(writing)
        return Fork(pid, ours, reading)

    def _close_others(self) -> None:
        self._channel.close()
        for one in self.supervisors:
            if one.fork is not None:
                one.fork.channel.close()
                os.close(one.fork.output)

    def _something_runs(self) -> bool:
        """Whether there is more below this process than the forks that wait."""
        waiting = sum(one.fork is not None for one in self.supervisors)
        return not _may_be(2 + waiting)

    def _remove(self) -> None:
        waiting = {
            Path(self._scratch, one.call.function)
            for one in self.supervisors
            if one.fork is not None
        }
        for path in Path(self._scratch).iterdir():
            if path not in self._known | waiting:
                delete(path)


def _may_be(tasks: int) -> bool:
    """Whether a further process would be one of at most ``tasks`` processes and threads: started
    for a program that is not there, it costs no copy of this one. Where the user's own others
    count too, this cannot be told."""
    if not containment.counts_own_tasks():
        return True
    kind = resource.RLIMIT_NPROC
    _, most = resource.getrlimit(kind)
    resource.setrlimit(kind, (min(tasks, most), most))
    try:
        os.posix_spawn(_NO_PROGRAM, [_NO_PROGRAM], {})
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        resource.setrlimit(kind, (most, most))
    return True


def _memory_file(cases: Cases) -> int:
    descriptor = os.memfd_create("cases", os.MFD_CLOEXEC)
    view = memoryview(dump_cases(cases))
    while view:
        view = view[os.write(descriptor, view) :]
    return descriptor
