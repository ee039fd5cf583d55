"""What is said of the calls that the sandbox refused: to a student, and to staff."""

from __future__ import annotations

from typing import Any

import pytest

from grader import stopped
from grader.model import Broken, Case, Died, Limits, Observation, Outcome, Raised, Returned, Task
from grader.worker.containment.policy import KINDS

TASK = Task(
    "double",
    (Case("small", {}, public=True), Case("secret", {})),
    checks=(),
    mistakes=(),
)


def seen(public: Outcome, hidden: Outcome, **more: Any) -> Observation:
    return Observation("t", {"double": {"small": public, "secret": hidden}}, **more)


def returned(*kinds: str) -> Returned:
    return Returned(1, stopped=kinds)


def test_every_kind_has_its_words():
    assert set(stopped.TRIED) == set(KINDS)


def test_nothing_is_said_where_nothing_was_stopped():
    assert stopped.sentence(()) == ""
    observation = seen(returned(), Died("timeout"))
    assert list(stopped.notes(observation, [TASK], ())) == []
    assert list(stopped.staff_notes(observation, [TASK])) == []


def test_each_kind_is_named_once():
    assert stopped.sentence(["network", "paths", "network"]) == (
        "It tried to open a network connection and to reach or to watch files other than by "
        "opening them. The sandbox stopped that."
    )


def test_an_unknown_kind_is_told_in_general():
    assert "closed to submissions" in stopped.sentence(["something new"])


def test_what_was_stopped_in_a_public_case_is_named():
    observation = seen(returned("network"), returned("network", "keys"))
    assert list(stopped.notes(observation, [TASK], ())) == [
        "`double`: it tried to open a network connection. The sandbox stopped that."
    ]
    assert list(stopped.notes(observation, [TASK], {"double"})) == []


@pytest.mark.parametrize("kind", sorted(stopped.TRIED))
def test_a_hidden_case_cannot_spell_its_input_with_what_it_tries(kind: str):
    """Whatever was tried there, the student reads the same."""
    observation = seen(returned(), returned(kind))
    assert list(stopped.notes(observation, [TASK], ())) == [
        "`double`: in a hidden case it tried something that the sandbox stopped."
    ]
    (for_staff,) = stopped.staff_notes(observation, [TASK])
    assert stopped.TRIED[kind] in for_staff


def test_what_was_stopped_while_loading_is_told_so():
    observation = seen(returned(), returned(), stopped=("network",))
    (note,) = stopped.notes(observation, [TASK], ())
    assert note == (
        "While your file was loaded: it tried to open a network connection. "
        "The sandbox stopped that."
    )


def test_a_fault_of_the_graders_own_has_stopped_nothing():
    assert stopped.of(Broken("no disk")) == ()


def raised(message: str, type_: str = "OSError") -> Raised:
    return Raised(type_, message, (type_, "OSError", "Exception"))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("[Errno 13] Permission denied: '/etc/shadow'", "empty folder of its own"),
        ("[Errno 2] No such file or directory: '/home/me/data.csv'", "empty folder of its own"),
        ("[Errno 28] No space left on device", "more than 256 MB or 4096 files"),
        ("[Errno 27] File too large", "more than 256 MB or 4096 files"),
        ("[Errno 11] Resource temporarily unavailable", "as many processes and threads"),
        ("[Errno 24] Too many open files: '/dev/null'", "as many files open"),
    ],
)
def test_what_stands_behind_an_exception_is_explained(message: str, words: str):
    assert words in stopped.explained(raised(message), Limits())


@pytest.mark.parametrize(
    "message", ["[Errno 2] No such file or directory: 'data.csv'", "something of the student's"]
)
def test_a_students_own_fault_is_not_explained_away(message: str):
    assert stopped.explained(raised(message), Limits()) == ""


def test_only_the_systems_errors_are_explained():
    own = Raised("ValueError", "[Errno 28] mine", ("ValueError", "Exception"))
    assert stopped.explained(own, Limits()) == ""
