"""The import arrows of ARCHITECTURE.md, held."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent

# Each part, with the parts below it that it may import. A part is a module or package of grader/.
ARROWS: dict[str, set[str]] = {
    "model": set(),
    "portable": set(),
    "course": {"model"},
    "worker": {"model"},
    "sandbox": {"model", "worker", "course", "portable"},
    "spec": {"model"},
    "submission": {"model", "portable"},
    "heat": {"model"},
    "value_words": {"model"},
    "compare": {"model", "heat", "value_words"},
    "sampled": {"model", "value_words"},
    "applies": {"model", "compare", "sampled"},
    "diagnose": {"model", "compare", "applies"},
    "stopped": {"model"},
    "words": {"model", "stopped"},
    "judge": {"model", "compare", "applies", "diagnose", "stopped", "words"},
    "plan": {"model"},
    "needed": {"model"},
    "keys": {"model", "needed", "worker"},
    "strain": set(),
    "fair": {"model", "sandbox", "strain"},
    "helping": set(),
    "execute": {"model", "fair", "helping", "keys", "sandbox", "store"},
    "classroom": {"model", "sandbox"},
    "verdicts": {"model", "judge", "words"},
    "override": {"model"},
    "lazy": {"model"},
    "gradebook": {"model", "execute", "grade", "keys", "override", "report", "sandbox", "store"},
    "explain": {"model", "gradebook", "plan"},
    "archive": {"model", "worker"},
    "store": {"model", "archive", "worker"},
    "whole": set(),
    "reference_fault": {"model", "words"},
    "new": {"spec", "whole"},
    "baseline": {
        "model",
        "spec",
        "fair",
        "sandbox",
        "plan",
        "archive",
        "applies",
        "worker",
        "whole",
        "reference_fault",
    },
    "zipped": set(),
    "wheel": {"zipped"},
    "pack": {"model", "needed", "applies", "archive", "baseline", "worker", "zipped"},
    "grade": {"model", "judge", "plan", "sandbox", "classroom", "store"},
    "stub": {"model"},
    "distance": {"model", "compare"},
    "verify": {
        "model",
        "spec",
        "compare",
        "distance",
        "applies",
        "baseline",
        "judge",
        "plan",
        "sandbox",
        "stub",
    },
    "mutate": set(),
    "survive": {"model", "mutate", "applies", "baseline", "plan", "sandbox"},
    "release": {"model", "stub", "whole"},
    "synth": {"model", "stub"},
    "report": {"model"},
    "receipt": {"model", "report", "whole"},
    "pages": {"model", "report", "whole", "receipt"},
    "painting": {"pages", "worker"},
    "publish": {"model", "pages", "painting", "report", "whole", "receipt"},
    "versions": {"course"},
    "early": {"sandbox", "course"},
    "session": {
        "model",
        "spec",
        "course",
        "early",
        "fair",
        "sandbox",
        "baseline",
        "pack",
        "grade",
        "versions",
        "whole",
    },
    "cluster": {"model", "worker", "archive", "fair", "sandbox", "course", "versions"},
}
ABOVE_ALL = {"cli", "__main__"}


def _part(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(file: Path) -> set[str]:
    """Parts of grader that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("grader."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("grader.")]
            found |= {name.split(".")[1] for name in names}
    return found


def _files() -> list[Path]:
    return [file for file in PACKAGE.rglob("*.py") if file != PACKAGE / "__init__.py"]


def test_arrows_point_downwards_only():
    wrong = [
        f"{file.relative_to(PACKAGE)} imports {target}"
        for file in _files()
        if (part := _part(file)) not in ABOVE_ALL
        for target in sorted(_imports(file) - {part} - ARROWS[part])
    ]
    assert wrong == []


def test_the_arrows_form_no_circle():
    order: list[str] = []
    waiting = dict(ARROWS)
    while waiting:
        free = [part for part, below in waiting.items() if below <= set(order)]
        assert free, f"a circle among {sorted(waiting)}"
        order += free
        waiting = {part: below for part, below in waiting.items() if part not in free}
    assert len(order) == len(ARROWS)


