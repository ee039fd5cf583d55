"""What a submission can reach from a worker: neither the scheduler, nor the key that opens it.

Each attack is tried twice: as a job of a real cluster, and, as its positive control, in a warm
process without the layers that are in its way, where it works.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from certificates import Authority, authority
from cluster_helpers import Ground, below, busy, ground, job, wait

from grader.cluster import Cluster, Options, open_cluster
from grader.model import Job, Observation, Raised, Returned
from grader.sandbox import SandboxError, WarmSandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="contains on Linux only")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: the key is another user's")
OPEN = ("namespaces", "seccomp", "landlock", "distinct user", "cgroup memory", "cgroup pids")


@pytest.fixture(scope="module")
def own(open_folder: Path) -> Authority:
    """In a folder through which every user may pass: the key's own mode is what guards it."""
    made = authority(open_folder / "authority")
    made.folder.chmod(0o755)
    return made


@pytest.fixture(scope="module")
def place(own: Authority) -> Iterator[Ground]:
    with ground(own) as found:
        found.start_scheduler()
        # Its name is its own; what it reports is another grader's.
        odd = found.folder / "odd.py"
        odd.write_text("import grader\ngrader.__version__ = '0.0.7'\n")
        found.start_worker("--name", "odd", "--preload", str(odd))
        found.start_worker("--name", "good")
        wait(lambda: found.counts()["workers"] == 2, "two workers")
        yield found


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def cluster(place: Ground, own: Authority, home: Path, told: list[str]) -> Iterator[Cluster]:
    options = Options(certificates=own.files)
    with open_cluster(place.address, home, told.append, options) as found:
        yield found


@pytest.fixture(scope="module")
def unguarded(home: Path) -> Iterator[WarmSandbox]:
    """What the cluster's sandbox would be without its layers."""
    with WarmSandbox(home, without=OPEN) as found:
        yield found


def on_the_cluster(cluster: Cluster, attack: Job) -> Observation:
    with cluster.open_runner() as runner:
        return runner.run(attack)


def came_back(observation: Observation) -> object:
    (outcome,) = observation.outcomes["f"].values()
    return outcome.value if isinstance(outcome, Returned) else outcome


CONNECT = """
import socket
def f(x):
    with socket.create_connection(tuple(x), 5) as client:
        return "it reached the scheduler"
"""
SPEAK = """
import socket, ssl
def f(x):
    host, port, ca, cert, key = x
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname = False
    context.load_cert_chain(cert, key)
    with socket.create_connection((host, port), 5) as client:
        with context.wrap_socket(client) as inside:
            return "the scheduler spoke" if inside.recv(8) else "nothing"
"""
READ = """
def f(x):
    return "PRIVATE KEY" in open(x).read()
"""


def test_a_submission_cannot_connect_to_the_scheduler(
    cluster: Cluster, place: Ground, unguarded: WarmSandbox
):
    host, port = place.address.removeprefix("tls://").split(":")
    attack = job(CONNECT, [host, int(port)])
    assert came_back(unguarded.run(attack)) == "it reached the scheduler"
    seen = on_the_cluster(cluster, attack)
    assert isinstance(came_back(seen), Raised)
    (outcome,) = seen.outcomes["f"].values()
    assert not isinstance(outcome, Returned)
    assert getattr(outcome, "stopped", ()) == ("network",)


@needs_root
def test_a_submission_cannot_read_the_key(cluster: Cluster, own: Authority, unguarded: WarmSandbox):
    attack = job(READ, str(own.files.key))
    assert came_back(unguarded.run(attack)) is True
    outcome = came_back(on_the_cluster(cluster, attack))
    assert isinstance(outcome, Raised)
    assert outcome.type in ("FileNotFoundError", "PermissionError")


@needs_root
def test_a_submission_cannot_speak_to_the_scheduler_as_a_worker(
    cluster: Cluster, place: Ground, own: Authority, unguarded: WarmSandbox
):
    host, port = place.address.removeprefix("tls://").split(":")
    files = [str(own.files.ca), str(own.files.cert), str(own.files.key)]
    attack = job(SPEAK, [host, int(port), *files])
    assert came_back(unguarded.run(attack)) == "the scheduler spoke"
    assert isinstance(came_back(on_the_cluster(cluster, attack)), Raised)


def test_a_worker_of_another_version_is_refused_by_name_and_the_others_go_on(
    cluster: Cluster, told: list[str]
):
    (sentence,) = told
    assert sentence.startswith("the worker odd at tls://127.0.0.1:")
    assert sentence.endswith(" is refused: grader is 0.0.7 there and 0.1.0 here")
    assert cluster.roster.seats.number() == 1
    assert came_back(on_the_cluster(cluster, job("def f(x):\n    return x\n", 5))) == 5


def test_a_key_that_submissions_could_read_is_refused(home: Path, tmp_path: Path):
    """In the course cache, say."""
    with ground(authority(tmp_path / "own")) as place:
        place.start_scheduler()
        assert place.tls is not None
        assert place.tls.files.key is not None
        cache = tmp_path / "cache"
        reading = cache / home.name
        reading.mkdir(parents=True)
        place.tls.files.key.rename(reading / "node.key")
        place.tls.files.key.symlink_to(reading / "node.key")
        worker = place.start_worker(GRADER_CACHE=str(cache))
        assert worker.wait(60) == 1
        assert "which students' code reads: move it away" in place.said(worker)


def test_a_sandbox_that_is_closed_under_a_job_ends_it_and_starts_no_other(unguarded: WarmSandbox):
    """As when a worker is told to end: its own thread still waits for the job. The last test here,
    for the sandbox is of no more use."""
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(unguarded.run, busy(60))
        wait(lambda: below(unguarded.pid, set()), "the job's process", 10)
        time.sleep(0.5)
        began = time.monotonic()
        unguarded.close()
        with pytest.raises(SandboxError, match="the sandbox is closed"):
            running.result(30)
    assert time.monotonic() - began < 30
    with pytest.raises(SandboxError, match="the sandbox is closed"):
        unguarded.run(busy(0))
    assert unguarded.pid == 0
