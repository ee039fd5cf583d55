"""What staff got wrong is told with the file, the line, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.baseline import BaselineError, topic_baseline
from grader.model import (
    Broken,
    DictValue,
    Died,
    Frame,
    Job,
    Observation,
    Outcome,
    Raised,
    Returned,
)
from grader.spec import SpecError, load_topic

SOLUTION = '''"""A topic."""


def double(x, times=2):
    """Twice `x`."""
    y = x * times
    return y


def other(a):
    """Something else."""
    return a
'''
TASK = '''from grader import drawn_from, fixture, model, raises, same, task, tensor, within

double = task(
    "double",
    probe="seen",
    oracle="support",
)
double.case("one", public=True, x=1)
double.case("two", x=fixture("odd", n=2))


@double.cases
def drawn(rng):
    for _ in range(2):
        yield {"x": rng.randrange(9), "times": [1]}


double.check("value", same("y"), points=5)
double.check("refusal", raises("ValueError"), points=3, cases="drawn*")
double.mistake("You triple.", "x * times", "x * 3")
double.mistake("You quadruple.", "x * times", "x * 4")
double.mistake("You forget.", source="""
def double(x, times=2):
    return 0
""")

other = task("other", needs=["double"])
other.case("one", public=True, a=1)
other.check("value", same(), points=2)
'''
PROBE = """def odd(n, start=1):
    return 2 * n + start


def seen(function, inputs):
    return {"y": function(**inputs)}
"""
ORACLE = "def support(function, inputs):\n    return {}\n"
RIGHT = "def double(x, times=2):\n    return x * times\n\n\nother = abs\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A topic in which nothing is wrong."""
    topic = tmp_path / "t"
    files = {"solution": SOLUTION, "task": TASK, "probe": PROBE, "oracle": ORACLE}
    for name, text in {**files, "right/short": RIGHT}.items():
        file = topic / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return topic


def told(folder: Path) -> SpecError:
    """The error, whose text begins with the place."""
    with pytest.raises(SpecError) as raised:
        load_topic(folder, "seed")
    error = raised.value
    place = f"{error.file}:{error.line}: " if error.line else f"{error.file}: "
    assert str(error) == place + error.message
    return error


def line_of(text: str, words: str) -> int:
    """The line in which the words begin."""
    return text[: text.index(words)].count("\n") + 1


def test_nothing_is_wrong_with_the_topic_that_the_others_change(folder: Path):
    assert load_topic(folder, "seed").points == 10


