"""``grader grade`` and ``grader report``. In: paths. Out: files below ``OUT``, and an exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.cli.checking import code_of
from grader.cli.show import Steps, err, out, print_json, steps, tell
from grader.cli.uncontained import refuse, warn
from grader.grade import grade_class
from grader.model import Grade, Submission
from grader.publish import Publisher
from grader.report.result import to_json
from grader.report.rows import ClassRow
from grader.report.terminal import class_table, print_grade
from grader.sandbox.layers import lacking, weak
from grader.session import (
    Session,
    SessionError,
    functions_of,
    names_of,
    open_session,
    slots,
)
from grader.submission import collect, collect_class, is_class
from grader.submission.names import unique_name


@dataclass(frozen=True, slots=True)
class Options:
    """What ``grader grade`` was told."""

    out: Path
    topics: list[str]
    jobs: int
    reference: Path | None
    seed: str | None
    isolate: bool
    unsafe: bool
    require: tuple[str, ...] = ()
    plain: bool = False


def grade(paths: list[Path], options: Options, as_json: bool) -> int:
    """Grades everything at ``paths``; exits 0 when a class was graded, whoever failed in it."""
    for path in paths:
        if not path.exists():
            raise SessionError(f"{path} is not there")
    refuse(options.plain, options.unsafe)
    warn(options.plain)
    with steps() as show:
        show.say("getting ready")
        publisher = Publisher(options.out)
        with _open(options, show) as session:
            single = len(paths) == 1 and not is_class(paths[0], names_of(session.assignment))
            last = _grade_all(paths, session, options, publisher, show)
        rows = publisher.finish()
    if last is None:
        tell(err(), "No submission was found there.")
        return 2
    if single:
        return _show_single(last, options.out, as_json)
    return _show_class(rows, options.out, as_json)


def _open(options: Options, show: Steps) -> Session:
    return open_session(
        options.reference, options.topics, options.seed, show.say, plain=options.plain
    )


def report(folder: Path, as_json: bool, afresh: bool = False) -> int:
    """Renders again what is missing or stale below ``folder``; everything if ``afresh``."""
    publisher = Publisher(folder, afresh)
    with steps() as show:
        show.start_count("rendering", None)
        for _ in publisher.draw_again():
            show.advance()
        rows = publisher.finish()
    if not rows:
        tell(err(), f"There is no result.json below {folder}.")
        return 2
    return _show_class(rows, folder, as_json)


def _grade_all(
    paths: list[Path],
    session: Session,
    options: Options,
    publisher: Publisher,
    show: Steps,
) -> Grade | None:
    last = None
    number = slots(options.jobs)
    show.say("the reference and its mistakes")
    course = session.course(number, options.isolate)
    with session.open_runner() as runner:
        refuse_weak_containment(runner.layers(), options.unsafe)
        refuse_less_than(options.require, runner.layers(), runner.missing())
    show.start_count("grading", None)
    for grade in grade_class(_submissions(paths, session), course, session.open_runner, number):
        publisher.add(grade)
        show.advance()
        last = grade
    return last


def _submissions(paths: list[Path], session: Session) -> Iterator[Submission]:
    """Every submission at the paths, each under a name of its own."""
    topics, functions = names_of(session.assignment), functions_of(session.assignment)
    taken: set[str] = set()
    for path in paths:
        if is_class(path, topics):
            found = collect_class(path, topics, functions=functions)
        else:
            found = iter([collect(path, topics, functions=functions)])
        for submission in found:
            # Also apart where a file system does not tell ``Ada`` from ``ada``.
            yield replace(submission, name=unique_name(submission.name, taken))


def refuse_weak_containment(layers: tuple[str, ...], unsafe: bool) -> None:
    """Others' code is not run where it could read the answers or reach the network."""
    missing = weak(layers)
    if missing and not unsafe:
        raise SessionError(
            f"{' and '.join(missing)} cannot be had on this machine, so others' code could reach "
            "what it must not. `grader doctor` tells more; --unsafe runs it all the same."
        )


def refuse_less_than(
    required: tuple[str, ...], layers: tuple[str, ...], reasons: Iterable[tuple[str, str]]
) -> None:
    """Nothing is run with less than was required."""
    missing = lacking(required, layers)
    if not missing:
        return
    why = "".join(f"\n  {name}: {reason}" for name, reason in reasons)
    raise SessionError(
        f"--require: {', '.join(missing)} cannot be had on this machine. Nothing was run.{why}\n"
        "`grader doctor` tells how to get it."
    )


def _show_single(grade: Grade, folder: Path, as_json: bool) -> int:
    if as_json:
        print_json(to_json(grade))
    else:
        print_grade(grade, out())
        tell(out(), f"Report: {folder / grade.submission / 'report.html'}", whole=True)
    return code_of(grade)


def _show_class(rows: list[ClassRow], folder: Path, as_json: bool) -> int:
    if as_json:
        print_json(
            [
                {
                    "submission": row.submission,
                    "score": row.score,
                    "max_score": row.max_score,
                    "status": row.status,
                }
                for row in rows
            ]
        )
    else:
        class_table(rows, out())
        tell(out(), f"Class page: {folder / 'index.html'}", whole=True)
    return 0
