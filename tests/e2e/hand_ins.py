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
RIGHT_ONES = "def ones(n):\n    return torch.ones(n, n)\n"
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
    double(
        "stops-its-parent",
        "os.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(30)",
        "timeout",
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
        "not-written", "raise NotImplementedError('double is not written yet')", "stub", "Not yet"
    ),
)

HOSTILE = '''
class Hostile:
    """Says yes to everything, and fails when it is looked at."""

    def _no(self, *_, **__):
        raise RuntimeError("do not look at me")

    __repr__ = __str__ = __len__ = __iter__ = __bool__ = __float__ = __index__ = _no
    __getattr__ = __reduce__ = __reduce_ex__ = __array__ = __hash__ = __format__ = _no

    def __eq__(self, other):
        return True

    @property
    def __class__(self):
        return torch.Tensor


class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __repr__(cls):
        raise RuntimeError("nor at my class")

    def __getattribute__(cls, name):
        raise RuntimeError("nor at my class")


class HostileList(list):
    def __iter__(self):
        raise RuntimeError("no")

    def __len__(self):
        return 1 << 60


class HostileDict(dict):
    def __iter__(self):
        while True:
            yield "again"

    def __len__(self):
        return -1


class Greedy(torch.Tensor):
    """Answers every question about it with yes."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


class Raising(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise RuntimeError("no")


class Text(str):
    def __str__(self):
        raise RuntimeError("no")

    __repr__ = encode = __eq__ = __str__
    __hash__ = str.__hash__


class Number(float):
    def __float__(self):
        return 2.0

    __eq__ = __le__ = __lt__ = lambda self, other: True
    __hash__ = float.__hash__
'''
ODD_VALUES = {
    "generator": "(n for n in x)",
    "module": "torch",
    "lambda": "lambda: x * 2",
    "class": "Hostile",
    "class-with-meta": "Meta('M', (), {})",
    "instance-with-meta": "Meta('M', (), {})()",
    "hostile": "Hostile()",
    "list-of-hostile": "[Hostile(), Hostile()]",
    "hostile-list": "HostileList([1, 2])",
    "hostile-dict": "HostileDict(a=1)",
    "hostile-text": "Text('2')",
    "hostile-number": "Number(7.0)",
    "mock": "__import__('unittest.mock').mock.MagicMock()",
    "itself": "(lambda a: (a.append(a), a)[1])([])",
    "deep": "__import__('functools').reduce(lambda a, _: [a], range(99999), 1)",
    "wide": "[[n] for n in range(99999)]",
    "object-array": "np.array([Hostile, {}, None], dtype=object)",
    "array-in-itself": "(lambda a: (a.__setitem__(0, a), a)[1])(np.empty(2, dtype=object))",
    "structured-array": "np.zeros(3, dtype=[('a', 'i4'), ('b', 'O')])",
    "dates": "np.array(['2020-01-01'], dtype='datetime64[D]')",
    "sparse": "(x * 3).to_sparse()",
    "complex": "x * 2j",
    "meta": "torch.empty(3, device='meta')",
    "quantized": "torch.quantize_per_tensor(x.float() * 3, 0.1, 0, torch.quint8)",
    "odd-keys": "{1: x, (2, 3): x, None: x, Hostile: x, float('nan'): x, b'k': x}",
    "nan": "x * float('nan')",
    "infinity": "x / 0",
    "none": "None",
    "ellipsis": "...",
    "bytes": "b'\\xff'",
    "surrogates": "'\\udc80' * 9",
    "huge-number": "10 ** 100000",
    "exception": "ValueError(x)",
    "open-file": "open('f', 'w')",
    "type": "torch.Tensor",
    "parameter-less-model": "torch.nn.Linear(2, 2)",
    "greedy-tensor": "(x * 3).as_subclass(Greedy)",
    "raising-tensor": "(x * 3).as_subclass(Raising)",
    "2-gb-tensor": "torch.empty(2 << 30, dtype=torch.uint8)",
    "pretends-2-tb": "torch.zeros(1).expand(1 << 39)",
    "empty-tensor": "x[:0]",
    "one-number": "torch.tensor(2.0)",
}
ODD = tuple(
    double(f"returns-{name}", f"return {value}", "", top=HOSTILE)
    for name, value in ODD_VALUES.items()
)
# Odd, and right: what the handout leaves open costs nothing.
ODD_AND_RIGHT = tuple(
    double(f"right-as-{name}", f"return {value}", "", top=HOSTILE)
    for name, value in {
        "subclass": "(x * 2).as_subclass(Greedy)",
        "raising-subclass": "(x * 2).as_subclass(Raising)",
        "parameter": "torch.nn.Parameter(x * 2)",
        "with-a-graph": "x.requires_grad_() * 2",
        "other-float": "x.double() * 2",
        "view": "(x * 2).flip(0).flip(0)",
    }.items()
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
EVERY = GOOD + ODD_AND_RIGHT + BAD
