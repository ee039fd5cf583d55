"""What a run would do, and why.

In: submissions, and what the store holds. Out: a ``Step`` for each function of each, and a
``Verdict`` for the grade. Nothing is run, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.gradebook import Gradebook, ResultKey, key_of
from grader.model import CallKey, Job, Submission
from grader.plan import plan

KEPT, JUDGE, RUN = "kept", "judge", "run"
_OF_RESULT = {
    "submission": "the submission changed",
    "course": "its checks, cases, points, hints, mistakes or tolerances changed",
    "environment": "Python, a library, the course cache or the sandbox's code changed",
    "grader": "the grader changed",
    "seed": "the secret seed is another",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One function: ``run`` says whether it is run, ``why`` the reason for either."""

    topic: str
    function: str
    run: bool
    why: str


@dataclass(frozen=True, slots=True)
class Explained:
    """What will be done with one submission: ``action`` is kept, judge or run."""

    submission: str
    action: str
    why: str
    steps: tuple[Step, ...] = ()


@dataclass(slots=True)
class Explainer:
    """Remembers which keys a submission before would have run."""

    book: Gradebook
    _runs: dict[str, str] = field(default_factory=dict)

    def explain(self, submission: Submission) -> Explained:
        """What would be done with it."""
        why = self._why_judged(submission)
        if not why:
            return Explained(submission.name, KEPT, "nothing changed")
        steps = tuple(self._steps(submission))
        action = RUN if any(step.run for step in steps) else JUDGE
        return Explained(submission.name, action, why, steps)

    def _why_judged(self, submission: Submission) -> str:
        store = self.book.store
        kept = store.result(submission.name)
        if kept is None:
            return "it has no grade yet"
        before = ResultKey.read(kept.key)
        if before is None:
            return "the grader had failed on it"
        now = key_of(submission, self.book.base)
        unlike = now.unlike(before)
        # Another seed draws other cases, so that the course has changed by that alone.
        told = [name for name in unlike if name != "course" or "seed" not in unlike]
        return "; ".join(_OF_RESULT[name] for name in told)

    def _steps(self, submission: Submission) -> Iterator[Step]:
        course, keys = self.book.course, self.book.execution.keys
        for topic in course.assignment.topics:
            source = submission.sources.get(topic.name)
            if source is not None and not source.problem:
                job = plan(topic, source.text, source.file, isolate=course.isolate)
                yield from self._of_job(submission.name, job, keys.of(job))

    def _of_job(self, submission: str, job: Job, keys: tuple[CallKey, ...]) -> Iterator[Step]:
        known = self.book.store.recall([key.digest for key in keys])
        for key in keys:
            if key.digest in known:
                yield Step(key.topic, key.function, False, "stored")
            elif (other := self._runs.setdefault(key.digest, submission)) != submission:
                yield Step(key.topic, key.function, False, f"the same source as {other}'s")
            else:
                yield Step(key.topic, key.function, True, self._why_run(submission, key))

    def _why_run(self, submission: str, key: CallKey) -> str:
        before = self.book.store.latest(key.topic, key.function, key.source)
        if before is None:
            return self._why_new(submission, key)
        changed = []
        if before.call != key.call:
            other_seed = before.seed != key.seed
            changed.append("the secret seed is another" if other_seed else "its cases changed")
        if before.probes != key.probes:
            changed.append("its probe changed")
        if before.environment != key.environment:
            changed.append(_OF_RESULT["environment"])
        return "; ".join(changed)

    def _why_new(self, submission: str, key: CallKey) -> str:
        before = self.book.store.last_sources(submission).get(key.topic)
        if before is None:
            return "it is new"
        return "it was not finished" if before == key.source else "its source changed"
