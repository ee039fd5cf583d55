"""Honest programs keep working behind the closed sandbox, with the same results as outside."""

from __future__ import annotations

import importlib.util
import os

import pytest
from containment_host import UID, Host

from grader.worker.containment import landlock, seccomp

pytestmark = pytest.mark.skipif(
    not (landlock.detect_abi() and seccomp.is_available()), reason="no sandbox on this kernel"
)
BEST = UID if os.geteuid() == 0 else None
MODEL = "transformers.models.distilbert.modeling_distilbert"  # else each fork imports it anew
COURSE = ("torch", MODEL, "datasets", "matplotlib.pyplot")


def has_course():
    return all(importlib.util.find_spec(name.partition(".")[0]) for name in COURSE)


USERS = {"another user": BEST, "the same user": None}


@pytest.fixture(scope="module", params=USERS if BEST else ["the same user"])
def host(request):
    with Host(uid=USERS[request.param]) as opened:
        yield opened


def test_processes_locks_queues_and_pools(host):
    want = [600, [0, 1, 2], [1, 2], [3], False]
    assert host.attempt("count_in_processes").value == want


def test_a_python_is_started(host):
    code = "import zlib, ctypes, random; print(random.Random(1).random())"
    inside = host.attempt("start_python", code).value
    assert inside == host.attempt("start_python", code, closed=False).value
    assert float(inside) < 1


def test_asyncio_and_its_programs(host):
    assert host.attempt("use_asyncio").value == "5"


def test_facts_about_the_machine(host):
    assert host.attempt("machine_facts").value == [os.cpu_count(), True]


@pytest.fixture(scope="module")
def course():
    if not has_course():
        pytest.skip("the course's libraries are not installed")
    with Host(uid=BEST, imports=COURSE) as opened:
        yield opened


def test_training_loading_drawing_saving_bit_for_bit(course):
    """Outside first, so that a fault there is not taken for the sandbox's."""
    outside = course.attempt("train_and_load", 3, closed=False)
    assert not outside.error, outside.text
    assert outside.value["same"] is True
    assert outside.value["figure"] is True
    for name in ("figure.png", "weights.pt"):
        (course.scratch / name).unlink()
    inside = course.attempt("train_and_load", 3, memory=4 << 30)
    assert not inside.error, inside.text
    assert inside.value == outside.value
    assert len(inside.value["batches"]) == 4


def test_datasets_map_in_two_processes(course):
    inside = course.attempt("map_in_two_processes", memory=4 << 30)
    assert inside.value == [2 * number for number in range(10)], inside.text
    assert inside.swept == 0
