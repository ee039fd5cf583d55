"""``grader export`` and ``grader report`` as a person and a CI job use them, on stored results; and
what commands say on standard error when the names they speak of are hostile."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from e2e_helpers import Done
from hostile_detectors import Runner, controls
from report_samples import CANARY, classmate, grade, hostile, perfect

from grader.cli.app import app
from grader.cli.faults import told
from grader.model import Grade
from grader.publish import Publisher
from grader.report.export import FORMATS
from grader.report.export.github_summary import LIMIT
from grader.report.result import dumps

Grader = Callable[..., Done]
HOSTILE = "\x1b[31mred\x1b]0;x\x07 \x9b1m \u202e [bold]:warning: ::error::x ##[add-mask]x"


@pytest.fixture
def grader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Grader:
    """``grader ARGUMENTS`` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        code = told(app)
        said = capfdbinary.readouterr()
        return Done(code, said.out.decode(), said.err.decode(), ())

    return run


def store(folder: Path, *grades: Grade) -> Path:
    """A results folder as ``grader grade`` leaves it, but for its pages."""
    for one in grades:
        (folder / one.submission).mkdir(parents=True)
        (folder / one.submission / "result.json").write_text(dumps(one), encoding="utf-8")
    return folder


def test_every_format_is_in_the_help(grader: Grader):
    told_of = " ".join(grader("export", "--help").out.replace("│", " ").split())
    assert all(f"{name}: {what}" in told_of for name, what in FORMATS.items())
    assert "--staff" in told_of
    assert "hidden cases included: not for students" in told_of


def test_csv_to_a_file_is_grades_csv(grader: Grader, tmp_path: Path):
    publisher = Publisher(tmp_path / "out")
    for one in (grade(), perfect()):
        publisher.add(one)
    publisher.finish()
    done = grader("export", "csv", "out", "-o", "made/grades.csv")
    assert (done.code, done.out) == (0, "")
    assert "wrote made/grades.csv" in done.err
    assert Path("made/grades.csv").read_bytes() == Path("out/grades.csv").read_bytes()


def test_junit_goes_to_standard_output(grader: Grader, tmp_path: Path):
    store(tmp_path / "out", grade(), perfect())
    plain, dash = grader("export", "junit", "out"), grader("export", "junit", "out", "-o", "-")
    assert (plain.code, plain.err, plain.out) == (0, "", dash.out)
    suites = ET.fromstring(plain.out.encode()).findall("testsuite")
    assert len(suites) == len(grade().topics) + len(perfect().topics)


@pytest.mark.parametrize("name", FORMATS)
def test_hidden_cases_are_for_staff(grader: Grader, tmp_path: Path, name: str):
    store(tmp_path / "out", grade())
    assert CANARY not in grader("export", name, "out").out
    assert (CANARY in grader("export", name, "out", "--staff").out) == (name != "csv")


