"""The command line as a person uses it. Most commands run in this process, with the warm process
of the test run; those that are about processes, pipes and Ctrl-C are started as programs."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from e2e_helpers import GRADER, REFERENCE, Done, run_grader, start_grader, write, write_class
from hand_ins import GOOD, RIGHT, double, file

from grader.cli.app import app
from grader.cli.faults import told
from grader.sandbox import WarmSandbox
from grader.session import Session

WRONG = RIGHT.replace("x * 2", "x + 2")
Grader = Callable[..., Done]


@pytest.fixture
def folder(open_folder: Path, grader_data: Path) -> Iterator[Path]:
    """A new folder to work in."""
    made = Path(tempfile.mkdtemp(dir=open_folder))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def grader(
    sandbox: WarmSandbox,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Grader:
    """``grader ARGUMENTS`` in this process; ``grade`` and ``verify`` one at a time (``-j 1``), for
    there is one warm process."""
    monkeypatch.setattr(Session, "open_runner", lambda _: nullcontext(sandbox))
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(folder)

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        code = told(app)
        said = capsys.readouterr()
        return Done(code, said.out, said.err, ())

    return run


def copied_reference(folder: Path) -> Path:
    """A reference folder of one's own, to change."""
    return Path(shutil.copytree(REFERENCE, folder / "reference"))


def assert_plain(text: str) -> None:
    """80 columns, no colour. A path alone may be longer."""
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if len(line) > 80 and os.sep not in line] == []


# check


def test_check_of_right_work(folder: Path):
    """As a program, in the folder one works in, where the reference lies above."""
    copied_reference(folder)
    write(folder / "demo" / "solution.py", RIGHT)
    done = run_grader(folder, "check")
    assert (done.code, done.left) == (0, [])
    assert "all right (2 functions)" in done.out
    assert "Nothing left to fix." in done.out
    assert_plain(done.out + done.err)


def test_check_of_wrong_work(grader: Grader, folder: Path):
    write(folder / "demo" / "solution.py", WRONG)
    done = grader("check", "demo", "--reference", REFERENCE)
    assert done.code == 1
    assert "You add two." in done.out
    assert "Hint: Think of twice." in done.out
    assert "drawn 1" not in done.out
    assert_plain(done.out + done.err)


def test_check_prints_json_alone(grader: Grader, folder: Path):
    write(folder / "demo.py", WRONG)
    done = grader("check", "--json", "--reference", REFERENCE)
    result = json.loads(done.out)
    assert (done.code, result["score"], result["max_score"]) == (1, 2.0, 6.0)
    lines = result["topics"][0]["functions"][0]["checks"]
    assert [line["case"] for line in lines] == ["small"]


def test_check_where_nothing_is(grader: Grader, folder: Path):
    done = grader("check", "--reference", REFERENCE)
    assert (done.code, done.out) == (2, "")
    assert f"Nothing to check in {folder}" in " ".join(done.err.split("\n"))
    assert "grader check" in done.err


def test_check_of_a_topic_that_is_not_there(grader: Grader, folder: Path):
    done = grader("check", "juggling", "--reference", REFERENCE)
    assert done.code in (2, 3)
    assert "no topic 'juggling'" in done.err
    assert "chain, demo" in done.err


# grade and report


def test_hand_ins_of_one_name_have_folders_of_their_own(grader: Grader, folder: Path):
    for name in ("one/ada", "one/ada (2)", "one/eve", "two/Ada", "two/bob"):
        write(folder / name / "demo" / "solution.py", RIGHT)
    done = grader(
        "grade", "one", "two", "-o", "out", "-j", "1", "--reference", REFERENCE, "-t", "demo"
    )
    assert done.code == 0
    found = sorted(file.parent.name for file in (folder / "out").glob("*/result.json"))
    assert found == ["Ada (3)", "ada", "ada (2)", "bob", "eve"]