# Each: what is changed, what the error's line holds, and the words that say what to do.
MISTAKEN = [
    # mistakes
    ('"x * times", "x * 3"', '"x * gone", "x * 3"', "You triple", "stands 0 times in solution.py"),
    ('"x * times", "x * 3"', '"x", "z"', "You triple", "should stand there once: 'x'"),
    ('"x * times", "x * 3"', '"x * times", "x *"', "You triple", "line 6 is not Python"),
    ('"x * times", "x * 3"', '"x * times", "x * times"', "You triple", "text are the same"),
    ('"x * times", "x * 3"', '"x * times"', "You triple", "a sentence and an old and a new text"),
    ("    return 0\n", "    return (\n", "You forget", "its source is not Python, line 2"),
    ("def double(x, times=2):\n    ret", "def treble(x):\n    ret", "You forget", "not define the"),
    ('"You quadruple."', '"You triple."', '* 4")', "same sentence; the other is in line 20: say"),
    ('"x * 4"', '"x * 3"', "You quadruple", "do the same to solution.py; the other is in line 20"),
    ('"You forget."', '" "', '(" ",', "write what a student reads"),
    # names
    ('task("other"', 'task("another"', "other = task", "defines no function another: write it"),
    ('probe="seen"', 'probe="sees"', "double = task", "probe.py defines no probe 'sees' for"),
    ('oracle="support"', 'oracle="x"', "double = task", "oracle.py defines no oracle 'x' for"),
    ('needs=["double"]', 'needs=["gone"]', "other = task", "needs='gone' of other is no"),
    ('needs=["double"]', 'needs=["other"]', "other = task", "those are: double"),
    ('task("other", n', 'task("double", n', "other = task", "two tasks for double: put them"),
    ('"other", needs', '"other", wall=0, needs', "other = task", "it is the seconds of one case"),
    # cases
    ('"two", x', '"one", x', '"one", x=fixture', "two cases named 'one'"),
    ('"two", x', '"drawn 2", x', "@double.cases", "two cases named 'drawn 2'"),
    ("public=True, x=1", "public=True, z=1", '"one", pub', "takes x, times; there is no 'z'"),
    ("public=True, a=1", "public=True", "other.case", "'one': other takes a; give it 'a'"),
    ('fixture("odd"', 'fixture("even"', '"two"', "a fixture 'even': it is none of model"),
    ("n=2)", "m=2)", '"two"', "the fixture odd of probe.py takes n, start; there is no 'm'"),
    ('"odd", n=2', '"odd"', '"two"', "odd of probe.py takes n, start; give it 'n'"),
    ("n=2)", 'n=tensor([fixture("gone")]))', '"two"', "x.n.shape[0] names a fixture 'gone'"),
    ("x=1)", "x=[{1, 2}])", '"one", pub', "x[0] is of type set, which cannot be sent"),
    ("[1]}", "{'k': b''}}", "@double.cases", "the case 'drawn 1': times['k'] is of type bytes"),
    ("rng.randrange(9)", "rng.nothing()", "rng.nothing", "the generator drawn: AttributeError"),
    ('{"x": rng.randrange(9), "times": [1]}', "5", "@double.cases", "generator drawn: TypeError"),
    ("range(2)", "range(0)", "@double.cases", "the generator drawn yields no case"),
    # checks and rules
    ('"value", same("y")', '"refusal", same()', 'raises("V', "two checks named 'refusal'"),
    ('same("y")', '"y"', '"value", "y"', "has 'y' for a rule: write same(...)"),
    ("points=5", "points=0", '"value", same("y")', "worth 0 points: give it some"),
    ("points=5", "points=float('nan')", '"value", same("y")', "worth nan points: give it some"),
    ("points=5", "points=4.5", "other.check", "add up to 9.5, not to 10 (double 7.5, other 2): ch"),
    ('cases="drawn*"', 'cases="x*"', "refusal", "no case of double is 'x*'; they are 'one', 'two'"),
    ('same("y")', 'same("y", dtype="big")', "big", "dtype is 'kind' or 'exact', not 'big'"),
    ('same("y")', 'same("y", grad="no")', '"no"', "grad is 'any' or 'none', not 'no'"),
    ('same("y")', 'same("y", rtol=-1.0)', "-1.0", "rtol is a number from 0 upwards, not -1.0"),
    ('same("y")', 'same("y", atol=1e999)', "1e999", "atol is a number from 0 upwards, not inf"),
    ('raises("ValueError")', 'raises("a b")', '"a b"', "takes the name of a class"),
    ('same("y")', 'drawn_from("y", "d", sigmas=0)', "sigmas", "sigmas is a number above 0"),
    ("same()", 'within("a", "b")', "within(", 'name a function of oracle.py with task("other"'),
    # what Python itself says
    ('double.case("one"', "double.case('one\"", "'one\"", "it is not Python: unterminated string"),
    ("import drawn_from,", "import gone,", "import gone", "ImportError"),
    ("needs=[", "need=[", "other = task", "TypeError"),
    ("\n\n@double.cases", "\nraise SystemExit\n\n\n@double.cases", "raise S", "SystemExit"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "words"), MISTAKEN)
