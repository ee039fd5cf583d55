"""The store's one writer: who shares a commit with whom, and what becomes of the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event, text

from grader.store import StoreError, open_store
from grader.store.writer import Writer, _Ticket

pytest_plugins = ["store_fixtures"]


@pytest.fixture
def writer(where: str) -> Iterator[Writer]:
    with open_store(where, "/out") as store:
        yield store._writer


def add(connection: Connection, name: str) -> str:
    new = text("INSERT INTO spaces (id, name, holder) VALUES (:id, :name, :name)")
    connection.execute(new, {"id": hash(name) % 2**31, "name": name.encode()})
    return name


def names(writer: Writer) -> set[str]:
    with writer._database.read() as connection:
        found = connection.execute(text("SELECT name FROM spaces")).scalars()
        return {bytes(one).decode() for one in found} - {"/out"}


def test_those_who_come_meanwhile_share_a_commit(writer):
    commits = []
    event.listen(writer._database.engine, "commit", commits.append)
    found = {}

    def hand_in(name: str) -> None:
        found[name] = writer.do(lambda connection: add(connection, name))

    def slow(connection: Connection) -> str:
        for name in "abcde":
            threading.Thread(target=hand_in, args=(name,)).start()
        until = time.monotonic() + 30
        while len(writer._waiting) < 5 and time.monotonic() < until:
            time.sleep(0.001)
        return add(connection, "first")

    assert writer.do(slow) == "first"
    while len(found) < 5:
        time.sleep(0.001)
    assert found == {name: name for name in "abcde"}
    assert names(writer) == {"first", *"abcde"}
    assert len(commits) == 2


def test_an_interrupted_leader_leaves_the_others_to_themselves(writer):
    other = _Ticket(lambda connection: add(connection, "other"))
    writer._waiting.append(other)

    def interrupted(connection: Connection) -> None:
        add(connection, "own")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writer.do(interrupted)
    assert (other.done, names(writer)) == (False, set())
    writer.do(lambda connection: add(connection, "next"))
    assert (other.done, other.result) == (True, "other")
    assert names(writer) == {"other", "next"}


def test_what_fails_is_told_to_its_own_thread(writer):
    other = _Ticket(lambda connection: add(connection, "other"))
    writer._waiting.append(other)

    def wrong(connection: Connection) -> None:
        add(connection, "own")
        connection.execute(text("SELECT 1 FROM nowhere"))

    with pytest.raises(StoreError, match="nowhere"):
        writer.do(wrong)
    assert (other.done, other.error) == (True, None)
    assert names(writer) == {"other"}


def _hindered(times: list[int], tries: int):
    """A work that the server says was in another's way, so many times."""

    def work(connection: Connection) -> str:
        times.append(1)
        add(connection, "kept")
        if len(times) <= tries:
            hindered = "DO $$ BEGIN RAISE EXCEPTION 'hindered' USING ERRCODE = '40P01'; END $$"
            connection.execute(text(hindered))
        return "done"

    return work


def test_transactions_in_each_other_s_way_are_done_again(schema):
    with open_store(schema) as store:
        times: list[int] = []
        assert store._writer.do(_hindered(times, 3)) == "done"
        assert len(times) == 4
        assert "kept" in names(store._writer)


def test_not_for_ever(schema):
    with open_store(schema) as store:
        times: list[int] = []
        with pytest.raises(StoreError, match="hindered"):
            store._writer.do(_hindered(times, 1000))
        assert len(times) == 5
        assert "kept" not in names(store._writer)
