"""Grades that are kept, judged again, and explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from run_samples import ASSIGNMENT, BASELINES, CASES, Pretended, instead, right, submission, task

from grader.execute import Execution
from grader.explain import Explainer
from grader.grade import Course
from grader.gradebook import Gradebook, base_key
from grader.judge import judge_function
from grader.keys import Keys
from grader.model import (
    Assignment,
    Broken,
    Frame,
    Observation,
    Override,
    Place,
    Raised,
    Returned,
    Submission,
)
from grader.report.result import dumps
from grader.store import Store, open_store
from grader.verdicts import Verdicts

COURSE = Course(ASSIGNMENT, BASELINES, seed="seed")
ADA, ALAN = submission("ada"), submission("alan", "def f(x): return 9")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.sqlite3") as opened:
        yield opened


def book(store: Store, course: Course = COURSE, environment: str = "here", grader: str = "1"):
    verdicts = Verdicts()
    course = replace(course, judge=verdicts.judge, excused=verdicts.excused)
    execution = Execution(store, Keys(environment, course.seed))
    return Gradebook(course, execution, base_key(course, environment, grader))


def grade(graded_in: Gradebook, *several: Submission, does=right):
    """Grades and keeps; what had to be run, and the results."""
    pretended = Pretended(does)
    found = [graded_in.grade(one, pretended) for one in several]
    graded_in.keep(found)
    return pretended.functions, found


def was_kept(one) -> bool:
    return one.judged is None


def with_tasks(*tasks) -> Course:
    topic = replace(ASSIGNMENT.topics[0], tasks=tasks)
    return replace(COURSE, assignment=Assignment((topic,)))


F, G = ASSIGNMENT.topics[0].tasks
HINTED = with_tasks(F, replace(G, checks=(replace(G.checks[0], hint="Think again."),)))
DEARER = with_tasks(F, replace(G, checks=(replace(G.checks[0], points=7.0),)))
ANOTHER_CASE = with_tasks(task("f", cases=(CASES[0], replace(CASES[1], seed=1))), G)


def test_a_grade_is_kept_while_nothing_changes(store: Store):
    first_ran, (first,) = grade(book(store), ADA)
    again_ran, (again,) = grade(book(store), ADA)
    assert (first_ran, again_ran) == ([("f", "g")], [])
    assert (was_kept(first), was_kept(again)) == (False, True)
    assert dumps(again.grade()) == dumps(first.grade())
    assert first.grade().score == 10.0


@pytest.mark.parametrize("course", [HINTED, DEARER])
def test_a_change_of_what_is_judged_runs_nothing(store: Store, course: Course):
    grade(book(store), ADA)
    ran, (again,) = grade(book(store, course), ADA)
    assert (ran, was_kept(again)) == ([], False)
    assert again.grade().max_score == course.assignment.topics[0].points


def test_a_change_of_a_case_runs_its_function(store: Store):
    grade(book(store), ADA)
    ran, (again,) = grade(book(store, ANOTHER_CASE), ADA)
    assert (ran, was_kept(again)) == ([("f",)], False)


def test_another_grader_judges_again_and_runs_nothing(store: Store):
    grade(book(store), ADA)
    ran, (again,) = grade(book(store, grader="2"), ADA)
    assert (ran, was_kept(again)) == ([], False)


def test_what_the_grader_broke_is_tried_again(store: Store):
    _, (broken,) = grade(book(store), ADA, does=lambda j: instead(right(j), {"f": Broken("ours")}))
    assert broken.key == ""
    ran, (again,) = grade(book(store), ADA)
    assert ran == [("f",)]
    assert again.grade().score == 10.0
    assert was_kept(grade(book(store), ADA)[1][0])


def test_equal_behaviour_is_judged_once(store: Store, monkeypatch: pytest.MonkeyPatch):
    judged: list[str] = []

    def judging(known, *rest):
        judged.append(known.function)
        return judge_function(known, *rest)

    monkeypatch.setattr("grader.verdicts.judge_function", judging)

    def wrong(job):
        return instead(right(job), {"f": Returned(9)})

    shared = book(store)
    grade(shared, ADA, submission("kim", "another text"))
    assert judged == ["f", "g"]
    _, (alan,) = grade(shared, ALAN, does=wrong)
    assert judged == ["f", "g", "f"]
    assert alan.grade().score == 5.0


def test_what_points_at_the_same_line_is_judged_once(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Whatever stands elsewhere; the same words at another place are told with that place."""
    judged: list[str] = []

    def judging(known, *rest):
        judged.append(known.function)
        return judge_function(known, *rest)

    def raising(job):
        return instead(right(job), {"f": Raised("E", "no", frames=(Frame(2, "f"),))})

    monkeypatch.setattr("grader.verdicts.judge_function", judging)
    first, again = submission("ada", "# ada\nraise E"), submission("kim", "# kim\nraise E")
    own = {
        "t": replace(first.sources["t"], places=(Place("a.ipynb", 1, 3), Place("a.ipynb", 2, 3)))
    }
    _, found = grade(
        book(store), first, again, replace(first, name="zoe", sources=own), does=raising
    )
    assert judged == ["f", "g", "f"]
    told = [one.grade().topics[0].functions[0].checks[0].traceback[-1] for one in found]
    assert told[0] == told[1] != told[2]
    assert "a.ipynb" in told[2]


