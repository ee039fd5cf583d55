"""Attempts to run something: written down before they begin, so that one that kills the grader
leaves a trace.

In: a connection in a transaction that writes, a space. Out: numbers of attempts.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, update

from grader.model import CallKey
from grader.store.engines import insert_into
from grader.store.tables import attempts, sources

_OPEN, _SETTLED, _FAILED, _INTERRUPTED = "", "settled", "failed", "interrupted"


def begin(
    connection: Connection,
    space: int,
    submission: str,
    keys: Sequence[CallKey],
    place: str,
    alone: bool,
) -> int:
    """A new attempt's number."""
    work = hashlib.sha256("".join(sorted(key.digest for key in keys)).encode()).hexdigest()
    done = connection.execute(
        insert(attempts).values(
            space=space,
            submission=submission,
            work=work,
            calls=", ".join(f"{key.topic}.{key.function}" for key in keys),
            place=place,
            alone=alone,
            begun=time.time(),
            end=_OPEN,
            why="",
        )
    )
    write_sources(connection, space, {submission: {key.topic: key.source for key in keys}})
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def settle(connection: Connection, space: int, attempt: int) -> None:
    """The attempt came to its end. Raises ``ValueError`` when it is not open."""
    _end(connection, space, attempt, _SETTLED, "")


def fail(connection: Connection, space: int, attempt: int, why: str) -> None:
    """The attempt ended without a result. Raises ``ValueError`` when it is not open."""
    _end(connection, space, attempt, _FAILED, why)


def _end(connection: Connection, space: int, attempt: int, end: str, why: str) -> None:
    mine = and_(attempts.c.number == attempt, attempts.c.space == space, attempts.c.end == _OPEN)
    ended = update(attempts).where(mine).values(end=end, why=why, ended=time.time())
    if connection.execute(ended).rowcount != 1:
        raise ValueError(f"there is no open attempt {attempt} in this space")


def newest(connection: Connection, space: int) -> int:
    """The number of the space's last attempt, or 0."""
    found = select(func.max(attempts.c.number)).where(attempts.c.space == space)
    return connection.execute(found).scalar() or 0


def interrupt(connection: Connection, space: int, until: int) -> int:
    """Marks open attempts up to a number as interrupted; how many they were."""
    dead = and_(attempts.c.space == space, attempts.c.end == _OPEN, attempts.c.number <= until)
    marked = update(attempts).where(dead).values(end=_INTERRUPTED, ended=time.time())
    return connection.execute(marked).rowcount


def unfinished(connection: Connection, space: int, until: int) -> dict[str, int]:
    """How many attempts of each submission never ended, if the same work was not done later on.
    Open attempts after ``until`` are not over yet."""
    later = attempts.alias("later")
    done = exists().where(
        later.c.space == attempts.c.space,
        later.c.submission == attempts.c.submission,
        later.c.work == attempts.c.work,
        later.c.end == _SETTLED,
        later.c.number > attempts.c.number,
    )
    open_then = and_(attempts.c.end == _OPEN, attempts.c.number <= until)
    counted = (
        select(attempts.c.submission, func.count().label("number"))
        .where(attempts.c.space == space, or_(attempts.c.end == _INTERRUPTED, open_then), ~done)
        .group_by(attempts.c.submission)
    )
    return {row.submission: row.number for row in connection.execute(counted)}


def forget(connection: Connection, space: int, before: float) -> None:
    """Removes what ended before a time."""
    connection.execute(delete(attempts).where(attempts.c.space == space, attempts.c.ended < before))


def write_sources(
    connection: Connection, space: int, found: Mapping[str, Mapping[str, str]]
) -> None:
    """Submissions' newest sources in these topics, by submission and topic; those of other topics
    stay."""
    rows = [
        {"space": space, "submission": submission, "topic": topic, "source": source}
        for submission, several in sorted(found.items())
        for topic, source in sorted(several.items())
    ]
    if rows:
        new = insert_into(connection, sources)
        changed = {"source": new.excluded.source}
        keys = ["space", "submission", "topic"]
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def drop_sources(connection: Connection, space: int, but: Mapping[str, Collection[str]]) -> None:
    """Forgets topics that these submissions no longer have."""
    mine = and_(sources.c.space == space, sources.c.submission.in_(list(but)))
    asked = select(sources.c.submission, sources.c.topic).where(mine)
    for name, topic in connection.execute(asked).all():
        if topic not in but[name]:
            one = and_(sources.c.submission == name, sources.c.topic == topic)
            connection.execute(delete(sources).where(sources.c.space == space, one))


def last_sources(connection: Connection, space: int, submission: str) -> dict[str, str]:
    """The digest of the newest source in each topic."""
    found = select(sources.c.topic, sources.c.source).where(
        sources.c.space == space, sources.c.submission == submission
    )
    return {row.topic: row.source for row in connection.execute(found)}
