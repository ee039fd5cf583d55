"""The students' kit, from its release to a check in it: no reference is there, the verdicts are
the same, and nothing that is not for students is in any of its files."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from e2e_helpers import run_grader, write

from grader.cli.app import app
from grader.cli.faults import told
from grader.judge import judge_topic
from grader.model import Assignment, Fixture, Observation, Source, Topic
from grader.pack import FILE, load
from grader.sandbox import WarmSandbox
from grader.session import Session, open_session
from grader.spec import load_assignment
from grader.wheel import wheel_name

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reference"
TOPICS = ("pad_batch", "freeze_encoder")
CANARY = "CANARY-7431"


def release(sandbox: WarmSandbox, out: Path, reference: Path, *more: str) -> int:
    """``grader release -o OUT`` in this process, with the warm process of the test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "open_runner", lambda _: nullcontext(sandbox))
        arguments = ["release", "-o", str(out), "-j", "1", "--reference", str(reference), *more]
        patch.setattr(sys, "argv", ["grader", *arguments])
        return told(app)


@pytest.fixture(scope="module")
def kit(sandbox: WarmSandbox, open_folder: Path) -> Path:
    """The kit of two real topics."""
    folder = open_folder / "kit"
    assert release(sandbox, folder, REFERENCE, *TOPICS) == 0
    return folder


