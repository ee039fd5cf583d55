"""What students get: made from the reference, nothing of the answer in it, never stale."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

from grader.release import kit, stale, write_kit
from grader.spec import load_assignment

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(ROOT / "reference", "release")


@pytest.fixture(scope="module")
def files(assignment):
    return kit(assignment, ROOT / "reference")


def test_assignments_in_the_repository_are_up_to_date(files):
    changed = stale(files, ROOT / "assignments")
    assert changed == (), "run `grader release` and commit what it writes"


def test_each_topic_has_handout_stub_and_notebook(assignment, files):
    for topic in assignment.topics:
        for name in ("README.md", "solution.py", "solution.ipynb"):
            assert files[f"{topic.name}/{name}"].strip()


def _functions(source: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def test_stubs_keep_signature_and_docstring_and_nothing_of_the_body(assignment, files):
    for topic in assignment.topics:
        reference = _functions(topic.reference)
        stub = _functions(files[f"{topic.name}/solution.py"])
        assert list(stub) == [task.function for task in topic.tasks]
        for name, function in stub.items():
            assert ast.unparse(function.args) == ast.unparse(reference[name].args)
            assert ast.get_docstring(function) == ast.get_docstring(reference[name])
            assert [type(node) for node in function.body] == [ast.Expr, ast.Raise]


def test_no_line_of_a_solution_is_in_the_kit(assignment, files):
    for topic in assignment.topics:
        kept = {line.strip() for line in files[f"{topic.name}/solution.py"].splitlines()}
        for function in _functions(topic.reference).values():
            body = [node for node in function.body if not isinstance(node, ast.Expr)]
            lines = topic.reference.splitlines()
            own = {lines[node.lineno - 1].strip() for node in body}
            assert own.isdisjoint(kept), (topic.name, function.name)


def test_notebooks_are_valid_and_hold_the_stub(assignment, files):
    for topic in assignment.topics:
        book = nbformat.reads(files[f"{topic.name}/solution.ipynb"], as_version=4)
        nbformat.validate(book)
        code = "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
        stub = files[f"{topic.name}/solution.py"]
        assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(stub))


def test_points_of_a_topic_are_ten(assignment):
    assert {topic.name: topic.points for topic in assignment.topics} == {
        topic.name: 10 for topic in assignment.topics
    }


def test_writing_touches_only_what_differs(files, tmp_path):
    assert set(write_kit(files, tmp_path)) == set(files)
    assert write_kit(files, tmp_path) == ()
    name = next(iter(files))
    (tmp_path / name).write_text("changed")
    assert stale(files, tmp_path) == (name,)
    assert write_kit(files, tmp_path) == (name,)
