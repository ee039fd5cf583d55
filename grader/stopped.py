"""Sentences for what the sandbox stopped.

In: outcomes. Out: what a student reads of it, and what staff read. What was tried in a hidden case
is told to staff alone: code could spell a hidden input with what it tries.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from grader.model import Broken, Limits, Observation, Outcome, Raised, Task

# By the kinds of `containment.policy`, which the worker's side names.
TRIED = {
    "network": "to open a network connection",
    "local socket": "to talk to another program through a socket",
    "processes": "to look into another process, or to change it",
    "namespaces": "to change what it sees of the machine (mounts, namespaces)",
    "kernel": "to use a part of the operating system that is closed to submissions",
    "paths": "to reach or to watch files other than by opening them",
    "machine": "to change the settings of the machine",
    "left behind": "to leave something in memory that outlives it",
    "other user": "to make a program that runs as another user",
    "signals": "to end every process it can reach",
}
STOPPED = "The sandbox stopped that."
_SEEN = (
    "The sandbox shows a submission the libraries, the course's models and data, and an empty "
    "folder of its own; nothing else on this machine."
)
_PATH = re.compile(r"\[Errno (?:1|2|13|20|30)\] [^:]*: '(/[^']*)'")


def sentence(kinds: Iterable[str]) -> str:
    """What was tried and stopped; ``""`` for nothing."""
    tried = [TRIED.get(kind, TRIED["kernel"]) for kind in dict.fromkeys(kinds)]
    if not tried:
        return ""
    listed = tried[0] if len(tried) == 1 else f"{', '.join(tried[:-1])} and {tried[-1]}"
    return f"It tried {listed}. {STOPPED}"


def explained(raised: Raised, limits: Limits) -> str:
    """What of the sandbox stands behind an exception; ``""`` when nothing does."""
    if "OSError" not in raised.classes and raised.type != "RuntimeError":
        return ""
    message = raised.message
    if is_full(raised):
        size = f"{limits.scratch_bytes >> 20} MB"
        return f"It wrote more than {size} or {limits.scratch_inodes} files."
    if "[Errno 11]" in message or "can't start new thread" in message:
        return "It had started as many processes and threads as it may have."
    if "[Errno 24]" in message:
        return "It had as many files open as it may have."
    return _SEEN if _PATH.search(message) else ""


def is_full(raised: Raised) -> bool:
    """Whether it had no room left to write."""
    return "OSError" in raised.classes and bool(re.search(r"\[Errno 2[78]\]", raised.message))


def notes(observation: Observation, tasks: Iterable[Task], told: Collection[str]) -> Iterator[str]:
    """What a student is told besides the verdicts: what was stopped while the file was loaded, or
    in a function of which no verdict has ``told`` it."""
    said = sentence(observation.stopped)
    if said:
        yield f"While your file was loaded: {_lower(said)}"
    for task in _stopping(observation, tasks):
        public, hidden = _kinds(observation, task, True), _kinds(observation, task, False)
        if public and task.function not in told:
            yield f"`{task.function}`: {_lower(sentence(public))}"
        elif hidden and not public:
            yield (
                f"`{task.function}`: in a hidden case it tried something that the sandbox stopped."
            )


def staff_notes(observation: Observation, tasks: Iterable[Task]) -> Iterator[str]:
    """What was stopped in hidden cases."""
    for task in _stopping(observation, tasks):
        hidden = _kinds(observation, task, False)
        if hidden:
            yield f"`{task.function}`, in hidden cases: {_lower(sentence(hidden))}"


def _stopping(observation: Observation, tasks: Iterable[Task]) -> Iterator[Task]:
    """Those of which anything was stopped: next to none of a class."""
    for task in tasks:
        if any(map(of, observation.outcomes.get(task.function, {}).values())):
            yield task


def _kinds(observation: Observation, task: Task, public: bool) -> list[str]:
    found = [
        kind
        for case in task.cases
        if case.public is public
        for kind in of(observation.outcome(task.function, case.name))
    ]
    return list(dict.fromkeys(found))


def of(outcome: Outcome) -> tuple[str, ...]:
    """The kinds that were stopped in one case."""
    return () if isinstance(outcome, Broken) else outcome.stopped


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
