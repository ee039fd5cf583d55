"""The hosts that the tests of the closed sandbox share, as a pytest plugin."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from containment_host import UID, Host


@pytest.fixture(scope="module")
def host():
    """The strongest sandbox to be had here: another user as root, the same one otherwise."""
    with Host(uid=UID if os.geteuid() == 0 else None) as opened:
        yield opened


@pytest.fixture(scope="module")
def same_user():
    with Host() as opened:
        yield opened


@pytest.fixture
def outside():
    """A folder of the tests' own, as open as a folder can be: only the sandbox can refuse it."""
    folder = Path(f"/tmp/contain-outside-{os.getpid()}")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "secret").write_text("the expected answer")
    (folder / "secret").chmod(0o666)
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
