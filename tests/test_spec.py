"""The authoring API: what a ``task.py`` may say, and what a topic's folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import Fixture, Job, Raises, Same
from grader.plan import call_of
from grader.spec import SpecError, UnknownTopicError, load_assignment, load_topic, topic_names
from grader.spec.inputs import BUILT_IN
from grader.worker import fixtures
from grader.worker.jobs import dump_job

SOLUTION = '''"""A topic."""

LIMIT = 3


def double(x, times=2):
    """Twice ``x``."""
    y = x * times
    return y


def other(a):
    """Something else."""
    return a
'''
TASK = """from grader import fixture, model, raises, same, task

double = task("double", needs=["other"], wall=2.5)
double.case("one", public=True, x=1)
double.case("a model", x=model("bert", seed=3), times=fixture("odd", n=2))


@double.cases
def drawn(rng):
    for _ in range(3):
        yield {"x": rng.randrange(10**9)}


double.check("value", same(dims="row column"), points=3, hint="think")
double.check("refusal", raises("ValueError"), points=6, cases="drawn*")
double.mistake("You triple.", "x * times", "x * 3")
double.mistake("You forget all.", source='''
def double(x, times=2):
    return 0
''')

other = task("other")
other.case("one", public=True, a=[1, (2.5, None)])
other.check("value", same(), points=1)
"""
PROBE = """from numbers import Integral


def odd(n, start=1):
    return 2 * n + start


def seen(function, inputs):
    return function(**inputs)
"""


@pytest.fixture
def topic(tmp_path: Path):
    def make(name: str = "t", **files: str) -> Path:
        folder = tmp_path / "reference" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in {"task": TASK, "solution": SOLUTION, "probe": PROBE, **files}.items():
            (folder / f"{file}.py").write_text(text, encoding="utf-8")
        return folder

    return make


def test_a_declaration_becomes_frozen_values(topic):
    task, _ = load_topic(topic(), "seed").tasks
    assert (task.function, task.parameters, task.points) == ("double", ("x", "times"), 9)
    assert (task.needs, task.limits.wall) == (("other",), 2.5)
    assert [case.name for case in task.cases] == [
        "one",
        "a model",
        "drawn 1",
        "drawn 2",
        "drawn 3",
    ]
    assert [case.public for case in task.cases] == [True, False, False, False, False]
    assert task.cases[1].inputs == {
        "x": Fixture("model", {"arch": "bert", "seed": 3}),
        "times": Fixture("odd", {"n": 2}),
    }
    assert task.checks[0].rule == Same(dims=("row", "column"))
    assert task.checks[1].rule == Raises("ValueError")
    assert task.checks[1].cases == ("drawn*",)


def test_mistakes_are_the_reference_with_an_edit(topic):
    task, _ = load_topic(topic(), "seed").tasks
    edited, replaced = (mistake.source for mistake in task.mistakes)
    assert edited == SOLUTION.replace("x * times", "x * 3")
    assert "return 0" in replaced
    assert "y = x" not in replaced
    assert "def other(a):" in replaced
    assert "LIMIT = 3" in replaced


def test_the_secret_seed_draws_hidden_cases_and_leaves_public_ones(topic):
    folder = topic()
    one, again, two = (load_topic(folder, seed).tasks[0].cases for seed in ("a", "a", "b"))
    assert one == again
    assert one[0] == two[0]
    assert one[1].seed != two[1].seed
    assert all(
        first.inputs != second.inputs for first, second in zip(one[2:], two[2:], strict=True)
    )


def test_topics_come_in_teaching_order(topic):
    for name in ("trainer", "tokenize", "zebra", "apple", "pad_batch"):
        folder = topic(name=name)
    names = ("tokenize", "pad_batch", "trainer", "apple", "zebra")
    assert topic_names(folder.parent) == names
    assignment = load_assignment(folder.parent, "s", ["trainer", "tokenize"])
    assert [found.name for found in assignment.topics] == ["tokenize", "trainer"]
    with pytest.raises(UnknownTopicError, match="no topic 'nope'"):
        load_assignment(folder.parent, "s", ["nope"])


def test_an_empty_reference_says_so(tmp_path):
    with pytest.raises(SpecError, match="no topic is here"):
        load_assignment(tmp_path, "s")


def test_a_declaration_outside_a_task_file_is_refused():
    from grader import task

    with pytest.raises(RuntimeError, match=r"task\.py"):
        task("f")


def test_probe_oracle_and_right_solutions_are_text(topic):
    """None of them is run: what they import need not be there."""
    probe, oracle = f"import nothing_at_all\n{PROBE}", "import nothing_either\n"
    right = "from nothing_at_all import other\ndouble = other.double\n"
    folder = topic(probe=probe, oracle=oracle)
    (folder / "right").mkdir()
    (folder / "right" / "loops.py").write_text(right)
    loaded = load_topic(folder, "s")
    assert (loaded.probes, loaded.oracles) == (probe, oracle)
    assert loaded.rights == {"loops": right}


def test_the_fixture_and_the_part_named_model_live_side_by_side():
    import grader
    import grader.model.values
    from grader import model
    from grader.model import Fixture

    assert model("bert", seed=1) == Fixture("model", {"arch": "bert", "seed": 1})
    assert grader.model is model


def test_a_line_is_kept_for_messages_and_changes_nothing(topic):
    """Cases and checks that a change of layout moves are the same: nothing is run again."""
    one, _ = load_topic(topic(), "seed").tasks
    moved, _ = load_topic(topic(task=f"# A comment.\n{TASK}"), "seed").tasks
    lines = [case.line for case in one.cases]
    assert lines == [4, 5, 8, 8, 8]
    assert [case.line for case in moved.cases] == [line + 1 for line in lines]
    assert [check.line for check in moved.checks] == [check.line + 1 for check in one.checks]
    assert moved.cases == one.cases
    assert list(map(hash, moved.checks)) == list(map(hash, one.checks))
    first, second = (dump_job(Job("t", "", "s.py", (call_of(task),))) for task in (one, moved))
    assert first == second


def test_a_topic_may_be_worth_something_else_than_ten(topic):
    text = f"POINTS = 12\n{TASK}".replace("points=1)", "points=3)")
    assert load_topic(topic(task=text), "s").points == 12


def test_keywords_alone_and_any_name_are_inputs_where_the_function_takes_them(topic):
    solution = SOLUTION.replace("def other(a):", "def other(a, *, b, **more):")
    text = TASK.replace("a=[1, (2.5, None)]", "a=1, b=2, c=3")
    _, other = load_topic(topic(task=text, solution=solution), "s").tasks
    assert other.parameters == ("a",)
    assert other.cases[0].inputs == {"a": 1, "b": 2, "c": 3}


def test_a_probe_may_give_what_a_case_leaves_out(topic):
    text = TASK.replace('task("other")', 'task("other", probe="seen")')
    text = text.replace(", a=[1, (2.5, None)]", "")
    _, other = load_topic(topic(task=text), "s").tasks
    assert other.cases[0].inputs == {}


def test_the_loader_knows_the_fixtures_that_are_built_in():
    assert set(BUILT_IN) == set(fixtures.BUILT_IN)
