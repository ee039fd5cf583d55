"""Opens a course for work: where things are, which versions they have, and the runner.

In: the paths that a command was given. Out: an ``Assignment``, baselines, and runners on demand.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from platformdirs import user_data_path

import grader
from grader.baseline import Remembering, baselines, forget_old
from grader.course.location import cache_home, ensure_built
from grader.early import new_pool
from grader.fair import Gate
from grader.grade import Course
from grader.model import Assignment, Topic
from grader.pack import Pack, PackError, load, public_part, read_pack
from grader.sandbox import (
    Guard,
    Guarded,
    Leasing,
    Pool,
    Runner,
    Sandbox,
    no_guard,
    parts_in,
)
from grader.spec import UnknownTopicError, load_assignment, new_seed
from grader.versions import sandbox_code, versions
from grader.whole import write_whole


class SessionError(Exception):
    """The command cannot begin; the message says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Session:
    """A course, ready to grade against, and a context manager that ends its sandboxes.
    ``reference`` is the folder it was read from, ``home`` the course cache; ``public`` says that
    the assignment is only the public part; ``pack`` is what it was read from in place of a
    reference."""

    reference: Path
    assignment: Assignment
    home: Path
    seed: str
    pool: Pool
    public: bool = False
    pack: Pack | None = None
    guard: Guard = no_guard
    gate: Gate = field(default_factory=Gate)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.__exit__()

    def only(self, topics: Iterable[str]) -> Session:
        """The same session for some of its topics."""
        kept = set(topics)
        found = tuple(topic for topic in self.assignment.topics if topic.name in kept)
        return replace(self, assignment=Assignment(found))

    def expect(self, number: int, soon: bool = False, sources: Iterable[str] = ()) -> None:
        """Says that so many runners may be wanted at once; with ``soon``, that one is going to be.
        They import what the topics, and these sources, need of the libraries."""
        self.pool.expect(number, soon, self.parts() | parts_in(sources))

    def parts(self) -> frozenset[str]:
        """What its topics need of the libraries."""
        return frozenset().union(*map(parts_of, self.assignment.topics))

    @contextmanager
    def open_runner(self) -> Iterator[Sandbox]:
        """A warm process, or where there is none a plain one, for the time of a ``with`` block.
        It starts with its first job, if ``guard`` lets it."""
        with self.pool.open() as sandbox:
            yield Guarded(sandbox, self.guard)

    @contextmanager
    def lease_runner(self) -> Iterator[Runner]:
        """The same, but taken for each job alone."""
        yield Leasing(self.open_runner)

    @contextmanager
    def open_remembering(self) -> Iterator[Remembering]:
        """A runner for staff's own code that does not run the same job twice. Its process starts
        with the first job that was never run before."""
        with self.open_runner() as runner:
            yield Remembering(runner, baseline_folder(), fingerprint(self.home), self.gate)

    def course(self, slots: int, isolate: bool = False) -> Course:
        """The course with its baselines, which are run now unless they are remembered, or come
        from a pack."""
        if self.pack is not None:
            made_with = (*versions(), ("pack", self.pack.digest[:12]))
            return Course(self.assignment, self.pack.baselines, made_with, self.seed, isolate)
        self.expect(slots)
        found = baselines(self.assignment, self.open_remembering, slots, whole=not self.public)
        forget_old(baseline_folder())
        return replace(self.bare_course(isolate), baselines=found)

    def bare_course(self, isolate: bool = False) -> Course:
        """The same without baselines: enough to say what a run depends on, not to judge."""
        return Course(self.assignment, {}, versions(), self.seed, isolate)


def open_session(
    reference: Path | None,
    topics: Iterable[str],
    seed: str | None,
    say: Callable[[str], None],
    public_only: bool = False,
    plain: bool = False,
    guard: Guard = no_guard,
    pool: Pool | None = None,
) -> Session:
    """Loads the assignment and makes sure that the course cache is there. With ``plain`` nothing
    contains the code, as it is where nothing can. ``guard`` may refuse a sandbox. ``pool`` is one
    that has begun already.

    Raises ``SessionError``, ``SpecError`` or ``CourseCacheError``, each with what to do next.
    """
    folder = find_reference(reference)
    secret = seed or machine_seed()
    assignment = load_assignment(folder, secret, topics)
    if public_only:
        assignment = public_part(assignment)
    pool = pool or new_pool(ensure_built(say), plain)
    return Session(folder, assignment, pool.home, secret, pool, public_only, guard=guard)


