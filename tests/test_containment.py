"""The closed sandbox, attacked from inside. Every refusal has its positive control: the same
attempt, in a fork of the same process without the sandbox, succeeds."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from containment_host import UID, Host

from grader.worker.containment import landlock, seccomp

pytestmark = [
    pytest.mark.skipif(not landlock.detect_abi(), reason="this kernel has no Landlock"),
    pytest.mark.skipif(not seccomp.is_available(), reason="this kernel has no seccomp"),
]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root: another user cannot be had")
REFUSED = ("PermissionError", errno.EPERM)
NO_ACCESS = ("PermissionError", errno.EACCES)


@pytest.fixture(scope="module")
def host():
    """The strongest sandbox to be had here: another user as root, the same one otherwise."""
    with Host(uid=UID if IS_ROOT else None) as opened:
        yield opened


@pytest.fixture(scope="module")
def same_user():
    with Host() as opened:
        yield opened


@pytest.fixture
def outside(tmp_path):
    """A folder of the tests' own, as open as a folder can be: only the sandbox can refuse it."""
    folder = Path(f"/tmp/contain-outside-{os.getpid()}")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "secret").write_text("the expected answer")
    (folder / "secret").chmod(0o666)
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def refused(host, name, *arguments, how=REFUSED):
    """The attempt succeeds without the sandbox, and not with it."""
    control = host.attempt(name, *arguments, closed=False)
    assert not control.error, f"the control failed: {control.text}"
    outcome = host.attempt(name, *arguments)
    assert (outcome.error, outcome.errno) == how, outcome
    return control


# ---- layers


def test_all_portable_layers_hold(host):
    abi = landlock.detect_abi()
    layers = host.attempt("echo", 1).layers
    assert layers == host.layers
    assert {"rlimits", "no new privileges", f"landlock:{abi}", "seccomp"} <= set(layers)
    assert any(name.startswith("distinct user") for name in layers) == IS_ROOT


def test_a_layer_that_is_not_there_is_not_named():
    with Host(abi=0) as older:
        assert not [name for name in older.layers if name.startswith(("landlock", "distinct"))]
        assert "seccomp" in older.attempt("echo", 1).layers


@pytest.mark.parametrize("abi", [1, 2, 3, 4, 5, 6])
def test_older_abis_close_and_bound_reading(abi, outside):
    if abi > landlock.detect_abi():
        pytest.skip("this kernel is older")
    with Host(abi=abi) as older:
        assert f"landlock:{abi}" in older.attempt("echo", 1).layers
        refused(older, "read", str(outside / "secret"), how=NO_ACCESS)
        assert older.attempt("use_devices").value == [3, True]


# ---- files


def test_a_file_outside_cannot_be_read(host, outside):
    control = refused(host, "read", str(outside / "secret"), how=NO_ACCESS)
    assert control.value == "the expected answer"


def test_nor_through_a_link_in_the_scratch_folder(host, outside):
    refused(host, "read_through_link", str(outside / "secret"), how=NO_ACCESS)


def test_folders_outside_cannot_be_listed(host, outside):
    for folder in ("/", "/tmp", "/proc", "/etc", "/dev", str(outside)):
        refused(host, "listing", folder, how=NO_ACCESS)


@pytest.mark.parametrize("how", ["write", "append", "truncate", "remove"])
def test_a_file_outside_cannot_be_changed(host, outside, how):
    target = outside / "secret"
    outcome = host.attempt(how, str(target))
    assert (outcome.error, outcome.errno) == NO_ACCESS
    assert target.read_text() == "the expected answer"
    assert host.attempt(how, str(target), closed=False).value is True
    assert not target.exists() or target.read_text() != "the expected answer"


def test_nothing_can_be_made_outside(host, outside):
    refused(host, "write", str(outside / "new"), how=NO_ACCESS)


def test_nothing_is_left_in_shared_memory(host):
    name = f"grader-test-{os.getpid()}"
    try:
        refused(host, "make_shared_memory", name, how=NO_ACCESS)
    finally:
        Path("/dev/shm", name).unlink(missing_ok=True)


def test_libraries_are_read_and_not_written(tmp_path):
    library = Path(f"/tmp/contain-library-{os.getpid()}")
    library.mkdir()
    try:
        (library / "module.py").write_text("honest")
        library.chmod(0o777)
        (library / "module.py").chmod(0o666)
        with Host(read_only=(str(library),)) as opened:
            assert opened.attempt("read", str(library / "module.py")).value == "honest"
            assert opened.attempt("listing", str(library)).value == ["module.py"]
            refused(opened, "write", str(library / "planted.py"), how=NO_ACCESS)
            refused(opened, "append", str(library / "module.py"), how=NO_ACCESS)
    finally:
        for path in library.iterdir():
            path.unlink()
        library.rmdir()