def test_a_mistaken_declaration(folder: Path, old: str, new: str, place: str, words: str):
    assert TASK.count(old) == 1, old
    text = TASK.replace(old, new)
    (folder / "task.py").write_text(text)
    error = told(folder)
    assert words in error.message
    assert (error.file, error.line) == (str(folder / "task.py"), line_of(text, place))


def test_points_that_are_declared_have_to_be_a_number(folder: Path):
    (folder / "task.py").write_text(f'{TASK}\nPOINTS = "ten"\n')
    assert "POINTS = 'ten' is no number above 0" in told(folder).message


# The topic's other files: a name, what it holds, the line, and the words.
OTHER_FILES = [
    ("solution", "def double(x):\n    return (\n", 2, "it is not Python: '(' was never closed"),
    ("probe", f"{PROBE}\nclass:\n", 8, "it is not Python: invalid syntax"),
    ("oracle", "x = = 1\n", 1, "it is not Python: invalid syntax"),
    ("right/short", "def double(x)\n", 1, "it is not Python: expected ':'"),
    ("right/short", "double = 1\n", 0, "defines no other: a right solution has every function"),
]


@pytest.mark.parametrize(("name", "text", "line", "words"), OTHER_FILES)
def test_a_mistaken_file_beside_the_declaration(folder, name, text, line, words):
    (folder / f"{name}.py").write_text(text)
    error = told(folder)
    assert words in error.message
    assert (error.file, error.line) == (str(folder / f"{name}.py"), line)


def test_a_missing_reference(folder: Path):
    (folder / "solution.py").unlink()
    error = told(folder)
    assert (error.file, error.line) == (str(folder / "solution.py"), 0)
    assert error.message == "it is missing: every topic has one"


@pytest.mark.parametrize("name", ["solution", "task", "probe", "oracle", "right/short"])
def test_a_wrong_encoding(folder: Path, name: str):
    file = folder / f"{name}.py"
    file.write_bytes("# coding: latin-1\n# gr\u00fcn\n".encode("latin-1") + file.read_bytes())
    error = told(folder)
    assert (error.file, error.line) == (str(file), 2)
    assert error.message == "this line is not UTF-8: save the file as UTF-8"


