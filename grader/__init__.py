"""Grades course assignments that teach Hugging Face Transformers.

The package's top level is the authoring API that a ``task.py`` imports; everything else is
reached through its part (``grader.judge``, ``grader.sandbox``, ...). Neither torch nor
transformers nor numpy is imported from here.
"""

# `model` is two things: the fixture of the authoring API, `model("distilbert")`, and the part
# `grader.model` that holds the frozen values. The part is imported first, so that its name in
# this package is the fixture's from here on; `from grader.model import ...` finds the part always.
import grader.model  # noqa: F401
from grader.spec.declare import task
from grader.spec.fixtures import (
    batch,
    fixture,
    loader,
    model,
    pretrained,
    scratch,
    tensor,
    tokenizer,
)
from grader.spec.rules import drawn_from, raises, same, within

__version__ = "0.1.0"

__all__ = [
    "batch",
    "drawn_from",
    "fixture",
    "loader",
    "model",
    "pretrained",
    "raises",
    "same",
    "scratch",
    "task",
    "tensor",
    "tokenizer",
    "within",
]
