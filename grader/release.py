"""What students get, made from the reference: handout, stub and notebook of each topic, and the
text that says how to begin.

In: an assignment and the reference folder (for the handouts' text). Out: files by path; writing
them, and telling which are stale, is one step more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat import v4

from grader.model import Assignment, Topic
from grader.stub import functions_of, head_of, stub_of
from grader.whole import write_whole


def kit(assignment: Assignment, reference: Path) -> dict[str, str]:
    """Every topic's files, by their paths in the students' folder."""
    files = {}
    for topic in assignment.topics:
        handout = _handout(topic, reference)
        files[f"{topic.name}/README.md"] = handout
        files[f"{topic.name}/solution.py"] = stub_of(topic)
        files[f"{topic.name}/solution.ipynb"] = notebook(topic)
    return files


def first_steps(assignment: Assignment, reference: Path, wheel: str) -> str:
    """The kit's own README.md: how to install ``wheel``, work, and read what the check says."""
    rows = [
        f"| [`{topic.name}`]({topic.name}/README.md) | {_title(topic, reference)} "
        f"| {topic.points:g} |"
        for topic in assignment.topics
    ]
    return _FIRST_STEPS.format(topics="\n".join(rows), wheel=wheel, first=assignment.topics[0].name)


def constraints(versions: Iterable[tuple[str, str]]) -> str:
    """The packages' versions for pip, without the mark of a local build, as in ``+cpu``."""
    lines = [f"{name}=={version.partition('+')[0]}" for name, version in versions]
    return "\n".join([*lines, ""])


def write_kit(files: Mapping[str, str | bytes], folder: Path) -> tuple[str, ...]:
    """Writes what is new or differs; returns the paths written."""
    changed = stale(files, folder)
    for name in changed:
        write_whole(folder / name, _bytes(files[name]))
    return changed


def stale(files: Mapping[str, str | bytes], folder: Path) -> tuple[str, ...]:
    """The paths whose file is missing or not what the reference makes."""
    return tuple(name for name, data in files.items() if _read(folder / name) != _bytes(data))


def notebook(topic: Topic) -> str:
    """The stub as a notebook: one cell for the imports, one for each function."""
    head = head_of(topic)
    opening = (
        f"# {topic.name}\n\nThe handout is `README.md` in this folder. Write each function "
        "in its cell, and check your work with `grader check " + topic.name + "`."
    )
    cells = [v4.new_markdown_cell(opening)]
    cells += [v4.new_code_cell(part) for part in head]
    for task, text in zip(topic.tasks, functions_of(topic), strict=True):
        cells.append(v4.new_markdown_cell(f"## `{task.function}` ({_points(task.points)})"))
        cells.append(v4.new_code_cell(text))
    for index, cell in enumerate(cells):
        cell["id"] = f"{topic.name}-{index}".replace("_", "-")
    book = v4.new_notebook(cells=cells)
    book["metadata"]["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    book["metadata"]["language_info"] = {"name": "python"}
    return str(nbformat.writes(book)) + "\n"


def _handout(topic: Topic, reference: Path) -> str:
    text = (reference / topic.name / "README.md").read_text(encoding="utf-8").rstrip("\n")
    return text + "\n\n" + "\n".join(_table(topic)) + "\n"


def _table(topic: Topic) -> Iterator[str]:
    yield "## What is judged"
    yield ""
    yield "| function | what is looked at | points |"
    yield "|---|---|---:|"
    for task in topic.tasks:
        for check in task.checks:
            yield f"| `{task.function}` | {check.name} | {check.points:g} |"
    yield f"| | **in all** | **{topic.points:g}** |"
    yield ""
    yield (
        "A line's points are given when it holds in every case, in those that `grader check` "
        "shows you and in those it does not."
    )


def _points(points: float) -> str:
    return f"{points:g} point" + ("" if points == 1 else "s")


def _title(topic: Topic, reference: Path) -> str:
    """The handout's heading."""
    text = (reference / topic.name / "README.md").read_text(encoding="utf-8")
    heading = next((line for line in text.splitlines() if line.startswith("# ")), "")
    return heading.removeprefix("# ").replace("|", "/") or topic.name


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


_FIRST_STEPS = """\
# Your assignments

| folder | what it is about | points |
|---|---|---:|
{topics}

## Once

You need Python 3.11, on Linux, macOS or Windows. In this folder:

```
python3.11 -m venv .venv
. .venv/bin/activate
pip install -c constraints.txt './{wheel}[course]'
python -m grader.course
```

The last line makes the small models and texts of the course; no account and no model hub is
needed. If pip begins to fetch CUDA, gigabytes that you do not need, stop it, and install the CPU
build of torch first, from the index that torch's own site names.

On Windows use PowerShell; its first two lines are `py -3.11 -m venv .venv` and
`.venv\\Scripts\\activate`.

## Every day

Read `README.md` in a topic's folder. Write in `solution.py` or in `solution.ipynb`, as you like;
where both are there, the one with fewer functions left to write counts. Then, with the environment
active (`. .venv/bin/activate`):

```
grader check                # everything, from this folder or from a topic's
grader check {first}
```

On macOS and Windows your code runs as it does when you run it yourself: nothing keeps it from your
files. Check only your own code so.

## What it says

| | |
|---|---|
| `✓` | Right in all cases that are shown to you. |
| `✗` | Wrong in a case: what differs, the likely cause if it is known, a hint. |
| `○` | Not written yet. |
| `‖` | It waits for another function, which is not written yet. |
| `!` | The grader itself failed. That never costs points: tell your course. |

Your course also tries cases that are not shown here, so try odd inputs of your own as well. Each
handout ends with what is looked at.

`grader.pack` holds what `grader check` compares with; leave it where it is. When the check says
that versions differ, do what it advises before you doubt your code. When it says that the pack
cannot be used, download the kit again.
"""