def test_the_scratch_folder_does_all_that_honest_code_wants(host):
    want = ["te", ["below", "hard", "pointer"], ["b"], []]
    assert host.attempt("use_scratch").value == want
    assert host.attempt("use_devices").value == [3, True]


def test_landlock_alone_refuses(host, outside):
    """Without seccomp, limits or another user beside it."""
    secret = str(outside / "secret")
    assert host.attempt("read", secret, closed=False).value == "the expected answer"
    outcome = host.attempt("landlock_alone", secret, closed=False)
    assert (outcome.error, outcome.errno) == NO_ACCESS


def test_the_same_user_cannot_change_modes_of_own_files_outside(same_user, outside):
    target = outside / "secret"
    assert same_user.attempt("chmod", str(target), 0o600).value == 0o666  # said yes, did nothing
    assert target.stat().st_mode & 0o777 == 0o666
    assert same_user.attempt("chmod", str(target), 0o600, closed=False).value == 0o600


@needs_root
def test_another_user_keeps_chmod_in_the_scratch_folder_and_nowhere_else(host, outside):
    scratch = host.scratch / "file"
    scratch.write_text("")
    os.chown(scratch, UID, UID)
    assert host.attempt("chmod", str(scratch), 0o640).value == 0o640
    refused(host, "chmod", str(outside / "secret"), 0o600)
    scratch.unlink()


@pytest.mark.parametrize("how", ["open", "chmod", "fchmod", "fchmodat2"])
def test_no_set_id_file_can_be_made(host, how):
    control = host.attempt("make_set_id_file", how, closed=False)
    if control.errno == errno.ENOSYS:
        pytest.skip("this kernel has no such call")
    assert control.value == 0o4755
    outcome = host.attempt("make_set_id_file", how)
    assert outcome.errno == errno.EPERM or not outcome.value & 0o6000


def test_folders_cannot_be_watched_nor_files_had_by_handle(host, outside):
    refused(host, "watch_folder", str(outside))
    refused(host, "handle_of", str(outside))


# ---- the capability that reads libraries below a folder of root's


@needs_root
def test_a_kept_capability_reads_the_libraries_and_nothing_else(tmp_path):
    tmp_path.chmod(0o700)
    library, secret = tmp_path / "library", tmp_path / "secret"
    library.mkdir()
    (library / "module").write_text("honest")
    secret.write_text("the reference")
    with Host(uid=UID, read_only=(str(library), sys.prefix, sys.base_prefix)) as opened:
        assert "distinct user (reads through CAP_DAC_READ_SEARCH)" in opened.layers
        assert opened.attempt("read", str(library / "module")).value == "honest"
        environ = Path(f"/proc/{opened.process.pid}/environ")
        for path in (secret, Path("/etc/shadow"), environ, Path("/etc/passwd")):
            control = opened.attempt("read", str(path), closed=False)
            assert not control.error, control
            outcome = opened.attempt("read", str(path))
            assert (outcome.error, outcome.errno) == NO_ACCESS, path
        assert opened.attempt("listing", str(tmp_path)).errno == errno.EACCES
        # The capability alone would have read these: it is Landlock that refuses.
        for path in (secret, Path("/etc/shadow")):
            assert not opened.attempt(
                "read_with_capability_alone", str(path), UID, closed=False
            ).error
        # Of other users' environments the kernel refuses even that.
        alone = opened.attempt("read_with_capability_alone", str(environ), UID, closed=False)
        assert alone.error == "PermissionError"
        assert opened.attempt("read", "/proc/1/environ").errno == errno.EACCES


@needs_root
def test_a_program_that_is_started_reads_its_libraries_too(host):
    if "distinct user" in host.layers:
        pytest.skip("every user can read the libraries here")
    assert host.attempt("start_python", "import json; print(json.dumps(7))").value == "7"
    said = host.attempt("start_python", "print(open('/etc/shadow').read())").value
    assert "PermissionError" in said
    assert "root" in host.attempt("read", "/etc/shadow", closed=False).value


@needs_root
def test_no_capability_is_kept_where_the_user_can_read_the_libraries():
    library = Path(f"/tmp/contain-readable-{os.getpid()}")
    library.mkdir(mode=0o755)
    try:
        (library / "module").write_text("honest")
        with Host(uid=UID, read_only=(str(library),)) as opened:
            assert "distinct user" in opened.layers
            assert opened.attempt("read", str(library / "module")).value == "honest"
            who = opened.attempt("identity").value
            assert who["capabilities"] == [0, 0, 0]
            assert who["bounding"] == []
    finally:
        (library / "module").unlink()
        library.rmdir()


