"""One submission's grade: the one that is kept, or a new one.

In: a submission and a runner. Out: a ``Graded``. A kept grade stands while nothing has changed that
it depends on: the submission, what staff declared, the versions, the grader's own code, the seed.
It is kept as the judge left it; points given by hand are put in each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache

from grader.execute import Execution
from grader.grade import Course, grade_submission, jobs_of
from grader.keys import digest, source_digest
from grader.model import Grade, Override, Place, Status, Submission
from grader.override import overridden
from grader.report.result import dumps, loads
from grader.sandbox import Runner
from grader.store import NewResult, Store

_SHORT = 16  # hex digits of a part of a key


@dataclass(frozen=True, slots=True)
class ResultKey:
    """What a grade depends on, each a digest."""

    submission: str
    course: str
    environment: str
    grader: str
    seed: str

    def __str__(self) -> str:
        return " ".join(getattr(self, one.name)[:_SHORT] for one in fields(self))

    @classmethod
    def read(cls, text: str) -> ResultKey | None:
        """The key again; ``None`` for what is none."""
        parts = text.split(" ")
        return cls(*parts) if len(parts) == len(fields(cls)) else None

    def unlike(self, other: ResultKey) -> tuple[str, ...]:
        """The names of the parts that differ."""
        names = [one.name for one in fields(self)]
        return tuple(n for n in names if getattr(self, n)[:_SHORT] != getattr(other, n)[:_SHORT])


@dataclass(frozen=True, slots=True)
class Graded:
    """What the judge says of a submission: ``text`` is that of its result, ``judged`` the grade, or
    ``None`` when it was kept. ``key`` is what it is kept under (``""``: the next run tries again),
    ``by_hand`` the points given by hand, ``calls`` the digests of what it was judged from, and
    ``sources`` those of the submission's sources by topic."""

    submission: str
    key: str
    text: bytes
    judged: Grade | None = None
    by_hand: tuple[Override, ...] = ()
    calls: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)

    def grade(self) -> Grade:
        """The grade, with the points given by hand."""
        return overridden(self.judged or loads(self.text), self.by_hand)

    def result(self) -> bytes:
        """The text of the result, with the points given by hand."""
        return dumps(self.grade()).encode() if self.by_hand else self.text


@dataclass(frozen=True, slots=True)
class Gradebook:
    """Grades against one course, with one store. ``base`` is the key of everything but the
    submission."""

    course: Course
    execution: Execution
    base: ResultKey

    @property
    def store(self) -> Store:
        return self.execution.store

    def grade(self, submission: Submission, runner: Runner) -> Graded:
        """The submission's grade. Raises what the store raises."""
        key = str(key_of(submission, self.base))
        kept = self.store.result(submission.name, key)
        by_hand = self.store.overrides(submission.name)
        if kept is not None:
            return Graded(submission.name, key, kept.grade, by_hand=by_hand)
        recalling = self.execution.runner(runner, submission.name)
        recalling.foresee(jobs_of(submission, self.course))
        try:
            judged = grade_submission(submission, self.course, recalling)
        finally:
            recalling.close()
        return Graded(
            submission=submission.name,
            key="" if _is_broken(judged) else key,
            text=dumps(judged).encode(),
            judged=judged,
            by_hand=by_hand,
            calls=frozenset(recalling.calls),
            sources={
                topic: source_digest(source.text, source.file)
                for topic, source in submission.sources.items()
            },
        )

    def assist(self, runner: Runner) -> bool:
        """Runs something for a submission that is being graded; ``False`` where nothing is left."""
        return self.execution.assist(runner)

    def keep(self, several: Iterable[Graded]) -> None:
        """Keeps the new ones."""
        new = [
            NewResult(one.submission, one.key, one.text, one.calls, one.sources)
            for one in several
            if one.judged is not None
        ]
        if new:
            self.store.put_results(new)


def base_key(course: Course, environment: str, grader: str) -> ResultKey:
    """``environment`` names what observations depend on, ``grader`` the code that judges."""
    return ResultKey(
        submission="",
        course=digest(f"{course.isolate} {course.assignment!r}"),
        environment=digest(environment),
        grader=digest(grader),
        seed=digest(f"seed {course.seed}"),
    )


def key_of(submission: Submission, base: ResultKey) -> ResultKey:
    """The whole key."""
    parts = [submission.name, submission.problem, repr(submission.notes)]
    for name, source in sorted(submission.sources.items()):
        of_source = source_digest(source.text, source.file)
        told = f"{source.problem} {source.notes!r} {_places(source.places)}"
        parts.append(f"{name} {of_source} {told}")
    return ResultKey(
        submission=digest("\0".join(parts)),
        course=base.course,
        environment=base.environment,
        grader=base.grader,
        seed=base.seed,
    )


@lru_cache(maxsize=256)
def _places(places: tuple[Place, ...]) -> str:
    return digest(str([(place.file, place.line, place.cell) for place in places]))


def _is_broken(grade: Grade) -> bool:
    """Whether the grader failed on some of it: the next run tries again."""
    return any(
        check.status is Status.GRADER_ERROR
        for topic in grade.topics
        for function in topic.functions
        for check in function.checks
    )
