"""The page of what held: docs/containment.md. In: messages of runs. Out: Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scenarios import SCENARIOS

Messages = list[dict[str, Any]]

_HEAD = """\
# The containment on other kernels

`make vm` runs the grader's own containment in virtual machines, under emulation in software: on
kernels with control groups of version 2, and on 64-bit ARM. It needs Debian,
`apt-get install qemu-system-x86 qemu-system-arm`, no root and some minutes; it is no part of CI.
A machine boots a kernel of Debian's, with Debian's Python and the repository's files in memory. It
has no disk and no network, and says on its serial line what it found. Kernels and packages stay in
`build/vm/`. This page is written by the run; what a run prints has every finding in words. A kernel
of another release: `tests/vm/run.py x86_64 --sources FILE --release NAME`, as apt takes them.

`tests/vm/scenarios.py` says who the grader is in each scenario and which layers must then hold.
`tests/vm/examine.py` attempts, with a control where one is possible, what must not be possible.
Then it looks for what must not be left: groups, processes and mounts, after runs that ended and
after a warm process that was killed with SIGKILL. It asks the doctor, too, who must say the same as
what holds, and how to get what is missing. *Tests* are the repository's own tests of containment.
"""

_TAIL = """\
Two gaps are seen where namespaces are missing on an older kernel, and are as the doctor and the
policy say: before Landlock ABI 6 an ordinary user's other processes can be signalled, and before
ABI 3 `os.truncate` of a path is refused even in the scratch folder.

Not shown by these runs: a real systemd (groups are made as it makes them: the folder, and the files
that the kernel names for delegation, are the user's); torch and what the course imports; swap.
"""


def page(runs: Iterable[Messages]) -> str:
    """``runs`` are the messages of one machine each, its kernel first."""
    runs = list(runs)
    parts = [_HEAD, _machines(runs), *(_held(run) for run in runs), _figures(runs), _TAIL]
    return "\n".join(parts)


def _machines(runs: list[Messages]) -> str:
    rows = [("machine", "kernel", "Landlock", "findings", "as they must be", "minutes")]
    for run in runs:
        found = [one for one in run if "held" in one]
        good = sum(one["held"] for one in found)
        first, minutes = _first(run), round(run[-1]["seconds"] / 60)
        counts = (str(len(found)), str(good), str(minutes))
        rows.append((first["machine"], first["kernel"], f"ABI {first['landlock']}", *counts))
    return _table(rows)


def _held(run: Messages) -> str:
    first = _first(run)
    rows = [("scenario", "layers that held", "findings")]
    for scenario in SCENARIOS:
        rows += _row(run, scenario.name, scenario.title, "the layers that hold are those that must")
    for name in ("tests-root", "tests-user"):
        title = f"tests, as {'root' if name == 'tests-root' else 'an ordinary user'}"
        rows += _row(run, name, title, "the tests of containment")
    return f"## Linux {first['kernel']}, {first['machine']}\n\n{_table(rows)}"


def _row(run: Messages, name: str, title: str, main: str) -> list[tuple[str, ...]]:
    found = [one for one in run if one.get("scenario") == name and "held" in one]
    if not found:
        return []
    seen = next((one["seen"] for one in found if one["check"] == main), "it did not begin")
    wrong = [one["check"] for one in found if not one["held"]]
    said = f"{len(found)} of {len(found)}" if not wrong else f"not: {'; '.join(wrong)}"
    return [(title, _cell(seen), _cell(said))]


def _figures(runs: list[Messages]) -> str:
    """What was seen where most layers hold: as root in the root of all groups."""
    columns = [{one["check"]: one for one in run if one.get("scenario") == "root"} for run in runs]
    names = [f"{_first(run)['machine']}, {_first(run)['kernel']}" for run in runs]
    rows = [("checked, as root", *names)]
    for check in dict.fromkeys(check for column in columns for check in column):
        rows.append((check, *(_seen(column.get(check)) for column in columns)))
    return f"## What was seen\n\n{_table(rows)}"


def _seen(message: dict[str, Any] | None) -> str:
    if message is None:
        return "-"
    return _cell(("" if message["held"] else "NO: ") + message["seen"])


def _first(run: Messages) -> dict[str, Any]:
    return next(one for one in run if "kernel" in one)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")[:160]


def _table(rows: list[tuple[str, ...]]) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join((head, "|" + "---|" * len(rows[0]), *body, ""))
