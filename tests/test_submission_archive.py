"""Archives: what is read, and what is refused of those built to harm."""

from __future__ import annotations

import bz2
import io
import lzma
import random
import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submission_helpers import TOPICS, notebook, run, tarred, tree, zipped

from grader.submission import Reader, collect
from grader.submission.archive import read_archive
from grader.submission.limits import MEMBERS, SOURCE_BYTES

ONE = "def f(): return 1\n"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as shared:
        yield shared


@pytest.fixture
def hand_in(tmp_path: Path, reader: Reader):
    def of(data: bytes, name: str = "ada.zip", topics=TOPICS):
        (tmp_path / name).write_bytes(data)
        return collect(tmp_path / name, topics, reader=reader)

    return of


FILES = {"pad_batch/solution.py": ONE.encode(), "tokenize.ipynb": notebook(ONE)}


def _packed(kind: str) -> bytes:
    return zipped(FILES) if kind == "zip" else tarred(FILES, kind)


@pytest.mark.parametrize("kind", ["zip", "w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("name", ["ada.zip", "ada.tar.gz", "ada.tgz", "ada.bin"])
def test_archives_are_known_by_their_content_not_their_name(hand_in, kind: str, name: str):
    submission = hand_in(_packed(kind), name)
    assert submission.problem == ""
    assert submission.notes == ()
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert submission.sources["pad_batch"].text == ONE
    assert submission.sources["pad_batch"].file == "pad_batch/solution.py"
    assert run(submission.sources["tokenize"], "f()")[0] == 1


@pytest.mark.parametrize(
    "tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
)
def test_tars_of_all_formats(hand_in, tar_format: int):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tar_format) as archive:
        info = tarfile.TarInfo("x" * 80 + "/pad_batch/solution.py")
        info.size = len(ONE)
        archive.addfile(info, io.BytesIO(ONE.encode()))
    assert hand_in(packed.getvalue()).sources["pad_batch"].text == ONE


def test_a_folder_around_it_all_does_not_matter(hand_in):
    submission = hand_in(zipped({f"ada/mine/{name}": data for name, data in FILES.items()}))
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert submission.sources["pad_batch"].file == "ada/mine/pad_batch/solution.py"


def test_backslashes_of_old_zip_programs_are_separators(hand_in):
    packed = zipped({"pad_batch/solution.py": ONE}).replace(b"pad_batch/s", b"pad_batch\\s")
    assert hand_in(packed).sources["pad_batch"].text == ONE


def test_what_machines_leave_behind_is_ignored_quietly(hand_in):
    left = (
        "__MACOSX/pad_batch/._solution.py", ".DS_Store", "pad_batch/.ipynb_checkpoints/solution.py",
        "pad_batch/__pycache__/solution.py", "pad_batch/.solution.py", "venv/lib/generate.py",
    )  # fmt: skip
    submission = hand_in(zipped({**FILES, **dict.fromkeys(left, b"\xff\0")}))
    assert submission.notes == ()
    assert submission.sources["pad_batch"].text == ONE
    assert "generate" not in submission.sources


@pytest.mark.parametrize(
    "name",
    ["../generate/solution.py", "/generate/solution.py", "a/../../generate.py", "C:/generate.py",
     "..\\generate.py", "\\\\host\\generate.py"],
)  # fmt: skip
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_paths_that_lead_out_are_refused_and_noted(hand_in, tmp_path: Path, name: str, pack):
    before = sorted(tmp_path.parent.rglob("*"))
    submission = hand_in(pack({name: b"def f(): return 2", **FILES}))
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert len(submission.notes) == 1
    assert "has a path that leads out of the archive, and was passed over" in submission.notes[0]
    assert sorted(tmp_path.parent.rglob("*")) == sorted([*before, tmp_path / "ada.zip"])


@pytest.mark.parametrize(
    ("kind", "what"),
    [(tarfile.SYMTYPE, "is a link"), (tarfile.LNKTYPE, "is a link"),
     (tarfile.FIFOTYPE, "is not a regular file"), (tarfile.CHRTYPE, "is not a regular file"),
     (tarfile.BLKTYPE, "is not a regular file")],
)  # fmt: skip
def test_links_and_devices_in_a_tar_are_refused_and_noted(hand_in, kind: bytes, what: str):
    info = tarfile.TarInfo("generate/solution.py")
    info.type, info.linkname = kind, "/etc/passwd"
    submission = hand_in(tarred({**FILES, "generate/solution.py": info}))
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert submission.notes == (f"generate/solution.py {what}, and was passed over",)


def test_a_hard_link_to_an_earlier_member_is_refused(hand_in):
    info = tarfile.TarInfo("generate/solution.py")
    info.type, info.linkname = tarfile.LNKTYPE, "pad_batch/solution.py"
    assert "generate" not in hand_in(tarred({**FILES, "x": info})).sources


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_refused_and_noted(hand_in, mode: int):
    packed = io.BytesIO(zipped(FILES))
    with zipfile.ZipFile(packed, "a") as archive:
        info = zipfile.ZipInfo("generate/solution.py")
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    submission = hand_in(packed.getvalue())
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert "generate/solution.py is " in submission.notes[0]


def test_of_ten_members_of_one_name_the_last_counts(hand_in):
    names = [f"pad_batch/{n}olution.py" for n in range(10)]
    packed = zipped({name: f"x = {n}\n" for n, name in enumerate(names)})
    for name in names:
        packed = packed.replace(name.encode(), b"pad_batch/solution.py")
    submission = hand_in(packed)
    assert submission.sources["pad_batch"].text == "x = 9\n"
    assert submission.notes == ("pad_batch/solution.py is there 10 times: the last one was read",)


def test_an_archive_in_an_archive_stays_shut(hand_in):
    submission = hand_in(zipped({"ada.zip": zipped(FILES)}))
    assert submission.sources == {}
    assert "holds no solution" in submission.problem


# Damage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"hello", "damaged or was cut short"),
        (b"\0" * 2048, "holds no solution"),
        (b"Rar!\x1a\x07\x01\0", "it is a RAR archive, which is not read here"),
        (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive, which is not read here"),
        (b"PK\x05\x06" + bytes(18), "holds no solution"),
        (zipped(FILES)[:-30], "damaged or was cut short"),
        (zipped(FILES)[:60], "damaged or was cut short"),
        (tarred(FILES)[:700], "damaged or was cut short"),
        (tarred(FILES)[:1200], "damaged or was cut short"),
        (tarred(FILES, "w:gz")[:-20], "damaged or was cut short"),
        (tarred(FILES, "w:bz2")[:-20], "damaged or was cut short"),
        (tarred(FILES, "w:xz")[:-20], "damaged or was cut short"),
        (bz2.compress(b"no tar"), "damaged or was cut short"),
    ],
    ids=range(14),
)
def test_damage_is_told_in_a_sentence(hand_in, data: bytes, why: str):
    submission = hand_in(data)
    assert submission.sources == {}
    assert submission.problem.startswith("ada.zip")
    assert why in submission.problem
    assert submission.problem.endswith(".")