def test_grade_a_class(folder: Path):
    """As a program: everybody is graded, and nothing stays behind."""
    hand_ins = (*GOOD, double("loops", "while True: pass", ""), file("broken", "def", ""))
    write_class(folder / "class", hand_ins)
    done = run_grader(
        folder, "grade", "class", "-o", "out", "--reference", REFERENCE, "-t", "demo", "-j", "2"
    )
    assert (done.code, done.left) == (0, [])
    assert list((folder / "tmp").iterdir()) == []
    assert "6 submissions" in done.out
    assert "Class page: out/index.html" in done.out
    assert_plain(done.out + done.err)
    scores = {
        path.parent.name: json.loads(path.read_text())["score"]
        for path in (folder / "out").glob("*/result.json")
    }
    assert scores == {**dict.fromkeys((one.name for one in GOOD), 6.0), "loops": 2.0, "broken": 0.0}


@pytest.mark.parametrize(("source", "code", "score"), [(RIGHT, 0, 6.0), (WRONG, 1, 2.0)])
def test_grade_one(grader: Grader, folder: Path, source: str, code: int, score: float):
    write(folder / "ada" / "demo" / "solution.py", source)
    done = grader(
        "grade", "ada", "-o", "out", "-t", "demo", "-j", "1", "--reference", REFERENCE, "--json"
    )
    assert (done.code, json.loads(done.out)["score"]) == (code, score)
    assert (folder / "out" / "ada" / "report.html").exists()


def test_grade_nothing(grader: Grader, folder: Path):
    (folder / "empty").mkdir()
    done = grader("grade", "absent", "-o", "out", "-j", "1", "--reference", REFERENCE)
    assert (done.code, "absent is not there" in done.err) == (2, True)


def test_report_renders_the_same_again(grader: Grader, folder: Path):
    write_class(folder / "class", (*GOOD[:2], double("raises", "raise KeyError(x)", "")))
    grader("grade", "class", "-o", "out", "-j", "1", "--reference", REFERENCE, "-t", "demo")
    shutil.copytree(folder / "out", folder / "before")
    for page in (folder / "out").rglob("*.html"):
        page.unlink()
    (folder / "out" / "grades.csv").unlink()
    assert grader("report", "out").code == 0
    names = [str(path.relative_to(folder / "before")) for path in (folder / "before").rglob("*.*")]
    same, *others = filecmp.cmpfiles(folder / "before", folder / "out", names, shallow=False)
    assert others == [[], []]
    assert {"index.html", "grades.csv", "raises/report.html"} <= set(same)


def test_report_of_nothing(grader: Grader, folder: Path):
    assert grader("report", folder).code == 2


def test_report_of_a_spoilt_result(grader: Grader, folder: Path):
    write(folder / "ada" / "result.json", '{"schema": "grader/result/v1"}')
    done = grader("report", folder)
    assert done.code == 3
    assert "ada/result.json cannot be used" in done.err
    assert "Traceback" not in done.err


# verify, release, synth


def test_verify_of_what_is_proven(grader: Grader):
    done = grader("verify", "--reference", REFERENCE, "-j", "1")
    assert done.code == 0
    assert "4 functions, 16 mistakes: all proven" in done.out
    assert_plain(done.out)


def test_verify_names_what_is_not(grader: Grader, folder: Path):
    reference = copied_reference(folder)
    with (reference / "demo" / "task.py").open("a") as task:
        task.write('double.mistake("This one is right.", "x * 2", "2 * x")\n')
    write(reference / "demo" / "right" / "wrong.py", WRONG)
    done = grader("verify", "demo", "--reference", reference, "-j", "1")
    said = " ".join(done.out.split())
    assert done.code == 1
    assert "the mistake loses no points: 'This one is right.'" in said
    assert "right/wrong.py scores 0 of 4" in said