# ---- who the child is


@needs_root
def test_the_child_is_another_user_for_good(host):
    who = host.attempt("identity").value
    kept = 0 if "distinct user" in host.layers else 1 << 2
    assert who == {
        "uids": [UID] * 3,
        "gids": [UID] * 3,
        "groups": [],
        "capabilities": [kept] * 3,
        "bounding": [],
        "no_new_privileges": 1,
    }
    refused(host, "become_root")


def test_the_same_user_has_no_capability(same_user):
    who = same_user.attempt("identity").value
    assert who["uids"] == list(os.getresuid())
    assert who["capabilities"] == [0, 0, 0]
    assert who["no_new_privileges"] == 1


@needs_root
def test_a_set_user_id_program_gives_nothing():
    """Started by another user it runs as root, and behind the sandbox as whoever starts it."""
    program = Path(f"/usr/lib/contain-set-id-{os.getpid()}")
    source = Path("/usr/bin/python3")
    if not source.exists():
        pytest.skip("needs a Python that every user can start")
    try:
        program.write_bytes(source.read_bytes())
        program.chmod(0o4755)
        code = f"import os, subprocess; os.setuid({UID}); import sys;"
        code += f"print(subprocess.run(['{program}', '-I', '-S', '-c',"
        code += "'import os; print(os.geteuid())'], capture_output=True, text=True).stdout)"
        control = subprocess.run([source, "-I", "-c", code], capture_output=True, text=True)
        assert control.stdout.strip() == "0", control.stderr
        with Host(uid=UID) as opened:
            assert opened.attempt("effective_user_of", str(program)).value == UID
    finally:
        program.unlink(missing_ok=True)


@pytest.mark.parametrize("how", ["unshare", "clone", "clone3"])
def test_no_user_namespace(host, how):
    control = host.attempt("new_user_namespace", how, closed=False)
    if control.error:
        pytest.skip("this machine lets nobody make one")
    expected = errno.ENOSYS if how == "clone3" else errno.EPERM
    assert host.attempt("new_user_namespace", how).errno == expected


def test_nothing_can_be_mounted(host):
    control = host.attempt("mount", closed=False)
    if control.error:
        pytest.skip("this machine lets nobody mount")
    assert host.attempt("mount").errno == errno.EPERM


# ---- sockets


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


# ---- other processes


def test_signals_reach_nobody_outside(host):
    if landlock.detect_abi() < 6 and not IS_ROOT:
        pytest.skip("needs Landlock ABI 6 or another user")
    refused(host, "signal_parent")


def test_kill_all_spares_everybody_outside(host, same_user):
    if landlock.detect_abi() < 6:
        pytest.skip("needs Landlock ABI 6")
    with subprocess.Popen(["sleep", "60"]) as sentinel:
        for opened in (host, same_user):
            assert opened.attempt("kill_all", int(signal.SIGKILL)).value is True
        assert sentinel.poll() is None
        assert host.attempt("kill", sentinel.pid).error == "PermissionError"
        assert host.attempt("kill", sentinel.pid, closed=False).value is True
        assert sentinel.wait() == -signal.SIGKILL


def test_before_abi_6_the_same_user_cannot_signal_all():
    with Host(abi=5) as older:
        assert older.attempt("kill_all", 0, closed=False).value is True
        assert older.attempt("kill_all", 0).errno == errno.EPERM


def test_limits_of_others_stay(host):
    refused(host, "limit_parent")


@pytest.fixture
def neighbour():
    """Another Python of the same user, which lets itself be looked into."""
    with subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"]) as process:
        yield process.pid
        process.kill()


@pytest.mark.parametrize("how", ["trace", "steal_descriptor"])
def test_other_processes_cannot_be_looked_into(same_user, neighbour, how):
    refused(same_user, how, neighbour)


def test_memory_of_other_processes_cannot_be_read(same_user):
    parent = same_user.process.pid  # the image that the attempt is a fork of
    refused(same_user, "vm_read", parent)
    refused(same_user, "read_memory", parent, how=NO_ACCESS)


def test_environments_cannot_be_read(host, same_user):
    refused(host, "environ_of_parent", how=NO_ACCESS)
    refused(same_user, "environ_of_parent", how=NO_ACCESS)


def test_the_child_cannot_be_looked_into_by_its_like(host):
    assert host.attempt("is_readable_by_others", closed=False).value is True
    assert host.attempt("is_readable_by_others").value is False


def test_inherited_descriptors_are_closed(host):
    control = host.attempt("open_descriptors", closed=False).value
    assert len(control) > 4
    found = host.attempt("open_descriptors").value
    assert [number for number in found if number > 2] == [max(found)]  # the one that was kept


