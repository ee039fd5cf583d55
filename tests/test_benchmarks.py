"""The benchmarks measure what they say. No other grader is needed here, and nothing is timed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from benchmarks import direct, overhead, table
from benchmarks.idle_parts import idle_parts
from benchmarks.peers import notebooks, report
from benchmarks.peers.contest import Sample
from benchmarks.peers.hand_ins import PERFECT, STUB, TOPIC, WRONG, class_of, four_questions
from benchmarks.peers.measure import Spent
from benchmarks.peers.notebooks import TESTS
from benchmarks.peers.ours import Run
from benchmarks.peers.report import Findings, Measured
from benchmarks.peers.trouble import MODULE, troubles
from grader.baseline import topic_baseline
from grader.grade import Course, grade_submission
from grader.model import Assignment, Call, Case, Job, Source, Submission
from grader.sandbox import WarmSandbox
from grader.submission import collect

ROOT = Path(__file__).parents[1]
QUESTIONS = ("pad_texts", "internals", "train", "freeze_encoder")


@pytest.fixture(scope="module")
def topic():
    return four_questions()


@pytest.fixture(scope="module")
def staff():
    return notebooks.taken_apart()


def test_the_reference_gets_full_marks_of_ours_and_a_mistake_does_not(topic, sandbox: WarmSandbox):
    baseline = topic_baseline(topic, sandbox, mistakes=False)
    course = Course(Assignment((topic,)), {TOPIC: baseline})
    sources = [topic.reference, *topic.rights.values(), topic.tasks[2].mistakes[0].source]
    scores = []
    for number, source in enumerate(sources):
        handed_in = {TOPIC: Source(TOPIC, "solution.py", source)}
        grade = grade_submission(Submission(f"student {number}", handed_in), course, sandbox)
        scores.append((grade.score, grade.max_score))
    assert scores == [(8.0, 8.0)] * (1 + len(topic.rights)) + [(6.0, 8.0)]


def test_a_class_is_half_perfect_a_third_wrong_and_of_texts_that_all_differ(topic):
    hand_ins = list(class_of(topic, 60))
    assert Counter(one.kind for one in hand_ins) == {PERFECT: 30, WRONG: 20, STUB: 10}
    texts = {ast.dump(ast.parse(one.source)) for one in hand_ins}
    assert len(texts) == len({one.name for one in hand_ins}) == 60


def test_the_class_that_repeats_does(topic):
    texts = {one.source for one in class_of(topic, 60, signed=False)}
    kinds = 1 + len(topic.rights) + sum(len(task.mistakes) for task in topic.tasks) + 1
    assert len(texts) == kinds


def test_every_grader_has_the_same_questions_and_as_many_cases(topic, staff):
    assert tuple(task.function for task in topic.tasks) == QUESTIONS
    assert tuple(question.function for question in staff.questions) == QUESTIONS
    assert [len(task.cases) for task in topic.tasks] == [2, 2, 2, 2]
    assert [[case.public for case in task.cases] for task in topic.tasks] == [[True, False]] * 4
    sizes = {name: len(cases) for name, cases in _cases().items()}
    assert sizes == {"TEXTS": 2, "LOOKS": 2, "RUNS": 2, "CLASSIFIERS": 2}


def test_the_texts_and_ids_are_those_of_our_own_cases(topic):
    values = _cases()
    inputs = {task.function: [case.inputs for case in task.cases] for task in topic.tasks}
    assert [list(case["texts"]) for case in inputs["pad_texts"]] == values["TEXTS"]
    rows = [case["batch"].arguments["rows"] for case in inputs["internals"]]
    assert [[list(row) for row in one] for one in rows] == [rows for _, rows in values["LOOKS"]]
    assert [case["lr"] for case in inputs["train"]] == [lr for _, _, lr in values["RUNS"]]
    assert [len(case["batches"]) for case in inputs["train"]] == [8, 8]


def test_otter_s_notebook_is_well_formed(topic, staff):
    notebook = notebooks.otter_master(staff, topic.reference)
    nbformat.validate(notebook)
    raw = [cell.source.split("\n")[0] for cell in notebook.cells if cell.cell_type == "raw"]
    one = ["# BEGIN QUESTION", "# BEGIN SOLUTION", "# END SOLUTION"]
    one += ["# BEGIN TESTS", "# END TESTS", "# END QUESTION"]
    assert raw == ["# ASSIGNMENT CONFIG", *one * 4]
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(text.startswith("# HIDDEN\n") for text in code) == 4
    _fits_together("\n".join(code))


def test_nbgrader_s_notebook_is_well_formed(topic, staff):
    notebook = notebooks.nbgrader_source(staff, topic.reference)
    nbformat.validate(notebook)
    about = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len({one.grade_id for one in about}) == len(about) == 12
    assert sum(one.get("points", 0) for one in about) == 8
    assert all(one.grade != one.solution and one.locked == one.grade for one in about)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert sum(text.count("### BEGIN HIDDEN TESTS\n") for text in code) == 4
    assert sum(text.count("### BEGIN SOLUTION\n") for text in code) == 4
    _fits_together("\n".join(code))


@pytest.mark.parametrize("placeholder", ["...", "# YOUR CODE HERE\nraise NotImplementedError()"])
def test_every_hand_in_goes_into_the_students_notebook(topic, staff, placeholder):
    students = notebooks.nbgrader_source(staff, topic.reference)
    for cell in students.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = placeholder
    for hand_in in class_of(topic, 24):
        filled = notebooks.answered(students, staff, hand_in.source)
        nbformat.validate(filled)
        code = "\n".join(cell.source for cell in filled.cells if cell.cell_type == "code")
        assert placeholder.split("\n")[0] not in code.splitlines()
        assert f'AUTHOR = "{hand_in.name}"' in code
        _fits_together(code)


def test_our_grader_finds_the_same_functions_in_a_notebook(topic, tmp_path: Path):
    for hand_in in class_of(topic, 6):
        folder = tmp_path / hand_in.name
        folder.mkdir()
        nbformat.write(notebooks.plain(hand_in.source), folder / "solution.ipynb")
        found = collect(folder, (TOPIC,), functions={TOPIC: QUESTIONS})
        assert found.problem == ""
        assert sorted(_functions(found.sources[TOPIC].text)) == sorted(_functions(hand_in.source))


def test_trouble_is_python_and_differs_from_the_reference_by_the_trouble_alone(topic):
    found = troubles(topic.reference)
    for trouble in found:
        assert _functions(trouble.hand_in.source) == _functions(topic.reference)
        added = len(trouble.hand_in.source) - len(topic.reference)
        assert 0 < added < 200
    assert len({trouble.hand_in.name for trouble in found}) == len(found) == 5
    assert found[1].hand_in.source.startswith(f"import {MODULE}\n")


_MEASURED = """
import os, sys
from pathlib import Path
from benchmarks.peers.measure import run
orphan = "import os, time; os.fork() or (os.setsid(), os.fork() or sum(range(10**7)))"
fast, slow = (
    run([sys.executable, "-c", code], cwd=Path.cwd(), variables=dict(os.environ),
        log=Path(sys.argv[1]), limit=limit)
    for code, limit in ((orphan, 60.0), ("import os, time; os.fork(); time.sleep(600)", 1.0))
)
assert (fast.code, fast.killed) == (0, False), fast
assert (slow.code, slow.killed) == (None, True), slow
assert fast.cpu > 0 and fast.wall > 0
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("nothing is left")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are handed over by Linux alone")
def test_a_command_is_measured_until_nothing_of_it_is_left(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(tmp_path / "log")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("nothing is left\n", 0), done.stderr


def test_a_section_of_the_page_is_replaced_and_the_others_stay(tmp_path: Path):
    page = tmp_path / "benchmarks.md"
    table.replace_section("spawn", "one", page)
    table.replace_section("peers", "two", page)
    table.replace_section("spawn", r"three \1", page)
    text = page.read_text()
    assert text.startswith("# Benchmarks\n")
    assert text.index("<!-- spawn: begin -->\nthree \\1\n<!-- spawn: end -->") < text.index(
        "<!-- peers: begin -->\ntwo\n<!-- peers: end -->"
    )
    assert "one" not in text.partition("<!-- spawn: begin -->")[2]


def test_a_table_has_its_words_left_and_its_numbers_right():
    made = table.markdown(("who", "s"), [("a|b", "1.0"), ("c\nd", "2.0")])
    assert made.splitlines() == ["| who | s |", "| :-- | --: |", "| a\\|b | 1.0 |", "| c d | 2.0 |"]


def test_a_section_says_where_it_was_measured():
    told = table.measured_on({"pytest": "9"})
    assert told.startswith("Measured on 2")
    assert all(
        word in told for word in ("cores", "python 3", "torch 2", "transformers", "pytest 9")
    )


def _fits_together(code: str) -> None:
    """It is Python, and defines the four functions."""
    assert set(QUESTIONS) <= set(_functions(code))


def _functions(code: str) -> list[str]:
    """All of them, in their order, also where a notebook's cell may fail."""
    return [node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]


def _cases() -> dict[str, list]:
    """The lists of cases in the tests that the other graders run."""
    tree = ast.parse(TESTS.read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            found[ast.unparse(node.targets[0])] = eval(ast.unparse(node.value), {})
    return found


def test_how_close_to_the_limit_a_class_comes_is_told_as_a_section():
    def spent(cpu: float, wall: float) -> dict[str, float]:
        return {"cpu": cpu, "wall": wall}

    line = {
        "topic": "pad_batch",
        "functions": 3,
        "cases": 53,
        "ours": spent(0.3, 0.4),
        "limit": spent(0.2, 0.1),
        "ratio": spent(1.5, 4.0),
        "case_ratio": spent(1.1, 1.2),
        "idle": spent(0.09, 0.08),
        "fixed": spent(0.05, 0.06),
        "judge": None,
    }
    other = {**line, "topic": "trainer", "limit": spent(0.4, 0.4), "fixed": spent(0.07, 0.02)}
    idle = {"job": spent(0.01, 0.02), "function": spent(0.009, 0.008), "case": spent(2e-4, 1e-4)}
    figures = {"topics": [line, other], "idle_parts": idle, "measured": "Measured then."}
    text = overhead.markdown(figures)
    assert "| pad_batch | 53 | 300 / 400 | 200 / 100 | 1.50 / 4.00 | 1.20 |" in text
    assert "| all | 106 | 600 / 800 | 600 / 500 | 1.00 / 1.60 |" in text
    assert "takes 1.00 / 1.60 times the limit (aim: at most 1.5)" in text
    assert "the fixed cost is 60 / 40 ms a topic (aim: at most 60)" in text
    assert "a job takes 10.0 / 20.0 ms, each function (a topic has 3.0) 9.0 / 8.0 besides" in text
    assert "each case 0.20 / 0.10;" in text
    assert "Measured then." in text


def test_what_an_idle_job_costs_is_taken_apart():
    """Twelve milliseconds, nine for each function, a quarter for each case; less by the clock."""
    asked: list[Job] = []

    def run(job: Job) -> direct.Spent:
        asked.append(job)
        cases = [case for call in job.calls for case in call.cases]
        assert not any(case.inputs for case in cases)
        cpu = 0.012 + 0.009 * len(job.calls) + 0.00025 * len(cases)
        return direct.Spent(cpu, cpu / 2)

    cases = tuple(Case(f"c{n}", {"x": n}, public=n % 2 > 0) for n in range(8))
    calls = (Call("f", cases), Call("g", cases[:1]), Call("h", cases[1:4]))
    found = idle_parts(Job("t", "", "t.py", calls), 3, run)
    assert len(asked) == 4 * 3
    assert [case.name for case in asked[1].calls[0].cases] == ["c1", "c0"]
    seconds = [(one.cpu, one.wall) for one in (found.job, found.function, found.case)]
    assert seconds == [
        pytest.approx(pair) for pair in [(0.012, 0.006), (0.009, 0.0045), (0.00025, 0.000125)]
    ]


def test_the_least_that_a_grader_can_take_is_the_cases_and_one_start():
    """A tenth of a second each of fifty, and five seconds once: two tenths each."""
    run = Run("ours", 1, 50, Spent(20.0, 20.0, 1, 0), {})
    other = Measured("pytest", "9", "none", None, Sample(6, 5.0, 6.0, 1, {}))
    said = next(report.notes(Findings([run], limit=0.1, start=5.0, peers=[other])))
    assert "0.100 CPU s a submission, and its start 5.0 s" in said
    assert "would be at 0.20 CPU s: 25 × pytest." in said
    assert not any("directly" in one for one in report.notes(Findings([run], peers=[other])))
