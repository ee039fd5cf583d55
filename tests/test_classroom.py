"""Working through a class: order, bounds, ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest
from run_samples import Pretended, submission

from grader.classroom import work_through
from grader.model import Submission


def names(number: int) -> list[Submission]:
    return [submission(f"s{at}") for at in range(number)]


def open_pretended():
    return nullcontext(Pretended())


def name_of(one: Submission, runner: object) -> str:
    return one.name


@pytest.mark.parametrize("slots", [1, 3])
def test_every_submission_is_worked_on_once(slots: int):
    found = list(work_through(names(20), open_pretended, slots, name_of))
    assert sorted(found) == sorted(one.name for one in names(20))


def test_an_empty_class_ends():
    assert list(work_through([], open_pretended, 2, name_of)) == []


def test_submissions_are_read_as_they_are_needed():
    read: list[str] = []

    def reading() -> Iterator[Submission]:
        for one in names(100):
            read.append(one.name)
            yield one

    results = work_through(reading(), open_pretended, 2, name_of)
    taken = [next(results) for _ in range(3)]
    threading.Event().wait(0.3)  # whoever would run ahead has had the time
    assert len(taken) == 3
    # three taken, four results that wait, two in hand, two in the queue, one being put into it
    assert len(read) <= 12
    results.close()


def test_each_slot_has_a_runner_of_its_own_and_gives_it_back():
    opened: list[str] = []

    @contextmanager
    def opening():
        opened.append("open")
        yield Pretended()
        opened.append("closed")

    list(work_through(names(5), opening, 2, name_of))
    assert sorted(opened) == ["closed", "closed", "open", "open"]


def test_a_runner_that_cannot_be_opened_is_told():
    def opening():
        raise RuntimeError("no sandbox here")

    with pytest.raises(RuntimeError, match="no sandbox here"):
        list(work_through(names(5), opening, 2, name_of))


def test_a_class_that_cannot_be_read_is_told():
    def reading() -> Iterator[Submission]:
        yield submission("ada")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(work_through(reading(), open_pretended, 2, name_of))


def test_slots_end_when_nobody_takes_their_results():
    before = set(threading.enumerate())
    results = work_through(names(50), open_pretended, 2, name_of)
    next(results)
    own = set(threading.enumerate()) - before
    assert own
    results.close()
    for thread in own:
        thread.join(10)
    assert not any(thread.is_alive() for thread in own)