def open_pack(
    file: Path,
    topics: Iterable[str],
    say: Callable[[str], None],
    plain: bool = False,
    pool: Pool | None = None,
) -> Session:
    """The same for a student, from a pack: no reference is needed, and none is looked for.

    Raises ``SessionError``, ``UnknownTopicError`` or ``CourseCacheError``.
    """
    try:
        pack = load(read_pack(file))
    except PackError as error:
        raise SessionError(f"{file}: {error}") from None
    known = names_of(pack.assignment)
    unknown = sorted(set(topics).difference(known))
    if unknown:
        listed = ", ".join(known)
        raise UnknownTopicError(f"there is no topic {unknown[0]!r}. The topics are: {listed}.")
    pool = pool or new_pool(ensure_built(say), plain)
    session = Session(file.parent, pack.assignment, pool.home, "", pool, public=True, pack=pack)
    return session.only(topics or known)


def parts_of(topic: Topic) -> frozenset[str]:
    """What a topic needs of the libraries, as far as it is written there."""
    inputs = [case.inputs for task in topic.tasks for case in task.cases]
    texts = (topic.reference, *topic.rights.values(), topic.probes, topic.oracles, repr(inputs))
    return parts_in(texts)


def find_reference(given: Path | None) -> Path:
    """The reference folder: as given, or ``GRADER_REFERENCE``, or the nearest ``reference/``
    upwards from here, or the one beside this package's checkout."""
    named = given or (Path(os.environ["GRADER_REFERENCE"]) if _named() else None)
    if named is not None:
        if not named.is_dir():
            raise SessionError(f"{named} is not a folder. Name the folder that holds the topics.")
        return named.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents, Path(grader.__file__).parents[1]):
        if any(folder.glob("reference/*/task.py")):
            return folder / "reference"
    raise SessionError(
        "no reference folder was found here or above. Name it with --reference FOLDER, or set "
        "GRADER_REFERENCE."
    )


def names_of(assignment: Assignment) -> tuple[str, ...]:
    """The topics' names."""
    return tuple(topic.name for topic in assignment.topics)


def functions_of(assignment: Assignment) -> dict[str, tuple[str, ...]]:
    """The graded functions of each topic: what a notebook's cells are searched for."""
    return {topic.name: tuple(task.function for task in topic.tasks) for topic in assignment.topics}


@cache
def fingerprint(home: Path) -> str:
    """One text that changes when anything changes that an observation depends on: the versions,
    the course cache, and the code that runs in the child. Taken once: warm processes do not load
    that code again either."""
    return f"{versions()} {home.name} {sandbox_code()}"


def machine_seed() -> str:
    """This machine's secret seed: made once, readable by its owner alone.

    The same from run to run, so that two runs of staff's draw the same hidden cases and the
    reference need not run again. Where it cannot be kept, every run has one of its own.
    """
    file = _data_folder() / "seed"
    try:
        return file.read_text(encoding="utf-8").strip() or new_seed()
    except OSError:
        seed = new_seed()
    try:
        write_whole(file, seed.encode(), mode=0o600)
    except OSError:
        return seed
    return file.read_text(encoding="utf-8").strip()


def baseline_folder() -> Path:
    """Where the reference's outcomes are remembered: readable by their owner alone."""
    folder = _data_folder() / "baselines"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _named() -> bool:
    return bool(os.environ.get("GRADER_REFERENCE"))


def _data_folder() -> Path:
    """``GRADER_DATA``, or the environment's own share folder, or the user's data folder."""
    named = os.environ.get("GRADER_DATA")
    if named:
        return Path(named)
    home = cache_home().parent
    return home if os.access(home, os.W_OK) else user_data_path("grader")
