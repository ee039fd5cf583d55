"""A class's folder: which it is, who is in it, and what they are called."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from submission_helpers import TOPICS, notebook, run, tarred, tree, zipped

from grader.submission import collect_class, is_class
from grader.submission.ahead import read_in_order
from grader.submission.reader import Reader

ONE = "def f(): return 1\n"
WORK = {"pad_batch/solution.py": ONE}


def names(path: Path, topics=TOPICS) -> list[str]:
    return [submission.name for submission in collect_class(path, topics)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"ada/pad_batch.py": "", "bob/pad_batch.py": ""}, True),
        ({"ada/pad_batch.py": ""}, True),
        ({"ada.zip": b"", "bob.tar.gz": b""}, True),
        ({"ada.zip": b""}, True),
        ({"ada.py": "", "bob.ipynb": ""}, True),
        ({"ada.py": "", "bob.ipynb": "", "grades.csv": "", "README.md": ""}, True),
        ({"trainer/pad_batch/solution.py": "", "generate/pad_batch.ipynb": ""}, False),
        ({"generate/pad_batch/solution.py": "", "ada/pad_batch/solution.py": ""}, True),
        ({"ada_1_2_pad_batch.py": "", "bob_LATE_3_4_pad_batch.py": ""}, True),
        ({"pad_batch/solution.py": ""}, False),
        ({"pad_batch/solution.py": "", "data/x.py": "", "old.zip": b""}, False),
        ({"pad_batch.py": "", "generate.ipynb": "", "notes.txt": ""}, False),
        ({"work.py": ""}, False),
        ({"README.md": ""}, False),
        ({}, False),
    ],
)
def test_a_class_or_one_submission(tmp_path: Path, files, expected: bool):
    assert is_class(tree(tmp_path / "hw", files), TOPICS) is expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"solution.py": ""}, False),
        ({"solution.py": "", "utils.py": ""}, False),
        ({"work.ipynb": ""}, False),
        ({"work.ipynb": "", "work.py": ""}, False),
        ({"ada.py": "", "bob.py": ""}, True),
        ({"ada/solution.py": "", "bob/solution.py": ""}, True),
    ],
)
def test_a_class_of_one_topic(tmp_path: Path, files, expected: bool):
    assert is_class(tree(tmp_path / "hw", files), ["generate"]) is expected
    assert is_class(tree(tmp_path / "generate", files), TOPICS) is expected


def test_files_and_archives_are_no_class(tmp_path: Path):
    tree(tmp_path, {"ada.zip": zipped(WORK), "pad_batch.py": ONE})
    assert not is_class(tmp_path / "ada.zip", TOPICS)
    assert not is_class(tmp_path / "pad_batch.py", TOPICS)
    assert not is_class(tmp_path / "nothing", TOPICS)


def test_every_kind_of_hand_in_side_by_side(tmp_path: Path):
    tree(
        tmp_path,
        {
            "ada/pad_batch/solution.py": ONE,
            "bob.zip": zipped({"bob/tokenize/solution.ipynb": notebook(ONE)}),
            "cy.tar.gz": tarred({"generate.py": ONE.encode()}, "w:gz"),
            "dan/dan.zip": zipped(WORK),
            "eve.zip": b"broken",
            "fay.pdf": b"%PDF",
            ".hidden/pad_batch.py": ONE,
            "grades.csv": "a,b",
        },
    )
    found = {submission.name: submission for submission in collect_class(tmp_path, TOPICS)}
    assert list(found) == ["ada", "bob", "cy", "dan", "eve", "fay.pdf"]
    assert [list(s.sources) for s in found.values()] == [
        ["pad_batch"], ["tokenize"], ["generate"], ["pad_batch"], [], [],
    ]  # fmt: skip
    assert run(found["bob"].sources["tokenize"], "f()")[0] == 1
    assert found["eve"].problem.startswith("eve.zip: it is damaged or was cut short.")
    assert found["fay.pdf"].problem.startswith("fay.pdf: it is damaged")


def test_submissions_are_read_one_at_a_time(tmp_path: Path):
    tree(tmp_path, {f"{name}/pad_batch.py": ONE for name in ("ada", "bob", "cy")})
    stream = collect_class(tmp_path, TOPICS)
    assert next(stream).name == "ada"
    (tmp_path / "bob/pad_batch.py").write_text("changed = 1\n")
    assert next(stream).sources["pad_batch"].text == "changed = 1\n"
    stream.close()


def test_several_readers_give_the_same_in_the_same_order(tmp_path: Path, monkeypatch):
    made = []
    close = Reader.close
    monkeypatch.setattr(Reader, "close", lambda self: made.append(self) or close(self))
    for number in range(9):
        kind = {f"{number}/pad_batch.ipynb": notebook(ONE)} if number % 2 else {}
        tree(tmp_path, kind or {f"{number}/pad_batch.py": f"x = {number}\n"})
    alone = list(collect_class(tmp_path, TOPICS))
    stream = collect_class(tmp_path, TOPICS, readers=3)
    assert list(stream) == alone
    assert [one.name for one in alone] == [str(number) for number in range(9)]
    assert len({id(one) for one in made}) == 1 + 3


def test_several_readers_end_with_who_asks(tmp_path: Path):
    tree(tmp_path, {f"{number:02}/pad_batch.ipynb": notebook(ONE) for number in range(40)})
    before = threading.active_count()
    stream = collect_class(tmp_path, TOPICS, readers=2)
    assert next(stream).name == "00"
    (tmp_path / "39/pad_batch.ipynb").write_text("{}")
    stream.close()
    assert threading.active_count() == before


def test_what_a_reader_raises_comes_in_its_turn():
    def read(number: int, _: Reader) -> int:
        if number == 3:
            raise OSError("gone")
        return number

    stream = read_in_order(read, range(9), 2)
    assert [next(stream) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="gone"):
        next(stream)


def test_one_reading_process_serves_the_class_and_ends_with_it(tmp_path: Path, monkeypatch):
    started = []
    start = Reader._start
    monkeypatch.setattr(Reader, "_start", lambda self: started.append(self) or start(self))
    tree(tmp_path, {f"{n}/pad_batch.ipynb": notebook(ONE) for n in range(5)})
    assert all(s.sources["pad_batch"].text for s in collect_class(tmp_path, TOPICS))
    assert len(started) == 1
    assert started[0]._process is None


def test_a_class_without_notebooks_or_archives_starts_no_process(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(Reader, "_start", lambda self: pytest.fail("a process was started"))
    tree(tmp_path, {f"{name}/pad_batch.py": ONE for name in ("ada", "bob")})
    assert names(tmp_path) == ["ada", "bob"]


def test_names_of_a_class_are_distinct(tmp_path: Path):
    tree(tmp_path, {"ada/pad_batch.py": ONE, "ada.zip": b"", "ada.tar.gz": b"", "ADA.zip": b"",
                    "ada (2)/pad_batch.py": ONE})  # fmt: skip
    found = names(tmp_path)
    assert found == ["ADA", "ada (2)", "ada (2) (2)", "ada (3)", "ada (4)"]


def test_names_of_a_class_are_safe(tmp_path: Path):
    tree(tmp_path, {"a\x1b[31m\u202eb/pad_batch.py": ONE, "index.html/pad_batch.py": ONE,
                    "Zoë 田中/pad_batch.py": ONE})  # fmt: skip
    (tmp_path / os.fsdecode(b"odd\xff")).mkdir()
    assert sorted(names(tmp_path)) == ["Zoë 田中", "a[31mb", "index.html_", "odd"]


def test_a_link_among_the_hand_ins_is_told_and_not_followed(tmp_path: Path):
    tree(tmp_path / "secret", {"pad_batch.py": "secret = 1"})
    root = tree(tmp_path / "hw", {"ada/pad_batch.py": ONE})
    (root / "bob").symlink_to(tmp_path / "secret")
    (root / "cy.py").symlink_to(tmp_path / "secret/pad_batch.py")
    os.mkfifo(root / "dan.zip")
    found = list(collect_class(root, TOPICS))
    assert "secret" not in repr(found)
    assert [submission.problem for submission in found] == [
        "", "bob: it is a link.", "cy.py: it is a link.", "dan.zip: it is not a regular file.",
    ]  # fmt: skip


def test_a_canvas_download_is_grouped_by_student(tmp_path: Path):
    tree(
        tmp_path,
        {
            "lovelaceada_101_9001_pad_batch.py": ONE,
            "lovelaceada_LATE_101_9002_tokenize-1.ipynb": notebook(ONE),
            "babbagecharles_102_9003_work.zip": zipped(WORK),
            "hopper_103_9004_pad_batch.zip": b"broken",
            "hopper_103_9005_generate.py": ONE,
        },
    )
    found = {submission.name: submission for submission in collect_class(tmp_path, TOPICS)}
    assert {name: list(submission.sources) for name, submission in found.items()} == {
        "babbagecharles_102": ["pad_batch"],
        "hopper_103": ["generate"],
        "lovelaceada_101": ["pad_batch", "tokenize"],
    }
    assert "hopper_103_9004_pad_batch.zip: it is damaged" in found["hopper_103"].notes[0]


def test_a_moodle_download_keeps_its_folder_names(tmp_path: Path):
    root = tree(
        tmp_path,
        {
            "Ada Lovelace_11_assignsubmission_file/work.zip": zipped(WORK),
            "Participant_12_assignsubmission_file_/pad_batch.ipynb": notebook(ONE),
        },
    )
    assert is_class(root, TOPICS)
    found = {submission.name: submission for submission in collect_class(root, TOPICS)}
    assert list(found) == [
        "Ada Lovelace_11_assignsubmission_file",
        "Participant_12_assignsubmission_file_",
    ]
    assert all(list(submission.sources) == ["pad_batch"] for submission in found.values())


def test_graded_functions_reach_the_notebooks(tmp_path: Path):
    cells = ("def build():\n    return lambda: 5", "f = build()")
    tree(tmp_path, {"ada/pad_batch.ipynb": notebook(*cells)})
    (submission,) = collect_class(tmp_path, TOPICS, functions={"pad_batch": ["f"]})
    assert run(submission.sources["pad_batch"], "f()")[0] == 5


def test_a_class_folder_that_cannot_be_listed_is_the_staffs_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        next(collect_class(tmp_path / "nothing", TOPICS))
