"""Plain processes with torch in them: the same observations as from the sandbox, the commands, and
all of it on a platform that has none of what the sandbox is made of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pretended
import pytest
from e2e_helpers import REFERENCE, Done, write
from hand_ins import RIGHT
from submission_helpers import notebook

from grader.archive import dump_observation
from grader.baseline import Remembering, topic_baseline
from grader.cli.app import app
from grader.cli.faults import told
from grader.model import (
    Broken,
    Call,
    Case,
    Died,
    Job,
    Limits,
    Observation,
    Outcome,
    Raised,
    Returned,
)
from grader.pack import public_part
from grader.plan import plan
from grader.sandbox import PlainSandbox, WarmSandbox
from grader.session import baseline_folder, fingerprint
from grader.spec import load_assignment, load_topic

COURSE = Path(__file__).parents[2] / "reference"
WRONG = RIGHT.replace("x * 2", "x + 2")
Grader = Callable[..., Done]


def without_clock(outcome: Outcome) -> Outcome:
    return outcome if isinstance(outcome, Broken) else replace(outcome, wall=0.0, cpu=0.0)


def content(observation: Observation) -> bytes:
    """All of it but the seconds, byte by byte."""
    outcomes = {
        function: {name: without_clock(outcome) for name, outcome in cases.items()}
        for function, cases in observation.outcomes.items()
    }
    return dump_observation(Observation(observation.topic, outcomes))


@pytest.mark.parametrize("name", ["pad_batch", "training_loop", "attention_plot"])
def test_right_code_does_the_same_bit_for_bit(sandbox: WarmSandbox, home: Path, name: str):
    topic = load_topic(COURSE / name, "seed")
    job = plan(topic, topic.reference)
    plain, warm = PlainSandbox(home).run(job), sandbox.run(job)
    ends = {type(o) for cases in warm.outcomes.values() for o in cases.values()}
    assert ends <= {Returned, Raised}
    assert content(plain) == content(warm)
    assert (plain.layers, plain.topic) == (("none",), name)


_ENDS = """
import os, time, torch
def f(n):
    print(f"this is {n}", flush=True)
    if n == 1: os._exit(3)
    if n == 3: return torch.zeros(1 << 22)
    return torch.arange(n)
def g(n):
    raise NotImplementedError
"""


def test_what_goes_wrong_is_the_same_with_torch(sandbox: WarmSandbox, home: Path):
    """A crash, a result that is too large, a stub."""
    limits = Limits(result=1 << 20)
    cases = tuple(Case(f"case {n}", {"n": n}, public=n < 3) for n in range(4))
    calls = tuple(Call(name, cases, ("n",), limits=limits) for name in ("f", "g"))
    job = Job("t", _ENDS, "s.py", calls)
    plain, warm = PlainSandbox(home).run(job), sandbox.run(job)
    found = [plain.outcome("f", case.name) for case in cases]
    reasons = [one.reason if isinstance(one, Died) else "" for one in found]
    assert reasons == ["", "exit", "", "result"]
    assert content(plain) == content(warm)


# Commands -----------------------------------------------------------------------------------------


@pytest.fixture
def folder(open_folder: Path, grader_data: Path) -> Iterator[Path]:
    """A new folder to work in."""
    made = Path(tempfile.mkdtemp(dir=open_folder))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def grader(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Grader:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(folder)

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        code = told(app)
        said = capsys.readouterr()
        return Done(code, said.out, said.err, ())

    return run


@pytest.fixture(scope="module")
def known(sandbox: WarmSandbox, home: Path, grader_data: Path) -> None:
    """What the reference and its mistakes do, remembered: only students' work is left to be run."""
    runner = Remembering(sandbox, baseline_folder(), fingerprint(home))
    topic_baseline(load_topic(REFERENCE / "demo", "s"), runner)
    shown = public_part(load_assignment(REFERENCE, "public", ["demo"]))
    topic_baseline(shown.topics[0], runner, whole=False)


def test_check_says_that_nothing_contains_it(known: None, grader: Grader, folder: Path):
    write(folder / "demo.py", WRONG)
    done = grader("check", "demo", "--plain", "--json", "--reference", REFERENCE)
    result = json.loads(done.out)
    assert (done.code, result["score"], result["max_score"]) == (1, 2.0, 6.0)
    assert [topic["layers"] for topic in result["topics"]] == [["none"]]
    assert "Without containment (you said --plain)" in done.err
    assert "run only your own" in " ".join(done.err.split())
    assert max(map(len, done.err.splitlines())) <= 80


def test_grade_refuses_unless_told_unsafe(known: None, grader: Grader, folder: Path):
    write(folder / "ada" / "demo.py", RIGHT)
    asked = ("grade", "ada", "-o", "out", "-t", "demo", "--plain", "--reference", REFERENCE)
    refused = grader(*asked)
    assert (refused.code, refused.out) == (2, "")
    assert "without containment (you said --plain)" in refused.err
    assert "Leave --plain out; --unsafe runs it all the same." in refused.err
    assert not (folder / "out").exists()
    done = grader(*asked, "--unsafe", "--seed", "s", "-j", "1", "--json")
    assert (done.code, json.loads(done.out)["score"]) == (0, 6.0)
    stored = json.loads((folder / "out" / "ada" / "result.json").read_text())
    assert [topic["layers"] for topic in stored["topics"]] == [["none"]]
    assert "Without containment" in done.err


