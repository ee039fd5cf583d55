"""Which file is whose topic's solution."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from submission_helpers import TOPICS, notebook, tree

from grader.submission import Reader, collect
from grader.submission.entries import Entry
from grader.submission.layout import arranged

STUB = "def f():\n    raise NotImplementedError\n\ndef g():\n    raise NotImplementedError\n"
HALF = STUB.replace("raise NotImplementedError", "return 1", 1)
DONE = HALF.replace("raise NotImplementedError", "return 2", 1)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as shared:
        yield shared


def chosen(*files: str, topics=TOPICS, holder: str = "ada") -> dict[str, list[str]]:
    entries = [Entry(tuple(file.split("/"))) for file in files]
    layout = arranged(entries, topics, holder)
    return {
        topic: [candidate.entry.file for candidate in several]
        for topic, several in layout.candidates.items()
    }


@pytest.mark.parametrize(
    "file",
    ["pad_batch/solution.py", "pad_batch/solution.ipynb", "pad_batch.py", "pad_batch.ipynb",
     "w/pad_batch/solution.py", "a/b/pad_batch.py", "pad_batch/homework.py", "pad batch.ipynb",
     "03_pad_batch/solution.py", "3. Pad Batch/solution.py", "Pad-Batch/Solution.PY",
     "pad_batch (1).ipynb", "pad_batch-2.py", "Copy of pad_batch.ipynb", "PAD_BATCH.py",
     "pad_batch/solution (2).py",
     "pad_batch/pad_batch.py", "pad_batch/src/solution.py", "ada_123_456_pad_batch.py",
     "ada_LATE_123_456_pad_batch-1.ipynb", "pad_batch - Copy.py"],
)  # fmt: skip
def test_ways_to_hand_in_a_topic(file: str):
    assert chosen(file) == {"pad_batch": [file]}


@pytest.mark.parametrize(
    "file", ["solution.py", "work.py", "other/solution.py", "pad_batches.py", "my_pad_batch.py"]
)
def test_files_of_no_topic(file: str):
    assert chosen(file) == {}


def test_a_folder_or_archive_named_like_a_topic():
    assert chosen("solution.py", holder="pad_batch") == {"pad_batch": ["solution.py"]}
    assert chosen("tokenize/solution.py", holder="pad_batch") == {
        "tokenize": ["tokenize/solution.py"]
    }
    assert chosen("other/work.py", holder="pad_batch") == {}


@pytest.mark.parametrize("file", ["solution.py", "work.ipynb", "hw/solution.py", "hw/a.py"])
def test_with_one_topic_a_lone_file_is_its_solution(file: str):
    assert chosen(file, topics=["generate"]) == {"generate": [file]}


def test_with_one_topic_the_file_called_solution_is_preferred():
    files = ("main.py", "solution.py", "util/x.py")
    assert chosen(*files, topics=["generate"]) == {"generate": ["solution.py"]}
    assert chosen("main.py", "util.py", topics=["generate"]) == {}


def test_what_lies_higher_counts():
    assert chosen("old/pad_batch/solution.py", "pad_batch/work.py") == {
        "pad_batch": ["pad_batch/work.py"]
    }
    assert chosen("pad_batch/solution.py", "pad_batch/old/solution.py", "backup/pad_batch.py") == {
        "pad_batch": ["pad_batch/solution.py"]
    }


def test_a_helper_beside_the_solution_is_not_it():
    assert chosen("pad_batch/solution.py", "pad_batch/tokenize.py", "pad_batch/utils.py") == {
        "pad_batch": ["pad_batch/solution.py"]
    }


def test_topics_that_end_in_a_number_stay_apart():
    topics = ["week-1", "week-2", "2_more"]
    assert chosen("week-1.py", "week_2/solution.py", "2_more.py", topics=topics) == {
        "week-1": ["week-1.py"],
        "week-2": ["week_2/solution.py"],
        "2_more": ["2_more.py"],
    }


# A choice between files ---------------------------------------------------------------------------


@pytest.fixture
def pick(tmp_path: Path, reader: Reader):
    def of(files: dict[str, bytes | str], newest: str = ""):
        root = tree(tmp_path / "ada", files)
        for name in files:
            age = 2_000_000_000 if name == newest else 1_000_000_000
            os.utime(root / name, (age, age))
        return collect(root, TOPICS, reader=reader).sources["pad_batch"]

    return of


def test_the_file_with_fewer_functions_left_to_write_counts(pick):
    files = {"pad_batch/solution.py": STUB, "pad_batch/solution.ipynb": notebook(HALF)}
    source = pick(files, newest="pad_batch/solution.py")
    assert source.file == "pad_batch/solution.ipynb"
    assert source.notes[0].startswith("pad_batch/solution.ipynb was graded, of these: ")
    assert "pad_batch/solution.py" in source.notes[0]
    turned = {"pad_batch/solution.py": DONE, "pad_batch/solution.ipynb": notebook(HALF)}
    assert pick(turned, newest="pad_batch/solution.ipynb").file == "pad_batch/solution.py"


@pytest.mark.parametrize("newest", ["pad_batch/solution.py", "pad_batch/solution.ipynb"])
def test_of_equally_complete_files_the_newer_counts(pick, newest: str):
    files = {"pad_batch/solution.py": DONE, "pad_batch/solution.ipynb": notebook(DONE)}
    assert pick(files, newest).file == newest


def test_of_equal_files_the_python_file_counts(pick):
    files = {"pad_batch/solution.py": DONE, "pad_batch/solution.ipynb": notebook(DONE)}
    assert pick(files).file == "pad_batch/solution.py"


def test_a_file_that_can_be_read_counts(pick):
    files = {"pad_batch/solution.py": b"\xff", "pad_batch/solution.ipynb": notebook(STUB)}
    assert pick(files, newest="pad_batch/solution.py").file == "pad_batch/solution.ipynb"


def test_an_empty_file_does_not_count_as_complete(pick):
    files = {"pad_batch/solution.py": "", "pad_batch/solution.ipynb": notebook(HALF)}
    assert pick(files, newest="pad_batch/solution.py").file == "pad_batch/solution.ipynb"


def test_ten_copies_of_one_file_give_one_source(pick):
    files = {f"pad_batch/solution ({n}).py": DONE for n in range(10)}
    source = pick(files, newest="pad_batch/solution (7).py")
    assert source.file == "pad_batch/solution (7).py"
    assert source.text == DONE


def test_different_works_in_one_folder_are_not_guessed_at(pick):
    source = pick({"pad_batch/a.py": DONE, "pad_batch/b.py": DONE})
    assert source.problem == (
        "Which file is the solution of pad_batch: pad_batch/a.py, pad_batch/b.py? "
        "Call it solution.py."
    )


def test_a_work_of_any_name_as_file_and_notebook_is_one(pick):
    assert pick({"pad_batch/a.py": STUB, "pad_batch/a.ipynb": notebook(DONE)}).file.endswith(
        "ipynb"
    )


def test_files_of_no_topic_are_noted_together(tmp_path: Path, reader: Reader):
    files = {"pad_batch.py": DONE, **{f"extra{n}/solution.py": DONE for n in range(7)}}
    (note,) = collect(tree(tmp_path, files), TOPICS, reader=reader).notes
    assert note.startswith("not graded, as no solution of a topic asked for: extra0/solution.py, ")
    assert note.endswith("extra4/solution.py and 2 more")


def test_helpers_that_are_not_graded_are_noted(tmp_path: Path, reader: Reader):
    files = {"pad_batch/solution.py": DONE, "pad_batch/utils.py": DONE}
    (note,) = collect(tree(tmp_path, files), TOPICS, reader=reader).notes
    assert note == "not graded, as no solution of a topic asked for: pad_batch/utils.py"


def test_a_topic_not_handed_in_is_absent(tmp_path: Path, reader: Reader):
    submission = collect(tree(tmp_path, {"generate.py": DONE}), TOPICS, reader=reader)
    assert list(submission.sources) == ["generate"]
    assert submission.problem == ""


def test_sources_come_in_the_order_of_the_topics(tmp_path: Path, reader: Reader):
    files = {f"{topic}.py": DONE for topic in TOPICS}
    assert list(collect(tree(tmp_path, files), TOPICS, reader=reader).sources) == list(TOPICS)