def test_every_part_has_its_arrows():
    parts = {_part(file) for file in _files()} - ABOVE_ALL
    assert parts == set(ARROWS)


# What makes objects of bytes, and so runs whatever the bytes ask for; and what does so underneath.
OBJECTS = {"pickle", "cPickle", "copyreg", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
OBJECTS |= {"multiprocessing", "multiprocess", "ForkingPickler", "allow_pickle", "read_pickle"}
OBJECTS |= {"torch.load", "np.load", "numpy.load"}
# The files that may speak of them, with the reason.
PICKLING = {
    "worker/containment/sharing.py": (
        {"multiprocessing", "multiprocess", "ForkingPickler"},
        "a student's own processes pass tensors to one another; all of it runs in the child",
    ),
    "worker/parts.py": (
        {"multiprocess"},
        "a name that is looked for in what students import: nothing is imported there",
    ),
    "worker/fingerprints.py": (
        {"dill"},
        "datasets hashes what it pickles; what a tokenizer becomes is changed, nothing is loaded",
    ),
}


def _words(file: Path) -> set[str]:
    """Names, attributes, imported modules and the words of strings, of which some are code. Prose
    does not count: docstrings and comments."""
    tree = ast.parse(file.read_text())
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.alias | ast.ImportFrom | ast.keyword):
            found |= {str(getattr(node, kind, "")) for kind in ("name", "module", "arg")}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(re.findall(r"[\w.]+", node.value)) if id(node) not in prose else set()
    return found | {part.strip("_") for word in found for part in word.split(".")}


def test_no_object_is_made_of_bytes():
    """No pickle anywhere near a child: what comes from a process that ran a student's code, or the
    reference's, is read as JSON and by ``worker.decode``."""
    found = {str(file.relative_to(PACKAGE)): _words(file) & OBJECTS for file in _files()}
    allowed = {file: words for file, (words, _) in PICKLING.items()}
    assert {file: words for file, words in found.items() if words} == allowed


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads as read",
        "import torch\nread = torch.load",
        "from multiprocessing.reduction import ForkingPickler",
        "np.load(file, allow_pickle=True)",
        "import importlib\nimportlib.import_module('_pickle')",
        'SOURCE = "import os, pickle\\npickle.loads(data)"',
        "def f():\n    import marshal as m",
    ],
)
def test_an_object_made_of_bytes_would_be_found(code: str, tmp_path: Path):
    (tmp_path / "part.py").write_text(code)
    assert _words(tmp_path / "part.py") & OBJECTS


def test_prose_may_speak_of_pickle(tmp_path: Path):
    (tmp_path / "part.py").write_text('"""No pickle."""\n# no marshal\nx = 1\n')
    assert _words(tmp_path / "part.py") & OBJECTS == set()


def _imported_by(code: str) -> set[str]:
    """Top-level modules in ``sys.modules`` after ``code``."""
    script = f"{code}\nimport sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split())


TORCH = {"torch", "transformers", "datasets"}
HEAVY = TORCH | {"matplotlib", "numpy", "IPython", "nbformat", "jinja2", "libcst"}
HEAVY |= {"sqlalchemy", "alembic", "psycopg", "dask", "distributed"}


def test_import_grader_imports_nothing_heavy():
    assert _imported_by("import grader") & HEAVY == set()


def test_help_imports_nothing_heavy():
    code = (
        "import contextlib, io, sys\n"
        "sys.argv = ['grader', '--help']\n"
        "from grader.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main()"
    )
    assert _imported_by(code) & HEAVY == set()


def test_the_trusted_side_never_imports_torch():
    code = (
        "import grader.cli.grading, grader.cli.proving, grader.cli.releasing, grader.cli.checking, "
        "grader.cli.exporting"
    )
    assert _imported_by(code) & TORCH == set()
