"""A PostgreSQL server of one's own, for as long as a ``with`` block: Debian's programs, in a new
folder, on a socket in it, as an ordinary user (as root, PostgreSQL refuses to run)."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

SETTINGS = ("listen_addresses=''", "fsync=on", "synchronous_commit=on", "max_connections=40")


def programs() -> Path | None:
    """The folder of the newest server that is installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((file.parent for file in found), key=lambda one: int(one.parent.name), default=None)


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """A server with the programs in ``folder``: the URL of its database, with a query."""
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    who = _ordinary(place)
    data, log = place / "data", place / "log"
    initdb = ["-A", "trust", "-U", "grader", "-E", "UTF8", "--locale=C", "--no-sync"]
    options = " ".join(f"-c {one}" for one in (*SETTINGS, f"unix_socket_directories={place}"))
    control = [folder / "pg_ctl", "-D", data, "-w"]
    try:
        _run([folder / "initdb", *initdb, data], who)
        _run([*control, "-l", log, "-o", options, "start"], who)
        try:
            yield f"postgresql://grader@/postgres?host={quote(str(place), safe='')}"
        finally:
            _run([*control, "-m", "fast", "stop"], who)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _ordinary(place: Path) -> dict[str, Any]:
    """How a program is started so that it is not root: as Debian's user for this, or as nobody."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    os.chown(place, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(command: list[Any], who: dict[str, Any]) -> None:
    # What it prints goes to a file: the server inherits it, and a pipe would never end.
    with tempfile.TemporaryFile() as said:
        run = subprocess.run(
            [str(one) for one in command], stdout=said, stderr=said, cwd="/", check=False, **who
        )
        said.seek(0)
        assert run.returncode == 0, said.read().decode(errors="replace")
