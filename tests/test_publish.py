"""What is written for a class: the same whatever happened on the way, and nothing twice."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import HOSTILE, classmate, grade, hostile, perfect, unreadable

import grader.pages as pages
import grader.publish as publish
from grader.model import Grade
from grader.painting import Painter
from grader.publish import Publisher, stored_grades, stored_names
from grader.report.result import loads

RESULTS = {"result.json", "report.html", "staff.html", ".pages.json"}


def _class() -> list[Grade]:
    named = [replace(hostile(), submission="hostile"), replace(grade(), submission="Ada")]
    same = [replace(perfect(), submission=name) for name in ("ada", "ADA", "zoë")]
    return [*named, *same, unreadable(), *map(classmate, range(5))]


def _publish(out: Path, grades: Iterable[Grade], painter: Painter | None = None) -> Publisher:
    publisher = Publisher(out, painter=painter)
    for one in grades:
        publisher.add(one)
    publisher.finish()
    return publisher


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _places(folder: Path) -> dict[str, int]:
    """A file that was written anew is another one for the file system."""
    return {name: (folder / name).stat().st_ino for name in _tree(folder)}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    _publish(out, _class())
    return out


@pytest.fixture
def published(undisturbed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(undisturbed, tmp_path / "out"))


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("student_report", "staff_report"):
        monkeypatch.setattr(pages, name, lambda _: pytest.fail("a page is drawn"))


def test_a_submission_has_its_folder_and_the_class_its_page_and_table(undisturbed: Path):
    folders = {each.submission: RESULTS for each in _class()}
    found = {one.name: {file.name for file in one.iterdir()} for one in undisturbed.glob("*/")}
    assert found == folders
    assert {one.name for one in undisturbed.iterdir()} == {*folders, "index.html", "grades.csv"}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_grades_changes_no_byte(undisturbed: Path, tmp_path: Path, seed: int):
    grades = _class()
    random.Random(seed).shuffle(grades)
    rows = _publish(tmp_path, grades).finish()
    assert _tree(tmp_path) == _tree(undisturbed)
    assert [row.submission for row in rows][:3] == ["ADA", "Ada", "ada"]


def test_nothing_is_made_again_that_is_there(published: Path, no_drawing: None):
    before = _places(published)
    _publish(published, _class())
    changed = {name for name, place in _places(published).items() if before[name] != place}
    assert changed == {"index.html", "grades.csv"}


def test_what_changed_is_made_again_and_nothing_else(published: Path, tmp_path: Path):
    changed = [
        replace(each, notes=("new",)) if each.submission == "Ada" else each for each in _class()
    ]
    before = _places(published)
    _publish(published, changed)
    touched = {name for name, place in _places(published).items() if before[name] != place}
    assert touched == {*(f"Ada/{name}" for name in RESULTS), "index.html", "grades.csv"}
    _publish(tmp_path / "new", changed)
    assert _tree(published) == _tree(tmp_path / "new")


@pytest.mark.parametrize("again", ["add", "draw"])
@pytest.mark.parametrize("harm", ["page gone", "page edited", "receipt gone", "receipt broken"])
def test_what_is_missing_or_stale_is_made_again(
    undisturbed: Path, published: Path, harm: str, again: str
):
    folder = published / "Ada"
    file = folder / ("report.html" if harm.startswith("page") else ".pages.json")
    if harm.endswith("gone"):
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])
    if again == "add":
        _publish(published, _class())
    else:
        publisher = Publisher(published)
        assert len(list(publisher.draw_again())) == len(_class())
        publisher.finish()
    assert _tree(published) == _tree(undisturbed)


def test_pages_of_other_code_are_made_again(published: Path, monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr("grader.receipt.maker", lambda: "another")
    monkeypatch.setattr(pages, "staff_report", lambda of: drawn.append(of.submission) or "new")
    list(Publisher(published).draw_again())
    assert sorted(drawn) == stored_names(published)
    assert (published / "Ada" / "staff.html").read_text() == "new"


def test_drawing_again_takes_what_is_there(undisturbed: Path, published: Path, no_drawing: None):
    publisher = Publisher(published)
    rows = list(publisher.draw_again())
    assert sorted(rows, key=str) == sorted(_publish(undisturbed, _class()).finish(), key=str)
    publisher.finish()
    assert _tree(published) == _tree(undisturbed)


def test_afresh_draws_all_and_leaves_the_results(undisturbed: Path, published: Path):
    before = _places(published)
    publisher = Publisher(published, afresh=True)
    list(publisher.draw_again())
    publisher.finish()
    kept = {name for name, place in _places(published).items() if before[name] == place}
    assert kept == {f"{each.submission}/result.json" for each in _class()}
    assert _tree(published) == _tree(undisturbed)


def test_a_result_that_was_changed_by_hand_is_drawn_as_it_is(published: Path):
    file = published / "zoë" / "result.json"
    file.write_text(file.read_text().replace('"notes": []', '"notes": ["by hand"]', 1))
    written = file.read_bytes()
    list(Publisher(published).draw_again())
    assert "by hand" in (published / "zoë" / "report.html").read_text()
    assert file.read_bytes() == written


def test_a_folder_under_another_name_is_drawn_with_that_name(published: Path):
    shutil.copytree(published / "zoë", published / "eve")
    publisher = Publisher(published)
    names = [row.submission for row in publisher.draw_again()]
    assert "eve" in names
    page = (published / "eve" / "report.html").read_text()
    assert "<bdi>eve</bdi>" in page
    assert "zoë" not in page


def test_what_utf_8_cannot_hold_is_told_alike_before_and_after(tmp_path: Path):
    odd = replace(unreadable(), submission="odd", problem="a \ud800 name", notes=("\udfff",))
    first = _publish(tmp_path, [odd]).finish()
    once = _tree(tmp_path)
    again = Publisher(tmp_path, afresh=True)
    assert list(again.draw_again()) == first
    again.finish()
    assert _tree(tmp_path) == once
    assert "a \ufffd name" in once["odd/report.html"].decode()


class _KilledError(Exception):
    pass


def _writes_until(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the ``number``-th file on, nothing is written."""
    left = iter(range(number))
    write_whole, write_pieces = publish.write_whole, publish.write_pieces

    def bounded(write):  # type: ignore[no-untyped-def]
        def call(*arguments: object) -> None:
            if next(left, None) is None:
                raise _KilledError
            write(*arguments)

        return call

    monkeypatch.setattr(publish, "write_whole", bounded(write_whole))
    monkeypatch.setattr(publish, "write_pieces", bounded(write_pieces))
    for module in ("pages", "receipt"):
        monkeypatch.setattr(f"grader.{module}.write_whole", bounded(write_whole))


