"""Who gets in: certificates, plain connections, pages, and how a process of a cluster was started.

Schedulers are real; none of these tests gets as far as a job.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import Authority, authority
from cluster_helpers import LOOPBACK, PRELOAD, WORKER, Ground, ground, wait

from grader.cluster import Certificates, ClusterError, Options, open_cluster

FAST = {"connect": 5.0, "answer": 5.0, "patience": 1.0}
NO_WORKER = "no worker came within 1 s"


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Authority]:
    """The cluster's own, and another's."""
    folder = tmp_path_factory.mktemp("authorities")
    return authority(folder / "own"), authority(folder / "other")


@pytest.fixture(scope="module")
def safe(authorities: tuple[Authority, Authority]) -> Iterator[Ground]:
    with ground(authorities[0]) as place:
        place.start_scheduler()
        yield place


@pytest.fixture(scope="module")
def plain() -> Iterator[Ground]:
    with ground() as place:
        place.start_scheduler()
        yield place


def why(where: str, certificates: Certificates | None = None) -> str:
    """What is said when a cluster without workers is opened, and it takes no time."""
    began = time.monotonic()
    options = Options(certificates=certificates or Certificates(), **FAST)
    with pytest.raises(ClusterError) as caught, open_cluster(where, Path("course"), print, options):
        pass
    assert time.monotonic() - began < 30
    return str(caught.value)


# ---- TLS


def test_with_the_right_certificate_one_gets_in(safe: Ground):
    assert safe.address.startswith("tls://")
    assert safe.tls is not None
    assert NO_WORKER in why(safe.address, safe.tls.files)


def test_another_authoritys_scheduler_is_not_believed(
    safe: Ground, authorities: tuple[Authority, Authority]
):
    own, other = (one.files for one in authorities)
    mixed = Certificates(other.ca, own.cert, own.key)
    assert "the authority of --tls-ca did not sign" in why(safe.address, mixed)


def test_another_authoritys_certificate_is_refused(
    safe: Ground, authorities: tuple[Authority, Authority]
):
    own, other = (one.files for one in authorities)
    mixed = Certificates(own.ca, other.cert, other.key)
    assert "refuses our certificate: --tls-cert must be signed" in why(safe.address, mixed)


def test_without_certificates_there_is_no_tls(safe: Ground):
    assert "tls:// needs certificates, and there is no --tls-ca" in why(safe.address)


def test_a_plain_connection_to_a_scheduler_with_tls_is_refused(safe: Ground):
    told = why(safe.address.replace("tls://", "tcp://"))
    assert "closed the connection: most likely a scheduler that speaks TLS" in told


def test_tls_to_a_plain_scheduler_is_refused(
    plain: Ground, authorities: tuple[Authority, Authority]
):
    told = why(plain.address.replace("tcp://", "tls://"), authorities[0].files)
    assert "speaks no TLS: start it with TLS" in told


@pytest.mark.parametrize("others", ["plain", "another authority"])
def test_a_worker_without_the_right_certificate_never_joins(
    safe: Ground, authorities: tuple[Authority, Authority], others: str
):
    address = safe.address if others != "plain" else safe.address.replace("tls://", "tcp://")
    own = safe.tls
    safe.tls = authorities[1] if others != "plain" else None
    try:
        worker = safe.start("worker", address, *WORKER, "--death-timeout", "3")
    finally:
        safe.tls = own
    assert worker.wait(60) != 0
    assert safe.counts()["workers"] == 0


# ---- nobody there, or somebody else


def test_nobody_at_an_address_is_told():
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        address = f"tcp://{LOOPBACK}:{free.getsockname()[1]}"
        told = why(address)
    assert f"the scheduler at {address} is not to be reached: nobody listens there" in told


def test_somebody_who_says_nothing_is_not_waited_for():
    """Nor does the process wait for anything of it at its end."""
    with socket.create_server((LOOPBACK, 0)) as mute:
        assert SILENT in outside(f"tcp://{LOOPBACK}:{mute.getsockname()[1]}")


SILENT = "takes connections and says nothing for 6 s"
_OUTSIDE = """
import sys
from pathlib import Path
from grader.cluster import ClusterError, Options, open_cluster
try:
    with open_cluster(sys.argv[1], Path("course"), print, Options(connect=3.0)):
        pass
