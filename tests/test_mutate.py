"""Mutants: each kind of change, what is left alone, and what holds for all of them."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.mutate import Mutant, MutateError, mutants


def of(body: str, kind: str = "") -> list[tuple[str, str]]:
    """(old, new) of a function's mutants, all of them or those of a kind."""
    source = "import torch\n\n\ndef f(x, y):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return [(one.old, one.new) for one in mutants(source) if kind in ("", one.kind)]


def news(body: str, kind: str) -> set[str]:
    """What the mutants of a kind have instead of the body's only line."""
    found = set()
    source = f"import torch\n\n\ndef f(x, y):\n    {body}\n"
    for one in mutants(source):
        if one.kind == kind:
            found.add(one.source.splitlines()[4].strip())
    return found


@pytest.mark.parametrize(
    ("body", "kind", "changed"),
    [
        ("x.go()", "drop statement", {"pass"}),
        ("assert x", "drop statement", {"pass"}),
        ("del x[0]", "drop statement", {"pass"}),
        ("raise ValueError(x)", "change exception", {"raise Exception(x)"}),
        ("raise Exception", "change exception", {"raise BaseException"}),
        ("z = x + y", "lose value", {"z = None"}),
        ("x += 1", "turn assignment", {"x -= 1", "x = 1"}),
        ("return x", "return nothing", {"return None"}),
        ("return", "return nothing", set()),
        ("return f(x, y)", "swap arguments", {"return f(y, x)"}),
        ("return f(x, y)", "drop argument", {"return f(y)", "return f(x)"}),
        ("return f(x, y)", "lose argument", {"return f(None, y)", "return f(x, None)"}),
        ("return f(x, dim=1)", "drop argument", {"return f(dim=1)", "return f(x)"}),
        ("return f(x, *y)", "drop argument", {"return f(*y)", "return f(x)"}),
        ("return f(x, dim=y)", "swap arguments", set()),
        ("return f(x)", "unwrap call", {"return x"}),
        ("return 2 * f(x + y)", "unwrap call", {"return 2 * (x + y)"}),
        ("return x.a().b(2, 3)", "drop call", {"return x.b(2, 3)", "return x.a()"}),
        ("return torch.relu(x)", "drop call", set()),
        ("return x == y", "turn comparison", {"return x != y"}),
        ("return x < y", "turn comparison", {"return x <= y", "return x >= y"}),
        ("return x not in y", "turn comparison", {"return x in y"}),
        ("return x is not y", "turn comparison", {"return x is y"}),
        ("return x and y", "turn operator", {"return x or y"}),
        ("return x and y", "drop operand", {"return x", "return y"}),
        ("return x - y", "turn operator", {"return x + y"}),
        ("return x - y", "swap operands", {"return (y) - (x)"}),
        ("return x + y", "swap operands", set()),
        ("return (x / y) ** 2", "drop operand", {
            "return (x / y)", "return 2", "return (x) ** 2", "return (y) ** 2"}),
        ("return not x", "drop operator", {"return x"}),
        ("return -x", "drop operator", {"return x"}),
        ("return 1 if x else 2", "condition always holds", {"return 1 if True else 2"}),
        ("return 1 if x else 2", "condition never holds", {"return 1 if False else 2"}),
        ("return 1 if x else 2", "negate condition", {"return 1 if not (x) else 2"}),
        ("return 1 if x == y else 2", "negate condition", set()),
        ("return [z for z in x if z]", "condition always holds", {"return [z for z in x if True]"}),
        ("return 7", "change number", {"return 8", "return 6"}),
        ("return -1", "change number", {"return -2"}),
        ("return 0.5", "change number", {"return 1.0", "return 0.0"}),
        ("return 0.0", "change number", {"return 1.0"}),
        ("return 'a'", "change string", {"return 'XXaXX'", "return ''"}),
        ("return ''", "change string", {"return 'XXXX'"}),
        ("return f'{x} of {y}'", "change string", {'return ""'}),
        ("return True", "flip boolean", {"return False"}),
        ("return f(None)", "change None", {"return f(1)"}),
        ("return x is None", "change None", set()),
        ("return x[0]", "drop subscript", {"return x"}),
        ("x[0] = y", "drop subscript", set()),
        ("return x[:, y]", "drop index", {"return x[y]", "return x[:]"}),
        ("x[y, 0] = 1", "drop index", {"x[0] = 1", "x[y] = 1"}),
        ("return x[1:y]", "drop bound", {"return x[:y]", "return x[1:]"}),
        ("return x[::2]", "drop bound", {"return x[::]"}),
        ("return x, y", "drop item", {"return y,", "return x,"}),
        ("return x, y", "swap items", {"return y, x"}),
        ("return [x, y]", "drop item", {"return [y]", "return [x]"}),
        ("return x in (y, 2)", "swap items", set()),
        ("x, y = y", "swap items", set()),
        ("return {'a': x, 'b': y}", "drop entry", {"return {'b': y}", "return {'a': x}"}),
        ("return x.logits", "drop attribute", {"return x"}),
        ("return torch.long", "drop attribute", set()),
        ("x.logits = y", "drop attribute", set()),
        ("return max(x, y)", "call the counterpart", {"return min(x, y)"}),
        ("x.train(y)", "call the counterpart", {"x.eval(y)"}),
        ("return x.train", "call the counterpart", set()),
        ("return lambda: x", "return nothing", {"return None", "return lambda: None"}),
        ("yield x", "yield nothing", {"yield None"}),
    ],
)  # fmt: skip
def test_each_kind_of_change(body, kind, changed):
    assert news(body, kind) == changed


