"""Killed at any moment, a grader loses nothing that the store said was kept, and leaves no half."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text
from store_killed import TURN
from store_samples import key, plain, record

from grader.store import Store, open_store
from grader.store.engines import open_database

pytest_plugins = ["store_fixtures"]
TIMES = 20
WRITER = Path(__file__).with_name("store_killed.py")
FUNCTIONS = ("pad_ids", "pad_texts")


def test_what_settle_returned_for_survives_a_kill(where):
    environment = {**os.environ, "PYTHONPATH": str(WRITER.parents[1])}
    run = subprocess.run(
        [sys.executable, WRITER, where, str(TIMES), "proof"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=environment,
    )
    told = [json.loads(line) for line in run.stdout.splitlines()]
    begun = {one["begun"] for one in told if "begun" in one}
    settled = {one["settled"] for one in told if "settled" in one}
    assert {number // TURN for number in begun} >= {n for n in range(TIMES) if n % 4}
    assert settled
    with open_store(where, "/out/killed") as store:
        for number in settled:
            _is_whole(store, number)
        _nothing_is_half(store, where)
        unfinished = store.unfinished()
        for number in begun - settled:
            if f"s{number}" not in unfinished:
                _is_settled(store, number)  # it was killed before it could say so
    assert not unfinished.keys() & {f"s{number}" for number in settled}
    assert set(unfinished.values()) == {1}
    print(f"{len(settled)} settled, {len(unfinished)} interrupted")


def _is_whole(store: Store, number: int) -> None:
    _is_settled(store, number)
    result = store.result(f"s{number}")
    assert result == (key(number).digest, f"grade {number}".encode() * 50)


def _is_settled(store: Store, number: int) -> None:
    digests = [key(number, function).digest for function in FUNCTIONS]
    recalled = store.recall(digests)
    for function, digest in zip(FUNCTIONS, digests, strict=True):
        assert plain(recalled[digest].record) == plain(record(number % 40, function))


def _nothing_is_half(store: Store, where: str) -> None:
    """Whatever is there, told or not, can be read; what one transaction wrote is there together."""
    database = open_database(where)
    with database.read() as connection:
        rows = connection.execute(text("SELECT digest, source FROM observations")).all()
        broken = "SELECT count(*) FROM parts WHERE part NOT IN (SELECT hash FROM blobs)"
        assert connection.execute(text(broken)).scalar() == 0
    database.engine.dispose()
    sources: dict[bytes, int] = {}
    for digest, source in rows:
        store.recall([bytes(digest).hex()])
        sources[bytes(source)] = sources.get(bytes(source), 0) + 1
    assert set(sources.values()) == {len(FUNCTIONS)}
    for name, result in store.results():
        assert result.grade == f"grade {name[1:]}".encode() * 50
        _is_settled(store, int(name[1:]))
    if database.file:
        with sqlite3.connect(database.file) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