def test_the_child_leads_a_session_of_its_own(host):
    for closed in (True, False):
        leader, own = host.attempt("session", closed=closed).value
        assert (leader == own) == closed


# ---- the filter in the kernel


@pytest.mark.parametrize("distinct", [True, False])
def test_refused_calls_are_refused_by_the_filter_itself(same_user, distinct):
    """Behind the filter alone. Where a call is refused without it too (an ordinary user's
    mounts), this shows nothing, and the call is not counted."""
    control = same_user.attempt("invalid_calls", closed=False).value
    shown = {name for name, code in control.items() if code != errno.EPERM}
    assert len(shown) > (85 if IS_ROOT else 60)
    filtered = same_user.attempt("invalid_calls_filtered", distinct, closed=False).value
    assert {name for name, code in filtered.items() if code != errno.EPERM} == set()
    everything = same_user.attempt("invalid_calls").value
    assert {name for name, code in everything.items() if code != errno.EPERM} == set()


def test_calls_of_the_future_are_not_there(host):
    assert host.attempt("call_of_the_future").value == errno.ENOSYS


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x86-64 alone has these")
@pytest.mark.parametrize("how", ["x32_call", "call_of_32_bit_machine"])
def test_foreign_calls_end_the_process(host, how):
    control = host.attempt(how, closed=False)
    assert control.status == 0 or control.signal == signal.SIGSEGV  # not built into this kernel
    assert host.attempt(how).signal == signal.SIGSYS


def test_typing_into_a_terminal(host):
    for command in (0x5412, 0x541C):
        assert host.attempt("push_input", command).error
    assert host.attempt("terminal_size_call").value == str(errno.ENOTTY)


def test_personality(host):
    no_randomization = 0x0040000
    refused(host, "set_personality", no_randomization)
    assert host.attempt("set_personality", 0xFFFFFFFF).value == 0


def test_nothing_is_left_in_the_kernel(host):
    segment = host.attempt("shared_segment", closed=False).value
    assert host.attempt("free_segment", segment, closed=False).value is True
    assert host.attempt("shared_segment").errno == errno.EPERM
    if not host.attempt("message_queue", closed=False).error:
        assert host.attempt("message_queue").errno == errno.EPERM


# ---- resources


def test_limits_are_set_and_hard(host):
    found = host.attempt("limits", memory=1 << 30, cpu=7, file_size=12345, open_files=99).value
    control = host.attempt("limits", closed=False).value
    assert found["FSIZE"] == [12345, 12345] != control["FSIZE"]
    assert found["NOFILE"] == [99, 99] != control["NOFILE"]
    assert found["CPU"] == [7, 8] != control["CPU"]
    assert found["CORE"] == [0, 0]
    soft, hard = found["AS"]
    assert 1 << 30 < soft == hard < 2 << 30


def test_memory_comes_on_top_of_what_is_there(host):
    half, twice = 128 << 20, 512 << 20
    assert host.attempt("allocate", half, memory=256 << 20).value == half
    assert host.attempt("allocate", twice, closed=False).value == twice
    outcome = host.attempt("allocate", twice, memory=256 << 20)
    assert (outcome.error, outcome.errno) == ("OSError", errno.ENOMEM)


def test_files_have_a_size(host):
    assert host.attempt("write_file", 2 << 20, closed=False).value == 2 << 20
    (host.scratch / "large").unlink()
    assert host.attempt("write_file", 2 << 20, file_size=1 << 20).errno == errno.EFBIG
    assert host.attempt("open_many", 100, closed=False).value == 100
    assert host.attempt("open_many", 100, open_files=50).errno == errno.EMFILE
    (host.scratch / "large").unlink()


def test_processor_time_ends_even_who_ignores_the_signal(host):
    assert host.attempt("spin", 0.2, cpu=1).value is True
    assert host.attempt("spin", 60.0, cpu=1).signal == signal.SIGKILL


def test_processes_are_counted(host):
    if not IS_ROOT:
        pytest.skip("how many others this user runs is not known")
    control = host.attempt("fork_many", 40, closed=False)
    assert control.value == 40
    assert host.attempt("fork_many", 40, processes=10).value < 10
    assert host.attempt("fork_many", 5, processes=10).value == 5


@pytest.mark.skipif(IS_ROOT, reason="RLIMIT_NPROC does not hold root")
def test_an_ordinary_users_other_processes_do_not_count(same_user):
    assert same_user.attempt("fork_many", 5, processes=20).value == 5
    assert same_user.attempt("fork_many", 60, processes=20).value < 40
