"""Opening a store: what is refused, and with which words; its tables on both databases."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from store_samples import key

import grader
from grader.store import StoreError, open_store
from grader.store.engines import open_database
from grader.store.migrate import FOLDER
from grader.store.places import kind_of, refuse_network
from grader.store.tables import HEAD, KNOWN, VERSION_TABLE, metadata

pytest_plugins = ["store_fixtures"]


def test_a_second_grader_on_the_same_space_is_refused(where):
    with open_store(where, "/out/class") as store:
        with pytest.raises(StoreError) as refused:
            open_store(where, "/out/class")
        for part in (
            "another grader",
            f"process {os.getpid()} on",
            "since 2",
            "/out/class",
            "stop it",
        ):
            assert part in str(refused.value)
        store.begin("ann", [key(1)])
    with open_store(where, "/out/class") as store:
        assert store.unfinished() == {"ann": 1}


HOLDS = """
import sys, time
from grader.store import open_store
store = open_store(sys.argv[1], "/out/class")
print("held", flush=True)
time.sleep(60)
"""


def test_a_space_is_free_when_its_grader_is_killed(where):
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, where], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match=f"another grader .process {holder.pid} on"):
            open_store(where, "/out/class")
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    open_store(where, "/out/class").close()


OPENS = """
import sys
from grader.store import open_store
sys.stdin.read(1)
with open_store(sys.argv[1], sys.argv[2]) as store:
    store.put_result(sys.argv[2], "k", b"")
"""


def test_several_graders_make_the_tables_at_once(where):
    """Each has a space of its own, and none of them has a database to begin with."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, where, f"/out/{number}"], stdin=subprocess.PIPE
        )
        for number in range(3)
    ]
    for one in started:
        one.stdin.write(b"x")
        one.stdin.close()
    assert [one.wait(60) for one in started] == [0, 0, 0]
    for number in range(3):
        with open_store(where, f"/out/{number}") as store:
            assert store.result(f"/out/{number}") is not None


def test_the_tables_are_those_of_the_migrations(where):
    open_store(where).close()
    engine = open_database(where).engine
    with engine.connect() as connection:
        options = {
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "compare_server_default": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD
    engine.dispose()


def test_the_newest_migration_is_the_one_we_know():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert {one.revision for one in scripts.walk_revisions()} == KNOWN


def test_a_store_of_a_newer_grader_is_refused(where):
    open_store(where).close()
    engine = open_database(where).engine
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"a newer grader .*9999.*--store"):
        open_store(where)
    engine = open_database(where).engine
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'"))
    engine.dispose()
    open_store(where).close()


def test_another_program_s_database_is_refused(where):
    engine = open_database(where).engine
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE results (number INTEGER)"))
    engine.dispose()
    with pytest.raises(StoreError, match="another program's: it has the table 'results'"):
        open_store(where)


def test_what_is_committed_is_on_the_disk(where):
    with open_store(where) as store:
        connection = store._writer.connection
        with connection.begin():
            if store._database.file is None:
                told = [connection.execute(text("SHOW synchronous_commit")).scalar()]
                assert told == ["on"]
            else:
                pragmas = (
                    "journal_mode",
                    "synchronous",
                    "foreign_keys",
                    "busy_timeout",
                    "auto_vacuum",
                )
                told = [connection.exec_driver_sql(f"PRAGMA {one}").scalar() for one in pragmas]
                assert told == ["wal", 2, 1, 60_000, 2]


def test_students_answers_are_their_owner_s_alone(tmp_path: Path):
    file = tmp_path / "new" / "store.db"
    before = os.umask(0)
    try:
        with open_store(file) as store:
            store.begin("ann", [key(1)])
            modes = {one.name: one.stat().st_mode & 0o777 for one in file.parent.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) == {"store.db", "store.db-wal", "store.db-shm", "store.db.lock"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "bytes_", [b"no database at all" * 500, b"SQLite format 3\0" + b"\xff" * 9000]
)
def test_what_is_no_database_is_refused(tmp_path: Path, bytes_: bytes):
    file = tmp_path / "store.db"
    file.write_bytes(bytes_)
    with pytest.raises(StoreError, match=r"damaged, or no store at all .*away"):
        open_store(file)
    assert file.read_bytes() == bytes_


def test_a_damaged_file_is_refused(tmp_path: Path):
    file = tmp_path / "store.db"
    open_store(file).close()
    file.write_bytes(file.read_bytes()[:4096] + b"\xa5" * 60_000)
    with pytest.raises(StoreError, match="damaged"):
        open_store(file)


