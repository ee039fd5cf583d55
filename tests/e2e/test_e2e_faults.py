"""A grader error never costs points, and a student's fault never becomes one: what the real warm
process says when things break, on either side."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest
from containment_helpers import needs_root
from e2e_helpers import REFERENCE, processes_of

from grader.baseline import topic_baseline
from grader.grade import Course, grade_submission
from grader.judge import judge_topic
from grader.model import (
    Assignment,
    Broken,
    Call,
    Case,
    Died,
    Job,
    Limits,
    Outcome,
    Raised,
    Returned,
    Source,
    Status,
    Submission,
)
from grader.sandbox import WarmSandbox
from grader.spec import load_topic

SHORT = Limits(wall=0.5)


def outcomes(
    sandbox: WarmSandbox, source: str, numbers: int = 1, limits: Limits = SHORT, **job: object
) -> list[Outcome]:
    """What ``f(n)`` does for each n below ``numbers``."""
    cases = tuple(Case(f"case {n}", {"n": n}) for n in range(numbers))
    call = Call("f", cases, ("n",), limits=limits)
    made = replace(Job("t", f"import os, signal, time\n{source}", "s.py", (call,)), **job)
    found: Mapping[str, Outcome] = sandbox.run(made).outcomes["f"]
    return [found[case.name] for case in cases]


def reasons(found: list[Outcome]) -> list[str]:
    return [one.reason if isinstance(one, Died) else type(one).__name__ for one in found]


def test_a_killed_warm_process_costs_nobody_anything(sandbox: WarmSandbox):
    """In the middle of a grading it is killed; the same grade comes out."""
    topic = load_topic(REFERENCE / "demo", "s")
    course = Course(Assignment((topic,)), {"demo": topic_baseline(topic, sandbox)})
    slow = topic.reference.replace("return x", "__import__('time').sleep(0.3)\n    return x")
    submission = Submission("slow", {"demo": Source("demo", "solution.py", slow)})
    first = sandbox.pid
    killer = threading.Timer(0.3, os.kill, (first, signal.SIGKILL))
    killer.start()
    grade = grade_submission(submission, course, sandbox)
    killer.join()
    again = grade_submission(submission, course, sandbox)
    assert sandbox.pid not in (0, first)
    assert (grade.score, grade.max_score) == (again.score, again.max_score) == (6.0, 6.0)
    uid = sandbox._lease.uid
    assert uid is None or processes_of(uid) == []


def test_a_child_that_cannot_start_is_the_graders_fault(
    sandbox: WarmSandbox, monkeypatch: pytest.MonkeyPatch
):
    topic = load_topic(REFERENCE / "demo", "s")
    course = Course(Assignment((topic,)), {"demo": topic_baseline(topic, sandbox)})
    submission = Submission("ada", {"demo": Source("demo", "solution.py", topic.reference)})
    right = WarmSandbox._plan
    with monkeypatch.context() as patch:
        patch.setattr(WarmSandbox, "_plan", lambda *a: replace(right(*a), read_only=("/usr",)))
        grade = grade_submission(submission, course, sandbox)
    lines = [line for one in grade.topics[0].functions for line in one.checks]
    assert {line.status for line in lines} == {Status.GRADER_ERROR}
    assert "ContainmentError" in lines[0].staff
    assert "costs you nothing" in lines[0].message
    assert (grade.score, grade.max_score) == (0.0, 0.0)
    assert grade_submission(submission, course, sandbox).score == 6.0


def test_a_broken_probe_is_staffs_fault(sandbox: WarmSandbox):
    (found,) = outcomes(sandbox, "def f(n): return n", probes="1 / 0")
    assert isinstance(found, Broken)


def test_a_case_that_dies_costs_only_itself(sandbox: WarmSandbox):
    found = outcomes(sandbox, "def f(n):\n    if n == 1: os._exit(0)\n    return n", 4)
    assert reasons(found) == ["Returned", "exit", "Returned", "Returned"]
    assert [one.value for one in found if isinstance(one, Returned)] == [0, 2, 3]


def test_after_three_deaths_the_rest_is_not_tried(sandbox: WarmSandbox):
    found = outcomes(sandbox, "def f(n): os._exit(0)", 5)
    assert reasons(found) == ["exit", "exit", "exit", "skipped", "skipped"]


def test_each_case_may_print_up_to_the_limit(sandbox: WarmSandbox):
    limits = replace(SHORT, output=10_000)
    source = "def f(n): print('x' * (9_000 if n < 5 else 9_000_000))"
    assert reasons(outcomes(sandbox, source, 6, limits)) == ["Returned"] * 5 + ["output"]


def test_in_a_process_of_its_own_no_case_sees_another(sandbox: WarmSandbox):
    source = "seen = []\ndef f(n):\n    seen.append(n)\n    return len(seen)"
    shared = outcomes(sandbox, source, 3)
    alone = outcomes(sandbox, source, 3, isolate=True)
    assert [one.value for one in shared if isinstance(one, Returned)] == [1, 2, 3]
    assert [one.value for one in alone if isinstance(one, Returned)] == [1, 1, 1]


def test_who_stops_the_process_above_is_stopped_too(sandbox: WarmSandbox):
    source = "def f(n):\n    os.kill(os.getppid(), signal.SIGSTOP)\n    time.sleep(60)"
    assert reasons(outcomes(sandbox, source)) == ["timeout"]


def test_who_kills_the_process_above_gains_nothing(sandbox: WarmSandbox):
    source = "def f(n):\n    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(60)"
    assert reasons(outcomes(sandbox, source, 2)) == ["signal", "signal"]


def test_what_a_case_printed_is_told_with_that_case(sandbox: WarmSandbox):
    """Never with the one before it, whose words a student may be shown."""
    found = outcomes(sandbox, "def f(n): print(f'this is {n}')", 20)
    assert [one.output for one in found] == [f"this is {n}\n" for n in range(20)]


def test_one_large_file_is_too_large(sandbox: WarmSandbox):
    source = "def f(n):\n    with open('f', 'w') as file: file.truncate(1 << 40)"
    (found,) = outcomes(sandbox, source)
    assert isinstance(found, Raised)
    assert (found.type, "File too large" in found.message) == ("OSError", True)


FILE_FLOOD = "def f(n):\n    for n in range(9999): os.mkdir(str(n))\n    time.sleep(60)"


def test_too_many_files_fail_in_a_scratch_folder_of_bounded_size(sandbox: WarmSandbox):
    if "namespaces" not in sandbox.layers():
        pytest.skip("this machine has no namespaces")
    (found,) = outcomes(sandbox, FILE_FLOOD, limits=Limits(scratch_inodes=99))
    assert isinstance(found, Raised)
    assert "No space left" in found.message


@needs_root
def test_too_many_files_end_the_run_where_they_are_only_watched(
    sandbox: WarmSandbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sandbox, "without", ("namespaces",))
    found = outcomes(sandbox, FILE_FLOOD, limits=Limits(scratch_inodes=99))
    assert reasons(found) == ["scratch"]


def test_a_failed_load_is_told_once_for_all_cases(sandbox: WarmSandbox):
    found = outcomes(sandbox, "raise ValueError('no')", 3)
    assert [(one.type, one.stage) for one in found] == [("ValueError", "load")] * 3


def test_a_judge_that_fails_costs_nobody_anything(
    sandbox: WarmSandbox, monkeypatch: pytest.MonkeyPatch
):
    """Ours, for staff to see with its lines; the class goes on."""
    topic = load_topic(REFERENCE / "demo", "s")
    baseline = topic_baseline(topic, sandbox)
    course = Course(Assignment((topic,)), {"demo": baseline})
    work = Submission("ada", {"demo": Source("demo", "solution.py", topic.reference)})
    judged = []

    def fails_at_first(*arguments: object) -> object:
        judged.append(arguments)
        if len(judged) == 1:
            raise OverflowError("int too large to convert to float")
        return judge_topic(*arguments)

    monkeypatch.setattr("grader.grade.judge_topic", fails_at_first)
    grade = grade_submission(work, course, sandbox)
    lines = [line for topic in grade.topics for one in topic.functions for line in one.checks]
    assert {line.status for line in lines} == {Status.GRADER_ERROR}
    assert (grade.score, grade.max_score) == (0, 0)
    assert "OverflowError: int too large" in lines[0].staff
