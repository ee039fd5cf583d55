"""The attacks, each a file that a student might hand in.

In: the folder ``submissions``. Out: ``Attack`` values. The docstring of a file says in a sentence
what it tries, and then, a line each:

    without: ...   the layers to leave out to show that it works then (the positive control)
    naive: ...     or the careless grader (``naive.py``) against which it works
    control: ...   when the control can be shown: ``root``, ``if ...``; ``portable``: it is the run
                   without namespaces and groups; ``none (why)``: it cannot be shown safely
    told: ...      what the student's report must say
    untold: ...    configurations in which it does not: another layer refused it first
    gap: ...       configurations in which it is known to work, and why
    limits: ...    bounds for this one: wall=1 memory=512M scratch=64M files=300
    right: yes     its work is right besides, and earns its points
    source: ...    an expression that makes the file's text

``@NAME@`` stands for something of the world around it (``world.py``), ``@NR_call@`` for the number
of a system call.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from grader.model import Limits

FOLDER = Path(__file__).parent / "submissions"
_KEYS = ("without", "naive", "control", "told", "untold", "gap", "limits", "right", "source")
_SIZES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_LIMITS = {
    "wall": "wall",
    "memory": "memory",
    "scratch": "scratch_bytes",
    "files": "scratch_inodes",
}


@dataclass(frozen=True)
class Attack:
    """One attack. ``name`` is its class and its file's name."""

    name: str
    tries: str
    source: str
    without: tuple[str, ...] = ()
    naive: str = ""
    control: str = ""
    told: str = ""
    untold: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    why: str = ""
    limits: Limits = field(default_factory=lambda: Limits(wall=2.0))
    right: bool = False

    @property
    def has_control(self) -> bool:
        return not self.control.startswith("none")


def attacks() -> tuple[Attack, ...]:
    """All of them, by name."""
    return tuple(_read(file) for file in sorted(FOLDER.rglob("*.py")))


def _read(file: Path) -> Attack:
    text = file.read_text()
    found = re.match(r'"""(.*?)"""', text, re.S)
    assert found, f"{file} does not say what it tries"
    tries, *rest = found[1].strip().split("\n")
    known = dict.fromkeys(_KEYS, "")
    for line in rest:
        key, colon, value = line.partition(":")
        if colon and key in known:
            known[key] = value.strip()
        else:
            assert not line.strip(), f"{file}: {line!r} is not understood"
    gaps, _, why = known["gap"].partition(":")
    return Attack(
        name=f"{file.parent.name}/{file.stem}",
        tries=tries,
        source=eval(known["source"], {}) if known["source"] else text,
        without=_listed(known["without"]),
        naive=known["naive"],
        control=known["control"],
        told=known["told"],
        untold=_listed(known["untold"]),
        gaps=_listed(gaps),
        why=why.strip(),
        limits=_limits(known["limits"]),
        right=known["right"] == "yes",
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _limits(text: str) -> Limits:
    found: dict[str, float] = {"wall": 2.0}
    for part in text.split():
        name, _, value = part.partition("=")
        size = _SIZES.get(value[-1])
        found[_LIMITS[name]] = int(value[:-1]) * size if size else float(value)
    whole = {name: value if name == "wall" else int(value) for name, value in found.items()}
    return Limits(**whole)
