"""The store, in SQLite and in PostgreSQL: what was kept comes back whole, once, and in order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import create_engine, select, text
from store_samples import hexed, key, plain, record

from grader.model import ArrayValue, Broken, CallRecord, Override, Returned
from grader.store import NewResult, Store, StoreError, open_store
from grader.store.engines import open_database
from grader.store.manifest import pack
from grader.store.store import MEMORY
from grader.store.tables import uses

pytest_plugins = ["store_fixtures"]
ODD = "ann\x00 \ud800 名"


def kept(store: Store, *numbers: int, submission: str = "ann") -> list[str]:
    """Runs, as it were, these submissions' sources; the digests of their keys."""
    keys = [key(number) for number in numbers]
    attempt = store.begin(submission, keys)
    store.settle(
        attempt, [(one, record(number)) for one, number in zip(keys, numbers, strict=True)]
    )
    return [one.digest for one in keys]


def test_what_is_settled_is_recalled(where):
    keys = [key(1), key(1, "pad_texts")]
    found = [(keys[0], record(1)), (keys[1], record(2, "pad_texts", wall=1.5))]
    with open_store(where) as store:
        settled = store.settle(store.begin("ann", keys, "slot 1"), found)
        told_then = [plain(one.record) for one in settled]
    with open_store(where) as store:
        recalled = store.recall([one.digest for one in keys] + [hexed("unknown")])
        recalled_then = [plain(recalled[one.digest].record) for one in keys]
    assert set(recalled) == {one.digest for one in keys}
    assert recalled_then == told_then == [plain(was) for _, was in found]
    for (one, was), told in zip(found, settled, strict=True):
        again = recalled[one.digest]
        assert (again.record.wall, again.record.cpu) == (was.wall, was.cpu)
        assert (again.manifest, told.record.wall) == (told.manifest, was.wall)
        assert {(one.wall, one.cpu) for one in again.record.outcomes.values()} == {(0.0, 0.0)}


def test_equal_behaviours_have_equal_manifests(where):
    slower = record(1, wall=9.0)
    other = replace(record(1), load_output="loaded twice\n")
    with open_store(where) as store:
        attempt = store.begin("ann", [])
        rows = [(key(1), record(1)), (key(2), slower), (key(3), record(2)), (key(4), other)]
        first, again, *others = store.settle(attempt, rows)
    assert first.manifest == again.manifest
    assert len({first.manifest, *(one.manifest for one in others)}) == 3
    assert (first.record.wall, again.record.wall) == (0.25, 9.0)


def test_the_first_record_of_a_key_stays(where):
    with open_store(where) as store:
        (first,) = store.settle(store.begin("ann", [key(1)]), [(key(1), record(1))])
        (second,) = store.settle(store.begin("bob", [key(1)]), [(key(1), record(2, wall=7.0))])
        assert second.manifest == first.manifest
        assert store.recall([key(1).digest])[key(1).digest].record.wall == 0.25


def test_what_the_grader_broke_is_never_kept(where):
    outcomes = {**record(1).outcomes, "last": Broken("the sandbox died")}
    broken = replace(record(1), outcomes=outcomes)
    with open_store(where) as store:
        attempt = store.begin("ann", [key(1), key(2)])
        with pytest.raises(ValueError, match="the sandbox died"):
            store.settle(attempt, [(key(2), record(2)), (key(1), broken)])
        assert store.recall([key(1).digest, key(2).digest]) == {}
        store.fail(attempt, "broken")


def test_an_attempt_ends_once(where):
    with open_store(where) as store:
        first = store.begin("ann", [key(1)])
        second = store.begin(ODD, [key(2)], "slot \x00", alone=True)
        assert first < second
        store.fail(first, f"the warm process died {ODD}")
        with pytest.raises(ValueError, match=f"no open attempt {first}"):
            store.fail(first, "again")
        with pytest.raises(ValueError, match="no open attempt"):
            store.settle(first, [(key(1), record(1))])
        assert store.recall([key(1).digest]) == {}
        with pytest.raises(ValueError, match="no open attempt 999"):
            store.fail(999, "there is none")