def test_a_with_is_dropped_and_its_body_stays():
    body = "with torch.no_grad(), x as z:\n    return y\n"
    assert of(body, "drop with") == [("with torch.no_grad(), x as z:", "if True:")]
    assert [new for _, new in of(body, "drop context")] == ["with x as z:", "with torch.no_grad():"]


def test_loops_lose_their_turns():
    body = "for z in x:\n    y(z)\nreturn 1\n"
    assert of(body, "skip loop") == [("for z in x:", "for z in ():")]
    assert of(body, "stop loop after one turn") == [("for z in x:", "for z in list(x)[:1]:")]


def test_a_while_never_starts_and_is_not_made_endless():
    body = "while x < y:\n    x = y\nreturn x\n"
    assert of(body, "condition never holds") == [("while x < y:", "while False:")]
    assert of(body, "condition always holds") == []


def test_break_and_continue_are_exchanged():
    body = "for z in x:\n    if z:\n        continue\n    break\n"
    swapped = of(body, "swap break and continue")
    assert [new.strip() for _, new in swapped] == ["break", "continue"]


def test_an_early_return_is_dropped_and_the_last_one_is_not():
    body = "if x:\n    return 1\nreturn 2\n"
    assert [old.strip() for old, _ in of(body, "drop statement")] == ["return 1"]


def test_handlers_and_decorators():
    source = "@cached\ndef f(x):\n    try:\n        x()\n    except OSError:\n        return 1\n"
    found = {one.kind: (one.old, one.new) for one in mutants(source)}
    assert found["catch nothing"] == ("except OSError:", "except ():")
    assert found["drop decorator"] == ("@cached", "")
    assert ast.parse(_one(source, "drop decorator").source).body[0].decorator_list == []


def _one(source: str, kind: str) -> Mutant:
    (found,) = [one for one in mutants(source) if one.kind == kind]
    return found


LEFT_ALONE = '''"""Docs with 1 and True."""

from a import b


def f(x: "list[int]" = 3, *, y: int | None = None) -> "dict[str, 1]":
    """Docs: `x == 1`."""
    import math

    z: Literal["a", 1] = x
    "a string that stands about"
    raise ValueError(f"{x} is not 5", "words")


__all__ = ["f", "g"]
'''


def test_docstrings_annotations_imports_and_wording_are_left_alone():
    tree = ast.parse(LEFT_ALONE)
    for one in mutants(LEFT_ALONE):
        changed = ast.parse(one.source)
        assert ast.get_docstring(changed) == ast.get_docstring(tree)
        function = next(node for node in changed.body if isinstance(node, ast.FunctionDef))
        assert ast.get_docstring(function) == "Docs: `x == 1`."
        assert ast.unparse(function.returns) == "'dict[str, 1]'"
        assert [type(node) for node in changed.body] == [type(node) for node in tree.body]
    kinds = {(one.line, one.kind) for one in mutants(LEFT_ALONE)}
    assert kinds == {
        (6, "change number"),
        (6, "change None"),
        (10, "drop statement"),
        (10, "lose value"),
        (12, "drop statement"),
        (12, "change exception"),
    }


def test_constants_and_helpers_are_mutated_and_named():
    source = (
        "LIMIT: int = 3\nA, B = 1, 2\n\n\ndef _help(x):\n    return x\n\n\nclass K:\n    n = 4\n"
    )
    scopes = {one.scope for one in mutants(source)}
    assert scopes == {"LIMIT", "", "_help", "K"}
    assert not any(one.kind == "drop statement" and one.scope == "LIMIT" for one in mutants(source))


def test_the_old_text_names_one_place_though_the_line_stands_there_twice():
    source = "def f(x):\n    x.go()\n    x.go()\n    return x\n"
    found = [one for one in mutants(source) if one.kind == "drop statement"]
    assert len(found) == 2
    assert all(source.count(one.old) == 1 for one in found)
    assert len({one.source for one in found}) == 2


def test_changes_with_one_syntax_tree_are_one_mutant():
    found = mutants("def f(x):\n    return f(x)(1)\n")
    trees = [ast.dump(ast.parse(one.source)) for one in found]
    assert len(trees) == len(set(trees))


