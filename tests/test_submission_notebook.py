"""Notebooks: what becomes of the cells, and whether the text that comes out runs as it should."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from submission_helpers import SAMPLES, notebook, run

from grader.model import Source
from grader.submission import Reader

FILE = "pad_batch/solution.ipynb"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as shared:
        yield shared


@pytest.fixture
def read(reader: Reader):
    def take(*cells, functions=(), **top) -> Source:
        return reader.notebook("pad_batch", FILE, notebook(*cells, **top), functions)

    return take


def test_functions_of_several_cells_see_one_another(read):
    source = read("def f(x):\n    return g(x) + 1", "def g(x):\n    return 10 * x")
    assert run(source, "f(4)") == (41, "")
    assert source.notes == ()


def test_the_last_definition_counts(read):
    source = read("def f():\n    return 1", "def f():\n    return 2")
    assert run(source, "f()")[0] == 2


def test_demo_calls_prints_and_plots_are_left_out(read):
    source = read(
        "import sys\ndef f(x):\n    return x\nf(1)\nprint(f(2))",
        "history = f(3)\nfor i in range(3):\n    print(i)\nwith open('x') as g:\n    f(g)",
        "f(history)\nassert f(1) == 2\nraise ValueError",
    )
    assert run(source, "f(5)") == (5, "")
    assert "history" not in source.text
    assert "print" not in source.text


def test_imports_classes_and_constants_are_kept(read):
    source = read(
        "from math import pi\nNAMES = ['a', 'b']\nRATE: float = -1.5\n"
        "class Net:\n    size = len(NAMES)\n    def area(self):\n        return RATE * pi"
    )
    assert run(source, "[Net.size, round(Net().area(), 2), NAMES]")[0] == [2, -4.71, ["a", "b"]]


def test_what_a_function_reads_is_kept_with_all_that_it_needs(read):
    source = read(
        "def make(n):\n    return list(range(n))",
        "size = 2 + 1\nwords = make(size)\nwords.append(9)\nwords[0] = 7",
        "for w in ('x', 'y'):\n    words.append(w)",
        "unused = make(10)",
        "def f():\n    return words",
    )
    assert run(source, "f()")[0] == [7, 1, 2, 9, "x", "y"]
    assert "unused" not in source.text


def test_a_parameter_of_the_same_name_needs_no_global(read):
    source = read("model = load('large')", "def f(model):\n    return [model for model in [model]]")
    assert "load" not in source.text
    assert run(source, "f(1)") == ([1], "")


def test_methods_of_modules_are_demos(read):
    source = read("import random\nrandom.seed(1)\ndef f():\n    return random.__name__")
    assert "seed" not in source.text
    assert run(source, "f()")[0] == "random"


def test_a_global_set_by_a_function_is_set(read):
    source = read(
        "def load():\n    global table\n    table = {'a': 1}",
        "load()",
        "def f():\n    return table['a']",
    )
    assert run(source, "f()")[0] == 1


@pytest.mark.parametrize(
    "definition",
    [
        "f = lambda x: x + 1",
        "from functools import partial\nf = partial(_add, 1)",
        "from functools import lru_cache\nf = lru_cache(maxsize=None)(add_one)",
        "import operator\nf = operator.__abs__\ndef f(x): return add_one(x)",
        "from operator import add\nimport functools as t\nf = t.partial(add, 1)",
        "g = add_one\nf = g",
        "if True:\n    def f(x):\n        return x + 1",
        "try:\n    import nothing_like_it\nexcept ImportError:\n    def f(x): return _add(x, 1)",
    ],
)
def test_a_function_may_be_made_in_many_ways(read, definition: str):
    cells = ("def _add(a, b):\n    return a + b", "def add_one(x):\n    return _add(1, x)")
    assert run(read(*cells, definition), "f(2)")[0] == 3


def test_graded_functions_that_are_known_are_kept_and_trials_for_others_are_not(read):
    cells = (
        "def build(n):\n    return lambda x: x * n",
        "double = build(2)",
        "slow = build(10 ** 3)\ndef show():\n    return slow(1)",
    )
    source = read(*cells, functions=["double"])
    assert run(source, "double(4)")[0] == 8
    assert "10 ** 3" not in source.text
    assert "def show" in source.text
    assert "10 ** 3" in read(*cells).text


def test_a_failing_cell_is_skipped_with_a_message(read):
    source = read(
        "import nothing_like_it\nimport json, nothing_either, math",
        "limit = int('x')",
        "rest = 1 / 0",
        "def f():\n    return json.dumps(math.floor(2.5))",
        "def g():\n    return limit + rest",
        "@undefined\ndef h(): pass",
        "def k(a: Undefined): pass",
    )
    answer, errors = run(source, "f()")
    assert answer == "2"
    assert f"{FILE}, cell 1, line 1 was left out, because it failed: ModuleNotFoundError" in errors
    assert f"{FILE}, cell 1, line 2 was left out" in errors
    assert f"{FILE}, cell 2, line 1 was left out, because it failed: ValueError: inv" in errors
    assert "ZeroDivisionError: division by zero" in errors
    assert f"{FILE}, cell 6, line 1 was left out" in errors
    assert f"{FILE}, cell 7, line 1 was left out" in errors
    assert run(source, "g()")[0] == {"raised": "NameError", "line": _line_of(source, "limit + ")}
    assert run(source, "'h' in globals() or 'k' in globals()")[0] is False


def _line_of(source: Source, text: str) -> int:
    return next(n for n, line in enumerate(source.text.split("\n"), 1) if text in line)


@pytest.mark.parametrize("stop", ["sys.exit(3)", "exit()", "raise KeyboardInterrupt"])
def test_a_cell_that_ends_the_program_does_not(read, stop: str):
    source = read(
        "import sys",
        f"if not hasattr(sys, 'x'):\n    import json\n    {stop}",
        "def f():\n    return 1",
    )
    answer, errors = run(source, "f()")
    assert answer == 1
    assert "cell 2, line 1 was left out" in errors


def test_a_cell_that_does_not_parse_is_noted_and_skipped(read):
    source = read("def f():\n    return 1", "x = 1\ndef f(:\n    return 2")
    assert run(source, "f()")[0] == 1
    assert source.notes == ("cell 2, line 2, was left out: it does not parse (invalid syntax)",)


@pytest.mark.parametrize(
    "cell",
    ["x = await f()", "async with f() as y:\n    import json", "return 5", "yield 1", "break"],
)
def test_what_is_wrong_outside_a_function_is_noted_and_left_out(read, cell: str):
    source = read(f"def f():\n    return 1\n{cell}\ndef g():\n    return 2")
    assert run(source, "f() + g()") == (3, "")
    assert len(source.notes) == 1
    assert source.notes[0].startswith("cell 1, line 3, was left out: ")


def test_async_functions_are_kept(read):
    assert run(read("async def f():\n    return 1"), "f.__name__")[0] == "f"


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n 3", "%%capture out", "\n  %%time"])
def test_timing_and_capturing_keep_the_body(read, magic: str):
    source = read(f"{magic}\ndef f():\n    return 1")
    assert run(source, "f()") == (1, "")
    assert source.notes == ()


def test_two_magics_on_one_cell(read):
    assert run(read("%%capture\n%%time\ndef f():\n    return 1"), "f()")[0] == 1


@pytest.mark.parametrize("magic", ["bash", "html", "writefile solution.py", "js", "python2"])
def test_cells_of_other_magics_are_left_out(read, magic: str):
    source = read(f"%%{magic}\ndef f():\n    return 1", "def g():\n    return 2")
    assert "def f" not in source.text
    assert run(source, "g()")[0] == 2
    assert source.notes == (f"cell 1 was left out: it starts with %%{magic.split()[0]}",)


def test_line_magics_and_shell_escapes_go(read):
    source = read(
        "%matplotlib inline\n!pip install x\n%load_ext autoreload\n?print\nprint??\n%time y = 6\n"
        "files = !ls\nwhere = %pwd\n"
        "def f():\n    !ls\n    %timeit 1 + 1\n    files = !ls\n    return y"
    )
    assert run(source, "f()") == (6, "")


def test_what_jupyter_adds_to_the_built_in_names_is_there(read):
    source = read("def f(x):\n    display(x)\n    get_ipython().system('ls')\n    return x")
    assert run(source, "f(1)") == (1, "")


def test_a_students_own_display_is_kept(read):
    source = read("def display(x):\n    return 2 * x\ndef f(x):\n    return display(x)")
    assert run(source, "f(1)")[0] == 2


def test_prompts_copied_along_are_taken_off(read):
    assert run(read(">>> def f():\n...     return 1"), "f()")[0] == 1


def test_an_indented_cell_is_read_as_jupyter_does(read):
    assert run(read("    def f():\n        return 1"), "f()")[0] == 1


def test_strings_over_several_lines_stay_as_they_are(read):
    source = read(
        "def f(x: str = '''a\n  b\n''') -> str:\n    '''Doc\n    more'''\n"
        "    return x + f'''{\n1}\n '''\n"
        "TEXT = ('p'\n  'q') + '''\n\\\n  r'''\ndef g(): return TEXT"
    )
    assert run(source, "[f(), f.__doc__, g()]")[0] == ["a\n  b\n1\n ", "Doc\n    more", "pq\n  r"]


def test_statements_that_share_a_line_are_parted(read):
    source = read(
        "é = 'ü'; size = len([é,\n é]); print('é'); bad = undefined_name\ndef f(): return size, bad"
    )
    assert "print" not in source.text
    assert run(source, "size")[0] == 2


def test_decorators_belong_to_their_function(read):
    source = read(
        "import functools\n\n@(\n    functools\n    .cache\n)\n"
        "@functools.wraps(print)\ndef f(x):\n    return x\n"
    )
    assert run(source, "f(3)")[0] == 3


def test_future_imports_come_first(read):
    source = read("x = 1", "from __future__ import annotations", "def f(a: Undefined): return a")
    assert source.text.startswith("from __future__ import annotations\n")
    assert run(source, "f(1)")[0] == 1


def test_future_imports_that_do_not_exist_are_left_out(read):
    source = read("from __future__ import braces", "def f(): return 1")
    assert run(source, "f()")[0] == 1
    assert source.notes[0].startswith("cell 1, line 1, was left out: ")


def test_the_main_guard_and_del_are_left_out(read):
    source = read("x = 3", "if __name__ == '__main__':\n    x = 4\ndel x", "def f(): return x")
    assert run(source, "f()")[0] == 3


def test_a_global_declared_outside_a_function_hurts_nobody(read):
    source = read("x = 3", "global x\nx = 4", "if x:\n    global x\n    x = 5", "def f(): return x")
    assert run(source, "f()")[0] == 4


def test_names_made_at_run_time_have_the_notebook_run_whole(read):
    source = read("def make():\n    return lambda: 5", "for n in 'fg':\n    globals()[n] = make()")
    assert run(source, "f() + g()")[0] == 10
    assert "all of the notebook is run" in source.notes[0]


def test_functions_can_be_inspected(read):
    source = read("import json\ndef f(x: json) -> int:\n    return 1  # one\n")
    answer, _ = run(source, "__import__('textwrap').dedent(__import__('inspect').getsource(f))")
    assert answer == "def f(x: json) -> int:\n    return 1  # one\n"


def test_every_line_has_its_place(read):
    source = read(
        "%%time\n\n!pip install a \\\n   b \\\n   c\nimport json\n\ndef f():\n    return json.x",
        {"cell_type": "markdown", "source": "# Text"},
        "\n\n%matplotlib inline\ndef g(a: int):\n    x = [\n        a,\n    ]\n    return x[5]",
    )
    assert len(source.places) == source.text.count("\n")
    for ask, place in (
        ("f()", f"{FILE}, cell 1, line 9"),
        ("g(1)", f"{FILE}, cell 3, line 8"),
    ):
        answer, _ = run(source, ask)
        assert str(source.place(answer["line"])) == place


def test_places_name_lines_of_the_cell_that_hold_the_same_text(read):
    cells = [
        "!a \\\n b\nx = 1\ndef f(a: int):\n    '''d\n  d'''\n    return a",
        "%%capture\ny = [1,\n  2]\n%time z = 4\ndef g(): return y, z",
    ]
    source = read(*cells)
    for line, place in zip(source.text.split("\n"), source.places, strict=False):
        if line.startswith(("try:", "except ")):
            continue
        origin = cells[place.cell - 1].split("\n")[place.line - 1]
        assert line.strip() in origin


# Documents of all kinds ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nbgrader", "format3", "vscode"])
def test_notebooks_of_several_programs(reader: Reader, name: str):
    source = reader.notebook("t", FILE, (SAMPLES / f"{name}.ipynb").read_bytes())
    assert run(source, "double(21)") == (42, "")


def test_a_colab_notebook(reader: Reader):
    source = reader.notebook("t", FILE, (SAMPLES / "colab.ipynb").read_bytes())
    answer, errors = run(source, "as_text(list('abcdef'))")
    assert answer == '["a", "b", "c"]'
    assert "No module named 'a_package_that_is_not_there'" in errors
    assert source.notes == ("cell 5 was left out: it starts with %%shell",)


def test_a_notebook_without_any_metadata(reader: Reader):
    data = json.dumps({"cells": [{"source": ["def f():\n", "    return 1"]}]}).encode()
    assert run(reader.notebook("t", FILE, data), "f()")[0] == 1


@pytest.mark.parametrize(
    "cell",
    [5, None, "text", [], {}, {"cell_type": "code"}, {"cell_type": "code", "source": 5},
     {"cell_type": "code", "source": [1, None]}, {"cell_type": ["code"], "source": "x"},
     {"cell_type": "raw", "source": "def f(): return 2"}],
)  # fmt: skip
def test_odd_cells_cost_only_themselves(reader: Reader, cell: object):
    data = json.dumps({"cells": [cell, {"cell_type": "code", "source": "def f(): return 1"}]})
    source = reader.notebook("t", FILE, data.encode())
    assert run(source, "f()")[0] == 1
    assert source.places[0].cell == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{", "is not a notebook: it is not valid JSON (line 1, column 2)"),
        (b"<html></html>", "is not a notebook: it is not valid JSON"),
        (b'{\n<<<<<<< HEAD\n"cells": []}', "is not valid JSON (line 2, column 1)"),
        (b"[]", "it has no cells"),
        (b"5", "it has no cells"),
        (b"{}", "it has no cells"),
        (b'{"cells": 5}', "it has no cells"),
        (b'{"worksheets": {}}', "it has no cells"),
        (b'{"cells": "\xff"}', "byte 11 is not UTF-8"),
        (b"[" * 100_000, "it is nested too deep"),
        (b"1" * 10_000, "it is nested too deep"),
        (b'{"cells": [' + b"{}," * 5000 + b"{}]}", "has more than 5,000 cells"),
        (notebook("x=1\n" * 10_000, "x=1\n" * 10_001), "has more than 20,000 lines of code"),
    ],
)
def test_what_is_no_notebook_says_so(reader: Reader, data: bytes, why: str):
    source = reader.notebook("t", FILE, data)
    assert source.problem.startswith(f"{FILE} ")
    assert why in source.problem
    assert source.text == ""


def test_a_notebook_without_code_is_no_problem(read):
    source = read({"cell_type": "markdown", "source": "nothing yet"})
    assert (source.text, source.problem, source.notes) == ("", "", ())


def test_a_byte_order_mark_is_no_problem(reader: Reader):
    source = reader.notebook("t", FILE, b"\xef\xbb\xbf" + notebook("def f(): return 1"))
    assert run(source, "f()")[0] == 1


# Cells made to harm -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bomb",
    [
        "x = " + "-" * 100_000 + "1",
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = a" + ".b" * 100_000,
        "x = " + "[" * 150 + "]" * 150,
        "x = " + "lambda:" * 30_000 + "1",
        "x = 1" + "+1" * 100_000,
        "if 1:\n pass\n" + "elif 1:\n pass\n" * 5_000,
        "x = f'" + "{" * 50_000,
        "".join(" " * i + "if 1:\n" for i in range(300)) + " " * 300 + "pass",
        "with " + "a, " * 1_000 + "a: import json",
        "\n".join(f"!ls {i}" for i in range(600)),
        "x = '\0'",
        "x = '\ud800'",
        "%%" + "\x1b[31m\u202e" * 100,
        "#" * 300_000,
        "\\\n" * 10_000,
    ],
    ids=range(16),
)
def test_parser_bombs_cost_only_their_cell(reader: Reader, bomb: str):
    data = notebook("def f(): return 1", bomb, "def g(): return 2")
    source = reader.notebook("t", FILE, data)
    assert run(source, "f() + g()")[0] == 3
    assert all(note.isprintable() and len(note) <= 500 for note in source.notes)


def test_a_stranger_in_the_file_name_stays_text(reader: Reader):
    source = reader.notebook("t", "a'\"\\{x}\n.ipynb", notebook("import nothing_like_it"))
    assert "a'\"\\{x}" in run(source, "1")[1]
