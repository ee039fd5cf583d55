"""Writes a module, imports it, and looks at its own source."""

import importlib
import inspect
import pathlib
import sys


def helper(x):
    return x + 1  # a comment


def program():
    pathlib.Path("mine.py").write_text("VALUE = 5\ndef f(x):\n    return x * VALUE\n")
    sys.path.insert(0, str(pathlib.Path().absolute()))
    mine = importlib.import_module("mine")
    return [mine.f(2), inspect.getsource(helper), str(inspect.signature(program))]
