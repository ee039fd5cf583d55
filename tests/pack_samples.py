"""A made-up public part with its baseline, that has one of everything a pack must hold, and with
secrets in every place that a pack must not."""

from __future__ import annotations

import numpy as np

from grader.model import (
    ArrayValue,
    Assignment,
    Baseline,
    Case,
    Check,
    DictValue,
    Died,
    DrawnFrom,
    Fixture,
    Frame,
    FunctionBaseline,
    KnownMistake,
    ListValue,
    Mistake,
    Raised,
    Raises,
    Returned,
    Same,
    Task,
    Tolerance,
    Topic,
    Within,
)

SECRET = "SECRET-7431"  # stands in everything that must not come into a pack

PROBES = f'''"""Facts. {SECRET}"""
from __future__ import annotations

import math

import torch

HIDDEN_TEXT = "{SECRET}"
SHARED = 3


def watched(function, inputs):
    """{SECRET}"""
    return {{"out": function(**inputs), "n": helper()}}  # {SECRET}


def helper():
    return SHARED


def only_hidden():
    return HIDDEN_TEXT, math.pi


def shown(size):
    return torch.ones(size)


def double_first(x):
    """{SECRET}"""
'''

FRAMES = (Frame(17, f"_helper_{SECRET}"),)
ARRAY = ArrayValue("float64", np.array([[1.0, -0.0], [np.nan, np.inf]]))
VALUE = DictValue(
    (
        ("out", ARRAY),
        ("n", 3),
        ("list", ListValue((1, 2.5, "é\ud800", None, True, float("inf"), 2**80), "tuple")),
        ("empty", ArrayValue("int64", np.zeros((0, 3), dtype=np.int64))),
        ("scalar", ArrayValue("bool", np.array(True), True)),
    )
)
OTHER = DictValue((("out", ArrayValue("float64", np.zeros((2, 2)))), ("n", 3)))
DIED = Died("signal", f"SIGSEGV {SECRET}", SECRET, wall=1.5)


def returned(value) -> Returned:
    return Returned(value, f"printed {SECRET}", 1.25, 0.5)


def raised(message: str, kind: str = "ValueError") -> Raised:
    return Raised(kind, message, (kind, "Exception"), FRAMES, f"printed {SECRET}", wall=2.0)


CASES = (
    Case("a *case* [1]?", {"x": Fixture("shown", {"size": [2, (3, float("nan"))]})}, True, 5, 12),
    Case("refused", {"x": {"a": None, "b": -1.5}}, True, 6, 13),
    Case(f"hidden {SECRET}", {"x": Fixture("only_hidden", {"t": SECRET})}, False, 74317431, 14),
)
CHECKS = (
    Check(
        "values",
        Same("out", Tolerance(1e-4, 2e-5), ("row", "column"), "exact", "none", False, False),
        2.5,
        "Look closely.",
        ("a*",),
        "refusal",
        21,
    ),
    Check("refusal", Raises("ValueError"), 1.0, line=22),
    Check("allowed", Within("list", "allowed"), 1.0),
    Check("sampled", DrawnFrom("list", "odds", 5.0), 1.0),
    Check(f"hidden only {SECRET}", Same("out"), 1.0, SECRET, (f"hidden {SECRET}",)),
    Check(f"idle {SECRET}", Same("nowhere"), 1.0, SECRET),
    Check("hangs", Same("n"), 1.0, given=f"hidden only {SECRET}"),
)
FIRST = Task(
    "first",
    CASES,
    CHECKS,
    (Mistake("You did it.", f"def first(): {SECRET}", 3),),
    ("x", "y"),
    "watched",
    f"answer_{SECRET}".replace("-", "_"),
)
SECOND = Task("second", (), (Check("nothing public", Same(), 4.0),), (), ("z",), needs=("first",))
TOPIC = Topic(
    "made_up",
    (FIRST, SECOND),
    f"def first(x, y): pass  # {SECRET}\ndef second(z): first(z)",
    PROBES,
    f"def answer(): {SECRET}",
    {"other": f"# {SECRET}"},
)
ASSIGNMENT = Assignment((TOPIC,))

ANSWER = DictValue((("allowed", ListValue((1, 2))), ("odds", DictValue((("1", 0.5),)))))
SHOWN, REFUSED = (case.name for case in CASES[:2])
RIGHT = {SHOWN: returned(VALUE), REFUSED: raised(f"no, says the reference: {SECRET}")}


def mistake(sentence: str, shown, refused) -> KnownMistake:
    return KnownMistake(sentence, {SHOWN: shown, REFUSED: refused})


BASELINE = Baseline(
    "made_up",
    {
        "first": FunctionBaseline(
            RIGHT,
            {SHOWN: ANSWER},
            (
                mistake("You return zeros.", returned(OTHER), raised("is -1.5")),
                mistake("You crash.", DIED, raised("is -1.5")),
                mistake(f"Twin {SECRET}", returned(VALUE), raised("a", "KeyError")),
                mistake(f"The other twin {SECRET}", returned(VALUE), raised("a", "KeyError")),
            ),
            {},
        ),
        "second": FunctionBaseline({}, doubled={("first",): ({}, {})}),
    },
)
VERSIONS = (("grader", "0.1.0"), ("python", "3.11.7"), ("torch", "2.13.0+cpu"))
