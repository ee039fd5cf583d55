"""The reading process: what it may not do, and what happens when a hand-in ends it."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submission_helpers import SAMPLES, notebook, run, zipped

from grader.submission import Reader, ReaderError, ReadingLimits, reader, reading, wire
from grader.submission.notebook import take_apart

# IPython reads the cell anew after each magic: half a minute of CPU in a file of 200 KB.
SLOW = "\n".join(f"!ls {n}" for n in range(90)) + "\nx = [1, 2, 3, 4]" * 9_000
QUICK = ReadingLimits(cpu=1)


@pytest.fixture
def quick() -> Iterator[Reader]:
    with Reader(QUICK) as one:
        yield one


def test_the_trusted_process_loads_no_parser_of_notebooks():
    code = (
        "import sys, grader.submission\n"
        "print([name for name in ('IPython', 'nbformat') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_cell_that_ends_the_process_is_passed_over(quick: Reader):
    source = quick.notebook(
        "t", "a.ipynb", notebook("def f(): return 1", SLOW, "def g(): return 2")
    )
    assert run(source, "f() + g()")[0] == 3
    assert source.notes == ("cell 2 was left out: it is too large or too deeply nested to be read",)


def test_a_notebook_that_ends_the_process_again_and_again_is_given_up(quick: Reader):
    light = SLOW.rsplit("\n", 3_000)[0]
    source = quick.notebook("t", "a.ipynb", notebook(light, light, light))
    assert source.problem.startswith("a.ipynb takes too long to be read. Open it in Jupyter")
    assert run(quick.notebook("t", "b.ipynb", notebook("x = 5")), "x")[0] == 5


def test_a_process_that_was_killed_is_replaced(quick: Reader):
    quick.notebook("t", "a.ipynb", notebook("x = 1"))
    os.kill(quick._process.pid, signal.SIGKILL)
    assert quick.archive(zipped({"a.py": "x"})).problem.startswith("it takes too long")
    assert quick.archive(zipped({"a.py": "x"})).entries[0].data == b"x"


def test_a_process_that_says_nothing_is_replaced(quick: Reader):
    quick.notebook("t", "a.ipynb", notebook("x = 1"))
    os.kill(quick._process.pid, signal.SIGSTOP)
    quick._limits = ReadingLimits(wall=0.2)
    assert "takes too long" in quick.notebook("t", "a.ipynb", notebook("x = 1")).problem
    quick._limits = QUICK
    assert quick.notebook("t", "a.ipynb", notebook("x = 1")).text == "x = 1\n"


def test_memory_is_bounded():
    wide = b'{"a": [' + b"[[]]," * 2_000_000 + b"0]}"
    with Reader(ReadingLimits(memory=300 << 20)) as small:
        source = small.notebook("t", "a.ipynb", wide)
        assert source.problem
        assert small.notebook("t", "a.ipynb", notebook("x = 1")).text == "x = 1\n"


def test_the_process_ends_with_its_reader():
    with Reader() as one:
        one.notebook("t", "a.ipynb", notebook("x = 1"))
        process = one._process
        assert process.poll() is None
    assert process.poll() is not None


def test_the_process_ends_when_the_grader_is_gone():
    one = Reader()
    one.notebook("t", "a.ipynb", notebook("x = 1"))
    one._connection.close()
    assert one._process.wait(30) == 0
    one._connection = one._process = None


@pytest.mark.parametrize("python", ["/bin/false", "/nothing/like/it"])
def test_a_process_that_cannot_start_is_the_graders_fault(monkeypatch, python: str):
    monkeypatch.setattr(reader.sys, "executable", python)
    with Reader() as one, pytest.raises(ReaderError, match="grader doctor"):
        one.notebook("t", "a.ipynb", notebook("x = 1"))


_PROBE = """
import os, socket, sys
from grader.submission import reading
reading._warm_up()
reading._give_up_rights(1 << 30)
def tried(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "done"
print(os.getuid(), tried(lambda: open("/etc/passwd")), tried(lambda: open("/tmp/x", "w")),
      tried(os.fork), tried(socket.socket), tried(lambda: os.setuid(0)))
"""


def test_the_process_can_neither_open_nor_start_anything():
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PROBE], capture_output=True, text=True, check=True
    )
    uid, *tries = done.stdout.split()
    assert tries[:2] == ["OSError", "OSError"]
    assert tries[2] == "BlockingIOError"
    assert tries[3] == "OSError"
    if os.geteuid() == 0:
        assert uid == str(reading._NOBODY)
        assert tries[4] == "PermissionError"


def test_the_process_gets_a_bare_environment_and_one_descriptor(monkeypatch, quick: Reader):
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    keep = socket.socket()
    keep.set_inheritable(True)
    quick.notebook("t", "a.ipynb", notebook("x = 1"))
    process = Path(f"/proc/{quick._process.pid}")
    try:
        environment = (process / "environ").read_bytes()
        held = {str(entry.readlink()).split(":")[0] for entry in (process / "fd").iterdir()}
    finally:
        keep.close()
    assert b"hush" not in environment
    assert held == {"socket", "/dev/null"}
    assert len(list((process / "fd").iterdir())) == 3


def test_no_student_code_is_run(tmp_path: Path, quick: Reader):
    mark = tmp_path / "mark"
    cell = (
        f"@__import__('os').system('touch {mark}')\n"
        f"def f(x=open({str(mark)!r}, 'w')): pass\n!touch {mark}"
    )
    source = quick.notebook("t", "a.ipynb", notebook(cell, f"%%bash\ntouch {mark}"))
    assert "touch" in source.text
    assert not mark.exists()


# Messages -----------------------------------------------------------------------------------------


@contextmanager
def _answered(frame: bytes) -> Iterator[Reader]:
    """A reader whose process answers with this."""
    ours, theirs = socket.socketpair()
    with theirs, Reader() as one:
        theirs.sendall(frame)
        theirs.shutdown(socket.SHUT_WR)
        one._connection = ours
        yield one


def _frame(header: object, payload: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return wire._LENGTHS.pack(len(text), len(payload)) + text + payload


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff" * 16,
        b"\xff" * 64,
        _frame(b"{"),
        _frame(b"[" * 100_000),
        _frame([1]),
        _frame({}),
        _frame({"problem": "", "entries": [5]}),
        _frame({"problem": "", "entries": [{"parts": 5, "size": 1, "modified": 0, "problem": ""}]}),
        _frame({"problem": "", "entries": [{"parts": [], "size": "x", "modified": 0}]}),
        _frame({"cell": "x"}),
    ],
    ids=range(11),
)
def test_nonsense_from_the_process_is_a_problem_of_the_hand_in(frame: bytes):
    with _answered(frame) as one:
        assert one.archive(b"").problem
    with _answered(frame) as one:
        assert one.notebook("t", "a.ipynb", b"").problem


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_spoilt_notebooks_never_raise(seed: int):
    rng = random.Random(seed)
    names = ["colab", "nbgrader", "format3", "vscode"]
    data = bytearray((SAMPLES / f"{rng.choice(names)}.ipynb").read_bytes())
    for _ in range(rng.randint(1, 12)):
        start, end, length = rng.randrange(len(data)), rng.randrange(len(data)), rng.randint(1, 9)
        data[start : start + length] = data[end : end + length]
    taken = take_apart(bytes(data), "a.ipynb")
    assert taken.problem or compile("".join(f"{line.text}\n" for line in taken.lines), "a", "exec")


_PIECES = st.sampled_from(
    ["x", "def f(a):\n    return a", "%time y = 1", "!ls \\\n -l", "if x:\n    ", "'''a\n", "(\n",
     ")", "\n", "; ", "@f\n", "%%time\n", "    ", "é = 'ü'", "f'{x}'", "?x", "await x", "#", "\\\n",
     "\t", "from __future__ import annotations\n", "lambda: x", "[i for i in x]", "global x",
     "del x", "\x0c", "import a, b", "class A:\n    ", "yield", ">>> x\n", "\u2028"]
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(_PIECES, max_size=8).map("".join), max_size=4))
def test_cells_of_any_pieces_give_a_text_that_compiles_with_places_that_exist(cells: list[str]):
    taken = take_apart(notebook(*cells), "a.ipynb")
    assert taken.problem == ""
    compile("".join(f"{line.text}\n" for line in taken.lines), "a.ipynb", "exec")
    for line in taken.lines:
        assert 1 <= line.line <= cells[line.cell - 1].count("\n") + 1
