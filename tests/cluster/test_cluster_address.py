"""Where a cluster may be, and with which files. Nothing here connects to anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from certificates import authority

from grader.cluster import Certificates, ClusterError, address_of, open_cluster
from grader.cluster.tls import security_of, security_of_all


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("tcp://127.0.0.1:8786", "tcp"),
        ("tcp://127.8.8.8:8786", "tcp"),
        ("tcp://localhost:8786", "tcp"),
        ("tcp://[::1]:8786", "tcp"),
        ("tls://127.0.0.1:8786", "tls"),
        ("tls://scheduler.example:8786", "tls"),
        ("slurm", "slurm"),
    ],
)
def test_a_cluster_is_one_of_three(where: str, kind: str):
    assert address_of(where).kind == kind


@pytest.mark.parametrize(
    "where",
    [
        *("10.1.2.3", "192.168.0.1", "0.0.0.0", "8.8.8.8", "[2001:db8::1]", "[::]"),
        *("scheduler.example", "localhost.example", "127.0.0.1.example"),
    ],
)
def test_plain_tcp_to_another_machine_is_refused_before_any_connection(
    where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def connects(*_: object, **__: object) -> None:
        pytest.fail("it was looked up or connected to")

    monkeypatch.setattr("socket.socket.connect", connects)
    monkeypatch.setattr("socket.getaddrinfo", connects)
    with (
        pytest.raises(ClusterError, match=r"can run any code on all machines .* say tls://"),
        open_cluster(f"tcp://{where}:8786", tmp_path, print),
    ):
        pass


@pytest.mark.parametrize(
    "where",
    [
        *("", "slurm:", "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "http://127.0.0.1:1"),
        *(
            "tls://a:99999999",
            "tls://a:b",
            "tcp://127.0.0.1:1/x",
            "tls://me@host:1",
            "tls://[::1:1",
        ),
    ],
)
def test_anything_else_is_no_cluster(where: str):
    with pytest.raises(ClusterError, match="is no cluster: it is tls://HOST:PORT"):
        address_of(where)


def test_tls_needs_all_three_files(tmp_path: Path):
    files = authority(tmp_path / "ca").files
    assert security_of(files).require_encryption
    for missing, option in (
        (Certificates(None, files.cert, files.key), "--tls-ca"),
        (Certificates(files.ca, None, files.key), "--tls-cert"),
        (Certificates(files.ca, files.cert, None), "--tls-key"),
    ):
        with pytest.raises(ClusterError, match=f"there is no {option}"):
            security_of(missing)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    files = authority(tmp_path / "ca").files
    with pytest.raises(ClusterError, match=r"nowhere\.pem \(--tls-ca\) is no file"):
        security_of(Certificates(tmp_path / "nowhere.pem", files.cert, files.key))


def test_dasks_settings_name_the_files_too(tmp_path: Path):
    import dask

    files = authority(tmp_path / "ca").files
    named = {"ca-file": files.ca, "client.cert": files.cert, "client.key": files.key}
    settings = {f"distributed.comm.tls.{name}": str(file) for name, file in named.items()}
    with dask.config.set(settings):
        found = security_of(Certificates())
    assert (found.tls_ca_file, found.tls_client_key) == (str(files.ca), str(files.key))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path):
    files = authority(tmp_path / "ca").files
    assert files.key is not None
    files.key.chmod(0o644)
    with pytest.raises(ClusterError, match="is open to every user: chmod 600"):
        security_of(files)


def test_without_certificates_a_scheduler_of_ours_has_one_of_its_own(tmp_path: Path):
    keys = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found = security_of_all(Certificates(), tmp_path / name)
        assert found.require_encryption
        assert Path(found.tls_worker_key).stat().st_mode & 0o777 == 0o600
        keys.add(Path(found.tls_worker_key).read_text())
    assert len(keys) == 2


def test_with_certificates_a_scheduler_of_ours_shows_them(tmp_path: Path):
    files = authority(tmp_path / "ca").files
    found = security_of_all(files, tmp_path)
    keys = {found.tls_worker_key, found.tls_scheduler_key, found.tls_client_key}
    assert keys == {str(files.key)}