def test_stopped_after_any_file_it_ends_as_if_it_had_not_been(
    undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Over what another run left, too: there the files of two results stand side by side."""
    older = [replace(each, seed="another") for each in _class()]
    _publish(tmp_path / "older", older)
    for number in range(0, 4 * len(older) + 2, 3):
        out = Path(shutil.copytree(tmp_path / "older", tmp_path / str(number)))
        with monkeypatch.context() as patch:
            _writes_until(number, patch)
            with pytest.raises(_KilledError):
                _publish(out, _class())
        _publish(out, _class())
        assert _tree(out) == _tree(undisturbed)


def _many() -> list[Grade]:
    """More than a painter may be behind."""
    return [*_class(), *(replace(perfect(), submission=f"more{n}") for n in range(60))]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("many")
    _publish(out, _many())
    return _tree(out)


def test_a_painter_draws_the_same_pages_in_another_process(
    undisturbed: Path, tmp_path: Path, no_drawing: None
):
    _publish(tmp_path, _class(), Painter(tmp_path))
    assert _tree(tmp_path) == _tree(undisturbed)


def test_what_a_painter_does_not_get_to_is_drawn_here(many: dict[str, bytes], tmp_path: Path):
    _publish(tmp_path, _many(), Painter(tmp_path))
    assert _tree(tmp_path) == many


@pytest.mark.parametrize("after", [0, 3, 50])
def test_what_a_painter_that_was_killed_has_not_drawn_is_drawn_here(
    many: dict[str, bytes], tmp_path: Path, after: int
):
    painter = Painter(tmp_path)
    publisher = Publisher(tmp_path, painter=painter)
    for number, one in enumerate(_many()):
        publisher.add(one)
        if number == after:
            assert painter._process is not None
            painter._process.kill()
    publisher.finish()
    assert _tree(tmp_path) == many


def test_a_painter_imports_nothing_of_the_folder_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """There a class may lie, and a student's file have the name of a library's."""
    (tmp_path / "jinja2.py").write_text("open('imported', 'w')\nraise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    _publish(tmp_path / "out", [perfect()], Painter(tmp_path / "out"))
    assert not (tmp_path / "imported").exists()
    assert (tmp_path / "out" / perfect().submission / "report.html").exists()


def test_a_painter_ends_with_the_grader(tmp_path: Path):
    """Whatever became of it: its end of the pipe is closed then."""
    painter = Painter(tmp_path)
    Publisher(tmp_path, painter=painter).add(perfect())
    process = painter._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == 0
    assert (tmp_path / perfect().submission / ".pages.json").exists()
    painter.finish()


def test_who_is_stopped_while_pages_are_drawn_has_the_result_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    publisher = Publisher(tmp_path)
    publisher.add(perfect())

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publish, "draw", stopped)
    with pytest.raises(KeyboardInterrupt):
        publisher.add(grade())
    publisher.finish(complete=False)
    listed = (tmp_path / "grades.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert len(listed) == len(stored_names(tmp_path)) == 2


_PUBLISHES = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_publish import _class
from grader.publish import Publisher

publisher = Publisher(Path(sys.argv[1]), afresh=True)
while True:
    for one in _class():
        publisher.add(one)
        publisher.refresh()
    print("round", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_killed_at_any_moment_every_file_is_whole(undisturbed: Path, tmp_path: Path):
    rng = random.Random(5)
    command = [sys.executable, "-c", _PUBLISHES, str(tmp_path), str(Path(__file__).parent)]
    for _ in range(4):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"round\n"
            time.sleep(rng.random() / 10)
            process.kill()
        for name, data in _tree(tmp_path).items():
            if name.endswith(".html"):
                assert data.endswith(b"</html>"), name
            elif name.endswith(".json"):
                json.loads(data)
    _publish(tmp_path, _class())
    assert _tree(tmp_path) == _tree(undisturbed)


def _page(out: Path) -> str:
    return (out / "index.html").read_text(encoding="utf-8")


def test_a_partial_page_says_so_until_the_end(tmp_path: Path):
    publisher = Publisher(tmp_path, total=3000)
    publisher.add(perfect())
    publisher.refresh()
    assert "Partial: 1 of 3,000 submissions graded so far" in _page(tmp_path)
    assert "grace" in _page(tmp_path)
    publisher.finish(complete=False)
    assert "Partial: 1 of 3,000" in _page(tmp_path)
    publisher.finish()
    assert "artial" not in _page(tmp_path)


def test_a_partial_page_needs_no_total(tmp_path: Path):
    publisher = Publisher(tmp_path)
    publisher.add(perfect())
    publisher.refresh()
    assert "Partial: 1 graded so far" in _page(tmp_path)


def test_a_partial_page_is_not_written_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One that takes a second to write comes every fifty."""
    now = [100.0]
    monkeypatch.setattr(publish.time, "monotonic", lambda: now[0])
    publisher, written = Publisher(tmp_path), []

    def write(_: object) -> None:
        written.append(now[0])
        now[0] += 1.0

    monkeypatch.setattr(Publisher, "_write_page", lambda _, partial: write(partial))
    for _ in range(200):
        publisher.refresh()
        now[0] += 1.0
    assert written == [100.0, 151.0, 202.0, 253.0]


def test_the_first_pages_of_a_class_come_every_few_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    now = [100.0]
    monkeypatch.setattr(publish.time, "monotonic", lambda: now[0])
    publisher, written = Publisher(tmp_path), []
    monkeypatch.setattr(Publisher, "_write_page", lambda *_: written.append(now[0]))
    for _ in range(20):
        publisher.refresh()
        now[0] += 1.0
    assert written == [100.0, 105.0, 110.0, 115.0]


def test_who_is_no_longer_in_the_class_keeps_the_folder_and_is_named(published: Path):
    before = _tree(published / "zoë")
    publisher = _publish(published, [each for each in _class() if each.submission != "zoë"])
    assert publisher.strangers() == ["zoë"]
    assert _tree(published / "zoë") == before
    assert "zoë" not in _page(published)
    assert "zoë" not in (published / "grades.csv").read_text(encoding="utf-8")


def test_stored_grades_have_the_name_of_their_folder(published: Path):
    (published / "zoë").rename(published / "eve")
    found = {each.submission: each for each in stored_grades(published)}
    assert set(found) == {*(each.submission for each in _class()), "eve"} - {"zoë"}
    text = (published / "eve" / "result.json").read_text(encoding="utf-8")
    assert found["eve"] == replace(loads(text), submission="eve")


def test_a_hostile_name_stays_below_the_folder(tmp_path: Path):
    _publish(tmp_path, [replace(hostile(), submission="hostile")])
    assert HOSTILE not in _page(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "grades.csv",
        "hostile",
        "index.html",
    ]
