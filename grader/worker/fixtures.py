"""Fixtures: the live objects that a case's inputs name, made in the student's process.

In: a ``Fixture`` or a case's inputs, and the topic's own probe module. Out: models, tokenizers,
tensors, batches and loaders, made anew at every call, so that no case sees what another did to
them. Making one draws nothing from the global random generators.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from types import ModuleType

from grader.model import Fixture
from grader.worker.fixture_errors import FixtureError
from grader.worker.fixture_models import model, pretrained
from grader.worker.fixture_scratch import use_scratch
from grader.worker.fixture_tensors import batch, loader, tensor
from grader.worker.fixture_tokenizers import tokenizer
from grader.worker.preload import preload

__all__ = ["BUILT_IN", "FixtureError", "build", "build_inputs", "preload", "scratch", "use_scratch"]


def scratch() -> str:
    """The path of a folder that this process may write to."""
    return os.environ["TMPDIR"]


BUILT_IN: Mapping[str, Callable[..., object]] = {
    "model": model,
    "pretrained": pretrained,
    "tokenizer": tokenizer,
    "tensor": tensor,
    "batch": batch,
    "loader": loader,
    "scratch": scratch,
}


def build_inputs(inputs: Mapping[str, object], own: ModuleType | None) -> dict[str, object]:
    """A case's inputs by parameter name: every fixture in them, however deep, made; every list
    and dictionary new. ``own`` is the topic's probe module.

    Raises:
        FixtureError: a fixture is unknown, was given a wrong argument, or failed.
    """
    return {name: _built(value, own) for name, value in inputs.items()}


def build(fixture: Fixture, own: ModuleType | None) -> object:
    """What ``fixture`` names, its arguments built first.

    Raises:
        FixtureError: as ``build_inputs``; the message names the fixture.
    """
    maker = _maker(fixture.name, own)
    arguments = build_inputs(fixture.arguments, own)
    try:
        inspect.signature(maker).bind(**arguments)
    except TypeError as error:
        raise FixtureError(f"the fixture {_call(fixture)}: {error}") from None
    try:
        return maker(**arguments)
    except FixtureError as error:
        raise FixtureError(f"the fixture {_call(fixture)}: {error}") from error
    except MemoryError:
        raise  # a limit's doing, and named by whoever set it
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise FixtureError(f"the fixture {_call(fixture)} failed with {said}") from error


def _call(fixture: Fixture) -> str:
    """``pretrained(name='distilgpt2')``, cut short."""
    given = ", ".join(f"{name}={value!r}" for name, value in fixture.arguments.items())
    return f"{fixture.name}({given if len(given) <= 200 else given[:200] + '…'})"


def _maker(name: str, own: ModuleType | None) -> Callable[..., object]:
    maker = BUILT_IN.get(name) or getattr(own, name, None)
    if not callable(maker):
        known = ", ".join(BUILT_IN)
        raise FixtureError(
            f"there is no fixture {name!r}: it is none of {known}, "
            "and the topic's probe.py defines no such function"
        )
    return maker


def _built(value: object, own: ModuleType | None) -> object:
    if isinstance(value, Fixture):
        return build(value, own)
    if isinstance(value, Mapping):
        return {key: _built(item, own) for key, item in value.items()}
    if isinstance(value, list):
        return [_built(item, own) for item in value]
    if isinstance(value, tuple):
        return tuple(_built(item, own) for item in value)
    return value
