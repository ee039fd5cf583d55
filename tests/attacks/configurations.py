"""The configurations that attacks and honest programs are run under.

In: a script and what to ask of it. Out: the lines of JSON that it printed, for each configuration
that can be had here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

HERE = Path(__file__).parent
Rows: TypeAlias = dict[str, dict[str, Any]]  # by attack, or by program
Found: TypeAlias = dict[str, Rows]  # by configuration


@dataclass(frozen=True)
class Configuration:
    """``become`` is whom the grader is started as (see ``become.py``), ``""`` for as now."""

    name: str
    title: str
    become: str
    without: tuple[str, ...] = ()
    root: bool = False


ROOT = Configuration("root", "all layers, started by root", "", root=True)
ORDINARY = Configuration("ordinary", "all layers, started by an ordinary user", "ordinary")
PORTABLE = Configuration(
    "portable",
    "rlimits, seccomp and Landlock alone, started by an ordinary user",
    "ordinary",
    ("namespaces", "cgroup memory"),
)
CONTAINER = Configuration(
    "container",
    "root of a container like Docker's default: no namespaces, no groups",
    "container",
    root=True,
)
ALL = (ROOT, ORDINARY, PORTABLE, CONTAINER)


def available() -> tuple[Configuration, ...]:
    """Those that can be had: an ordinary user cannot become root."""
    return tuple(one for one in ALL if os.geteuid() == 0 or not one.root)


def rows_of(found: Found, configuration: str) -> Rows:
    """One configuration's rows. Skips the test where it cannot be had."""
    if configuration not in [one.name for one in available()]:
        pytest.skip(f"{configuration}: needs root, to become somebody else")
    return found[configuration]


def run(script: str, configuration: Configuration, **asked: Any) -> list[dict[str, Any]]:
    """The lines of one run. Raises ``RuntimeError`` with what it said when it failed."""
    folder = Path(tempfile.mkdtemp(prefix="configured-"))
    folder.chmod(0o755)
    request = {
        "name": configuration.name,
        "folder": str(folder),
        "without": configuration.without,
        **asked,
    }
    command = [sys.executable, str(HERE / script), json.dumps(request)]
    if configuration.become and os.geteuid() == 0:
        command = [
            *(sys.executable, str(HERE / "become.py"), configuration.become, str(folder)),
            *command,
        ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode != 0:
        raise RuntimeError(f"{configuration.name}: {done.stderr[-4000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def run_honest() -> dict[str, list[dict[str, Any]]]:
    """The honest programs under every configuration, each compared with itself outside."""
    with tempfile.NamedTemporaryFile("w", prefix="outside-", suffix=".json") as file:
        (found,) = run("honest_suite.py", available()[0], outside="")
        json.dump(found, file)
        file.flush()
        Path(file.name).chmod(0o644)
        return run_all("honest_suite.py", outside=file.name)


def run_all(script: str, **asked: Any) -> dict[str, list[dict[str, Any]]]:
    """The same under every configuration that can be had: two at once, unless other tests run
    beside this one."""
    with ThreadPoolExecutor(1 if "PYTEST_XDIST_WORKER" in os.environ else 2) as pool:
        found = list(pool.map(lambda one: run(script, one, **asked), available()))
    return {one.name: rows for one, rows in zip(available(), found, strict=True)}
