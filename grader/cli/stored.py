"""What several commands do with the results of a folder. In: the folder. Out: its store; its pages
and table, written again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.model import Grade
from grader.publish import Publisher
from grader.report.rows import ClassRow
from grader.store import Store, open_store

STORE = "store.sqlite3"


def open_class_store(folder: Path, where: str = "") -> Store:
    """The store of the results in ``folder``: a URL or file, or by default a file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return open_store(where or folder / STORE, space=str(folder.resolve()))


def publish_again(folder: Path, changed: Iterable[Grade]) -> list[ClassRow]:
    """Writes the results that changed, and the class page with all that are there."""
    publisher = Publisher(folder)
    for grade in changed:
        publisher.add(grade)
    for _ in publisher.draw_again():
        pass
    return publisher.finish()
