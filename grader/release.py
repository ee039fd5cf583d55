"""What students get, made from the reference: handout, stub and notebook of each topic.

In: an assignment and the reference folder (for the handouts' text). Out: files as text, by path;
writing them, and telling which are stale, is one step more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat import v4

from grader.model import Assignment, Topic
from grader.stub import functions_of, head_of, stub_of
from grader.whole import write_whole


def kit(assignment: Assignment, reference: Path) -> dict[str, str]:
    """Every file of the students' folder, by its path in it."""
    files = {}
    for topic in assignment.topics:
        handout = _handout(topic, reference)
        files[f"{topic.name}/README.md"] = handout
        files[f"{topic.name}/solution.py"] = stub_of(topic)
        files[f"{topic.name}/solution.ipynb"] = notebook(topic)
    return files


def write_kit(files: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Writes what is new or differs; returns the paths written."""
    changed = stale(files, folder)
    for name in changed:
        write_whole(folder / name, files[name].encode())
    return changed


def stale(files: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """The paths whose file is missing or not what the reference makes."""
    return tuple(name for name, text in files.items() if _text(folder / name) != text)


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


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