def test_attempts_that_never_ended_are_counted(where):
    with open_store(where) as store:
        for _ in range(2):
            store.begin(ODD, [key(1)])
        store.begin("bob", [key(2)])
        store.fail(store.begin("cleo", [key(3)]), "it was ours")
        assert store.unfinished() == {}, "these are not over yet"
    with open_store(where) as store:
        assert store.unfinished() == {ODD: 2, "bob": 1}
        assert store.close_unfinished() == 3
        assert store.close_unfinished() == 0
        store.begin(ODD, [key(1)])
        assert store.unfinished() == {ODD: 2, "bob": 1}
        kept(store, 2, submission="bob")
        assert store.unfinished() == {ODD: 2}, "bob's was done later on"
        kept(store, 5, submission=ODD)
        assert store.unfinished() == {ODD: 2}, "other work was done, not this"
    with open_store(where) as store:
        assert store.unfinished() == {ODD: 3}


def test_an_attempt_that_lacks_something_has_failed_and_what_it_found_is_kept(where):
    with open_store(where) as store:
        store.begin("ann", [key(1), key(2)])
    with open_store(where) as store:
        again = store.begin("ann", [key(1), key(2)])
        store.settle(again, [(key(1), record(1))], "it was ours")
        assert list(store.recall([key(1).digest, key(2).digest])) == [key(1).digest]
        assert store.unfinished() == {"ann": 1}, "this did not do it"
        store.settle(store.begin("ann", [key(1), key(2)]), [(key(2), record(2))])
        assert store.unfinished() == {}


def test_spaces_share_observations_alone(where):
    with open_store(where, f"/out/a{ODD}") as a, open_store(where, "/out/b") as b:
        (digest,) = kept(a, 1)
        b.begin("ann", [key(1)])
        a.put_result("ann", "k", b"grade")
        a.override(Override("ann", "t", "f", "", 1.0, "", "", ""))
        assert plain(b.recall([digest])[digest].record) == plain(record(1))
        assert (b.result("ann"), b.overrides(), dict(b.result_keys())) == (None, (), {})
    with open_store(where, f"/out/a{ODD}") as a:
        assert (a.unfinished(), a.result("ann").grade) == ({}, b"grade")


def test_the_newest_key_of_a_source_is_told(where):
    newer = key(1, environment=hexed("newer"))
    with open_store(where) as store:
        kept(store, 1, 2)
        assert store.latest("pad_batch", "pad_ids", key(1).source) == key(1)
        store.settle(store.begin("ann", [newer]), [(newer, record(1))])
        assert store.latest("pad_batch", "pad_ids", key(1).source) == newer
        assert store.latest("pad_batch", "pad_ids", key(9).source) is None
        assert store.latest("pad_batch", "other", key(1).source) is None


def test_the_seed_is_no_part_of_a_digest_and_is_told(where):
    reseeded = key(1, seed=hexed("another"))
    assert reseeded.digest == key(1).digest
    others = {key(1, **{name: hexed("x")}).digest for name in ("call", "probes", "environment")}
    assert len({*others, key(1).digest, key(2).digest, key(1, "other").digest}) == 6


def test_sources_are_those_of_the_last_attempt_or_result(where):
    other = replace(key(4), topic="tokenize")
    with open_store(where) as store:
        assert store.last_sources(ODD) == {}
        store.begin(ODD, [key(1)])
        store.begin(ODD, [key(2), other])
        assert store.last_sources(ODD) == {"pad_batch": key(2).source, "tokenize": other.source}
        store.put_result(ODD, "k", b"", sources={"pad_batch": key(3).source})
        assert store.last_sources(ODD) == {"pad_batch": key(3).source}
        store.put_result(ODD, "k", b"")
        assert store.last_sources(ODD) == {"pad_batch": key(3).source}


def test_results_come_in_the_order_of_names(where):
    names = [
        "b",
        "Änne",
        "A",
        "ß",
        "a",
        "B",
        ODD,
        "ss",
        "\ud800",
        "\uffff",
        "𝔸",
        *map(str, range(120)),
    ]
    with open_store(where) as store:
        store.put_results(
            [(name, f"key {name}", name.encode("utf-8", "replace")) for name in names]
        )
        found = list(store.results())
        ordered = sorted(names, key=lambda name: (name.casefold(), name))
        assert [name for name, _ in found] == ordered
        assert list(store.result_keys()) == [(name, f"key {name}") for name in ordered]
        assert all(one.grade == name.encode("utf-8", "replace") for name, one in found)


