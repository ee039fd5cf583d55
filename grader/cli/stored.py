"""What several commands do with the results of a folder. In: the folder. Out: its store; its pages
and table, written again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.cli.place import is_new, store_place
from grader.model import Grade
from grader.publish import Publisher
from grader.report.rows import ClassRow
from grader.store import Store, open_store


def open_class_store(folder: Path, where: str = "") -> Store:
    """The store of the results in ``folder``: a URL or file, or by default a file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return open_store(store_place(folder, where), space=str(folder.resolve()))


@contextmanager
def known_store(folder: Path, where: str = "") -> Iterator[Store]:
    """The same for who only asks: where there is no file yet, an empty one that leaves no trace."""
    place = store_place(folder, where)
    with tempfile.TemporaryDirectory() as nowhere:
        if is_new(place):
            place = store_place(Path(nowhere))
        with open_store(place, space=str(folder.resolve())) as store:
            yield store


def publish_again(folder: Path, changed: Iterable[Grade]) -> list[ClassRow]:
    """Writes the results that changed, and the class page with all that are there."""
    publisher = Publisher(folder)
    for grade in changed:
        publisher.add(grade)
    for _ in publisher.draw_again():
        pass
    return publisher.finish()
