"""What goes wrong in a class, as files to hand in, each with what its student must read.

In: nothing. Out: ``HandIn`` values. The topic is ``demo``: ``double(x)`` and ``ones(n)``.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field

TOP = "import os, signal, sys, threading, time\nimport numpy as np\nimport torch\n"
RIGHT_DOUBLE = "def double(x):\n    return x * 2\n"
RIGHT_ONES = "def ones(n):\n    return torch.ones(n, n) / n\n"
RIGHT = f"{TOP}\n{RIGHT_DOUBLE}\n{RIGHT_ONES}"


@dataclass(frozen=True)
class HandIn:
    """``files`` by path below the class folder. Its student reads ``words`` about ``double``'s
    public case, under ``category``; ``ones`` has ``ones`` points of 2 (``None``: any)."""

    name: str
    files: dict[str, bytes]
    category: str
    words: tuple[str, ...] = ()
    ones: float | None = 2.0
    links: dict[str, str] = field(default_factory=dict)


def file(name: str, source: str, category: str, *words: str, ones: float | None = 0.0) -> HandIn:
    """A whole file."""
    return HandIn(name, {f"{name}/demo/solution.py": source.encode()}, category, words, ones)


def double(
    name: str, body: str, category: str, *words: str, top: str = "", ones: float | None = 2.0
) -> HandIn:
    """A right file but for the body of ``double(x)``."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = f"{TOP}{top}\ndef double(x):\n{lines}\n{RIGHT_ONES}"
    return file(name, source, category, *words, ones=ones)


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive, its members named as they stand."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def notebook(*cells: str) -> bytes:
    """A notebook of code cells."""
    made = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "source": cell}
        for n, cell in enumerate(cells)
    ]
    top = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(top).encode()


GOOD = (
    HandIn("right", {"right/demo/solution.py": RIGHT.encode()}, ""),
    HandIn("right-zip", {"right-zip.zip": zipped({"demo/solution.py": RIGHT.encode()})}, ""),
    HandIn("right-flat", {"right-flat/demo.py": RIGHT.encode()}, ""),
    HandIn(
        "right-notebook",
        {"right-notebook/demo/solution.ipynb": notebook(TOP, RIGHT_DOUBLE, "1/0", RIGHT_ONES)},
        "",
    ),
)

LOADING = (
    file(
        "syntax-error",
        f"{TOP}\ndef double(x):\n    return x *\n\n{RIGHT_ONES}",
        "load",
        "could not be loaded",
        "solution.py, line 6",
        "SyntaxError",
        "return x *",
    ),
    file(
        "import-error",
        f"import torhc\n{RIGHT}",
        "load",
        "solution.py, line 1",
        "No module named 'torhc'",
        "import torhc",
    ),
    file("exit-at-load", f"{RIGHT}\nsys.exit(0)\n", "load", "SystemExit", "sys.exit(0)"),
    file("os-exit-at-load", f"{RIGHT}\nos._exit(0)\n", "exit", "through loading", "os._exit"),
    file(
        "loop-at-load",
        f"{RIGHT}\nwhile True: pass\n",
        "timeout",
        "through loading",
        "in 2 seconds",
        "loop that never ends",
    ),
    file(
        "print-at-load",
        f"{RIGHT}\nwhile True: print('x' * 9999)\n",
        "output",
        "through loading",
        "printed more than 1 MB",
    ),
    file(
        "recursion-at-load",
        "def f(): f()\nf()\n",
        "load",
        "RecursionError",
        "line 1",
    ),
    file("null-byte", "import torch\n\0\n", "", "line"),
    file(
        "closes-everything",
        f"{RIGHT}\nos.closerange(0, 4096)\n",
        "exit",
        "through loading",
        "ended the whole process",
    ),
)

MISSING = (
    file("no-double", f"{TOP}\n{RIGHT_ONES}", "missing function", "`double` is not there", ones=2),
    file(
        "double-is-a-number",
        f"{TOP}\ndouble = 2\n{RIGHT_ONES}",
        "missing function",
        "`double` is not a function",
        "solution.py",
        ones=2,
    ),
    file(
        "wrong-signature",
        f"{TOP}\ndef double():\n    return 2\n\n{RIGHT_ONES}",
        "signature",
        "`double` cannot be called as the handout says",
        "defined as ()",
        ones=2,
    ),
)