def test_a_result_takes_the_last_one_s_place(where):
    large = b"points " * 10_000
    with open_store(where) as store:
        store.put_result("ann", "old", b"1")
        store.put_results([NewResult("ann", "new", large), ("bob", "k", b"\x00\xff")])
        assert store.result("ann") == ("new", large)
        assert store.result("bob") == ("k", b"\x00\xff")
        assert store.result("Ann") is None
        assert store.drop_results(["ann", "cleo"]) == 1
        assert dict(store.result_keys()) == {"ann": "new"}
        assert store.drop_results(["ann"]) == 0


def test_a_result_of_another_key_is_none(where):
    with open_store(where) as store:
        store.put_result("ann", "k", b"1")
        assert store.result("ann", "k") == ("k", b"1")
        assert store.result("ann", "another") is None


def test_what_a_submission_no_longer_has_is_forgotten_with_its_new_result(where):
    one, two, three = (key(number).digest for number in range(3))
    a, b, c = map(hexed, "abc")
    with open_store(where) as store:
        first = [
            NewResult("ann", "k", b"1", [one, two], {"t": a, "u": b}),
            NewResult("bob", "k", b"1", [one], {"t": c}),
            NewResult("cy", "k", b"1", [three], {"t": a, "u": b}),
        ]
        store.put_results(first)
        store.put_results(
            [
                NewResult("ann", "l", b"2", [two, three], {"u": c}),
                NewResult("bob", "l", b"2", [], {}),
                NewResult("cy", "l", b"2"),
            ]
        )
        assert store.last_sources("ann") == {"u": c}
        assert store.last_sources("bob") == {}
        assert store.last_sources("cy") == {"t": a, "u": b}
        with store._database.read() as connection:
            found = connection.execute(select(uses.c.submission, uses.c.digest)).all()
        assert sorted(map(tuple, found)) == sorted([("ann", two), ("ann", three)])


def test_results_may_be_written_while_they_are_read(where):
    with open_store(where) as store:
        store.put_results([(f"{number:03}", "old", b"1") for number in range(60)])
        for name, _ in store.results():
            store.put_result(name, "new", b"2")
        assert set(dict(store.result_keys()).values()) == {"new"}


def test_points_given_by_hand(where):
    first = Override(ODD, "t", "f", "", 3.5, f"late {ODD}", "staff", "2026-11-26T10:00:00+00:00")
    second = replace(first, submission="Bob", check="rows are padded")
    with open_store(where) as store:
        for given in (second, first, replace(first, points=-0.5)):
            store.override(given)
        assert store.overrides() == (replace(first, points=-0.5), second)
        assert store.overrides("Bob") == (second,)
        store.put_result("Bob", "k", b"")
        store.drop_results([])
        assert store.overrides("Bob") == (second,)
        assert store.remove_override("Bob", "t", "f", "rows are padded")
        assert not store.remove_override("Bob", "t", "f", "rows are padded")
        with pytest.raises(ValueError, match="no number"):
            store.override(replace(first, points=float("nan")))
        assert store.overrides() == (replace(first, points=-0.5),)


def _age(where: str, days: int) -> None:
    """As if all that is there had last been used so many days ago."""
    engine = open_database(where).engine
    with engine.connect() as connection:
        connection.execute(text(f"UPDATE observations SET used = used - {days}"))
        connection.execute(text(f"UPDATE attempts SET ended = ended - {days * 86400}"))
        connection.commit()
    engine.dispose()


def test_what_no_result_needs_is_pruned(where):
    with open_store(where) as store:
        used, recalled, old, shared = kept(store, 1, 2, 3, 4)
        store.settle(store.begin("x", [key(5)]), [(key(5), record(4))])
        store.put_result("ann", "k", b"", calls=[used])
    _age(where, 40)
    with open_store(where) as store:
        assert store.prune(60) == 0
        assert plain(store.recall([recalled])[recalled].record) == plain(record(2))
        store.settle(store.begin("x", [key(6)]), [(key(6), record(4))])
        assert store.prune(30) > 4800 / 10, "the values of the third alone"
        everything = [used, recalled, old, shared, key(5).digest, key(6).digest]
        assert set(store.recall(everything)) == {used, recalled, key(6).digest}
        (again,) = kept(store, 3)
        assert plain(store.recall([again])[again].record) == plain(record(3))
    with open_store(where) as store:
        for number, digest in ((1, used), (2, recalled), (3, old), (4, key(6).digest)):
            assert plain(store.recall([digest])[digest].record) == plain(record(number))


