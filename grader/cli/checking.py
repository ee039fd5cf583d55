"""``grader check``: a student's own work on the public cases. In: a folder. Out: an exit code."""

from __future__ import annotations

from pathlib import Path

from grader.cli.show import Steps, err, out, print_json, steps
from grader.grade import grade_submission
from grader.model import Grade, Submission
from grader.report.result import to_json
from grader.report.terminal import print_grade
from grader.session import Session, functions_of, names_of, open_session
from grader.submission import collect


def check(topics: list[str], folder: Path, reference: Path | None, as_json: bool) -> int:
    """Judges what is in ``folder`` on the public cases, and prints what to do next."""
    with steps() as show:
        show.say("getting ready")
        with open_session(reference, topics, "public", show.say, public_only=True) as session:
            grade = _check(session, topics, folder, show)
    if grade is None:
        return 2
    if as_json:
        print_json(to_json(grade))
    else:
        print_grade(grade, out())
    return code_of(grade)


def _check(session: Session, topics: list[str], folder: Path, show: Steps) -> Grade | None:
    assignment = session.assignment
    submission = collect(
        folder, names_of(assignment), folder.resolve().name, functions=functions_of(assignment)
    )
    session = session.only(topics or submission.sources)
    if not session.assignment.topics:
        err().print(_nothing(submission, folder), markup=False)
        return None
    show.say("the reference, on the public cases")
    course = session.course(1)
    show.say(f"your work: {', '.join(names_of(session.assignment))}")
    with session.open_runner() as runner:
        return grade_submission(submission, course, runner)


def code_of(grade: Grade) -> int:
    """0 for full marks, 3 when the grader itself failed somewhere, else 1."""
    checks = [
        check for topic in grade.topics for function in topic.functions for check in function.checks
    ]
    if any(check.status == "grader error" for check in checks):
        return 3
    return 0 if checks and all(check.status == "passed" for check in checks) else 1


def _nothing(submission: Submission, folder: Path) -> str:
    why = (submission.problem or "no topic's solution is here").rstrip(".")
    notes = "".join(f"\n  {note}" for note in submission.notes[:5])
    return (
        f"Nothing to check in {folder.resolve()}: {why}.{notes}\n"
        "Go to the folder that holds your topics (pad_batch/solution.py, ...), or name one: "
        "grader check pad_batch --folder FOLDER"
    )
