"""Names of live objects that the student's process makes. In: arguments. Out: ``Fixture`` values.

Nothing is made here: ``worker.fixtures`` has a function of the same name for each, and documents
the arguments.
"""

from __future__ import annotations

from grader.model import Fixture, Input


def model(arch: str, **arguments: Input) -> Fixture:
    """A tiny random model: ``model("distilbert", seed=3, dtype="float64", layers=2)``."""
    return Fixture("model", {"arch": arch, **arguments})


def pretrained(name: str, **arguments: Input) -> Fixture:
    """A model from the course cache: ``pretrained("distilgpt2", head="causal-lm")``."""
    return Fixture("pretrained", {"name": name, **arguments})


def tokenizer(name: str, **arguments: Input) -> Fixture:
    """A tokenizer from the course cache: ``tokenizer("bert")``, ``tokenizer("gpt2")``."""
    return Fixture("tokenizer", {"name": name, **arguments})


def tensor(shape: Input = None, seed: int = 0, **arguments: Input) -> Fixture:
    """A tensor from a seed: ``tensor([2, 5], seed=1)``, or ``tensor(values=[[1, 2]])``."""
    return Fixture("tensor", {"shape": shape, "seed": seed, **arguments})


def batch(rows: Input, **arguments: Input) -> Fixture:
    """A padded batch of rows of ids: ``batch([[5, 6], [7]], pad_id=0)``."""
    return Fixture("batch", {"rows": rows, **arguments})


def loader(**arguments: Input) -> Fixture:
    """A ``DataLoader`` of random labelled rows: ``loader(rows=11, batch_size=4, seed=1)``."""
    return Fixture("loader", arguments)


def scratch() -> Fixture:
    """The path of a folder that the student's process may write to."""
    return Fixture("scratch", {})


def fixture(name: str, **arguments: Input) -> Fixture:
    """What ``name(**arguments)`` of the topic's own ``probe.py`` returns."""
    return Fixture(name, arguments)