def test_what_is_pruned_is_given_back(where):
    noise = np.random.default_rng(7).bytes(3_000_000)
    large = Returned(ArrayValue("uint8", np.frombuffer(noise, np.uint8)))
    with open_store(where) as store:
        small = store.size()
        found = [(key(1), CallRecord("pad_ids", {"a": large}))]
        store.settle(store.begin("ann", [key(1)]), found)
        assert store.size() > small + 3_000_000
        assert store.prune(-1) > 3_000_000
        if open_database(where).file:
            assert store.size() < small + 100_000


def test_a_key_that_is_no_digest_is_refused(where):
    odd = key(1, call="no digest")
    with open_store(where) as store:
        attempt = store.begin("ann", [odd])
        with pytest.raises(ValueError, match="'no digest' is no digest in hex"):
            store.settle(attempt, [(odd, record(1))])
        with pytest.raises(ValueError, match="no digest in hex"):
            store.recall(["xyz"])
        store.fail(attempt, "odd")


def test_a_result_that_is_judged_anew_lets_go_of_what_it_used(where):
    with open_store(where) as store:
        first, second = kept(store, 1, 2)
        store.put_result("ann", "k", b"", calls=[first])
        store.put_result("ann", "l", b"", calls=[second, second])
    _age(where, 40)
    with open_store(where) as store:
        store.prune(30)
        assert set(store.recall([first, second])) == {second}
        store.drop_results([])
    _age(where, 40)
    with open_store(where) as store:
        store.prune(30)
        assert store.recall([first, second]) == {}


def test_a_repeated_observation_takes_little(where):
    """3,000 submissions of 7 topics with 3 functions each must fit into 500 MB many times over."""
    with open_store(where) as store:
        kept(store, *range(3))
        before = store.size()
        rows = [(key(number), record(number % 3)) for number in range(100, 2100)]
        for at in range(0, len(rows), 100):
            part = rows[at : at + 100]
            store.settle(store.begin("ann", [one for one, _ in part]), part)
        each = (store.size() - before) / len(rows)
    print(f"{each:.0f} bytes a repeated observation")
    assert each < 1000


def test_results_take_no_more_than_their_size(where):
    with open_store(where) as store:
        before = store.size()
        store.put_results(
            [(f"s{number}", "k", b'{"check": "passed"}' * 500) for number in range(100)]
        )
        assert store.size() - before < 100 * 1000


def test_threads_that_write_at_once_all_get_what_they_wrote(where):
    gate = threading.Barrier(8)

    def slot(thread: int) -> list[str]:
        gate.wait()
        return [
            digest
            for turn in range(12)
            for digest in kept(store, thread * 100 + turn, submission=f"s{thread}")
        ]

    with open_store(where) as store:
        with ThreadPoolExecutor(8) as pool:
            digests = [digest for done in pool.map(slot, range(8)) for digest in done]
        recalled = store.recall(digests)
    assert len(recalled) == 96
    for thread in range(8):
        for turn in range(12):
            number = thread * 100 + turn
            assert plain(recalled[key(number).digest].record) == plain(record(number))


def test_one_that_cannot_be_written_does_not_spoil_the_others(where):
    """Several threads' works share a transaction; one of them is refused."""
    gate = threading.Barrier(6)

    def slot(thread: int) -> str:
        gate.wait()
        try:
            attempt = store.begin("ann", [key(thread)]) if thread % 2 else 12345
            store.settle(attempt, [(key(thread), record(thread))])
        except ValueError as error:
            return str(error)
        return ""

    with open_store(where) as store:
        for _ in range(5):
            with ThreadPoolExecutor(6) as pool:
                said = list(pool.map(slot, range(6)))
            assert [bool(one) for one in said] == [True, False] * 3
        assert set(store.recall([key(number).digest for number in range(6)])) == {
            key(number).digest for number in (1, 3, 5)
        }


