"""The closed sandbox, attacked from inside: sockets. Each with its positive control."""

from __future__ import annotations

import errno
import os
import socket
import threading
from pathlib import Path

import pytest
from containment_helpers import SANDBOX, refused

pytest_plugins = ["containment_fixtures"]
pytestmark = SANDBOX


@pytest.fixture
def tcp_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        serve_in_thread(server)
        yield server.getsockname()[1]


def serve_in_thread(server):
    """Says hello to whoever connects, until the socket is closed."""

    def serve():
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            client.sendall(b"hello")
            client.close()

    threading.Thread(target=serve, daemon=True).start()


def test_tcp(host, tcp_port):
    assert refused(host, "connect_tcp", tcp_port).value == "hello"
    refused(host, "listen_tcp")


def test_multipath_tcp(host, tcp_port):
    multipath = 262
    if host.attempt("connect_tcp", tcp_port, multipath, closed=False).error:
        pytest.skip("this kernel has no MPTCP")
    refused(host, "connect_tcp", tcp_port, multipath)


def test_udp(host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        refused(host, "send_udp", server.getsockname()[1])
        assert server.recv(10) == b"secret"  # the control's
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.recv(10)


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_unix_sockets(host, outside, kind):
    name = f"{outside}/socket" if kind == "path" else f"@grader-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name[1:] if kind == "abstract" else name)
        if kind == "path":
            Path(name).chmod(0o777)
        server.listen()
        serve_in_thread(server)
        assert refused(host, "connect_unix", name).value == "hello"


@pytest.mark.parametrize(
    ("family", "kind", "protocol"),
    [(10, 1, 0), (10, 2, 0), (16, 3, 0), (16, 3, 9), (40, 1, 0), (38, 5, 0), (1, 2, 0)],
    ids=["tcp6", "udp6", "netlink", "audit", "vsock", "alg", "unix"],
)
def test_other_sockets(host, family, kind, protocol):
    control = host.attempt("open_socket", family, kind, protocol, closed=False)
    if control.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT):
        pytest.skip("this kernel has none")
    assert control.value is True
    assert host.attempt("open_socket", family, kind, protocol).errno == errno.EPERM


def test_a_local_pair_is_all_there_is(host, outside):
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        assert host.attempt("local_pair", kind).value == "hello"
        path = f"{outside}/pair-{int(kind)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
            server.bind(path)
            Path(path).chmod(0o777)
            server.setblocking(False)
            # Whatever the pair makes of the address, nothing arrives there.
            assert host.attempt("reconnect_pair", path, kind).value in ("refused 106", "secret")
            with pytest.raises(BlockingIOError):
                server.recv(10)


def test_a_datagram_pair_would_reach_a_path_and_is_refused(host, outside):
    path = f"{outside}/datagrams"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(path)
        Path(path).chmod(0o777)
        refused(host, "send_from_pair", path)
        assert server.recv(10) == b"secret"  # the control's


def test_no_program_is_attached_to_a_socket(host):
    refused(host, "attach_program")
