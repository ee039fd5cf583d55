"""Puts one benchmark's findings into ``docs/benchmarks.md``, and leaves the other sections alone.

In: a section's name and its Markdown. Out: the page, in which that section is new; it says of
itself on what machine, with which versions and on which day it was measured.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from grader.session import versions
from grader.whole import write_whole

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BUILD = Path(__file__).parents[1] / "build" / "bench"
_HEAD = """# Benchmarks

`make bench` measures all of this again and writes its sections. Each says when, on what machine and
with which versions it was measured. Other machines give other seconds; the ratios should hold.
"""


def replace_section(name: str, text: str, page: Path = PAGE) -> None:
    """Writes ``text`` between the markers of ``name``, or at the page's end when they are not
    there yet. Of what stands outside of the markers nothing changes."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    old = page.read_text(encoding="utf-8") if page.exists() else _HEAD
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if found.search(old):
        new = found.sub(lambda _: section, old)
    else:
        new = f"{old.rstrip()}\n\n{section}\n"
    write_whole(page, new.encode())


def keep(name: str, found: Sequence[Any], text: str) -> None:
    """Writes figures (dataclasses) to ``build/bench/NAME.json``, and the section of that name."""
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / f"{name}.json").write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
    replace_section(name, text)


def show(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> None:
    """The same table as ``markdown`` makes, on the terminal."""
    table = Table(box=None, pad_edge=False)
    for column, name in enumerate(head):
        table.add_column(name, justify="left" if column < words else "right")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)


def measured_on(
    more: Mapping[str, str] | None = None, packages: Sequence[str] = ("torch", "transformers")
) -> str:
    """One sentence: the day, the machine, and versions; ``more`` names further ones."""
    own = {name: found for name, found in versions() if name in ("python", *packages)}
    listed = ", ".join(f"{name} {found}" for name, found in {**own, **(more or {})}.items())
    day = datetime.now(UTC).date().isoformat()
    return f"Measured on {day}: {machine()}; {listed}."


def machine() -> str:
    """Cores, processor and kernel, as far as the platform tells."""
    cores = f"{os.cpu_count()} cores, {processor()}"
    return f"{cores}, {platform.system()} {platform.release().split('-')[0]}"


def processor() -> str:
    """The processor's own name for itself, or its architecture."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    named = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return named.group(1) if named else platform.machine()


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table; the first ``words`` columns are words, the others numbers, on the right."""
    rule = [":--" if column < words else "--:" for column in range(len(head))]
    lines = [head, rule, *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
