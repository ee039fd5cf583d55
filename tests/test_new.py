"""``grader new``: what it writes is proven, and CONTRIBUTING.md's walk through it is true."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from grader.cli.app import app
from grader.cli.faults import told
from grader.new import NewTopicError, topic_files, write_topic
from grader.sandbox import WarmSandbox
from grader.session import Session

ROOT = Path(__file__).parents[1]
Grader = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(open_folder: Path, grader_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a course begins: a folder with an empty ``reference/``."""
    made = Path(tempfile.mkdtemp(dir=open_folder))
    made.chmod(0o711)
    (made / "reference").mkdir()
    monkeypatch.chdir(made)
    monkeypatch.setenv("GRADER_REFERENCE", str(made / "reference"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def grader(
    sandbox: WarmSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Grader:
    """``grader ARGUMENTS`` in this process, with the one warm process of the test run."""
    monkeypatch.setattr(Session, "open_runner", lambda _: nullcontext(sandbox))
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        one_at_a_time = ("-j", "1") if arguments[0] == "verify" else ()
        monkeypatch.setattr(sys, "argv", ["grader", *arguments, *one_at_a_time])
        code = told(app)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


# What is written


def test_a_new_topic_is_proven(folder: Path, grader: Grader):
    """By all that there is: trivial answers, other seeds, and every mutant of the reference."""
    assert grader("new", "pair_ids")[0] == 0
    code, out, err = grader("verify", "pair_ids", "--seeds", "2", "--mutants", "--json")
    assert code == 0, out + err
    (proof,) = json.loads(out)
    assert proof["complaints"] == []
    assert proof["named"] == proof["mistakes"] >= 8
    assert (proof["points"], proof["rights"]) == (10, 2)


def test_what_students_get_of_it(folder: Path, grader: Grader):
    grader("new", "pair_ids")
    assert grader("release", "-o", "kit", "--no-pack")[0] == 0
    stub = (folder / "kit" / "pair_ids" / "solution.py").read_text()
    assert 'raise NotImplementedError("pair_ids is not written yet")' in stub
    assert "front" not in stub
    assert "Hints:" in stub
    book = nbformat.read(folder / "kit" / "pair_ids" / "solution.ipynb", as_version=4)
    nbformat.validate(book)


def test_it_says_what_was_written_and_what_to_do_next(folder: Path, grader: Grader):
    code, out, _ = grader("new", "pair_ids", "-o", "my course")
    written = {path.relative_to(folder) for path in (folder / "my course").rglob("*.*")}
    assert code == 0
    assert {Path(line.split(": ")[0]) for line in out.split("\n\n")[0].splitlines()} == written
    assert "grader verify pair_ids --reference 'my course'\n" in out
    assert "grader release pair_ids --reference 'my course'\n" in out


def test_as_json(folder: Path, grader: Grader):
    code, out, err = grader("new", "pair_ids", "--json")
    files = ["README.md", "right/loops.py", "right/tensors.py", "solution.py", "task.py"]
    found = json.loads(out)
    assert (code, err, found["topic"], found["files"]) == (0, "", "pair_ids", files)
    assert all((Path(found["folder"]) / file).is_file() for file in files)


def test_the_files_are_python_that_names_the_function():
    files = topic_files("pair_ids")
    for name, text in files.items():
        assert "{{" not in text
        assert "pair_ids" in text
        if name.endswith(".py"):
            ast.parse(text)
        assert max(map(len, text.splitlines())) <= 100


def test_nothing_is_written_over(tmp_path: Path):
    write_topic("pair_ids", tmp_path)
    (tmp_path / "pair_ids" / "task.py").write_text("mine")
    with pytest.raises(NewTopicError, match="is there already"):
        write_topic("pair_ids", tmp_path)
    assert (tmp_path / "pair_ids" / "task.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["2x", "a-b", "a b", "", "../up", "a/b", "naïve"])
def test_a_name_that_is_none(folder: Path, grader: Grader, name: str):
    code, out, err = grader("new", "--", name)
    assert (code, out) == (2, "")
    assert "cannot name a topic: it names a folder and a function" in err
    assert list((folder / "reference").iterdir()) == []


@pytest.mark.parametrize("name", ["class", "None", "list", "len", "torch", "BatchEncoding"])
def test_a_name_that_means_something_else(name: str):
    with pytest.raises(NewTopicError, match="Choose another name"):
        topic_files(name)


def test_the_templates_are_in_the_package():
    """A wheel holds what pyproject.toml's patterns find."""
    package = ROOT / "grader"
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = patterns["tool"]["setuptools"]["package-data"]["grader"]
    shipped = {file for pattern in patterns for file in package.glob(pattern)}
    templates = {file for file in (package / "templates").rglob("*") if file.is_file()}
    assert len(templates) == 5
    assert templates <= shipped


# CONTRIBUTING.md


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the file it is of, if any, and its lines."""

    language: str
    file: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def blocks(text: str) -> Iterator[Block]:
    fence = re.compile(r'^(`{3,})(\w+)(?: title="([^"\n]*)")?\n(.*?)^\1$', re.M | re.S)
    for found in fence.finditer(text):
        yield Block(found[2], found[3] or "", tuple(found[4].splitlines()))


def sessions(block: Block) -> Iterator[tuple[list[str], list[str]]]:
    """Each command of a console block, and what it says."""
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        command, *said = part.rstrip("\n").splitlines()
        yield command.split(), said


def patched(text: str, lines: tuple[str, ...]) -> str:
    """The text with a diff applied, whose context and removals stand in it once."""
    old, new = (
        "".join(f"{line[1:]}\n" for line in lines if line[0] in signs) for signs in (" -", " +")
    )
    assert text.count(old) == 1
    return text.replace(old, new)


def test_the_walk_through_in_contributing_is_true(folder: Path, grader: Grader):
    """Its files are written and its commands run, in order; they say what the text says. Of what
    goes to standard error only the grader's complaint is shown there."""
    commands = 0
    for block in blocks((ROOT / "CONTRIBUTING.md").read_text()):
        file = folder / block.file
        if block.language == "console":
            for (program, *arguments), said in sessions(block):
                assert program == "grader"
                _, out, err = grader(*arguments)
                errors = [line for line in err.splitlines() if line.startswith("grader: ")]
                lines = [line.rstrip() for line in [*out.splitlines(), *errors]]
                assert lines == said, f"$ grader {' '.join(arguments)}"
                commands += 1
        elif block.language == "diff":
            file.write_text(patched(file.read_text(), block.lines))
        elif block.file:
            file.write_text(block.text)
    assert commands >= 6
