"""``grader grade`` and ``grader report``. In: paths. Out: files below ``OUT``, and an exit code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from grader.classroom import work_through
from grader.cli.checking import code_of
from grader.cli.clustering import Where, runners
from grader.cli.containing import refuse as refuse_sandbox
from grader.cli.explaining import explain
from grader.cli.show import Steps, err, out, print_json, steps, tell
from grader.cli.stored import known_store, open_class_store
from grader.cli.uncontained import refuse, warn
from grader.early import slots
from grader.execute import Execution
from grader.grade import Course
from grader.gradebook import Gradebook, Graded, base_key
from grader.keys import Keys
from grader.lazy import LazyBaselines
from grader.model import Baseline, Grade, Submission
from grader.painting import AVAILABLE, Painter
from grader.publish import Publisher
from grader.report.result import to_json
from grader.report.rows import ClassRow
from grader.report.terminal import class_table, print_grade
from grader.sandbox import Pool
from grader.session import (
    Session,
    SessionError,
    fingerprint,
    functions_of,
    names_of,
    open_session,
)
from grader.store import Store
from grader.submission import collect, collect_class, count_class, is_class
from grader.submission.names import unique_name
from grader.verdicts import Verdicts
from grader.versions import grader_code

_NAMED = 5
_KEEP_DAYS = 30  # what no result was judged from, and nobody has recalled since
_MANY = 500  # submissions for which it pays to draw pages in a process of its own
_READERS = 2  # hand-ins of a class that are read at once
_BATCH = 16  # results that are kept in one transaction: what is lost with them is judged again


@dataclass(frozen=True, slots=True)
class Options:
    """What ``grader grade`` was told. ``store`` is a URL or path; ``""`` means one in ``out``."""

    out: Path
    topics: list[str]
    jobs: int
    reference: Path | None
    seed: str | None
    isolate: bool
    unsafe: bool
    require: tuple[str, ...] = ()
    plain: bool = False
    store: str = ""
    explain: bool = False
    where: Where = Where()  # noqa: RUF009  (a frozen value)


def grade(paths: list[Path], options: Options, as_json: bool, pool: Pool | None = None) -> int:
    """Grades everything at ``paths``; exits 0 when a class was graded, whoever failed in it.
    ``pool``: sandboxes that have begun already."""
    for path in paths:
        if not path.exists():
            raise SessionError(f"{path} is not there")
    refuse(options.plain, options.unsafe)
    if not options.explain:
        warn(options.plain)
    with steps() as show:
        show.say("getting ready")
        opened = known_store if options.explain else open_class_store
        with _open(options, show, pool) as session, opened(options.out, options.store) as store:
            submissions = _submissions(paths, session)
            if options.explain:
                book = gradebook(session.bare_course(options.isolate), session, store)
                return explain(submissions, book, out(), as_json)
            single = len(paths) == 1 and not is_class(paths[0], names_of(session.assignment))
            total = _number_of(paths, session)
            last, rows, strangers = _grade_all(submissions, total, session, store, options, show)
    if last is None:
        tell(err(), "No submission was found there.")
        return 2
    if single:
        return _show_single(last, options.out, as_json)
    code = _show_class(rows, options.out, as_json)
    _tell_of_strangers(strangers, options.out)
    return code


def _open(options: Options, show: Steps, pool: Pool | None) -> Session:
    return open_session(
        options.reference,
        options.topics,
        options.seed,
        show.say,
        plain=options.plain,
        guard=partial(refuse_sandbox, required=options.require, unsafe=options.unsafe),
        pool=pool,
    )


def gradebook(course: Course, session: Session, store: Store, here: bool = True) -> Gradebook:
    """The book in which a course is graded. ``here``: students' code runs on this machine."""
    environment = fingerprint(session.home)
    execution = Execution(store, Keys(environment, course.seed), here)
    verdicts = Verdicts()
    course = replace(course, judge=verdicts.judge, excused=verdicts.excused)
    return Gradebook(course, execution, base_key(course, environment, grader_code()))


def _grade_all(
    submissions: Iterator[Submission],
    total: int,
    session: Session,
    store: Store,
    options: Options,
    show: Steps,
) -> tuple[Grade | None, list[ClassRow], list[str]]:
    """The last grade, the lines of the class, and the names of those with results of an earlier run
    who did not come. What was finished is published and kept whatever ends the run."""
    # More slots than topics to run have nothing to do: a submission's own can be shared out.
    asked = slots(options.jobs)
    number = min(asked, max(1, total * len(session.assignment.topics)))
    if not options.where.cluster:
        graded_before = sum(1 for _ in store.result_keys())
        session.expect(number, soon=graded_before < total)
    course = _course(session, asked, options.isolate, show)
    book = gradebook(course, session, store, here=not options.where.cluster)
    store.close_unfinished()
    painter = Painter(options.out) if AVAILABLE and total >= _MANY else None
    publisher = Publisher(options.out, total=total, painter=painter)
    last = None
    show.start_count("grading", total)
    complete = False
    where = replace(options.where, jobs=number)
    with runners(session, where, partial(tell, show.console)) as found:
        graded = work_through(submissions, found.open, found.slots, book.grade, book.assist)
        try:
            while batch := tuple(_published(islice(graded, _BATCH), publisher, show)):
                book.keep(batch)
                last = batch[-1]
            complete = True
            store.prune(_KEEP_DAYS)
        finally:
            rows = publisher.finish(complete)
    return (last.grade() if last else None), rows, publisher.strangers()


def _tell_of_strangers(names: list[str], folder: Path) -> None:
    if not names:
        return
    some = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
    told = f"{len(names)} in {folder} did not come this time and are not in this table: {some}."
    tell(err(), f"{told} Their folders are as they were.")


def _course(session: Session, number: int, isolate: bool, show: Steps) -> Course:
    """The course, whose baselines are made when something has to be judged."""

    def make() -> Mapping[str, Baseline]:
        with show.meanwhile("the reference and its mistakes"):
            return session.course(number).baselines

    return replace(session.bare_course(isolate), baselines=LazyBaselines(make))


def _published(several: Iterator[Graded], publisher: Publisher, show: Steps) -> Iterator[Graded]:
    for one in several:
        publisher.put(one.submission, one.result(), one.grade)
        publisher.refresh()
        show.advance()
        yield one


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


def _number_of(paths: list[Path], session: Session) -> int:
    """How many submissions there are."""
    topics = names_of(session.assignment)
    return sum(count_class(path) if is_class(path, topics) else 1 for path in paths)


def _submissions(paths: list[Path], session: Session) -> Iterator[Submission]:
    """Every submission at the paths, each under a name of its own."""
    topics, functions = names_of(session.assignment), functions_of(session.assignment)
    taken: set[str] = set()
    for path in paths:
        if is_class(path, topics):
            found = collect_class(path, topics, functions=functions, readers=_READERS)
        else:
            found = iter([collect(path, topics, functions=functions)])
        for submission in found:
            # Also apart where a file system does not tell ``Ada`` from ``ada``.
            yield replace(submission, name=unique_name(submission.name, taken))


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
