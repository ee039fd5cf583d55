"""What the tests of ``grader.submission`` share: made-up hand-ins, and a plain run of a text."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.model import Source

TOPICS = ("pad_batch", "tokenize", "generate")
SAMPLES = Path(__file__).parent / "submissions"

_RUN = """
import json, linecache, sys, traceback
text, ask = json.load(sys.stdin)
linecache.cache["solution.py"] = (len(text), None, text.splitlines(keepends=True), "solution.py")
space = {"__name__": "solution"}
exec(compile(text, "solution.py", "exec"), space)
try:
    answer = eval(ask, space)
except Exception as error:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if frame.filename == "solution.py"]
    answer = {"raised": type(error).__name__, "line": own[-1] if own else 0}
print(json.dumps(answer))
"""


def notebook(*cells: str | dict[str, object], **top: object) -> bytes:
    """An ``.ipynb`` of format 4: a string is a code cell, anything else stands as it is."""
    listed = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell}
        if isinstance(cell, str)
        else cell
        for cell in cells
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, **top}).encode()


def run(source: Source, ask: str) -> tuple[object, str]:
    """The value of an expression after a plain ``exec`` of the text, and its standard error."""
    assert not source.problem, source.problem
    done = subprocess.run(
        [sys.executable, "-I", "-c", _RUN],
        input=json.dumps([source.text, ask]),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A zip of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files: Mapping[str, bytes | tarfile.TarInfo], mode: str = "w") -> bytes:
    """A tar of these files; a ``TarInfo`` is a member without content."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def tree(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """These files under ``root``, which is made."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root