def test_release_tells_what_is_stale(grader: Grader, folder: Path):
    stale = grader("release", "-o", "kit", "--check", "--reference", REFERENCE)
    made = grader("release", "-o", "kit", "-j", "1", "--reference", REFERENCE)
    fresh = grader("release", "-o", "kit", "--check", "--reference", REFERENCE)
    assert [stale.code, made.code, fresh.code] == [1, 0, 0]
    assert "stale kit/demo/solution.py" in stale.out
    (folder / "kit" / "demo" / "solution.py").write_text("changed")
    again = grader("release", "-o", "kit", "--check", "--reference", REFERENCE, "--json")
    assert (again.code, json.loads(again.out)["changed"]) == (1, ["demo/solution.py"])
    stub = (folder / "kit" / "chain" / "solution.py").read_text()
    assert "NotImplementedError" in stub
    assert "return" not in stub


def test_synth_is_the_same_for_the_same_seed(grader: Grader, folder: Path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        done = grader(
            "synth", "-n", "20", "-o", name, "--seed", str(seed), "--reference", REFERENCE
        )
        assert done.code == 0
    a, b, c = (_content(folder / name) for name in "abc")
    assert a == b
    assert a != c
    assert len(json.loads(a[".truth.json"])) == 20
    refused = grader("synth", "-n", "1", "-o", "a", "--reference", REFERENCE)
    assert (refused.code, "a is not empty" in refused.err) == (2, True)


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_doctor(grader: Grader):
    done = grader("doctor")
    assert done.code == 0
    assert "seccomp" in done.out
    assert "course cache" in done.out
    assert_plain(done.out)
    found: dict[str, Any] = json.loads(grader("doctor", "--json").out)
    assert found["ready"] is True


# wrong usage, staff's faults, pipes, Ctrl-C


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["grade"],
        ["grade", "x"],
        ["grade", "x", "-o", "y", "--isolate", "nothing"],
        ["synth", "-n", "0", "-o", "x"],
        ["check", "--folder", "absent"],
        ["check", "--reference", "absent"],
        ["report", "absent"],
    ],
)
def test_wrong_usage(grader: Grader, arguments: list[str]):
    done = grader(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("double.chek('x')", "AttributeError"),
        ("double.mistake('m', 'no such text', 'y')", "stands 0 times in solution.py"),
        ("task('triple')", "solution.py defines no function triple"),
        ("double.case('small', x=1)", "two cases named 'small'"),
        ("double.case('other', y=1)", "double takes x; there is no 'y'"),
        ("double.check('other', same(), points=0)", "is worth 0 points"),
        ("def", "invalid syntax"),
    ],
)
def test_a_broken_declaration_is_told_with_its_line(
    grader: Grader, folder: Path, line: str, words: str
):
    reference = copied_reference(folder)
    task = reference / "demo" / "task.py"
    number = len(task.read_text().splitlines()) + 1
    task.write_text(f"{task.read_text()}{line}\n")
    done = grader("verify", "--reference", reference)
    assert done.code == 3
    assert f"demo/task.py:{number}: " in done.err
    assert words in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("arguments", [["--help"], ["doctor"], ["doctor", "--json"]])
def test_a_closed_pipe_is_no_fault(arguments: list[str]):
    """As in ``grader doctor | head -1``, when ``head`` has gone before all is written."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*GRADER, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert done.stderr == ""


def test_ctrl_c_ends_a_class_cleanly(folder: Path):
    waits = double("waits", "time.sleep(60)", "", top="time.sleep(19)\n")
    write_class(folder / "class", (*GOOD[:1], waits))
    started = start_grader(
        folder, "grade", "class", "-o", "out", "-t", "demo", "--reference", REFERENCE, "-j", "1"
    )
    assert started.process.stderr is not None
    for line in started.process.stderr:
        if "grading" in line:
            break
    _await(folder / "out" / "right" / "result.json", started.process)
    os.killpg(started.process.pid, signal.SIGINT)
    done = started.wait()
    assert done.code == 130
    assert "Stopped. What was finished is kept." in done.err
    assert "Traceback" not in done.err
    assert done.left == []
    assert list((folder / "tmp").iterdir()) == []
    assert json.loads((folder / "out" / "right" / "result.json").read_text())["score"] == 6.0


def _await(file: Path, process: subprocess.Popen[str]) -> None:
    while not file.exists() and process.poll() is None:
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
