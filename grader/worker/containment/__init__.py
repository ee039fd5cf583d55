"""Contains code that nobody here trusts, in a fork of a warm process.

In: a ``Plan``. Out: a process that can hurt nobody but itself, and the names of what holds it.

    warm process                    child
    separate(plan)
    become_subreaper()
    prepare(plan)
    share_without_names(), settle()
    fork(plan) ───────────────────► close_sandbox(plan), then the student's code
    wait
    end(plan)

``syscalls`` is the one file with ctypes; ``policy`` says what may not be called and why; the rest
is a layer each. Only the standard library is imported. ``capabilities()`` is for the doctor.
"""

from grader.worker.containment.cgroups import step_aside, tidy_all
from grader.worker.containment.closing import Closed, close_sandbox, layers_of
from grader.worker.containment.kinship import hide_memory
from grader.worker.containment.leftovers import become_subreaper, sweep
from grader.worker.containment.plan import NAMESPACES, PRIVATE_SCRATCH, SYSTEM_READ_ONLY, Plan
from grader.worker.containment.preparing import prepare, put_away, separate, settle
from grader.worker.containment.probes import Layer, capabilities
from grader.worker.containment.sharing import share_without_names
from grader.worker.containment.spawn import Ended, end, fork
from grader.worker.containment.state import Prepared, counts_own_tasks
from grader.worker.containment.syscalls import ContainmentError

__all__ = [
    "NAMESPACES",
    "PRIVATE_SCRATCH",
    "SYSTEM_READ_ONLY",
    "Closed",
    "ContainmentError",
    "Ended",
    "Layer",
    "Plan",
    "Prepared",
    "become_subreaper",
    "capabilities",
    "close_sandbox",
    "counts_own_tasks",
    "end",
    "fork",
    "hide_memory",
    "layers_of",
    "prepare",
    "put_away",
    "separate",
    "settle",
    "share_without_names",
    "step_aside",
    "sweep",
    "tidy_all",
]
