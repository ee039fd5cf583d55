"""Folders and lone files on disk, among whatever else may lie there."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from submission_helpers import TOPICS, notebook, run, tree, zipped

from grader.submission import Reader, collect, folder
from grader.submission.limits import DEPTH, MEMBERS, SOURCE_BYTES

ONE = "def f(): return 1\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as shared:
        yield shared


@pytest.fixture
def hand_in(tmp_path: Path, reader: Reader):
    def of(files, topics=TOPICS, **options):
        return collect(tree(tmp_path / "ada", files), topics, reader=reader, **options)

    return of


def test_a_folder_of_topics(hand_in):
    submission = hand_in({"pad_batch/solution.py": ONE, "tokenize/solution.ipynb": notebook(ONE)})
    assert submission.name == "ada"
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert submission.sources["pad_batch"].text == ONE
    assert str(submission.sources["pad_batch"].place(1)) == "pad_batch/solution.py, line 1"
    assert run(submission.sources["tokenize"], "f()")[0] == 1
    assert (submission.problem, submission.notes) == ("", ())


def test_without_open_folders_the_same_is_read_and_refused(
    hand_in, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """As on Windows, which opens nothing relative to a folder."""
    secret = tmp_path / "secret.py"
    secret.write_text("x = 'secret'\n")
    files = {"pad_batch/solution.py": ONE, "generate/a/b/solution.py": ONE}
    (tree(tmp_path / "ada", files) / "tokenize.py").symlink_to(secret)
    expected = hand_in(files)
    monkeypatch.setattr(folder, "_BY_DESCRIPTOR", False)
    submission = hand_in(files)
    assert submission == expected
    assert sorted(submission.sources) == ["generate", "pad_batch"]
    assert submission.notes == ("tokenize.py is a link, and was passed over",)


def test_a_name_may_be_given(hand_in):
    assert hand_in({"generate.py": ONE}, name="me").name == "me"


def test_an_empty_folder_says_what_is_missing(hand_in):
    submission = hand_in({})
    assert submission.problem == (
        "ada holds no solution. Hand in one file a topic, named like pad_batch/solution.py "
        "(or .ipynb). The topics are: pad_batch, tokenize, generate."
    )


def test_a_path_that_is_not_there_is_a_problem(tmp_path: Path, reader: Reader):
    submission = collect(tmp_path / "nobody", TOPICS, reader=reader)
    assert submission.problem == "nobody: it cannot be read (No such file or directory)."


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_path_that_cannot_be_is_a_problem(tmp_path: Path, reader: Reader, name: str):
    assert collect(tmp_path / name, TOPICS, reader=reader).problem


def test_links_in_a_circle_are_a_problem(tmp_path: Path, reader: Reader):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert collect(tmp_path / "a", TOPICS, reader=reader).problem == "a: it is a link."


def test_a_lone_file_is_named_like_its_topic_or_lies_in_its_folder(tmp_path: Path, reader: Reader):
    tree(tmp_path, {"pad_batch.py": ONE, "generate/solution.py": ONE, "tokenize/my work.py": ONE})
    for path, topic in (("pad_batch.py", "pad_batch"), ("generate/solution.py", "generate"),
                        ("tokenize/my work.py", "tokenize")):  # fmt: skip
        assert list(collect(tmp_path / path, TOPICS, reader=reader).sources) == [topic]


def test_a_lone_file_of_no_topic_asks_for_a_name(tmp_path: Path, reader: Reader):
    tree(tmp_path / "ada", {"work.py": ONE})
    submission = collect(tmp_path / "ada/work.py", TOPICS, reader=reader)
    assert submission.problem.startswith("work.py is of no topic. Hand in one file a topic")
    assert list(collect(tmp_path / "ada/work.py", ["generate"], reader=reader).sources) == [
        "generate"
    ]


def test_a_lone_file_that_is_too_large(tmp_path: Path, reader: Reader):
    tree(tmp_path, {"pad_batch.py": b"#" * (SOURCE_BYTES + 1)})
    submission = collect(tmp_path / "pad_batch.py", TOPICS, reader=reader)
    assert submission.problem == "pad_batch.py: it is larger than 2 MiB."


def test_a_file_too_large_costs_only_itself(hand_in):
    submission = hand_in({"pad_batch.py": b"#" * (SOURCE_BYTES + 1), "generate.py": ONE})
    assert submission.sources["pad_batch"].problem == "pad_batch.py is larger than 2 MiB."
    assert submission.sources["generate"].text == ONE


def test_a_file_that_is_not_utf_8_costs_only_itself(hand_in):
    submission = hand_in({"pad_batch.py": b"# \xe9", "generate.py": ONE})
    assert "not UTF-8" in submission.sources["pad_batch"].problem
    assert submission.sources["generate"].text == ONE


def test_a_notebook_that_is_none_costs_only_itself(hand_in):
    submission = hand_in({"pad_batch.ipynb": "{", "generate.py": ONE})
    assert submission.sources["pad_batch"].problem == (
        "pad_batch.ipynb is not a notebook: it is not valid JSON (line 1, column 2). "
        "Open it in Jupyter and save it again."
    )
    assert submission.sources["generate"].text == ONE


def test_hidden_and_left_behind_files_are_ignored_quietly(hand_in):
    submission = hand_in(
        {
            "pad_batch.py": ONE,
            ".ipynb_checkpoints/generate.ipynb": "{",
            "__MACOSX/generate.py": ONE,
            "__pycache__/generate.py": ONE,
            "venv/lib/generate.py": ONE,
            ".git/generate.py": ONE,
            ".DS_Store": b"\0",
            "README.md": "text",
        }
    )
    assert list(submission.sources) == ["pad_batch"]
    assert submission.notes == ()


# Planted files ------------------------------------------------------------------------------------


def test_links_are_never_followed(tmp_path: Path, hand_in):
    tree(tmp_path / "secret", {"solution.py": "secret = 1", "generate.py": "secret = 2"})
    root = tree(tmp_path / "ada", {"pad_batch/solution.py": ONE})
    (root / "tokenize.py").symlink_to(tmp_path / "secret/solution.py")
    (root / "generate").symlink_to(tmp_path / "secret")
    (root / "loop").symlink_to(root)
    (root / "nowhere").symlink_to(tmp_path / "nothing")
    submission = hand_in({})
    assert list(submission.sources) == ["pad_batch"]
    assert "secret" not in repr(submission)
    assert submission.notes == tuple(
        f"{name} is a link, and was passed over"
        for name in ("generate", "loop", "nowhere", "tokenize.py")
    )


def test_fifos_sockets_and_folders_in_place_of_files_are_passed_over(
    tmp_path: Path, hand_in, monkeypatch
):
    root = tree(tmp_path / "ada", {"pad_batch/solution.py": ONE})
    os.mkfifo(root / "generate.py")
    (root / "tokenize.py").mkdir()
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as planted:
        planted.bind("door")
        submission = hand_in({})
    assert list(submission.sources) == ["pad_batch"]
    assert submission.notes == (
        "door is not a regular file, and was passed over",
        "generate.py is not a regular file, and was passed over",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device")
def test_devices_are_passed_over(tmp_path: Path, hand_in):
    root = tree(tmp_path / "ada", {"pad_batch.py": ONE})
    try:
        os.mknod(root / "generate.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this container lets nobody make devices")
    assert list(hand_in({}).sources) == ["pad_batch"]


def test_a_file_swapped_for_a_link_after_the_look_is_not_followed(tmp_path: Path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    regular = secret.stat()
    (tmp_path / "solution.py").symlink_to(secret)
    monkeypatch.setattr(folder.os, "stat", lambda *a, **k: regular)
    with pytest.raises(OSError, match="symbolic links"):
        folder.read_file(tmp_path / "solution.py", 100)


def test_a_file_swapped_for_a_fifo_after_the_look_does_not_hang(tmp_path: Path, monkeypatch):
    (tmp_path / "regular").write_text("")
    regular = (tmp_path / "regular").stat()
    os.mkfifo(tmp_path / "solution.py")
    monkeypatch.setattr(folder.os, "stat", lambda *a, **k: regular)
    with pytest.raises(folder.RefusedError, match="not a regular file"):
        folder.read_file(tmp_path / "solution.py", 100)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_hard_link_to_another_users_file_is_refused(tmp_path: Path, hand_in):
    secret = tmp_path / "secret.py"
    secret.write_text("secret = 1")
    root = tree(tmp_path / "ada", {"pad_batch.py": ONE, "own.py": ONE})
    os.link(secret, root / "generate.py")
    os.link(root / "own.py", root / "tokenize.py")
    for path in (root, root / "pad_batch.py", root / "own.py"):
        os.chown(path, 1234, 1234)
    submission = hand_in({})
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert "generate.py is a hard link to another user's file, and was passed over" in (
        submission.notes
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path, hand_in):
    root = tree(tmp_path / "ada", {"pad_batch.py": ONE, "generate.py": ONE, "tokenize/a.py": ONE})
    (root / "generate.py").chmod(0)
    (root / "tokenize").chmod(0)
    submission = hand_in({})
    (root / "tokenize").chmod(0o700)
    assert submission.sources["generate"].problem == ("generate.py may not be read by the grader.")
    assert submission.notes == (
        "tokenize cannot be opened (Permission denied), and was passed over",
    )


def test_a_folder_of_too_many_files_is_read_in_part(hand_in):
    submission = hand_in({"a/pad_batch.py": ONE, **{f"b/{n}.txt": "" for n in range(MEMBERS + 5)}})
    assert list(submission.sources) == ["pad_batch"]
    assert submission.notes == ("b holds too many files: only some of them were looked at",)


def test_more_than_the_allowed_total_is_not_read(hand_in, monkeypatch):
    monkeypatch.setattr(folder, "TOTAL_BYTES", 1 << 20)
    submission = hand_in({"generate.py": ONE, "pad_batch.py": "#" * (1 << 20), "tokenize.py": ONE})
    assert list(submission.sources) == ["generate"]
    assert "pad_batch.py is beyond the 1 MiB that are read of one submission" in submission.notes[0]


def test_a_very_deep_folder_is_not_walked(hand_in):
    deep = "/".join(["d"] * DEPTH)
    assert hand_in({f"{deep}/pad_batch.py": ONE}).sources == {}
    shallow = "/".join(["e"] * (DEPTH - 1))
    assert list(hand_in({f"{shallow}/pad_batch.py": ONE}).sources) == ["pad_batch"]


def test_no_descriptor_stays_open(hand_in):
    before = len(list(Path("/proc/self/fd").iterdir()))
    hand_in({"pad_batch/solution.py": ONE, "a/b/c/generate.py": ONE})
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_names_that_are_no_text_are_shown_all_the_same(tmp_path: Path, hand_in):
    root = tree(tmp_path / "ada", {"pad_batch.py": ONE})
    (root / os.fsdecode(b"odd\xff\x1b.py")).write_text(ONE)
    (submission_note,) = hand_in({}).notes
    assert submission_note == "not graded, as no solution of a topic asked for: odd.py"


# Archives within ----------------------------------------------------------------------------------


def test_a_folder_that_holds_but_an_archive_is_opened(hand_in):
    submission = hand_in({"work.zip": zipped({"w/pad_batch/solution.py": ONE}), "notes.txt": ""})
    assert submission.sources["pad_batch"].text == ONE


def test_an_archive_named_like_a_topic(hand_in):
    assert list(hand_in({"generate.zip": zipped({"solution.py": ONE})}).sources) == ["generate"]


def test_several_archives_in_a_folder_are_not_guessed_at(hand_in):
    problem = hand_in({"a.zip": zipped({"generate.py": ONE}), "b.zip": b"", "c.tar": b""}).problem
    assert problem == "ada holds 3 archives: hand in one, or the files."


def test_a_link_given_by_staff_is_followed(tmp_path: Path, reader: Reader):
    tree(tmp_path / "real", {"pad_batch.py": ONE})
    (tmp_path / "latest").symlink_to(tmp_path / "real")
    submission = collect(tmp_path / "latest", TOPICS, reader=reader)
    assert submission.name == "latest"
    assert list(submission.sources) == ["pad_batch"]


def test_the_folder_one_stands_in(tmp_path: Path, reader: Reader, monkeypatch):
    monkeypatch.chdir(tree(tmp_path / "ada", {"pad_batch.py": ONE}))
    submission = collect(Path(), TOPICS, reader=reader)
    assert submission.name == "ada"
    assert list(submission.sources) == ["pad_batch"]
