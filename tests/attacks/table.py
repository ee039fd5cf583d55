"""Writes the table of attacks and configurations, and that of the honest programs.

In (arguments): the file to write. Out: Markdown. ``make attacks`` calls it.
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from catalogue import attacks  # noqa: E402
from configurations import available, run_all, run_honest  # noqa: E402
from handins import HANDINS  # noqa: E402
from honest import PROGRAMS  # noqa: E402

_HEAD = """# What holds

Made by `make attacks` on {machine}. Each attack is a file of `tests/attacks/submissions/`, or a
hand-in of `tests/attacks/handins.py`, and says there what it tries. *Held*: it read no secret,
earned no points, left no file, process, mount, group or descriptor, and changed no other student's
result. The control shows the same attack working without the layer, or against a careless grader
(`tests/attacks/naive.py`).

| configuration | layers that held | held |
|---|---|---|
"""


def main(file: str) -> None:
    configurations = available()
    first = configurations[0].name
    rows = run_all("suite.py", names=[], controls=first)
    programs = run_honest()
    everything = {one.name: one for one in (*attacks(), *HANDINS)}
    by_name = {name: {row["name"]: row for row in some} for name, some in rows.items()}
    kernel = ".".join(platform.release().split(".")[:2])
    text = _HEAD.format(machine=f"Linux {kernel}, {platform.machine()}")
    for one in configurations:
        held = [row for row in rows[one.name] if not row["harms"]]
        layers = ", ".join(rows[one.name][0]["layers"])
        share = f"{len(held)} of {len(rows[one.name])} ({len(held) / len(rows[one.name]):.1%})"
        text += f"| **{one.name}**: {one.title} | {layers} | {share} |\n"
    text += "\n## Attacks\n\n"
    text += _row("attack", "what it tries", *(one.name for one in configurations), "control")
    text += _row(*["---"] * (3 + len(configurations)))
    gaps = {}
    for name, attack in everything.items():
        cells = []
        for one in configurations:
            row = by_name[one.name][name]
            if row["harms"]:
                gaps[name] = (one.name, attack.why)
            cells.append("**not held**" if row["harms"] else "held")
        control = by_name[first][name]["control"]
        text += _row(f"`{name}`", attack.tries, *cells, _told(control, attack))
    text += "\n## Gaps\n\n"
    for name, (_, why) in gaps.items():
        text += f"- `{name}` ({', '.join(everything[name].gaps)}): {why}.\n"
    text += "\n## Honest programs\n\nBit for bit the same inside as outside:\n\n"
    text += _row("program", "what it does", *(one.name for one in configurations))
    text += _row(*["---"] * (2 + len(configurations)))
    for program in PROGRAMS:
        cells = [_same(programs[one.name], program.name) for one in configurations]
        text += _row(f"`{program.name}`", program.does, *cells)
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(text)
    print(f"wrote {file}")


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _told(control: str, attack: Any) -> str:
    if control == "NOT SHOWN":
        return f"not to be had here ({attack.control})"
    if attack.naive if hasattr(attack, "naive") else "":
        return f"{control} (against: {attack.naive})"
    without = getattr(attack, "without", ())
    return (
        f"{control} (without {', '.join(without)})" if without and attack.has_control else control
    )


def _same(rows: list[dict[str, Any]], name: str) -> str:
    row = next(row for row in rows if row["name"] == name)
    return "same" if row["same"] else f"**differs**: {row['why']}"


if __name__ == "__main__":
    main(sys.argv[1])
