"""What results depend on, by name and version.

In: what is installed here, the course cache, the code that runs in a child. Out: pairs to be
compared: with a pack's, or with another machine's.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import grader
from grader.course.location import online

_PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "accelerate", "numpy")


def versions() -> tuple[tuple[str, str], ...]:
    """What a result depends on, by name."""
    found = [("grader", grader.__version__), ("python", sys.version.split()[0])]
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            found.append((package, "missing"))
    return tuple(found)


def packages() -> tuple[tuple[str, str], ...]:
    """The installed ones among the packages that a result depends on."""
    return tuple((name, found) for name, found in versions()[2:] if found != "missing")


def stamp(home: Path) -> tuple[tuple[str, str], ...]:
    """What a pack's outcomes depend on, by name: the versions, the course cache, and the code that
    runs in the child."""
    where = "online" if online() else home.name
    return (*versions(), ("course cache", where), ("sandbox code", sandbox_code()[:12]))


def sandbox_code() -> str:
    """The digest of all code that runs in a child."""
    return _code_below("worker")


def grader_code() -> str:
    """The digest of all code of the grader's: what a verdict depends on beside observations."""
    return _code_below(".")


@cache
def _code_below(folder: str) -> str:
    """Taken once: warm processes do not load that code again either."""
    code = hashlib.sha256()
    for file in sorted((Path(grader.__file__).parent / folder).rglob("*.py")):
        code.update(file.read_bytes())
    return code.hexdigest()