def test_a_syntax_error_that_a_declaration_imports(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """The line is that of the import, not one of the other file."""
    (folder / "broken_helper.py").write_text("\n" * 90 + "x = (\n")
    monkeypatch.syspath_prepend(folder)
    text = TASK.replace("\n\ndouble = task", "\nimport broken_helper\n\ndouble = task")
    (folder / "task.py").write_text(text)
    assert told(folder).line == line_of(text, "import broken")


def test_a_path_is_told_as_one_would_type_it(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder.parent)
    assert str(SpecError(folder / "task.py", 3, "it")) == "t/task.py:3: it"
    monkeypatch.chdir("/")
    monkeypatch.chdir(folder / "right")
    assert str(SpecError(folder / "task.py", 3, "it")) == f"{folder}/task.py:3: it"


# What only shows when the reference runs.


class Runner:
    """Says what it was told to say of every case, and of the oracle nothing."""

    def __init__(self, **outcomes: Outcome) -> None:
        self.outcomes = outcomes

    def run(self, job: Job) -> Observation:
        right = Returned(DictValue((("value", DictValue((("y", 1),))), ("oracle", DictValue(())))))
        return Observation(
            job.topic,
            {
                call.function: {
                    case.name: self.outcomes.get(case.name.replace(" ", "_"), right)
                    for case in call.cases
                }
                for call in job.calls
            },
        )


def refused(folder: Path, **outcomes: Outcome) -> str:
    asked = {"drawn_1": ASKED, "drawn_2": ASKED}
    with pytest.raises(BaselineError) as raised:
        topic_baseline(load_topic(folder, "seed"), Runner(**{**asked, **outcomes}))
    return str(raised.value)


ASKED = Raised("ValueError", "no", ("ValueError", "Exception"), (Frame(6, "double"),))
RUN = [
    (
        Raised("KeyError", "'k'", ("KeyError",), (Frame(3, "f"), Frame(6, "double"))),
        "the reference raises KeyError: 'k' (solution.py:6). Mend it or the case; if it is to "
        'raise this, ask for it: check(..., raises("KeyError"), points=...)',
    ),
    (Raised("KeyError", "", ("KeyError",)), "raises KeyError (in the probe seen or the oracle"),
    (Raised("E", "no seed", stage="inputs"), "the inputs cannot be made: E: no seed"),
    (Raised("TypeError", "it", stage="signature"), "the reference does not take the inputs: Type"),
    (Raised("E", "opaque", stage="result"), "what the reference gives cannot be sent: E: opaque"),
    (Raised("NameError", "`f`", stage="lookup"), "the reference cannot be called: NameError: `f`"),
    (Died("timeout"), "the reference does not come back. It did not finish in 10 seconds"),
    (Broken("no warm process"), "it could not be run: no warm process"),
]


@pytest.mark.parametrize(("outcome", "words"), RUN, ids=[words[:30] for _, words in RUN])
def test_a_case_that_the_reference_does_not_take(folder: Path, outcome: Outcome, words: str):
    said = refused(folder, two=outcome)
    line = line_of(TASK, 'double.case("two"')
    assert said.startswith(f"reference/t/task.py:{line}: the case 'two' of double: ")
    assert words in said
    assert said.endswith("\n  inputs: x=odd(n=2)")


def test_a_drawn_case_is_told_with_its_inputs(folder: Path):
    said = refused(folder, drawn_2=Raised("KeyError", "3", ("KeyError",)))
    line = line_of(TASK, "@double.cases")
    assert said.startswith(f"reference/t/task.py:{line}: the case 'drawn 2' of double: ")
    assert re.search(r"\n  inputs: x=\d, times=\[1\]$", said)


def test_long_inputs_are_cut(folder: Path):
    (folder / "task.py").write_text(TASK.replace("x=fixture", "times=list(range(999)), x=fixture"))
    said = refused(folder, two=Died("exit")).splitlines()[-1]
    assert said.startswith("  inputs: times=[0, 1, 2, ")
    assert said.endswith("…")
    assert len(said) < 320


def test_a_reference_that_does_not_load(folder: Path):
    load = Raised("NameError", "name 'y' is not defined", frames=(Frame(4, ""),), stage="load")
    words = "the reference does not load: NameError: name 'y' is not defined"
    assert refused(folder, one=load) == f"reference/t/solution.py:4: {words}"


def test_an_oracle_without_an_answer(folder: Path):
    said = refused(folder, one=Returned(DictValue((("y", 1),))))
    line = line_of(TASK, 'double.case("one"')
    assert said.startswith(f"reference/t/task.py:{line}: the case 'one' of double: the oracle supp")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('same("y")', 'same("z.0")', '"value", same("z', "no case's result has a 'z.0': mend"),
        ('cases="drawn*"', 'cases="one"', "refusal", "It looks at the cases 'one' alone"),
        ("same()", 'raises("OSError")', "other.check", "reference raise OSError: add such a case"),
    ],
)
def test_a_check_that_applies_to_no_case(folder, old, new, place, words):
    text = TASK.replace(old, new)
    (folder / "task.py").write_text(text)
    said = refused(folder)
    assert said.startswith(f"reference/t/task.py:{line_of(text, place)}: the check ")
    assert " applies to no case: " in said
    assert words in said


def test_a_check_of_a_value_where_the_reference_only_raises(folder: Path):
    text = TASK.replace("points=2", "points=1")
    text += 'other.check("it raises", raises("ValueError"), points=1)\n'
    (folder / "task.py").write_text(text)
    said = refused(folder, one=ASKED)
    assert said.startswith(f"reference/t/task.py:{line_of(text, 'other.check')}: the check 'value'")
    assert said.endswith("in no case does the reference return: add such a case")
