"""Who sits where: two to a worker, the emptiest first, and one who must be alone is."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from grader.cluster.errors import ClusterError
from grader.cluster.seats import Bench, Seats


def nothing() -> None:
    """A check that never finds anything."""


class Limited:
    """A check that finds something when it is asked for the ``times``-th time."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> None:
        self.left -= 1
        if not self.left:
            raise ClusterError("no cluster")


@pytest.fixture
def seats() -> Seats:
    found = Seats()
    for worker in ("a", "b"):
        found.admit(worker)
    return found


def in_thread(what: Callable[[], Bench]) -> tuple[threading.Thread, list[Bench]]:
    found: list[Bench] = []
    thread = threading.Thread(target=lambda: found.append(what()), daemon=True)
    thread.start()
    return thread, found


def test_jobs_are_spread_and_each_worker_has_one_waiting(seats: Seats):
    taken = [seats.take(False, nothing).worker for _ in range(4)]
    assert sorted(taken[:2]) == sorted(taken[2:]) == ["a", "b"]
    with pytest.raises(ClusterError):
        seats.take(False, Limited(1))


def test_a_seat_that_is_given_back_is_taken_by_who_waits(seats: Seats):
    first, *_ = [seats.take(False, nothing) for _ in range(4)]
    thread, found = in_thread(lambda: seats.take(False, nothing))
    assert not found
    seats.give(first)
    thread.join(5)
    assert [bench.worker for bench in found] == [first.worker]


def test_who_must_be_alone_waits_until_the_others_have_left(seats: Seats):
    there = [seats.take(False, nothing) for _ in range(4)]
    thread, found = in_thread(lambda: seats.take(True, nothing))
    (bench,) = {one for one in there if one.taken == 3 or one.reserved} or {there[0]}
    mine = [one for one in there if one is bench]
    for _ in range(100):
        if bench.reserved:
            break
        thread.join(0.02)
    seats.give(mine[0])
    thread.join(0.1)
    assert not found  # one is still there
    seats.give(mine[1])
    thread.join(5)
    assert found == [bench]
    assert bench.taken == 1


def test_nobody_sits_down_beside_who_is_alone(seats: Seats):
    alone = seats.take(True, nothing)
    others = [seats.take(False, nothing) for _ in range(2)]
    assert alone not in others
    with pytest.raises(ClusterError):
        seats.take(False, Limited(1))
    seats.give(alone)
    assert seats.take(False, nothing) is alone


def test_two_who_must_be_alone_get_two_workers(seats: Seats):
    assert seats.take(True, nothing) is not seats.take(True, nothing)
    with pytest.raises(ClusterError):
        seats.take(True, Limited(2))


def test_one_who_gives_up_waiting_to_be_alone_leaves_the_worker_to_others(seats: Seats):
    seats.dismiss(["b"])
    one = seats.take(False, nothing)
    with pytest.raises(ClusterError):
        seats.take(True, Limited(1))
    assert (one.taken, one.reserved) == (1, False)
    assert seats.take(False, nothing) is one


def test_when_the_worker_goes_the_one_who_waits_there_finds_another(seats: Seats):
    seats.shut("b")
    one = seats.take(False, nothing)
    thread, found = in_thread(lambda: seats.take(True, nothing))
    thread.join(0.1)
    seats.dismiss(["a"])
    seats.admit("b")
    thread.join(5)
    assert [bench.worker for bench in found] == ["b"]
    assert one.gone
    assert not one.open


def test_a_worker_that_comes_back_is_another(seats: Seats):
    old = seats.take(False, nothing)
    seats.dismiss([old.worker])
    seats.admit(old.worker)
    seats.give(old)
    taken = [seats.take(False, nothing) for _ in range(4)]
    assert old not in taken


def test_a_worker_that_is_shut_gets_nothing_new_and_may_open_again(seats: Seats):
    seats.shut("a")
    assert (seats.number(), set(seats.workers())) == (1, {"a", "b"})
    assert {seats.take(False, nothing).worker for _ in range(2)} == {"b"}
    seats.admit("a")
    assert seats.take(False, nothing).worker == "a"
