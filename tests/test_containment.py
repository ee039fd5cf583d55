"""The closed sandbox, attacked from inside: layers, files and users.

Every refusal has its positive control: the same attempt, in a fork of the same process without the
sandbox, succeeds.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from containment_helpers import IS_ROOT, NO_ACCESS, REFUSED, SANDBOX, needs_root, refused
from containment_host import UID, Host

from grader.worker.containment import landlock

pytest_plugins = ["containment_fixtures"]
pytestmark = SANDBOX


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
    by_filter = how == "truncate" and landlock.detect_abi() < 3
    assert (outcome.error, outcome.errno) == (REFUSED if by_filter else NO_ACCESS)
    assert target.read_text() == "the expected answer"
    assert host.attempt(how, str(target), closed=False).value is True
    assert not target.exists() or target.read_text() != "the expected answer"


def test_nothing_can_be_made_outside(host, outside):
    refused(host, "write", str(outside / "new"), how=NO_ACCESS)


@pytest.mark.skipif(sys.base_prefix == "/usr", reason="among the libraries of this Python")
def test_programs_outside_cannot_be_started(host):
    assert refused(host, "start", "/bin/true", how=NO_ACCESS).value == 0


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


def test_the_scratch_folder_does_all_that_honest_code_wants(host, same_user):
    want = ["te", ["below", "copy", "hard", "pointer", "touched"], ["b"], []]
    for opened in (host, same_user):
        outcome = opened.attempt("use_scratch")
        if landlock.detect_abi() < 3:  # it does not bound `os.truncate`: the filter refuses it
            assert (outcome.error, outcome.errno) == REFUSED
        else:
            assert outcome.value == want
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
