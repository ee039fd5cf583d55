"""The store: what a class's runs did and were judged to be worth, on disk or on a server.

In: a path or URL, and the name of a space. Out: a ``Store``. Its methods may be called by several
threads. Those that write return when what they wrote is on the disk, and raise ``StoreError`` when
the database does not answer or is damaged.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

from sqlalchemy import Connection

from grader.model import CallKey, CallRecord, Override, Value
from grader.store import attempts, observations, pruning, results
from grader.store.blobs import VALUE, grown
from grader.store.engines import Database, open_database
from grader.store.errors import StoreError
from grader.store.holding import hold, keep_from_pruning, lock_file, wait_for_writers
from grader.store.manifest import pack
from grader.store.observations import Recalled, Records, from_packed, today
from grader.store.results import NewResult, StoredResult
from grader.store.writer import Writer

MEMORY = 64 << 20  # bytes of decoded records and values that are kept
# What taking damaged content apart may raise; ``FrameError`` and ``BlobError`` are among them.
_DAMAGES = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
_DAY = 86_400


def open_store(where: str | Path, space: str = "", memory: int = MEMORY) -> Store:
    """The store at a path or URL (``sqlite:///…``, ``postgresql://…``), made if it is not there,
    with its tables brought up to date. ``space`` names one class in it: results, attempts and
    overrides are the space's own, observations everybody's. ``memory`` bounds in bytes what is
    remembered of decoded records.

    Raises ``StoreError``, with what to do, when the file is on a network file system, damaged or
    another program's, when a newer grader made it, when the server does not answer, and when
    another grader writes to the space.
    """
    database = open_database(where)
    with ExitStack() as undo:
        undo.callback(database.engine.dispose)
        undo.callback(lock_file(database, space))
        undo.callback(database.engine.dispose)  # the lock is let go when all else is closed
        with database.told():
            writer = Writer(database)
            undo.callback(writer.close)
            number = hold(database, writer.connection, space)
            with database.read() as connection:
                before = attempts.newest(connection, number)
        return Store(database, writer, number, before, memory, undo.pop_all())


class Store:
    """One space of a database, held until ``close``. A context manager."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        space: int,
        before: int,
        memory: int,
        undo: ExitStack,
    ) -> None:
        self._database = database
        self._writer = writer
        self._space = space
        self._before = before  # the last attempt of earlier runs
        self._undo = undo  # what opening took
        self._records = Records(memory, partial(_fetched, database))
        self._lock = Lock()
        self._by_hand: dict[str, tuple[Override, ...]] | None = None
        self._used: set[str] = set()  # recalled today, which is not written down yet

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets the space go. What was only noted is written down if that is still possible."""
        with self._undo:
            self._records.fetch = _closed
            used, self._used = self._used, set()
            if used:
                # It says when something was last used, and costs a run at most.
                with suppress(StoreError):
                    self._writer.do(partial(observations.mark_used, digests=used))

    def recall(self, digests: Iterable[str]) -> dict[str, Recalled]:
        """What is known of these calls, by the digests of their keys."""
        with self._database.read() as connection:
            rows = observations.rows_of(connection, digests)
            found = self._recalled(connection, rows)
        with self._lock:
            self._used.update(row.digest for row in rows if row.used < today())
        return found

    def begin(
        self, submission: str, keys: Sequence[CallKey], where: str = "", alone: bool = False
    ) -> int:
        """Writes an attempt down before it begins, and gives its number. ``where`` tells people
        which slot or worker it is made on, ``alone`` that nothing else runs beside it."""
        return self._writer.do(
            partial(
                attempts.begin,
                space=self._space,
                submission=submission,
                keys=keys,
                place=where,
                alone=alone,
            )
        )

    def settle(
        self, attempt: int, found: Sequence[tuple[CallKey, CallRecord]], lacking: str = ""
    ) -> list[Recalled]:
        """Keeps what the attempt found, and ends it, both or neither. What will be recalled, in the
        same order: if there was a record of a key already, that one. ``lacking`` says why it did
        not find all that it was to find: it has failed then, and what it found is kept.

        Raises ``ValueError`` for a record with a ``Broken`` outcome, or one that cannot be kept,
        and when the attempt is not open.
        """
        packed = [pack(record) for _, record in found]
        for one in packed:
            from_packed(self._records, one)  # what would not be read again is not written

        def work(connection: Connection) -> list[observations.Row]:
            if lacking:
                attempts.fail(connection, self._space, attempt, lacking)
            else:
                attempts.settle(connection, self._space, attempt)
            keep_from_pruning(connection)
            observations.keep(connection, found, packed)
            return observations.rows_of(connection, [key.digest for key, _ in found])

        rows = self._writer.do(work)
        with self._database.read() as connection:
            known = self._recalled(connection, rows)
        return [known[key.digest] for key, _ in found]

    def fail(self, attempt: int, why: str) -> None:
        """Ends an attempt that found nothing. Raises ``ValueError`` when it is not open."""
        self._writer.do(partial(attempts.fail, space=self._space, attempt=attempt, why=why))

    def unfinished(self) -> dict[str, int]:
        """How many attempts of each submission never ended, because the grader did: those of
        earlier runs, if no later one of the same calls came to its end."""
        with self._database.read() as connection:
            return attempts.unfinished(connection, self._space, self._before)

    def close_unfinished(self) -> int:
        """Marks open attempts of earlier runs as interrupted; how many they were."""
        return self._writer.do(partial(attempts.interrupt, space=self._space, until=self._before))

    def latest(self, topic: str, function: str, source: str) -> CallKey | None:
        """The newest key that is known of a function in a source: what differs from it is why a
        call has to be run."""
        with self._database.read() as connection:
            return observations.latest(connection, topic, function, source)

    def last_sources(self, submission: str) -> dict[str, str]:
        """The digest of the submission's newest source in each topic, as of its last attempts or
        its last result, whichever was later."""
        with self._database.read() as connection:
            return attempts.last_sources(connection, self._space, submission)

    def put_result(
        self,
        submission: str,
        key: str,
        grade: bytes,
        calls: Collection[str] = (),
        sources: dict[str, str] | None = None,
    ) -> None:
        """Keeps a grade in the place of the submission's last one. ``calls`` are the digests of the
        observations it was judged from, ``sources`` those of all its sources by topic."""
        self.put_results([NewResult(submission, key, grade, calls, sources)])

    def put_results(self, batch: Iterable[NewResult | tuple[str, str, bytes]]) -> None:
        """The same of several, in one transaction."""
        rows = [NewResult(*one) for one in batch]
        with self._lock:
            used = set(self._used)

        def work(connection: Connection) -> None:
            results.put(connection, self._space, rows)
            observations.mark_used(connection, used)

        self._writer.do(work)
        with self._lock:
            self._used -= used

    def result(self, submission: str, key: str = "") -> StoredResult | None:
        """The submission's grade; with a ``key`` only one that is kept under it."""
        with self._database.read() as connection:
            return results.one_result(connection, self._space, submission, key)

    def result_keys(self) -> Iterator[tuple[str, str]]:
        """Each submission with the key of its result, in the order of ``results``."""
        return ((row.submission, row.key) for row in self._pages(whole=False))

    def results(self) -> Iterator[tuple[str, StoredResult]]:
        """Each submission with its grade, in the order of names, casefolded first. Some are read at
        a time, so that it takes no more memory for a larger class."""
        for row in self._pages(whole=True):
            yield row.submission, StoredResult(row.key, grown(row.grade))

    def drop_results(self, but: Iterable[str]) -> int:
        """Removes results of submissions that are not among these; how many they were. What a
        person gave by hand stays."""
        kept = set(but)
        gone = [name for name, _ in self.result_keys() if name not in kept]

        def work(connection: Connection) -> None:
            results.drop(connection, self._space, gone)

        if gone:
            self._writer.do(work)
        return len(gone)

    def override(self, given: Override) -> None:
        """Keeps points given by hand, in the place of the last ones for the same check. Raises
        ``ValueError`` when they are infinite or no number."""
        try:
            self._writer.do(partial(results.put_override, space=self._space, given=given))
        finally:
            self._by_hand = None

    def overrides(self, submission: str | None = None) -> tuple[Override, ...]:
        """Points given by hand to one submission, or to all, in the order of names."""
        by_hand = self._by_hand
        if by_hand is None:
            # The space is ours alone while it is open: they are read once.
            with self._database.read() as connection:
                by_hand = self._by_hand = results.all_overrides(connection, self._space)
        if submission is None:
            return tuple(one for several in by_hand.values() for one in several)
        return by_hand.get(submission, ())

    def remove_override(self, submission: str, topic: str, function: str, check: str = "") -> bool:
        """Takes back points given by hand; whether there were any."""
        work = partial(
            results.remove_override,
            space=self._space,
            submission=submission,
            topic=topic,
            function=function,
            check=check,
        )
        try:
            return self._writer.do(work)
        finally:
            self._by_hand = None

    def prune(self, keep_days: float) -> int:
        """Removes observations that no result is known to have been judged from and that were
        neither made nor recalled for so many days, and what they alone named; and the space's
        attempts that ended before. The bytes that are free now."""

        def work(connection: Connection) -> int:
            self._note_used(connection)
            wait_for_writers(connection)
            attempts.forget(connection, self._space, time.time() - keep_days * _DAY)
            return pruning.prune(connection, keep_days)

        freed = self._writer.do(work)
        pruning.shrink(self._database)
        return freed

    def size(self) -> int:
        """The bytes that all of the database's tables take."""
        with self._database.read() as connection:
            return pruning.size(connection)

    def _recalled(
        self, connection: Connection, rows: Sequence[observations.Row]
    ) -> dict[str, Recalled]:
        try:
            return self._records.recalled(connection, rows)
        except _DAMAGES as error:
            raise _damaged(self._database, error) from error

    def _note_used(self, connection: Connection) -> None:
        with self._lock:
            used = set(self._used)
        observations.mark_used(connection, used)

    def _pages(self, whole: bool) -> Iterator[Any]:
        after = None
        while True:
            with self._database.read() as connection:
                rows = results.page(connection, self._space, after, whole)
            if not rows:
                return
            yield from rows
            after = (rows[-1].sort, rows[-1].submission)


def _fetched(database: Database, name: str) -> tuple[Value, int]:
    """A value that somebody looks at, and its weight. Raises ``StoreError``."""
    with database.read() as connection:
        try:
            return observations.weighed(observations.stored(connection)({name: VALUE})[name])
        except _DAMAGES as error:
            raise _damaged(database, error) from error


def _closed(name: str) -> tuple[Value, int]:
    """What a value of a store says that is no longer open."""
    raise StoreError(f"the store is closed: the value {name[:12]} cannot be read any more")


def _damaged(database: Database, error: Exception) -> StoreError:
    return StoreError(
        f"{database.label} is damaged: {error}. Put a copy in its place, or move it away: the "
        "grader then begins with an empty one."
    )