@pytest.mark.parametrize(
    ("where", "why"),
    [
        (":memory:", "names no file"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        (".", "names no file"),
        ("mysql://host/db", "not in 'mysql'"),
        ("postgresql://host:port/db", "not a URL"),
        ("/proc/nothing/store.db", "cannot be written to"),
        ("postgresql://ann:secret@/db?host=/nowhere", r"postgresql://ann:\*\*\*@/db.*: .*/nowhere"),
        ("postgres://ann:secret@127.0.0.1:9/db", r"ann:\*\*\*@127.0.0.1:9/db: .*refused"),
    ],
)
def test_what_is_no_place_for_a_store_is_refused(where: str, why: str):
    with pytest.raises(StoreError, match=why) as refused:
        open_store(where)
    assert "secret" not in str(refused.value)


def test_a_server_without_its_driver_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'grader\[postgres\]'"):
        open_store("postgresql://host/db")


def test_a_path_is_a_url_too(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path}/100%.db") as store:
        store.put_result("ann", "k", b"grade")
    with open_store(tmp_path / "100%.db") as store:
        assert store.result("ann").grade == b"grade"


MOUNTS = r"""
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
23 22 0:40 / /home rw - nfs4 server:/home rw,vers=4.2
24 23 0:41 / /home/ann/local rw shared:3 master:1 - xfs /dev/sdb1 rw
25 22 0:42 / /mnt/my\040share rw - cifs //server/share rw
26 22 0:43 / /mnt/both rw - ext4 /dev/sdc1 rw
27 22 0:44 / /mnt/both rw - fuse.sshfs ann@host:/ rw
28 22 0:45 / /lustre rw - lustre mds@tcp:/scratch rw
""".lstrip()


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/srv/store.db", "ext4"),
        ("/homes/store.db", "ext4"),
        ("/home/ann/store.db", "nfs4"),
        ("/home/ann/local/new/store.db", "xfs"),
        ("/home/ann/local/../store.db", "nfs4"),
        ("/mnt/my share/store.db", "cifs"),
        ("/mnt/both/store.db", "fuse.sshfs"),
        ("/lustre/store.db", "lustre"),
    ],
)
def test_a_network_file_system_is_refused(tmp_path: Path, file: str, kind: str):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert kind_of(Path(file), mounts) == kind
    if kind in ("ext4", "xfs"):
        refuse_network(Path(file), mounts)
    else:
        with pytest.raises(StoreError, match=rf"\({kind}\).*locks.*--store postgresql://"):
            refuse_network(Path(file), mounts)


def test_a_link_to_a_network_file_system_is_refused(tmp_path: Path):
    there = tmp_path / "there"
    there.mkdir()
    (tmp_path / "here").symlink_to(there)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 8:1 / / rw - ext4 a rw\n2 1 0:9 / {there.resolve()} rw - nfs s:/ rw\n")
    assert kind_of(tmp_path / "here" / "store.db", mounts) == "nfs"


def test_a_store_asks_where_its_file_is(tmp_path: Path, monkeypatch):
    mounts = tmp_path / "mountinfo"
    mounts.write_text("1 0 8:1 / / rw - 9p host rw\n")
    monkeypatch.setattr("grader.store.engines.refuse_network", lambda f: refuse_network(f, mounts))
    with pytest.raises(StoreError, match="9p"):
        open_store(tmp_path / "store.db")
    assert not (tmp_path / "store.db").exists()


def test_where_no_mounts_are_told_nothing_is_refused(tmp_path: Path):
    refuse_network(Path("/srv/store.db"), tmp_path / "missing")


def test_when_the_server_goes_nothing_is_said_to_be_kept(schema: str):
    """Its lock on the space went with the connection: another grader may hold it by now."""
    store = open_store(schema)
    engine = open_database(schema).engine
    with engine.begin() as connection:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
        connection.execute(text(others))
    engine.dispose()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"postgresql://grader@/postgres.*: "):
            store.begin("ann", [key(1)])
    store.close()
    with open_store(schema) as again:
        assert again.last_sources("ann") == {}


def test_the_migrations_are_in_the_package():
    """Beside the code, so that they are in a wheel: ``test_wheel`` looks at what is in it."""
    assert FOLDER.is_relative_to(Path(grader.__file__).parent)
    assert (FOLDER / "env.py").is_file()


def test_a_file_of_sqlite_s_own_tools_can_be_read(tmp_path: Path):
    """Names are readable with ``sqlite3`` on the command line, and the file is whole."""
    with open_store(tmp_path / "store.db") as store:
        store.put_result("Änne", "k", b"")
    with sqlite3.connect(tmp_path / "store.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = connection.execute("SELECT CAST(submission AS TEXT) FROM results").fetchall()
    connection.close()
    assert found == [("Änne",)]
