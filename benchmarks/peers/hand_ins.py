"""The class that all graders get: perfect, wrong and untouched hand-ins of the four questions.

In: the topic. Out: texts of ``solution.py``, in the proportion three perfect, two wrong, one stub.
Every text is another program, also to a grader that would overlook comments: it carries its
author's name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.model import Topic
from grader.spec.load import load_topic
from grader.stub import stub_of

REFERENCE = Path(__file__).parent / "reference"
TOPIC = "four_questions"
PERFECT, WRONG, STUB = "perfect", "wrong", "stub"
PROPORTION = (PERFECT, WRONG, PERFECT, STUB, PERFECT, WRONG)


@dataclass(frozen=True, slots=True)
class HandIn:
    """One made-up hand-in; ``kind`` is ``PERFECT``, ``WRONG`` or ``STUB``."""

    name: str
    kind: str
    source: str


def four_questions() -> Topic:
    """The topic, as our own grader reads it."""
    return load_topic(REFERENCE / TOPIC, seed="peers")


def class_of(topic: Topic, number: int, signed: bool = True) -> Iterator[HandIn]:
    """``number`` hand-ins, the same every time. Those that are not ``signed`` repeat: few ways of
    being right or wrong, and one stub, come from different students word by word."""
    kinds = _kinds(topic)
    for count, kind in zip(range(number), itertools.cycle(PROPORTION), strict=False):
        name = f"student-{count:04}"
        source = next(kinds[kind])
        yield HandIn(name, kind, _signed(source, name) if signed else source)


def _kinds(topic: Topic) -> dict[str, Iterator[str]]:
    """Sources of each kind, again and again. The mistakes take turns question by question."""
    by_turns = itertools.zip_longest(*(task.mistakes for task in topic.tasks))
    mistakes = [mistake.source for turn in by_turns for mistake in turn if mistake is not None]
    return {
        PERFECT: itertools.cycle([topic.reference, *topic.rights.values()]),
        WRONG: itertools.cycle(mistakes),
        STUB: itertools.cycle([stub_of(topic)]),
    }


def _signed(source: str, name: str) -> str:
    return f'{source.rstrip()}\n\n\nAUTHOR = "{name}"\n'
