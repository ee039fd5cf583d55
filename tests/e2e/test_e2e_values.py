"""Whatever a function returns is a verdict with a message: through the sandbox, the codec and the
judge, one case for each odd value."""

from __future__ import annotations

import pytest
from odd_values import HOSTILE, RIGHT_VALUES, WRONG_VALUES

from grader.baseline import topic_baseline
from grader.grade import Course, grade_submission
from grader.model import (
    Assignment,
    Case,
    Check,
    CheckResult,
    Fixture,
    Same,
    Source,
    Status,
    Submission,
    Task,
    Topic,
)
from grader.sandbox import WarmSandbox

X = Fixture("tensor", {"shape": None, "values": [1.0, 2.0, 3.0]})
VALUES = WRONG_VALUES | RIGHT_VALUES


@pytest.fixture(scope="module")
def lines(sandbox: WarmSandbox) -> dict[str, CheckResult]:
    cases = tuple(Case(name, {"x": X, "name": name}, public=True) for name in VALUES)
    task = Task("pick", cases, (Check("it is doubled", Same(), 1.0),), (), ("x", "name"))
    topic = Topic("odd", (task,), "def pick(x, name):\n    return x * 2\n")
    table = "".join(f"    {name!r}: lambda x: {value},\n" for name, value in VALUES.items())
    text = (
        f"import numpy as np\nimport torch\n{HOSTILE}\nVALUES = {{\n{table}}}\n\n"
        "def pick(x, name):\n    return VALUES[name](x)\n"
    )
    course = Course(Assignment((topic,)), {"odd": topic_baseline(topic, sandbox)})
    submission = Submission("odd", {"odd": Source("odd", "solution.py", text)})
    grade = grade_submission(submission, course, sandbox)
    return {line.case: line for line in grade.topics[0].functions[0].checks}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_wrong_value_fails_with_a_message(lines: dict[str, CheckResult], name: str):
    line = lines[name]
    assert (line.status, line.score) == (Status.FAILED, 0)
    assert line.category in ("type", "shape", "value", "nan", "result", "structure")
    assert line.message.startswith(("The result ", "What it returned ", "It returned something "))


@pytest.mark.parametrize("name", RIGHT_VALUES)
def test_a_right_value_in_an_odd_dress_is_right(lines: dict[str, CheckResult], name: str):
    """Its points are withheld here for the wrong cases beside it, and for nothing else."""
    line = lines[name]
    assert (line.status, line.difference) == (Status.PASSED, None)
    assert line.message.startswith("Right here.")
