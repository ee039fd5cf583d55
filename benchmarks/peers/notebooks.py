"""The assignment as notebooks: what staff of otter-grader and of nbgrader write, and what their
students hand in.

In: ``assignment/test_solution.py`` and texts of ``solution.py``. Out: notebooks in which the same
assertions stand in cells. Of each question the first case is public and the other one hidden; each
is worth a point.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

TESTS = Path(__file__).parent / "assignment" / "test_solution.py"
_NOT_FOR_NOTEBOOKS = {"pytest", "solution"}  # what the tests import and a notebook has or needs not
_OTTER_CONFIG = "# ASSIGNMENT CONFIG\nname: four_questions\nexport_cell: false\ngenerate: true"
_HIDDEN = ("### BEGIN HIDDEN TESTS\n", "\n### END HIDDEN TESTS")


@dataclass(frozen=True, slots=True)
class Question:
    """A graded function, and its assertions about the public case and about the hidden one."""

    function: str
    public: str
    hidden: str


@dataclass(frozen=True, slots=True)
class Staff:
    """The tests, taken apart: the cell that everybody runs first, and the questions."""

    setup: str
    questions: tuple[Question, ...]


def taken_apart(text: str | None = None) -> Staff:
    """The tests as cells."""
    text = TESTS.read_text(encoding="utf-8") if text is None else text
    tree = ast.parse(text)
    tests = [node for node in tree.body if _is_test(node)]
    first = [node for node in tree.body[1:] if not _is_test(node) and not _is_left_out(node)]
    setup = "\n".join(_source(text, node) for node in first)
    return Staff(setup, tuple(_question(text, node) for node in tests))


def functions(source: str) -> dict[str, str]:
    """Each function of a hand-in by its name; ``""`` has everything else, in its order."""
    tree = ast.parse(source)
    parts = {"": ""}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            parts[node.name] = _source(source, node)
        else:
            parts[""] += _source(source, node) + "\n"
    return parts


def otter_master(staff: Staff, reference: str) -> NotebookNode:
    """The notebook from which ``otter assign`` makes an autograder and the students' notebook."""
    answers = functions(reference)
    cells = [
        new_raw_cell(_OTTER_CONFIG),
        new_code_cell(staff.setup),
    ]
    for question in staff.questions:
        answer = _first(question, staff, answers) + answers[question.function]
        cells += [
            new_raw_cell(f"# BEGIN QUESTION\nname: {question.function}\npoints: [1, 1]"),
            new_markdown_cell(_prompt(question, reference)),
            new_raw_cell("# BEGIN SOLUTION"),
            new_code_cell(f"# BEGIN SOLUTION\n{answer}\n# END SOLUTION"),
            new_raw_cell("# END SOLUTION"),
            new_raw_cell("# BEGIN TESTS"),
            new_code_cell(question.public),
            new_code_cell(f"# HIDDEN\n{question.hidden}"),
            new_raw_cell("# END TESTS"),
            new_raw_cell("# END QUESTION"),
        ]
    return _notebook(cells)


def nbgrader_source(staff: Staff, reference: str) -> NotebookNode:
    """The notebook from which ``nbgrader generate_assignment`` makes the students' one."""
    answers = functions(reference)
    cells = [new_code_cell(staff.setup)]
    for question in staff.questions:
        name = question.function
        answer = (
            f"{_first(question, staff, answers)}### BEGIN SOLUTION\n{answers[name]}\n"
            "### END SOLUTION"
        )
        cells += [
            new_markdown_cell(_prompt(question, reference)),
            _graded(answer, f"{name}-answer", solution=True),
            _graded(question.public, f"{name}-public", points=1),
            _graded(question.hidden.join(_HIDDEN), f"{name}-hidden", points=1),
        ]
    return _notebook(cells)


def answered(students: NotebookNode, staff: Staff, source: str) -> NotebookNode:
    """A student's notebook with the functions of ``source`` in place of its empty answers, which
    are the cells that hold a placeholder, in the order of the questions."""
    parts = functions(source)
    answers = [
        _first(question, staff, parts) + parts.get(question.function, "")
        for question in staff.questions
    ]
    filled = nbformat.from_dict(students)
    empty = [cell for cell in filled.cells if _is_placeholder(cell)]
    for cell, answer in zip(empty, answers, strict=True):
        cell.source = answer
    return filled


def plain(source: str) -> NotebookNode:
    """A notebook with the hand-in alone: a cell of imports, and one a function."""
    cells = [text for text in functions(source).values() if text.strip()]
    return _notebook([new_code_cell(text) for text in cells])


def _first(question: Question, staff: Staff, parts: Mapping[str, str]) -> str:
    """What a hand-in has besides its functions stands before the first of them."""
    return f"{parts['']}\n\n" if question is staff.questions[0] else ""


def _is_placeholder(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and (
        cell.source.strip() == "..." or "# YOUR CODE HERE" in cell.source
    )


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _is_left_out(node: ast.stmt) -> bool:
    names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
    names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    return not _NOT_FOR_NOTEBOOKS.isdisjoint(names)


def _question(text: str, node: ast.stmt) -> Question:
    """One test: ``@pytest.mark.parametrize("case", CASES)`` over assertions about ``case``."""
    assert isinstance(node, ast.FunctionDef)
    (mark,) = node.decorator_list
    assert isinstance(mark, ast.Call)
    cases = ast.unparse(mark.args[1])
    lines = text.splitlines()[node.body[0].lineno - 1 : node.end_lineno]
    body = textwrap.indent(textwrap.dedent("\n".join(lines)), "    ")
    return Question(
        function=node.name.removeprefix("test_"),
        public=f"for case in {cases}[:1]:\n{body}",
        hidden=f"for case in {cases}[1:]:\n{body}",
    )


def _prompt(question: Question, reference: str) -> str:
    """What the student is asked: the reference's own docstring."""
    nodes = [node for node in ast.parse(reference).body if isinstance(node, ast.FunctionDef)]
    node = next(node for node in nodes if node.name == question.function)
    signature = f"{node.name}({ast.unparse(node.args)})"
    return f"## `{signature}`\n\n{ast.get_docstring(node)}"


def _graded(text: str, name: str, points: int = 0, solution: bool = False) -> NotebookNode:
    """A cell with nbgrader's own metadata, as its editor for staff writes it."""
    about = {"grade_id": name, "schema_version": 3, "task": False}
    kind = {"solution": solution, "grade": not solution, "locked": not solution}
    worth = {} if solution else {"points": points}
    return new_code_cell(text, metadata={"nbgrader": {**about, **kind, **worth}})


def _notebook(cells: Iterable[NotebookNode]) -> NotebookNode:
    """With the kernel named, and cells whose ids are the same every time."""
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    made = new_notebook(
        cells=list(cells),
        metadata={"kernelspec": kernel, "language_info": {"name": "python"}},
    )
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return made


def _source(text: str, node: ast.stmt) -> str:
    """The text of a statement, its decorators included, and blank lines after a definition."""
    decorators = getattr(node, "decorator_list", [])
    start = min([node.lineno, *(one.lineno for one in decorators)])
    lines = text.splitlines()[start - 1 : node.end_lineno]
    return "\n".join(lines)