def test_github_appends_to_the_summary_of_its_step(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store(tmp_path / "out", grade())
    file = tmp_path / "step"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    file.write_text("# What another command wrote\n\n")
    done = grader("export", "github", "out")
    assert done.out.startswith("::stop-commands::")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# What another command wrote\n\n<h2><code>Ada Lovelace</code>")
    assert CANARY not in text
    file.write_bytes(b"x" * (LIMIT - 1_000))
    grader("export", "github", "out", "--staff")
    assert LIMIT - 1_000 < file.stat().st_size <= LIMIT
    grader("export", "junit", "out")
    assert file.stat().st_size <= LIMIT


def test_there_may_be_nothing_to_export(grader: Grader, tmp_path: Path):
    (tmp_path / "out").mkdir()
    done = grader("export", "junit", "out", "-o", "x.xml")
    assert (done.code, done.out) == (2, "")
    assert "There is no result.json below out" in done.err
    assert not Path("x.xml").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_a_spoilt_result_leaves_no_half_file(grader: Grader, tmp_path: Path, name: str):
    store(tmp_path / "out", perfect("a"), perfect("b"))
    (tmp_path / "out" / "b" / "result.json").write_text("{")
    Path("before").write_text("kept")
    done = grader("export", name, "out", "-o", "before")
    assert done.code == 3
    assert "b/result.json cannot be used" in done.err
    assert Path("before").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["before", "out"]


def test_wrong_usage_names_what_there_is(grader: Grader, tmp_path: Path):
    done = grader("export", "pdf", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "it is one of csv, junit, github" in done.err
    assert "grader export --help" in done.err
    assert grader("export", "csv", "absent").code == 2
    assert grader("export", "csv", tmp_path, "-o", tmp_path).code == 2


def test_a_class_of_hundreds(grader: Grader, tmp_path: Path):
    store(tmp_path / "out", *(classmate(number) for number in range(200)))
    rows = list(csv.reader(io.StringIO(grader("export", "csv", "out").out.lstrip("\ufeff"))))
    assert len(rows) == 201
    assert len({len(row) for row in rows}) == 1
    assert len(ET.fromstring(grader("export", "junit", "out").out)) == 200 * 12
    kinds = [name for name, _, _ in Runner().read(grader("export", "github", "out").out).done]
    assert kinds.count("error") == kinds.count("notice") == 10


# Names that nobody looked at


def test_a_result_is_rendered_where_it_lies(grader: Grader, tmp_path: Path):
    """What a result says of itself is no path to write to, and makes it nobody else's."""
    store(tmp_path / "out", perfect("ada"))
    file = tmp_path / "out" / "ada" / "result.json"
    file.write_text(dumps(replace(perfect(), submission="../../grace")))
    done = grader("report", "out")
    assert done.code == 0
    assert (tmp_path / "out" / "ada" / "report.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert not (tmp_path.parent / "grace").exists()
    assert "grace" not in done.out
    assert '<a href="./ada/staff.html">' in (tmp_path / "out" / "index.html").read_text()


def test_report_draws_what_is_stale_and_with_all_everything(grader: Grader, tmp_path: Path):
    out = store(tmp_path / "out", perfect("ada"), perfect("eve"))
    first = grader("report", "out")
    pages = {name: out / name / "report.html" for name in ("ada", "eve")}
    written = {name: page.stat().st_ino for name, page in pages.items()}
    pages["ada"].write_text("something else")
    again = grader("report", "out")
    assert (again.code, again.out) == (0, first.out)
    assert "<bdi>ada</bdi>" in pages["ada"].read_text()
    assert pages["eve"].stat().st_ino == written["eve"]
    assert grader("report", "out", "--all").out == first.out
    assert pages["eve"].stat().st_ino != written["eve"]


def test_a_folder_that_cannot_be_spelled_is_a_submission_too(grader: Grader, tmp_path: Path):
    store(tmp_path / "out", replace(perfect(), submission="bad\udcff\u202ename"))
    for arguments in (["report", "out"], ["report", "out", "--json"], ["export", "csv", "out"]):
        done = grader(*arguments)
        assert (done.code, done.err.count("Traceback")) == (0, 0)
        assert controls(done.out.removeprefix("\ufeff")) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", HOSTILE, "-o", "x"],
        ["report", HOSTILE],
        ["report", "out", HOSTILE],
        ["report", f"--{HOSTILE}"],
        [HOSTILE],
        ["export", HOSTILE, "out"],
        ["export", "csv", HOSTILE],
        ["check", HOSTILE],
        ["check", "--folder", HOSTILE],
        ["check", "--pack", HOSTILE],
        ["check", "--reference", HOSTILE],
        ["new", HOSTILE],
        ["release", "--reference", HOSTILE],
    ],
)
def test_no_argument_drives_the_terminal_or_the_job(
    grader: Grader, tmp_path: Path, arguments: list[str]
):
    """Its parts are there as text: markup and emoji are what was typed."""
    (tmp_path / "out").mkdir()
    done = grader(*arguments)
    assert done.code in (2, 3)
    assert "Traceback" not in done.err
    assert controls(done.out + done.err) == []
    assert Runner().read(done.out).done == Runner().read(done.err).done == []
    assert "[bold]:warning:" in " ".join(done.err.split())


@pytest.mark.parametrize("name", ["a" + HOSTILE, "::error::x", "##[add-mask]x", "\ud800"])
def test_no_stored_name_or_result_drives_them(grader: Grader, tmp_path: Path, name: str):
    folder = tmp_path / "out" / name.replace("\ud800", "\udc80")
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(dumps(hostile()))
    for arguments in (["report", "out"], ["report", "out", "--json"], ["export", "junit", "out"]):
        done = grader(*arguments)
        assert done.code == 0
        assert controls(done.out + done.err) == []
        assert Runner().read(done.out).done == Runner().read(done.err).done == []
    (folder / "result.json").write_text("{")
    done = grader("report", "out")
    assert done.code == 3
    assert "cannot be used" in done.err
    assert controls(done.err) == []
    assert Runner().read(done.err).done == []


def test_a_fault_of_our_own_is_told_without_commands(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RuntimeError(f"it broke at\n::add-mask::points {HOSTILE}")

    store(tmp_path / "out", perfect())
    monkeypatch.setattr("grader.cli.exporting.format_named", fail)
    done = grader("export", "csv", "out")
    assert done.code == 3
    assert "Traceback (most recent call last)" in done.err
    assert "RuntimeError: it broke at" in done.err
    assert "a fault of the grader's own" in done.err
    assert controls(done.err) == []
    assert Runner().read(done.err).done == []
