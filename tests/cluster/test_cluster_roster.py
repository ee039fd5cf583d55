"""Who is fit to work: what a worker says of itself, compared with what is here."""

from __future__ import annotations

import pytest

from grader.cluster.roster import Roster, differences, weakest
from grader.cluster.seats import Seats
from grader.cluster.words import Report, dump_report, load_report

FACTS = (("grader", "1.0"), ("torch", "2.13.0"), ("course cache", "course-1"))
ALL = ("rlimits", "distinct user", "namespaces", "landlock:7", "seccomp")
GOOD = Report(FACTS, ALL)


def test_a_report_comes_back():
    report = Report(FACTS, ALL, (("cgroup memory", "no right to it"),), "a fault")
    assert load_report(dump_report(report)) == report


@pytest.mark.parametrize("data", [b"", b"[]", b'{"facts": 1}', b"\xff", None, b'{"facts": [[1]]}'])
def test_what_is_no_report_is_a_fault(data: bytes | None):
    assert "no report" in load_report(data).fault


def test_what_differs_is_named():
    there = (("grader", "1.0"), ("torch", "2.12.1"))
    assert differences(FACTS, there) == (
        "torch is 2.12.1 there and 2.13.0 here, course cache is missing there and course-1 here"
    )
    assert differences(FACTS, (*FACTS, ("more", "1"))) == ""


def test_the_weakest_of_all_holds():
    weaker = ("rlimits", "landlock:5", "seccomp")
    assert weakest([ALL, ALL]) == ALL
    assert weakest([ALL, weaker]) == ("rlimits", "landlock", "seccomp")
    assert weakest([]) == ()


class Said:
    """A roster of workers that have said what they are."""

    def __init__(self, **reports: Report) -> None:
        self.told: list[str] = []
        self.seats = Seats()
        self.roster = Roster(None, FACTS, self.seats, self.told.append, 1.0)
        for name, report in reports.items():
            self.meets(name, report)

    def meets(self, name: str, report: Report) -> None:
        self.roster._judge(f"tls://host:{len(name)}", name, report)


def test_a_worker_that_is_the_same_gets_seats():
    said = Said(good=GOOD)
    assert (said.seats.workers(), said.told) == (("tls://host:4",), [])


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (Report((*FACTS[:1], ("torch", "2.12.1"), FACTS[2]), ALL), "torch is 2.12.1 there"),
        (Report(fault="The course cache could not be built in /x"), "could not be built in /x"),
    ],
)
def test_a_worker_that_is_not_is_refused_by_name(report: Report, why: str):
    said = Said(odd=report)
    assert said.seats.workers() == ()
    (told,) = said.told
    assert told.startswith("the worker odd at tls://host:3 is refused: ")
    assert why in told


def test_who_comes_later_contains_no_less():
    said = Said(good=GOOD)
    assert said.roster.layers() == ALL
    said.meets("later", Report(FACTS, ("rlimits", "distinct user", "landlock:6", "seccomp")))
    assert said.told == [
        "the worker later at tls://host:5 is refused: it contains students' code without namespaces"
    ]
    said.meets("better", Report(FACTS, (*ALL[:3], "landlock:8", "seccomp", "cgroup memory")))
    assert said.seats.workers() == ("tls://host:4", "tls://host:6")


def test_what_is_missing_is_told_with_the_place():
    said = Said(good=GOOD, weak=Report(FACTS, ALL[:2], (("landlock", "an old kernel"),)))
    assert said.roster.layers() == ALL[:2]
    assert said.roster.missing() == (("landlock", "an old kernel (on tls://host:4)"),)