def test_a_spoilt_header_in_the_middle_of_a_tar_is_no_end(hand_in):
    spoilt = bytearray(tarred(FILES))
    spoilt[1024 + 148 : 1024 + 156] = b"99999999"
    assert "damaged" in hand_in(bytes(spoilt)).problem


def test_a_locked_zip_is_told_apart(hand_in):
    locked = bytearray(zipped(FILES))
    at = -1
    while (at := locked.find(b"PK\x01\x02", at + 1)) >= 0:
        locked[at + 8] |= 1
    assert hand_in(bytes(locked)).problem == (
        "ada.zip: it is locked with a password. Pack it again without one."
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_by_uncommon_methods_say_so(hand_in, method: int):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("pad_batch/solution.py", ONE, method)
        archive.writestr("tokenize/solution.py", ONE)
    submission = hand_in(packed.getvalue())
    assert submission.sources["pad_batch"].problem == (
        "pad_batch/solution.py is packed by an uncommon method: make it a plain .zip."
    )
    assert submission.sources["tokenize"].text == ONE


def test_an_unknown_method_says_so(hand_in):
    packed = bytearray(zipped({"pad_batch/solution.py": ONE}))
    packed[packed.find(b"PK\x01\x02") + 10] = 77
    assert "uncommon method" in hand_in(bytes(packed)).sources["pad_batch"].problem


def test_a_member_with_a_wrong_checksum_costs_only_itself(hand_in):
    packed = bytearray(zipped(FILES))
    packed[packed.find(b"PK\x01\x02") + 16] ^= 0xFF
    submission = hand_in(bytes(packed))
    assert submission.sources["pad_batch"].problem == (
        "pad_batch/solution.py is damaged inside the archive."
    )
    assert run(submission.sources["tokenize"], "f()")[0] == 1


def test_impossible_dates_do_not_matter(hand_in):
    packed = bytearray(zipped({"pad_batch/solution.py": ONE}))
    packed[packed.find(b"PK\x01\x02") + 12 :][:4] = b"\0\0\0\0"
    packed[packed.find(b"PK\x01\x02") + 12 : packed.find(b"PK\x01\x02") + 16] = b"\xff\xff\0\0"
    assert hand_in(bytes(packed)).sources["pad_batch"].text == ONE


def test_an_infinite_date_in_a_tar_does_not_matter(hand_in):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("pad_batch/solution.py")
        info.size, info.pax_headers = len(ONE), {"mtime": "inf"}
        archive.addfile(info, io.BytesIO(ONE.encode()))
    assert hand_in(packed.getvalue()).sources["pad_batch"].text == ONE


# Bombs --------------------------------------------------------------------------------------------


def test_a_file_too_large_costs_only_itself(hand_in):
    submission = hand_in(zipped({**FILES, "generate.py": b" " * (SOURCE_BYTES + 1)}))
    assert submission.sources["generate"].problem == "generate.py is larger than 2 MiB."
    assert submission.sources["pad_batch"].text == ONE


def test_a_size_that_the_header_states_is_not_believed(hand_in):
    packed = bytearray(zipped({"pad_batch/solution.py": b"#" * (8 << 20)}))
    for at in (packed.find(b"PK\x01\x02") + 24, 22):
        packed[at : at + 4] = struct.pack("<I", 10)
    problem = hand_in(bytes(packed)).sources["pad_batch"].problem
    assert "damaged" in problem
    packed[packed.find(b"PK\x01\x02") + 24 :][:4] = b""
    for at in (packed.find(b"PK\x01\x02") + 24, 22):
        packed[at : at + 4] = struct.pack("<I", 0xFFFFFFF0)
    assert "larger than 2 MiB" in hand_in(bytes(packed)).sources["pad_batch"].problem


@pytest.mark.parametrize("pack", [zipped, lambda files: tarred(files, "w:gz")])
def test_many_files_that_unpack_to_too_much_are_stopped(hand_in, pack):
    bomb = pack({f"{n}/solution.py": bytes(SOURCE_BYTES + 1) for n in range(34)})
    assert len(bomb) < 1 << 20
    submission = hand_in(bomb)
    assert "more than 64 MiB when unpacked" in submission.problem
    assert submission.sources == {}


@pytest.mark.parametrize("compress", [bz2.compress, lzma.compress])
def test_a_small_stream_that_unpacks_to_too_much_is_stopped(hand_in, compress):
    bomb = compress(bytes(65 << 20))
    assert len(bomb) < 20_000
    assert "more than 64 MiB when unpacked" in hand_in(bomb).problem


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_too_many_members_are_refused(hand_in, pack):
    assert hand_in(pack({f"{n}.txt": b"" for n in range(MEMBERS)})).problem.startswith(
        "ada.zip holds no solution"
    )
    many = pack({f"{n}.txt": b"" for n in range(MEMBERS + 1)})
    assert "it holds more than 2,000 files" in hand_in(many).problem


def test_an_archive_too_large_to_be_read_is_refused(tmp_path: Path, reader: Reader):
    path = tmp_path / "ada.zip"
    with path.open("wb") as file:
        file.truncate((64 << 20) + 1)
    assert collect(path, TOPICS, reader=reader).problem == "ada.zip: it is larger than 64 MiB."


def test_a_sparse_member_of_endless_zeros_is_stopped(hand_in):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("pad_batch/solution.py")
        info.size = 512
        info.pax_headers = {
            "GNU.sparse.map": "0,512", "GNU.sparse.size": str(1 << 50), "GNU.sparse.major": "0",
        }  # fmt: skip
        archive.addfile(info, io.BytesIO(bytes(512)))
    submission = hand_in(packed.getvalue())
    assert "larger than 2 MiB" in submission.sources["pad_batch"].problem


def test_the_reading_process_opens_nothing_on_disk(hand_in, tmp_path: Path):
    tree(tmp_path / "secret", {"generate/solution.py": "secret = 1"})
    info = tarfile.TarInfo("generate/solution.py")
    info.type, info.linkname = tarfile.SYMTYPE, str(tmp_path / "secret/generate/solution.py")
    submission = hand_in(tarred({"generate/solution.py": info}))
    assert submission.sources == {}
    assert "secret = 1" not in repr(submission)


@pytest.mark.parametrize("name", ["\x1b[2J\u202ey.py", "a\nb.py", "x" * 2000 + ".py", "\u0000.py"])
def test_hostile_names_are_shown_plainly(hand_in, name: str):
    submission = hand_in(tarred({**FILES, name: b""}))
    assert sorted(submission.sources) == ["pad_batch", "tokenize"]
    assert all(note.isprintable() and len(note) <= 500 for note in submission.notes)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["zip", "w", "w:gz", "w:bz2", "w:xz"]))
def test_spoilt_bytes_never_raise(seed: int, kind: str):
    rng = random.Random(seed)
    data = bytearray(_packed(kind))
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    found = read_archive(bytes(data[: rng.randint(1, len(data))]))
    assert found.problem or isinstance(found.entries, tuple)


def test_reading_needs_no_room_on_disk(hand_in, tmp_path: Path):
    before = {*tmp_path.rglob("*")}
    hand_in(zipped(FILES))
    assert {*tmp_path.rglob("*")} == {*before, tmp_path / "ada.zip"}