def test_grade_without_containment_holds_no_layer(known: None, grader: Grader, folder: Path):
    write(folder / "ada" / "demo.py", RIGHT)
    asked = ("grade", "ada", "-o", "out", "-t", "demo", "--reference", REFERENCE, "--seed", "s")
    done = grader(*asked, "-j", "1", "--plain", "--unsafe", "--require", "seccomp")
    assert done.code == 2
    assert "--require: seccomp cannot be had" in done.err


def test_an_old_code_page_is_no_obstacle(folder: Path):
    """As in a pipe on Windows."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "--help"],
        env=os.environ | {"PYTHONIOENCODING": "cp437:strict"},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert "╭─ Options ─" in done.stdout.decode("utf-8")


_STOPPED = """
import atexit, os, signal
from grader.cli.app import _leave_tidily
_leave_tidily()
atexit.register(print, "tidied up")
os.kill(os.getpid(), signal.{})
"""


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_who_is_told_to_stop_tidies_up(name: str, code: int):
    command = [sys.executable, "-c", _STOPPED.format(name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "tidied up\n")


# Elsewhere ----------------------------------------------------------------------------------------

_NOTEBOOK = notebook(
    "import torch\nprint('not run')",
    "def double(x):\n    return x + 2",
    # Right only where the student's process is as poor as the rest.
    "def ones(n):\n    try:\n        import fcntl\n    except ImportError:\n"
    "        return torch.ones(n, n) / n",
)


@pytest.fixture
def poor_python(folder: Path) -> Path:
    """A Python as poor as on Windows, which refuses files whose encoding nobody says."""
    python = folder / "python"
    script = Path(pretended.__file__).read_text()
    write(python, f"#!{sys.executable} -IXwarn_default_encoding\n{script}").chmod(0o755)
    return python


@pytest.fixture
def elsewhere(folder: Path, poor_python: Path) -> Grader:
    """``grader ARGUMENTS`` in it. ``left`` is what it imported."""
    tool = folder / "System32" / "taskkill.exe"
    write(tool, '#!/bin/sh\necho "$@" >> "$SYSTEMROOT/killed"\nkill -9 -$4\n').chmod(0o755)
    variables = {"SYSTEMROOT": str(folder), "PRETENDED_NOTE": str(folder / "imported")}

    def run(*arguments: str | Path) -> Done:
        done = subprocess.run(
            [poor_python, "grader", *map(str, arguments)],
            cwd=folder,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        imported = json.loads((folder / "imported").read_text())
        return Done(done.returncode, done.stdout, done.stderr, imported)

    return run


def test_check_comes_to_the_right_verdict_where_there_is_no_fork(
    known: None, elsewhere: Grader, folder: Path
):
    write(folder / "demo.ipynb", _NOTEBOOK)
    done = elsewhere("check", "demo", "--json", "--reference", REFERENCE)
    assert done.code == 1, done.err
    (topic,) = json.loads(done.out)["topics"]
    assert {one["function"]: one["score"] for one in topic["functions"]} == {
        "double": 0.0,
        "ones": 2.0,
    }
    (line,) = topic["functions"][0]["checks"]
    assert line["mistake"] == "You add two. MISTAKE-CANARY-7431"
    assert topic["layers"] == ["none"]
    assert "Without containment (Windows has nothing to contain it with)" in done.err
    assert "grader.sandbox.plain" in done.left
    assert not any("containment" in name or name == "grader.sandbox.warm" for name in done.left)
    assert (folder / "killed").read_text().startswith("/F /T /PID ")


def test_grade_refuses_where_there_is_nothing_to_contain_with(elsewhere: Grader, folder: Path):
    write(folder / "ada" / "demo.py", RIGHT)
    done = elsewhere("grade", "ada", "-o", "out", "-t", "demo", "--reference", REFERENCE)
    assert (done.code, done.out) == (2, "")
    assert "Grade on Linux" in done.err
    assert "--unsafe" in done.err
    assert "Traceback" not in done.err


def test_doctor_says_what_is_missing_there(elsewhere: Grader):
    done = elsewhere("doctor")
    assert done.code == 1
    for name in ("rlimits", "user", "namespaces", "cgroups", "landlock", "seccomp"):
        assert f"{name} " in done.out
    said = " ".join(done.out.split())
    assert "not on Windows" in said
    assert "`grader grade` refuses others'" in said
    assert "course cache" in said
    found = json.loads(elsewhere("doctor", "--json").out)
    assert found["ready"] is False
    assert {layer["available"] for layer in found["layers"]} == {False}


def test_every_command_can_be_imported_there(poor_python: Path):
    subprocess.run([poor_python, "import"], check=True)