CALLS = (
    double("raises", "return x + 'a'", "exception", "raised TypeError", "solution.py, line 6"),
    double("sys-exit", "sys.exit(0)", "exception", "raised SystemExit", "line 6"),
    double("os-exit", "os._exit(0)", "exit", "ended the whole process", "os._exit"),
    double("loop", "while True: pass", "timeout", "in 1 second and", "loop that never ends"),
    double(
        "ignores-signals",
        "for n in range(1, 30):\n    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\nwhile True: pass",
        "timeout",
        "in 1 second and",
    ),
    double("print", "while True: print('x' * 999)", "output", "printed more than 1 MB"),
    double("8-gb-of-bytes", "return len(bytearray(8 << 30))", "memory", "memory", "line 6"),
    double("8-gb-tensor", "return torch.zeros(1 << 30, 2).double()", "memory", "memory", "line 6"),
    double(
        "segmentation-fault",
        "import ctypes\nctypes.string_at(0)",
        "crash",
        "segmentation fault",
    ),
    double("aborts", "os.abort()", "crash", "abort"),
    double("stops-itself", "os.kill(os.getpid(), signal.SIGSTOP)", "timeout", "in 1 second and"),
    double("terminates-itself", "os.kill(os.getpid(), signal.SIGTERM)", "crash", "SIGTERM"),
    double(
        "terminates-its-parent",
        "os.kill(os.getppid(), signal.SIGTERM)\ntime.sleep(9)",
        "crash",
        "SIGTERM",
        ones=None,
    ),
    double("deep-recursion", "return double(x)", "exception", "RecursionError"),
    double(
        "file-flood",
        "for n in range(3):\n"
        "    os.posix_fallocate(os.open(str(n), os.O_CREAT | os.O_WRONLY), 0, 99 << 20)\n"
        "time.sleep(9)",
        "scratch",
        "more than 256 MB",
        ones=None,
    ),
    double(
        "not-written",
        "raise NotImplementedError('double is not written yet')",
        "stub",
        "Not written yet",
    ),
)

_NO = "def _no(self, *_):\n        raise RuntimeError('no')"
HOSTILE = f"""
class Hostile:
    {_NO}

    __repr__ = __len__ = __iter__ = __bool__ = __reduce__ = __array__ = _no
    __eq__ = lambda self, other: True
    __hash__ = None
    __class__ = torch.Tensor
"""
ODD = (
    double("returns-a-generator", "return (n for n in x)", "type", "`generator`, not a tensor"),
    double("returns-hostile", "return Hostile()", "result", "cannot be looked at", top=HOSTILE),
    double("returns-a-mock", "from unittest.mock import Mock\nreturn Mock()", "type"),
    double("returns-itself", "a = []\na.append(a)\nreturn a", "result", "contains itself"),
    double("returns-nan", "return x * float('nan')", "nan", "nan, not 2"),
    double("returns-2-gb", "return torch.empty(2 << 30, dtype=torch.uint8)", "result", "2048 MB"),
)

UNREADABLE = (
    file("empty-file", "", "missing function", "`double` is not there"),
    HandIn(
        "latin-1",
        {"latin-1/demo/solution.py": f"# caf\xe9\n{RIGHT}".encode("latin-1")},
        "unreadable",
        ("solution.py", "UTF-8"),
        0,
    ),
    HandIn(
        "not-a-notebook",
        {"not-a-notebook/demo/solution.ipynb": b"{not json"},
        "unreadable",
        ("solution.ipynb", "JSON"),
        0,
    ),
    HandIn(
        "zip-slip",
        {"zip-slip.zip": zipped({"../demo/solution.py": RIGHT.encode()})},
        "",
        (),
        0,
    ),
    HandIn("broken-zip", {"broken-zip.zip": b"PK\x03\x04 and no more"}, "unreadable", ("zip",), 0),
    HandIn(
        "bomb",
        {"bomb.zip": zipped({"demo/solution.py": b"#" * (80 << 20)})},
        "",
        (),
        0,
    ),
    HandIn("a-link", {}, "", (), 0, links={"a-link/demo/solution.py": "right/demo/solution.py"}),
    HandIn(
        "unknown-topic",
        {"unknown-topic/juggling/solution.py": RIGHT.encode()},
        "unreadable",
        ("holds no solution", "demo"),
        0,
    ),
    HandIn("nothing", {"nothing/.keep": b""}, "unreadable", ("holds no solution",), 0),
)

BAD = LOADING + MISSING + CALLS + ODD + UNREADABLE
EVERY = GOOD + BAD
