"""Contains code that nobody here trusts: the portable layers, in a fork of a warm process.

In: a ``Plan``. Out: a process that can hurt nobody but itself, and the names of what holds it.

    warm process                    child
    become_subreaper()
    prepare(plan)
    fork ─────────────────────────► close_sandbox(plan), then the student's code
    wait
    sweep(plan.uid)

``syscalls`` is the one file with ctypes; ``policy`` says what may not be called and why; the rest
is a layer each. Only the standard library is imported. ``capabilities()`` is for the doctor.
"""

from grader.worker.containment.leftovers import become_subreaper, sweep
from grader.worker.containment.plan import SYSTEM_READ_ONLY, Plan, close_sandbox, prepare
from grader.worker.containment.probes import Layer, capabilities
from grader.worker.containment.state import Prepared
from grader.worker.containment.syscalls import ContainmentError

__all__ = [
    "SYSTEM_READ_ONLY",
    "ContainmentError",
    "Layer",
    "Plan",
    "Prepared",
    "become_subreaper",
    "capabilities",
    "close_sandbox",
    "prepare",
    "sweep",
]