def test_whether_a_sibling_is_the_only_fault_is_asked_once(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        "grader.verdicts.excused", lambda *given: asked.append(given[3]) or given[3] == ("g",)
    )
    baseline = BASELINES["t"].functions["f"]
    verdicts, marked = Verdicts(), Observation("t", marks={"f": "one"})
    for observation, doubles in (
        *((marked, ("g",)), (marked, ("g",)), (marked, ("h",)), (marked, ("h",))),
        (replace(marked, marks={"f": "another"}), ("g",)),
    ):
        assert verdicts.excused(F, baseline, observation, doubles) is (doubles == ("g",))
    assert asked == [("g",), ("h",), ("g",)]
    for _ in range(2):  # what nobody knows the like of is asked each time
        verdicts.excused(F, baseline, Observation("t"), ("g",))
    assert len(asked) == 5


def test_what_points_into_a_text_is_judged_for_each_text(store: Store):
    def raising(job):
        return instead(right(job), {"f": Raised("E", "no", frames=(Frame(1, "f"),))})

    several = [submission("ada", "raise E  # ada"), submission("kim", "raise E  # kim")]
    _, found = grade(book(store), *several, does=raising)
    told = [one.grade().topics[0].functions[0].checks[0].traceback for one in found]
    assert "# ada" in told[0][-1]
    assert "# kim" in told[1][-1]


def test_points_by_hand_are_put_in_each_time(store: Store):
    _, (first,) = grade(book(store), ADA)
    store.override(Override("ada", "t", "f", "", 1.0, "copied", "kim", "now"))
    ran, (again,) = grade(book(store), ADA)
    assert (ran, was_kept(again), again.grade().score) == ([], True, 6.0)
    assert again.text == dumps(first.judged).encode()
    store.remove_override("ada", "t", "f", "")
    assert grade(book(store), ADA)[1][0].grade().score == 10.0


def explained(store: Store, one: Submission, course: Course = COURSE, environment: str = "here"):
    return Explainer(book(store, course, environment)).explain(one)


def runs(found) -> dict[str, str]:
    return {step.function: step.why for step in found.steps if step.run}


def test_what_is_new_is_explained(store: Store):
    found = explained(store, ADA)
    assert (found.action, found.why) == ("run", "it has no grade yet")
    assert runs(found) == {"f": "it is new", "g": "it is new"}
    assert store.result("ada") is None


def test_what_is_kept_and_what_is_judged_again_is_explained(store: Store):
    grade(book(store), ADA)
    assert explained(store, ADA).action == "kept"
    found = explained(store, ADA, HINTED)
    assert (found.action, runs(found)) == ("judge", {})
    assert "hints" in found.why


def test_why_a_function_is_run_is_explained(store: Store):
    grade(book(store), ADA)
    assert runs(explained(store, submission("ada", "changed"))) == dict.fromkeys(
        "fg", "its source changed"
    )
    assert runs(explained(store, ADA, ANOTHER_CASE)) == {"f": "its cases changed"}
    other = "Python, a library, the course cache or the sandbox's code changed"
    assert runs(explained(store, ADA, environment="there")) == dict.fromkeys("fg", other)
    seeded = replace(ANOTHER_CASE, seed="another")
    found = explained(store, ADA, seeded)
    assert runs(found) == {"f": "the secret seed is another"}
    assert found.why == "the secret seed is another"


def test_equal_sources_are_explained(store: Store):
    explainer = Explainer(book(store))
    explainer.explain(ADA)
    found = explainer.explain(submission("kim"))
    assert {step.why for step in found.steps} == {"the same source as ada's"}
    assert found.action == "judge"


def test_the_explanation_is_what_happens(store: Store):
    grade(book(store), ADA, ALAN)
    for course in (COURSE, HINTED, DEARER, ANOTHER_CASE):
        told = runs(explained(store, ALAN, course))
        ran, _ = grade(book(store, course), ALAN)
        assert [function for job in ran for function in job] == sorted(told)
