"""``grader check``: a student's own work on the public cases. In: a folder. Out: an exit code.

What is right comes from the pack of the students' kit, where there is one; else from the reference.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.cli.show import Steps, err, out, print_json, steps, tell
from grader.cli.uncontained import warn
from grader.grade import grade_submission
from grader.model import Grade, Submission
from grader.pack import Mismatch, find_pack, mismatches, notice
from grader.report.result import to_json
from grader.report.terminal import print_grade
from grader.sandbox import Pool
from grader.session import (
    Session,
    SessionError,
    functions_of,
    names_of,
    open_pack,
    open_session,
)
from grader.submission import collect
from grader.versions import stamp


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for: topics, the folder worked in, and where what is right comes from.
    ``plain``: without containment."""

    topics: list[str]
    folder: Path
    reference: Path | None
    pack: Path | None
    as_json: bool
    plain: bool = False


def check(options: Options, pool: Pool | None = None) -> int:
    """Judges what is in the folder on the public cases, and prints what to do next. ``pool``:
    sandboxes that have begun already."""
    warn(options.plain)
    with steps() as show:
        show.say("getting ready")
        with _open(options, show, pool) as session:
            grade = _check(session, options, show)
    if grade is None:
        return 2
    differing = _differing(session)
    for line in notice(differing):
        tell(err(), line, "yellow")
    if options.as_json:
        print_json(to_json(grade) | _of_pack(session, differing))
    else:
        print_grade(grade, out())
    return code_of(grade)


def _open(options: Options, show: Steps, pool: Pool | None) -> Session:
    """The pack that is named, or the nearest one upwards; else the reference."""
    if options.pack and options.reference:
        raise SessionError("what is right comes from --pack or from --reference: name one.")
    file = options.pack
    if file is None and options.reference is None:
        file = find_pack(options.folder)
    if file is not None:
        return open_pack(file, options.topics, show.say, options.plain, pool)
    return open_session(
        options.reference,
        options.topics,
        "public",
        show.say,
        public_only=True,
        plain=options.plain,
        pool=pool,
    )


def _check(session: Session, options: Options, show: Steps) -> Grade | None:
    assignment, folder = session.assignment, options.folder
    submission = collect(
        folder, names_of(assignment), folder.resolve().name, functions=functions_of(assignment)
    )
    session = session.only(options.topics or submission.sources)
    if not session.assignment.topics:
        tell(err(), _nothing(submission, folder))
        return None
    session.expect(1, soon=True, sources=[one.text for one in submission.sources.values()])
    if session.pack is None:
        show.say("the reference, on the public cases")
    course = session.course(1)
    show.say(f"your work: {', '.join(names_of(session.assignment))}")
    with session.open_runner() as runner:
        return grade_submission(submission, course, runner)


def _differing(session: Session) -> tuple[Mismatch, ...]:
    return mismatches(session.pack.versions, stamp(session.home)) if session.pack else ()


def _of_pack(session: Session, differing: tuple[Mismatch, ...]) -> dict[str, Any]:
    """What the result says of the pack; nothing when there is none."""
    if session.pack is None:
        return {}
    return {
        "pack": {
            "digest": session.pack.digest,
            "versions": dict(session.pack.versions),
            "differing": [asdict(one) for one in differing],
            "notice": list(notice(differing)),
        }
    }


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