@pytest.fixture
def work(kit: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A student's copy of the kit. A grader that looks for a reference fails."""
    folder = Path(tempfile.mkdtemp(dir=open_folder))
    folder.chmod(0o711)
    shutil.copytree(kit, folder, dirs_exist_ok=True)
    monkeypatch.setenv("GRADER_REFERENCE", str(open_folder / "absent"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """The real topics, with hidden cases."""
    return load_assignment(REFERENCE, "kit", TOPICS)


def functions(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["function"]: one for topic in result["topics"] for one in topic["functions"]}


# a student's checks


def test_right_and_mistaken_work(work: Path, assignment: Assignment):
    """As a program, in the kit: right work, and a known mistake."""
    freezing = assignment.topic("freeze_encoder").task("freeze_encoder")
    mistake = freezing.mistakes[0]
    write(work / "pad_batch" / "solution.py", assignment.topic("pad_batch").reference)
    write(work / "freeze_encoder" / "solution.py", mistake.source)
    done = run_grader(work, "check", "--json")
    assert (done.code, done.left) == (1, [])
    result = json.loads(done.out)
    found = functions(result)
    assert [found[name]["score"] for name in ("pad_texts", "pad_ids", "lengths")] == [3, 5, 2]
    failed = [one for one in found["freeze_encoder"]["checks"] if one["status"] == "failed"]
    assert {one["mistake"] for one in failed} == {mistake.sentence}
    assert {one["public"] for one in failed} == {True}
    assert result["pack"]["differing"] == []
    assert result["versions"]["pack"] == result["pack"]["digest"][:12]
    assert "reference" not in done.err


def test_in_one_topics_folder_with_a_mistake_and_other_versions(work: Path, assignment: Assignment):
    """As a program, in the folder of a topic, with a pack that an older grader made."""
    task = assignment.topic("pad_batch").task("pad_ids")
    mistake = next(one for one in task.mistakes if one.sentence.startswith("You always pad"))
    write(work / "pad_batch" / "solution.py", mistake.source)
    _restamp(work / FILE, {"torch": "2.1.0", "grader": "0.0.1"})
    done = run_grader(work / "pad_batch", "check")
    assert done.code == 1
    assert f"Likely cause: {mistake.sentence}" in done.out
    assert "freeze_encoder" not in done.out
    said = " ".join(done.err.split())
    assert "torch: 2.1.0 in the pack" in said
    assert "pip install torch==2.1.0" in said
    assert "the kit that your course gives out now" in said
    lines = (done.out + done.err).splitlines()
    assert [line for line in lines if len(line) > 80 and os.sep not in line] == []


def _restamp(file: Path, versions: dict[str, str]) -> None:
    from grader.pack import dump

    pack = load(file.read_bytes())
    changed = tuple((name, versions.get(name, version)) for name, version in pack.versions)
    file.write_bytes(dump(replace(pack, versions=changed)))


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_broken_pack_is_told(work: Path, damage: str, capsys, monkeypatch):
    data = (work / FILE).read_bytes()
    broken = {
        "cut": data[: len(data) // 2],
        "changed": data[:200] + b"x" + data[201:],
        "empty": b"",
    }
    (work / FILE).write_bytes(broken[damage])
    monkeypatch.chdir(work)
    monkeypatch.setattr(sys, "argv", ["grader", "check"])
    assert told(app) == 2
    said = capsys.readouterr().err
    assert "Download the kit again." in said
    assert str(work / FILE) in said
    assert "Traceback" not in said


def test_without_the_pack_the_reference_is_looked_for(work: Path, capsys, monkeypatch):
    """The control: only the pack keeps the other tests from looking for it."""
    (work / FILE).unlink()
    monkeypatch.chdir(work)
    monkeypatch.setattr(sys, "argv", ["grader", "check"])
    assert told(app) == 2
    assert "absent is not a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["juggling"], "The topics are: pad_batch, freeze_encoder."),
        (["--pack", "none.pack"], "none.pack"),
        (["--pack", FILE, "--reference", "."], "name one"),
    ],
)
def test_wrong_usage(work: Path, arguments: list[str], words: str, capsys, monkeypatch):
    monkeypatch.chdir(work)
    monkeypatch.setattr(sys, "argv", ["grader", "check", *arguments])
    assert told(app) == 2
    assert words in " ".join(capsys.readouterr().err.split())


def test_the_stub_is_not_attempted(work: Path, sandbox: WarmSandbox, capsys, monkeypatch):
    monkeypatch.chdir(work)
    monkeypatch.setattr(Session, "open_runner", lambda _: nullcontext(sandbox))
    monkeypatch.setattr(sys, "argv", ["grader", "check", "pad_batch", "--json"])
    assert told(app) == 1
    result = json.loads(capsys.readouterr().out)
    status = {check["status"] for one in functions(result).values() for check in one["checks"]}
    assert (status, result["score"]) == ({"not attempted"}, 0)


def test_every_mistake_has_the_verdicts_that_the_reference_gives(sandbox, kit: Path, monkeypatch):
    """Each mistake of both topics, each right solution's stand-in case: judged by the pack and by
    what it was made from."""
    pack = load((kit / FILE).read_bytes())
    monkeypatch.setattr(Session, "open_runner", lambda _: nullcontext(sandbox))
    with open_session(REFERENCE, TOPICS, "any", lambda _: None, public_only=True) as session:
        course = session.course(1)
    compared, named = 0, 0
    for topic in session.assignment.topics:
        given, known = pack.assignment.topic(topic.name), course.baselines[topic.name]
        for observation in _observations(topic, known):
            source = Source(topic.name, "solution.py", topic.reference)
            one = judge_topic(topic, known, observation, source)
            other = judge_topic(given, pack.baselines[topic.name], observation, source)
            assert one == other
            compared += 1
            named += any(line.mistake for function in one.functions for line in function.checks)
    assert compared > 40
    assert named > 25


def _observations(topic: Topic, known) -> Iterator[Observation]:
    """What a student did who made one mistake, or none."""
    right = {name: function.wanted for name, function in known.functions.items()}
    yield Observation(topic.name, right)
    for name, function in known.functions.items():
        for mistake in function.mistakes:
            yield Observation(topic.name, right | {name: mistake.outcomes})


# the release


def test_the_kit_is_complete(kit: Path):
    topics = {f"{topic}/{name}" for topic in TOPICS for name in NAMES}
    files = {path.relative_to(kit).as_posix() for path in kit.rglob("*") if path.is_file()}
    assert files == topics | {"README.md", "constraints.txt", wheel_name(), FILE}
    text = (kit / "README.md").read_text()
    assert wheel_name() in text
    assert all(f"[`{topic}`]({topic}/README.md)" in text for topic in TOPICS)
    assert len(text.splitlines()) <= 60
    assert re.fullmatch(r"([\w-]+==[\w.]+\n)+", (kit / "constraints.txt").read_text())
    assert (kit / FILE).stat().st_size < 1 << 20


NAMES = ("README.md", "solution.py", "solution.ipynb")


@pytest.fixture(scope="module")
def planted(open_folder: Path) -> Path:
    """A reference of one topic whose every secret place holds a canary."""
    folder = open_folder / "planted" / "reference" / "adding"
    for name, text in PLANTED.items():
        write(folder / name, text)
    return folder.parent


def test_a_release_is_reproducible(sandbox, planted: Path, open_folder: Path, monkeypatch):
    for name in ("one", "two"):  # each with a memory of its own: everything is run again
        monkeypatch.setenv("GRADER_DATA", str(open_folder / "memory" / name))
        assert release(sandbox, open_folder / name, planted) == 0
    one, two = (_files(open_folder / name) for name in ("one", "two"))
    assert one == two
    assert FILE in one


def test_no_canary_gets_into_a_kit(sandbox, planted: Path, open_folder: Path, grader_data: Path):
    out = open_folder / "canaries"
    assert release(sandbox, out, planted) == 0
    pack = load((out / FILE).read_bytes())
    checks = [check.name for check in pack.assignment.topic("adding").task("add").checks]
    assert checks == ["the sum", "one of those"]
    known = pack.baselines["adding"].functions["add"]
    assert list(known.oracle) == ["small"]
    assert [mistake.sentence for mistake in known.mistakes] == ["You subtract."]
    for name, data in _unpacked(out):
        assert CANARY.encode() not in data, name


def test_a_stale_kit_is_told(sandbox, planted: Path, open_folder: Path, grader_data: Path, capsys):
    out = open_folder / "stale"
    own = Path(shutil.copytree(planted, open_folder / "changing"))
    assert release(sandbox, out, own) == 0
    assert release(sandbox, out, own, "--check") == 0
    solution = own / "adding" / "solution.py"
    text = solution.read_text()
    solution.write_text(text.replace("first + second", "second + first"))
    task = own / "adding" / "task.py"
    task.write_text(task.read_text().replace("first + second", "second + first"))
    capsys.readouterr()
    assert release(sandbox, out, own, "--check", "--json") == 1
    assert json.loads(capsys.readouterr().out)["changed"] == [FILE]  # no text says it
    assert release(sandbox, out, own) == 0
    assert release(sandbox, out, own, "--check") == 0
    (out / FILE).write_bytes(b"broken")
    assert release(sandbox, out, own, "--check") == 1
    (out / FILE).unlink()
    assert release(sandbox, out, own, "--check") == 0
    assert release(sandbox, out, own, "--check", "--pack") == 1


def test_some_topics_anew_leave_the_others_in_the_kit(sandbox, kit: Path, open_folder: Path):
    out = Path(shutil.copytree(kit, open_folder / "partly"))
    assert release(sandbox, out, REFERENCE, "pad_batch") == 0
    assert _files(out) == _files(kit)


def test_texts_alone_need_no_warm_process(planted: Path, tmp_path: Path, monkeypatch):
    def refuse(_: object) -> None:
        raise AssertionError("nothing is to be run")

    monkeypatch.setattr(Session, "open_runner", refuse)
    monkeypatch.chdir(tmp_path)
    for arguments in (["release"], ["release", "-o", "kit", "--no-pack"]):
        monkeypatch.setattr(sys, "argv", ["grader", *arguments, "--reference", str(planted)])
        assert told(app) == 0
    assert set(_files(tmp_path)) == {
        f"{folder}/adding/{name}" for folder in ("assignments", "kit") for name in NAMES
    }


def test_the_repositorys_own_assignments_are_text():
    for path in (ROOT / "assignments").rglob("*"):
        assert path.is_dir() or path.read_bytes().decode().isprintable() or path.read_text()
        assert path.name not in (FILE, wheel_name())


# what is in no file of a kit


def test_no_secret_of_the_real_topics_is_in_the_kit(kit: Path, assignment: Assignment):
    """Names and inputs of hidden cases, lines of the reference, of right solutions, of mistakes and
    of oracles. What the handouts and stubs say is no secret."""
    files = dict(_unpacked(kit))
    texts = "\n".join(data.decode() for name, data in files.items() if name.endswith(".md"))
    texts += "\n".join(data.decode() for name, data in files.items() if name.endswith(".py"))
    searched = {
        name: _spelt_out(name, data) for name, data in files.items() if not name.endswith(".md")
    }
    looked_for = 0
    for topic in assignment.topics:
        known = texts + "".join(_public_words(topic))
        for secret in _secrets(topic, searched):
            if secret not in known:
                looked_for += 1
                found = [name for name, content in searched.items() if secret in content]
                assert found == [], secret
    assert looked_for > 200


def test_the_search_finds_what_is_there(kit: Path, assignment: Assignment):
    """The control of the search: a public case's name and inputs are found."""
    pack = dict(_unpacked(kit))[f"{FILE}/pad_batch/public.json"]
    content = _spelt_out("public.json", pack)
    assert "\non the left\n" in content
    assert "[5, 6, 7]" in content


def _secrets(topic: Topic, searched: dict[str, str]) -> Iterator[str]:
    for task in topic.tasks:
        shown = {case.name for case in task.cases if case.public}
        for case in task.cases:
            if not case.public:
                if case.name not in shown:
                    yield f"\n{case.name}\n"  # a string by itself: as a word it is anyone's
                yield f"\n{case.seed}\n"
                yield from _distinctive(list(case.inputs.values()))
        for check in task.checks:
            yield from (pattern for pattern in check.cases if "*" in pattern)
    sources = [topic.reference, topic.oracles, *topic.rights.values()]
    sources += [mistake.source for task in topic.tasks for mistake in task.mistakes]
    for source in sources:
        for line in source.splitlines():
            if len(line.strip()) >= 24 and not line.strip().startswith(("#", "import", "from")):
                yield line.strip()


def _distinctive(value: Any) -> Iterator[str]:
    """Inputs that nobody would write by chance: long strings, and lists of three numbers."""
    if isinstance(value, Fixture):
        yield from _distinctive(dict(value.arguments))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _distinctive(inner)
    elif isinstance(value, (list, tuple)):
        if len(value) >= 4 and all(type(item) in (int, float) for item in value):
            yield str(list(value))
        for inner in value:
            yield from _distinctive(inner)
    elif isinstance(value, str) and len(value) >= 12:
        yield value


def _public_words(topic: Topic) -> Iterator[str]:
    for task in topic.tasks:
        for case in task.cases:
            if case.public:
                yield f"\n{case.name}\n" + _plain(case.inputs)
    yield topic.probes


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "\n".join([repr(value), *_distinctive(value)])


def _spelt_out(name: str, data: bytes) -> str:
    """A file's content as text that can be searched: JSON's strings and lists, unescaped."""
    if not name.endswith((".json", ".ipynb")):
        return data.decode("utf-8", "replace")
    plain = json.loads(data)
    return "\n" + "\n".join(_strings(plain)) + "\n"


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, item in node.items():
            yield key
            yield from _strings(item)
    elif isinstance(node, list):
        yield str(node)
        for item in node:
            yield from _strings(item)
    else:
        yield str(node)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _unpacked(kit: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the kit, and every member of those that are zips. Of the wheel its metadata
    alone, in the search for lines: its code is the grader's, not a topic's."""
    for name, data in _files(kit).items():
        if not zipfile.is_zipfile(io.BytesIO(data)):
            yield name, data
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                if not member.startswith("grader/"):
                    yield f"{name}/{member}", archive.read(member)


SOLUTION = f'''"""Adding."""

import torch

_HELP = "{CANARY}"


def add(first, second=0):
    """The sum of `first` and `second`."""
    print("{CANARY} is printed")
    return first + second


def refuse(n):
    """Raises."""
    raise ValueError(f"{CANARY} says no")
'''
TASK = f'''
from grader import drawn_from, fixture, raises, same, task, within

add = task("add", probe="facts", oracle="answer")
add.case("small", public=True, first=fixture("three"), second=4)
add.case("hidden {CANARY}", first=fixture("only_hidden", text="{CANARY}"), second=7431743174317431)
add.check("the sum", same("sum"), points=3)
add.check("one of those", within("items", "allowed"), points=1)
add.check("only hidden ones", same("sum"), points=2, cases="hidden*", hint="{CANARY}")
add.check("idle here", same("only_of_hidden"), points=1, hint="{CANARY}")
add.mistake("You subtract.", "first + second", "first - second  # {CANARY}")
add.mistake("Right in public {CANARY}.", "first + second", "first + min(second, 100)")
no = task("refuse")
no.case("one", public=True, n=1)
no.check("it refuses", raises("ValueError"), points=3)
no.mistake("Other {CANARY}.", 'raise ValueError(f"{CANARY} says no")', "raise KeyError(_HELP[:0])")
no.mistake("Twin {CANARY}.", 'raise ValueError(f"{CANARY} says no")', "raise KeyError('')")
'''
PROBE = f'''"""{CANARY}"""

SECRET = "{CANARY}"


def facts(function, inputs):
    """{CANARY}"""
    total = function(**inputs)  # {CANARY}
    found = {{"sum": total, "items": [total]}}
    return found | ({{"only_of_hidden": 1}} if total > 100 else {{}})


def three():
    return 3


def only_hidden(text):
    return len(SECRET)
'''
ORACLE = f'''"""{CANARY}"""


def answer(function, inputs):
    _ = "{CANARY}"
    return {{"allowed": [function(**inputs)]}}
'''
PLANTED = {
    "README.md": "# Adding\n\nAdd two numbers.\n",
    "solution.py": SOLUTION,
    "task.py": TASK,
    "probe.py": PROBE,
    "oracle.py": ORACLE,
    "right/other.py": f"def add(first, second=0):\n    return second + first  # {CANARY}\n\n\n"
    f"def refuse(n):\n    raise ValueError('{CANARY}')\n",
    "right/third.py": "def add(first, second=0):\n    return sum([first, second])\n\n\n"
    "def refuse(n):\n    raise ValueError\n",
}

# Names in it are as in a submission; the parse proves that it is no accident when it fails.
for _name in ("solution.py", "task.py", "probe.py", "oracle.py"):
    ast.parse(PLANTED[_name])