def test_little_is_remembered_when_little_may_be(where):
    with open_store(where, memory=40_000) as store:
        digests = kept(store, *range(30))
        for _ in range(2):
            recalled = store.recall(digests)
            for number, digest in enumerate(digests):
                assert plain(recalled[digest].record) == plain(record(number))
        assert store._records._memory.taken <= 40_000
    assert MEMORY == 64 << 20


def test_equal_answers_are_one_object_in_memory(where):
    with open_store(where) as store:
        rows = [(key(number), record(1)) for number in range(20)]
        store.settle(store.begin("ann", []), rows)
        recalled = store.recall([one.digest for one, _ in rows])
    assert len({id(one.record.outcomes) for one in recalled.values()}) == 1


def test_many_are_recalled_at_once(where):
    with open_store(where) as store:
        rows = [(key(number), record(number % 70)) for number in range(1100)]
        store.settle(store.begin("ann", []), rows)
    with open_store(where) as store:
        recalled = store.recall(one.digest for one, _ in rows)
        assert len(recalled) == 1100
        for one, was in rows[::100]:
            assert plain(recalled[one.digest].record) == plain(was)


def test_a_kept_result_is_equal_to_one_that_says_the_same(where):
    long = Returned("x" * 999, output="told", stopped=("network",))
    said = CallRecord("f", {"long": long})
    with open_store(where) as store:
        (again,) = store.settle(store.begin("ann", [key(1)]), [(key(1), said)])
        outcome = again.record.outcomes["long"]
        assert type(outcome) is not Returned
        assert (outcome, {outcome}) == (long, {long})
        assert outcome != replace(long, output="else")


def test_a_value_is_read_when_it_is_looked_at(where):
    with open_store(where, memory=0) as store:
        (digest,) = kept(store, 1)
        again = store.recall([digest])[digest].record
        assert plain(again) == plain(record(1))
        _change(where, "DELETE FROM blobs WHERE hash NOT IN (SELECT manifest FROM parts)")
        with pytest.raises(StoreError, match="is damaged"):
            plain(again)
    with pytest.raises(StoreError, match="is closed"):
        plain(again)


def _change(where: str, statement: str) -> None:
    """Changes the database behind the store's back, whatever refers to what."""
    database = open_database(where)
    unchecked = (
        "PRAGMA foreign_keys=OFF" if database.file else "SET session_replication_role=replica"
    )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw = connection.connection.dbapi_connection
        raw.execute(unchecked)
        raw.execute(statement)
        raw.execute("COMMIT") if raw.__module__.startswith("psycopg") else raw.commit()
    database.engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM blobs",
        "DELETE FROM blobs WHERE hash IN (SELECT part FROM parts)",
        "UPDATE blobs SET data = substr(data, 1, length(data) - 3)",
        "UPDATE blobs SET data = (SELECT manifest FROM observations)",
    ],
)
def test_damaged_content_is_told(where, statement):
    with open_store(where) as store:
        (digest,) = kept(store, 1)
    _change(where, statement)
    with open_store(where) as store, pytest.raises(StoreError, match="is damaged"):
        store.recall([digest])


def test_what_a_student_prints_is_never_taken_for_a_manifest(where):
    """It prints and returns just the bytes that another's answer will be kept as. A manifest that
    is there already would not be written again, and neither what it names."""
    forged = pack(record(2)).manifest.content[1:].decode("utf-8", "surrogatepass")
    printed = CallRecord("pad_ids", {"a": Returned(forged, output=forged)})
    with open_store(where) as store:
        store.settle(store.begin("eve", [key(3)]), [(key(3), printed)])
        kept(store, 2)
    with open_store(where) as store:
        again = store.recall([key(2).digest, key(3).digest])
        assert plain(again[key(2).digest].record) == plain(record(2))
        assert plain(again[key(3).digest].record) == plain(printed)


def test_an_engine_sees_what_is_committed(where):
    """Another program that looks into the database sees what a call returned for, at once."""
    with open_store(where) as store:
        url = open_database(where).engine.url
        store.begin("ann", [key(1)])
        looking = create_engine(url)
        with looking.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM attempts")).scalar() == 1
        looking.dispose()
