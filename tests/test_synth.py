"""Made-up classes: the same for the same seed, in every form, and their truth is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.spec import load_assignment
from grader.submission import collect_class
from grader.synth import MISTAKE, RIGHT, made_up_class

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(ROOT / "reference", "synth", ["tokenize", "pad_batch"])


def test_the_same_seed_makes_the_same_class(assignment):
    one, again, other = (list(made_up_class(assignment, 20, seed)) for seed in (3, 3, 4))
    assert one == again
    assert one != other


def test_names_are_distinct_however_many(assignment):
    names = [made.name for made in made_up_class(assignment, 900, 1)]
    assert len(set(names)) == 900


def test_what_is_made_is_what_is_read(assignment, tmp_path):
    """Sources that were put together as right or mistaken come out of every form of hand-in."""
    made = list(made_up_class(assignment, 40, 5))
    for one in made:
        for name, data in one.files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    topics = tuple(topic.name for topic in assignment.topics)
    read = {found.name: found for found in collect_class(tmp_path, topics)}
    assert set(read) == {one.name for one in made}
    for one in made:
        present = {topic for topic, what in one.truth.items() if what[0] != "absent"}
        assert set(read[one.name].sources) == present, one.name
    kinds = {what[0] for one in made for what in one.truth.values()}
    assert {RIGHT, MISTAKE} <= kinds
    forms = {Path(name).suffix for one in made for name in one.files}
    assert {".py", ".ipynb", ".zip"} <= forms
