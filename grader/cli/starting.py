"""``grader new``: a topic from nothing. In: its name. Out: its folder, and an exit code."""

from __future__ import annotations

import shlex
from pathlib import Path

from grader.cli.show import out, print_json
from grader.new import write_topic
from grader.session import SessionError, find_reference

_WHAT = {
    "solution.py": "the reference: its docstrings are what students read",
    "task.py": "cases, checks, points and known mistakes",
    "README.md": "the handout",
}


def new(topic: str, reference: Path | None, as_json: bool) -> int:
    """Writes the example and says what to do next."""
    written = write_topic(topic, reference or _nearest())
    if as_json:
        folder = next(path for path in written if path.name == "task.py").parent
        files = sorted(str(path.relative_to(folder)) for path in written)
        print_json({"topic": topic, "folder": str(folder), "files": files})
    else:
        _say(topic, written, reference)
    return 0


def _nearest() -> Path:
    try:
        return find_reference(None)
    except SessionError:  # the first topic of a new course
        return Path("reference").absolute()


def _say(topic: str, written: tuple[Path, ...], reference: Path | None) -> None:
    console = out()
    for path in written:
        what = _WHAT.get(path.name, "a right solution, written differently")
        console.print(f"{_from_here(path)}: {what}", markup=False, soft_wrap=True)
    there = f" --reference {shlex.quote(str(reference))}" if reference else ""
    for line in (
        "",
        "It is a small example that works. Next:",
        "  1. Change it step by step to what you teach. After each step:",
        f"     grader verify {topic}{there}",
        "  2. Make what students get, in assignments/:",
        f"     grader release {topic}{there}",
    ):
        console.print(line, markup=False, soft_wrap=True)


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
