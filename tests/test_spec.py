"""The authoring API: what a ``task.py`` may say, and how its errors are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.model import Fixture, Raises, Same
from grader.spec import SpecError, UnknownTopicError, load_assignment, load_topic, topic_names

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


double.check("value", same(dims="row column"), points=4, hint="think")
double.check("refusal", raises("ValueError"), points=6, cases="drawn*")
double.mistake("You triple.", "x * times", "x * 3")
double.mistake("You forget all.", source='''
def double(x, times=2):
    return 0
''')
"""


@pytest.fixture
def topic(tmp_path: Path):
    def make(task: str = TASK, solution: str = SOLUTION, name: str = "t", **files: str) -> Path:
        folder = tmp_path / "reference" / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in {"task": task, "solution": solution, **files}.items():
            (folder / f"{file}.py").write_text(text, encoding="utf-8")
        return folder

    return make


def test_a_declaration_becomes_frozen_values(topic):
    (task,) = load_topic(topic(), "seed").tasks
    assert (task.function, task.parameters, task.points) == ("double", ("x", "times"), 10)
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
    (task,) = load_topic(topic(), "seed").tasks
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


def _line_of(text: str, words: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), start=1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"x * times", "x * 3"', '"x * nothing", "x * 3"', "stands 0 times"),
        ('"x * times", "x * 3"', '"x", "z"', "times in solution.py"),
        ('"x * times", "x * 3"', '"x * times", "x *"', "is not Python"),
        ('"x * times", "x * 3"', '"x * times", "x * times"', "are the same"),
        ('"x * times", "x * 3"', '"x * times"', "an old and a new text"),
        ('"You forget all."', '"You triple."', "two mistakes have the same sentence"),
        ('"value", same(dims="row column")', '"refusal", same()', "two checks named 'refusal'"),
        ("points=4", "points=0", "is worth 0 points"),
        ("points=4", "points=float('nan')", "has no finite points"),
        ('"a model", x=', '"one", x=', "two cases named 'one'"),
        ("public=True, x=1", "public=True, z=1", "there is no 'z'"),
        ('cases="drawn*"', 'cases="nobody*"', "no case of double is 'nobody*'"),
        ('task("double"', 'task("treble"', "defines no function treble"),
        ("rng.randrange(10**9)", "rng.nothing()", "AttributeError"),
        ('same(dims="row column")', 'same(dtype="big")', "ValueError"),
        ("import fixture", "import fixtures_that_are_not", "ImportError"),
        ('double.mistake("You triple."', "double.mistake('You triple.\"", "unterminated"),
    ],
)
def test_errors_name_file_and_line(topic, old, new, words):
    assert TASK.count(old) == 1, old
    text = TASK.replace(old, new)
    with pytest.raises(SpecError) as raised:
        load_topic(topic(text), "seed")
    assert words in str(raised.value)
    assert re.match(r".*task\.py:\d+: ", str(raised.value))


def test_the_line_is_that_of_the_declaration(topic):
    text = TASK.replace('"x * times", "x * 3"', '"gone", "x * 3"')
    with pytest.raises(SpecError) as raised:
        load_topic(topic(text), "seed")
    assert raised.value.line == _line_of(text, '"gone"')


def test_an_oracle_rule_needs_an_oracle(topic):
    text = TASK.replace("raises, same", "raises, same, within").replace(
        'same(dims="row column")', 'within("a", "b")'
    )
    with pytest.raises(SpecError, match="asks an oracle"):
        load_topic(topic(text), "seed")


def test_a_declaration_outside_a_task_file_is_refused():
    from grader import task

    with pytest.raises(RuntimeError, match=r"task\.py"):
        task("f")


def test_probe_oracle_and_right_solutions_are_text(topic):
    folder = topic(probe="p = 1\n", oracle="o = 2\n")
    (folder / "right").mkdir()
    (folder / "right" / "loops.py").write_text("import nothing_at_all\n")
    loaded = load_topic(folder, "s")
    assert (loaded.probes, loaded.oracles) == ("p = 1\n", "o = 2\n")
    assert loaded.rights == {"loops": "import nothing_at_all\n"}


def test_the_fixture_and_the_part_named_model_live_side_by_side():
    import grader
    import grader.model.values
    from grader import model
    from grader.model import Fixture

    assert model("bert", seed=1) == Fixture("model", {"arch": "bert", "seed": 1})
    assert grader.model is model