except ClusterError as error:
    print(error)
"""


def outside(where: str) -> str:
    """What is said in a process of its own, which comes to its end."""
    command = [sys.executable, "-P", "-c", _OUTSIDE, where]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_a_scheduler_without_workers_is_not_waited_for(plain: Ground):
    assert NO_WORKER in why(plain.address)


def test_a_scheduler_that_stands_still_is_not_waited_for(plain: Ground):
    plain.processes[0].send_signal(signal.SIGSTOP)
    try:
        assert SILENT in outside(plain.address)
    finally:
        plain.processes[0].send_signal(signal.SIGCONT)


# ---- how it was started


def test_the_pages_are_this_machines_alone(plain: Ground, safe: Ground):
    """And nothing else of it is open to others."""
    for place in (plain, safe):
        listening = _listening(place.processes[0].pid)
        assert len(listening) == 2
        assert {host for host, _ in listening} == {"0100007F"}


def _listening(pid: int) -> set[tuple[str, str]]:
    """Addresses and ports, as the kernel writes them, on which a process listens."""
    links = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in links:
                host, port = fields[1].split(":")
                found.add((host, port))
    return found


@pytest.mark.parametrize(
    ("what", "arguments", "told"),
    [
        ("scheduler", ("--host", "0.0.0.0", "--port", "0"), "other machines could have any code"),
        (
            "scheduler",
            ("--host", LOOPBACK, "--port", "0", "--dashboard-address", ":0"),
            "its pages are open to other machines, at 0.0.0.0",
        ),
        ("worker", ("--nthreads", "1", "--no-nanny", "--host", "0.0.0.0"), "could have any code"),
        ("worker", ("--nthreads", "2", "--no-nanny", "--host", LOOPBACK), "--nthreads 1"),
        ("worker", (*WORKER, "--dashboard-address", ":0"), "its pages are open"),
    ],
)
def test_a_process_that_was_started_unsafely_ends_with_the_reason(
    plain: Ground, what: str, arguments: tuple[str, ...], told: str
):
    address = (plain.address,) if what == "worker" else ()
    process = plain.start(what, *address, *arguments, *PRELOAD)
    assert process.wait(60) == 1
    assert told in plain.said(process)
    assert plain.counts()["workers"] == 0


def test_a_worker_whose_key_others_may_read_ends_with_the_reason(tmp_path: Path):
    with ground(authority(tmp_path / "own")) as place:
        place.start_scheduler()
        assert place.tls is not None
        assert place.tls.files.key is not None
        place.tls.files.key.chmod(0o644)
        worker = place.start_worker()
        assert worker.wait(60) == 1
        assert "is open to every user: chmod 600" in place.said(worker)


def test_a_worker_without_the_preload_is_refused_and_says_how_to_start_it(plain: Ground):
    worker = plain.start("worker", plain.address, *WORKER, "--name", "bare")
    wait(lambda: plain.counts()["workers"] == 1, "the worker")
    told = why(plain.address)
    assert "no worker is fit for this:\n  the worker bare at tcp://127.0.0.1:" in told
    assert "it was started without `--preload grader.cluster.preload`" in told
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)
    wait(lambda: plain.counts()["workers"] == 0, "the worker to be gone")


def test_a_scheduler_of_another_environment_is_refused(tmp_path: Path):
    """One whose Python has no grader."""
    with ground() as place:
        block = tmp_path / "block.py"
        block.write_text(
            "import sys\nclass No:\n    def find_spec(self, name, *_):\n"
            "        if name.split('.')[0] == 'grader':\n"
            "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
            "sys.meta_path.insert(0, No())\n"
        )
        note = tmp_path / "scheduler.json"
        arguments = ("--host", LOOPBACK, "--port", "0", "--scheduler-file", str(note))
        place.start("scheduler", *arguments, "--preload", str(block))
        wait(lambda: note.exists() and note.read_text().endswith("}"), "the scheduler")
        assert "the scheduler's Python has no grader" in why(
            json.loads(note.read_text())["address"]
        )


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert 'pip install "grader[cluster]"' in why("tcp://127.0.0.1:1")


def test_the_package_is_there_without_dask():
    code = "import sys, grader.cluster; sys.exit(bool({'dask', 'distributed'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