def test_ids_stay_when_other_lines_change():
    source = "def f(x):\n    return x + 1\n"
    more = "import torch\n\n\n" + source + "\n\ndef g(y):\n    return y * 2.5\n"
    assert {one.id for one in mutants(source)} <= {one.id for one in mutants(more)}
    assert len({one.id for one in mutants(more)}) == len(mutants(more))


def test_long_displays_are_data():
    names = ", ".join(f"x.n{number}" for number in range(40))
    assert len(of(f"return [{names}]\n", "drop item")) == 2


def test_a_source_that_is_no_python_is_told():
    with pytest.raises(MutateError, match="line 2"):
        mutants("x = 1\ndef f(:\n")


def test_a_missing_parser_is_told_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "libcst", None)
    for name in [name for name in sys.modules if name.startswith("grader.mutate.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MutateError, match=r"grader\[prove\]"):
        mutants("x = 1\n")


def test_importing_the_part_does_not_import_the_parser():
    code = "import sys, grader.mutate; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Any small program: mutants parse, differ, and are what their edit says.

NAMES = st.sampled_from(["a", "b", "data", "max", "train"])
ATOMS = st.one_of(
    NAMES,
    st.integers(0, 9).map(str),
    st.sampled_from(["0.5", "True", "None", '"s"', "''", "f'{a}'", "'a' 'b'", "[]", "a.b", "()"]),
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    signs = ["+", "-", "*", "/", "//", "%", "**", "@", "==", "<", ">=", "in", "and", "or", "is"]
    operators = st.sampled_from([*signs, "not in", "is not"])
    return st.one_of(
        st.builds(lambda two, how: f"({two[0]}) {how} ({two[1]})", pair, operators),
        pair.map(lambda two: f"data({two[0]}, k={two[1]})"),
        pair.map(lambda two: f"data({two[0]}, {two[1]},)"),
        pair.map(lambda two: f"({two[0]}, {two[1]})"),
        pair.map(lambda two: f"[{two[0]}, {two[1]}]"),
        pair.map(lambda two: f"{{{two[0]}: {two[1]}}}"),
        pair.map(lambda two: f"data[{two[0]}:{two[1]}, 0]"),
        pair.map(lambda two: f"({two[0]} if {two[1]} else a)"),
        pair.map(lambda two: f"[c for c in ({two[0]}) if {two[1]}]"),
        inner.map(lambda one: f"data({one})"),
        inner.map(lambda one: f"data.{'train'}({one}).b()"),
        inner.map(lambda one: f"(not {one})"),
        inner.map(lambda one: f"(-({one}))"),
        inner.map(lambda one: f"(lambda c: {one})"),
    )


EXPRESSIONS = st.recursive(ATOMS, _compound, max_leaves=3)
SIMPLE = st.one_of(
    EXPRESSIONS.map(lambda one: f"a = {one}"),
    EXPRESSIONS.map(lambda one: f"a += {one}"),
    EXPRESSIONS.map(lambda one: f"data[0, 1] = {one}"),
    EXPRESSIONS.map(lambda one: f"return {one}"),
    EXPRESSIONS.map(lambda one: f"data({one}); b = 1"),
    EXPRESSIONS.map(lambda one: f"raise ValueError({one})"),
    EXPRESSIONS.map(lambda one: f"assert {one}"),
)


def _indented(lines: list[str]) -> str:
    return textwrap.indent("\n".join(lines), "    ")


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    bodies = st.lists(inner, min_size=1, max_size=2).map(_indented)
    return st.one_of(
        st.builds("if {}:\n{}\nelse:\n    pass".format, EXPRESSIONS, bodies),
        st.builds("for a in {}:\n{}\n    break".format, EXPRESSIONS, bodies),
        st.builds("while {}:\n{}\n    continue".format, EXPRESSIONS, bodies),
        st.builds("with data({}) as a, b:\n{}".format, EXPRESSIONS, bodies),
        st.builds("try:\n{}\nexcept OSError:\n    pass".format, bodies),
        st.builds("def g(a={}):\n{}".format, EXPRESSIONS, bodies),
    )


STATEMENTS = st.recursive(SIMPLE, _blocks, max_leaves=2)
SOURCES = st.lists(STATEMENTS, min_size=1, max_size=2).map(
    lambda lines: f"LIMIT = 3\n\n\ndef f(a, b=2):\n    '''Docs.'''\n{_indented(lines)}\n"
)


@settings(max_examples=25, deadline=None)
@given(SOURCES)
def test_all_mutants_parse_differ_and_are_what_their_edit_says(source):
    trees = {ast.dump(ast.parse(source))}
    found = mutants(source)
    for one in found:
        assert source.count(one.old) == 1
        assert source.replace(one.old, one.new) == one.source
        tree = ast.dump(ast.parse(one.source))
        assert tree not in trees
        trees.add(tree)
        assert ast.get_docstring(ast.parse(one.source).body[1]) == "Docs."
    assert found == mutants(source)
    assert [one.line for one in found if one.scope == "LIMIT"] == [1, 1]
