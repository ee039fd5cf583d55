"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.whole import sweep, write_pieces, write_whole


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path):
    write_whole(tmp_path / "a" / "b", b"one")
    write_pieces(tmp_path / "a" / "b", (b"tw", b"o"))
    assert (tmp_path / "a" / "b").read_bytes() == b"two"
    assert _names(tmp_path / "a") == ["b"]


def test_what_making_a_piece_raises_leaves_the_file_as_it_was(tmp_path: Path):
    def pieces() -> Iterator[bytes]:
        yield b"half of "
        raise RuntimeError("no more")

    write_whole(tmp_path / "file", b"old")
    with pytest.raises(RuntimeError, match="no more"):
        write_pieces(tmp_path / "file", pieces())
    assert (tmp_path / "file").read_bytes() == b"old"
    assert _names(tmp_path) == ["file"]


_DIES = """
import os, signal, sys
from pathlib import Path
from grader.whole import write_pieces

def pieces():
    yield b"half"
    os.kill(os.getpid(), signal.SIGKILL)

write_pieces(Path(sys.argv[1]), pieces())
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows does not tell of a process")
def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path):
    file = tmp_path / "page.html"
    write_whole(file, b"old")
    died = subprocess.run([sys.executable, "-c", _DIES, str(file)], check=False)
    assert died.returncode < 0
    (left,) = set(_names(tmp_path)) - {"page.html"}
    assert left.endswith(".part")
    ours = tmp_path / left.replace(left.split("-")[0], f".{os.getpid()}")
    ours.write_bytes(b"being written")
    (tmp_path / "notes.part").write_bytes(b"somebody's own")
    sweep(tmp_path)
    assert _names(tmp_path) == sorted([ours.name, "notes.part", "page.html"])
    assert file.read_bytes() == b"old"


def test_a_folder_that_is_gone_needs_no_sweeping(tmp_path: Path):
    sweep(tmp_path / "gone")
    assert _names(tmp_path) == []
