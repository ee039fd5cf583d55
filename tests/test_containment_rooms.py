"""Namespaces, the private root and the keeper that makes them: what a child sees, what is left."""

from __future__ import annotations

import mmap
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from containment_helpers import IS_ROOT, memory_of, needs_root, refused
from containment_host import UID, Host

from grader.worker.containment import (
    SYSTEM_READ_ONLY,
    ContainmentError,
    advice,
    capabilities,
    cgroups,
    keeper,
    layout,
    preparing,
)
from grader.worker.containment.kinship import parent_of
from grader.worker.containment.leftovers import descendants

HIDDEN = ("FileNotFoundError", 2)


def _can_have_rooms() -> bool:
    if IS_ROOT:
        return True
    try:
        preparing.try_namespaces()
    except ContainmentError:
        return False
    return False  # an ordinary user's host would have to be separated first


pytestmark = pytest.mark.skipif(not _can_have_rooms(), reason="needs root, to make namespaces")


@pytest.fixture(scope="module")
def room():
    with Host(uid=UID, without=("cgroup memory",)) as opened:
        assert "namespaces" in opened.layers
        yield opened


@pytest.fixture
def outside(tmp_path_factory):
    folder = Path(f"/tmp/contain-room-{os.getpid()}")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "secret").write_text("the expected answer")
    (folder / "secret").chmod(0o666)
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


# ---- what a child sees


def test_a_file_outside_is_not_there(room, outside):
    control = refused(room, "read", str(outside / "secret"), how=HIDDEN)
    assert control.value == "the expected answer"


@pytest.mark.parametrize(
    "path", ["/proc", "/etc/passwd", "/root", "/home", "/sys/fs/cgroup", "/tmp"]
)
def test_most_of_the_machine_is_not_there(room, path):
    outcome = room.attempt("read", path)
    assert outcome.error in ("FileNotFoundError", "PermissionError", "IsADirectoryError")
    assert "the expected" not in str(outcome.value)


def test_the_libraries_are_there_and_cannot_be_changed(room):
    assert len(room.attempt("read", os.__file__).value) > 0
    assert room.attempt("append", os.__file__).error in ("PermissionError", "OSError")


def test_the_scratch_folder_does_all_that_honest_code_wants(room):
    want = ["te", ["below", "copy", "hard", "pointer", "touched"], ["b"], []]
    assert room.attempt("use_scratch").value == want
    assert room.attempt("use_devices").value == [3, True]


def test_a_run_finds_nothing_of_the_one_before(room):
    assert room.attempt("write", "left").value is True
    assert room.attempt("listing", ".").value == []


def test_the_child_is_the_only_user_there_is(room):
    who = room.attempt("identity").value
    assert who["uids"] == [UID] * 3
    assert who["capabilities"] == [0, 0, 0]
    assert who["bounding"] == []
    refused(room, "become_root", how=("OSError", 22))  # there is no such user


def test_its_processes_are_numbered_anew_and_no_other_is_reached(room):
    outcome = room.attempt("session")
    assert outcome.value[1] < 10
    assert room.attempt("kill", os.getpid()).error == "ProcessLookupError"


def test_everything_can_be_signalled_and_only_its_own_ends(room):
    assert room.attempt("kill_all", 0).error in ("", "ProcessLookupError")
    assert room.attempt("echo", 1).value == 1


def test_the_scratch_folder_has_a_bound(room):
    outcome = room.attempt("fill_scratch", 8 << 20, scratch_bytes=4 << 20)
    assert (outcome.error, outcome.errno) == ("OSError", 28)
    assert room.attempt("fill_scratch", 2 << 20, scratch_bytes=4 << 20).value == 2 << 20


def test_so_has_the_number_of_files(room):
    outcome = room.attempt("make_folders", 50, scratch_entries=20)
    assert (outcome.error, outcome.errno) == ("OSError", 28)
    assert room.attempt("make_folders", 10, scratch_entries=20).value == 10


# ---- what is left


def _below(host):
    """Processes below the host, without the keeper and what it makes ahead."""
    (keeper,) = [pid for pid in descendants() if parent_of(f"/proc/{pid}") == host.process.pid]
    return [pid for pid in descendants(keeper) if parent_of(f"/proc/{pid}") == host.process.pid]


def _at_rest():
    """How many processes are below this one, when the keeper is done making the next room."""
    counts = [len(descendants())]
    while len(counts) < 5 or len(set(counts[-5:])) > 1:
        time.sleep(0.05)
        counts.append(len(descendants()))
        assert len(counts) < 200, counts
    return counts[-1]


@pytest.mark.parametrize("attempt", ["leave_daemons", "leave_runners"])
def test_daemons_end_with_their_room(room, attempt):
    assert room.attempt(attempt, 0).value is not None  # the keeper has made a room ahead by now
    before = _at_rest()
    assert room.attempt(attempt, 3).value
    assert _below(room) == []
    assert _at_rest() == before


def test_a_fork_bomb_ends_with_its_room(room):
    assert room.attempt("leave_fork_bomb", processes=30).value is True
    assert _below(room) == []


def test_mounts_are_as_they_were(room):
    before = Path("/proc/self/mountinfo").read_text()
    room.attempt("use_scratch")
    assert Path("/proc/self/mountinfo").read_text() == before


def test_all_ends_when_the_warm_process_is_killed():
    with Host(uid=UID, without=("cgroup memory",)) as host:
        host.attempt("echo", 1)
        (kept,) = [pid for pid in descendants() if parent_of(f"/proc/{pid}") == host.process.pid]
        time.sleep(0.1)  # until the next room is made
        below = [kept, *(pid for pid in descendants() if parent_of(f"/proc/{pid}") == kept)]
        assert len(below) == 2
        host.process.kill()
        host.process.wait()
        _all_gone(below)


def test_a_killed_keeper_takes_its_room_along():
    with Host(uid=UID, without=("cgroup memory",)) as host:
        host.attempt("echo", 1)
        (kept,) = [pid for pid in descendants() if parent_of(f"/proc/{pid}") == host.process.pid]
        inside = [pid for pid in descendants() if parent_of(f"/proc/{pid}") == kept]
        os.kill(kept, signal.SIGKILL)
        _all_gone(inside)
        with pytest.raises(AssertionError, match="keeper of the namespaces"):
            host.attempt("echo", 1)


def _all_gone(pids):
    deadline = time.monotonic() + 5
    while any(map(_runs, pids)):
        assert time.monotonic() < deadline, f"still there: {[*filter(_runs, pids)]}"
        time.sleep(0.02)


def _runs(pid):
    """Not one that has ended and that nobody has asked after yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# ---- the keeper


def test_a_keeper_that_cannot_begin_says_why():
    """A uid that cannot be mapped: the kernel refuses it."""
    with pytest.raises(ContainmentError, match=r"Errno|ended"):
        keeper.start((), 1 << 33, keeper.Bounds(1 << 20, 10), user=True)


def test_a_bound_that_no_kernel_takes_is_told():
    with pytest.raises(ContainmentError, match="mount /scratch"):
        keeper.start((), UID, keeper.Bounds(-1, 10), user=True)


@pytest.mark.parametrize("part", ["_settle", "_make_first"])
def test_a_keeper_that_was_killed_at_the_start_is_started_again(part, monkeypatch):
    """By whomever: it does not say that the machine has no namespaces."""
    given, starts = getattr(keeper, part), mmap.mmap(-1, 1)  # shared with what is forked

    def killed_at_first(*arguments):
        starts[0] += 1
        if starts[0] == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        given(*arguments)

    monkeypatch.setattr(keeper, part, killed_at_first)
    kept = keeper.start_best((), UID, keeper.Bounds(1 << 20, 10), user=True)
    kept.close()
    assert kept.user
    assert starts[0] == 2


def test_a_keeper_of_a_grown_process_is_no_copy_of_it():
    """It is a fresh interpreter, which knows nothing but its task, and its rooms are the same."""
    canary = bytes(range(200, 255)) * 2
    bounds = keeper.Bounds(1 << 20, 10)
    kept = keeper.start_best(SYSTEM_READ_ONLY, UID, bounds, user=True, grown=True)
    try:
        assert kept.user
        order = Path(f"/proc/{kept.pid}/cmdline").read_bytes().split(b"\0")
        assert b"keeper.main()" in order[3]
        assert canary not in memory_of(kept.pid)
        assert canary in memory_of(os.getpid())
        opened = [one for one in Path(f"/proc/{kept.pid}/fd").iterdir() if int(one.name) > 2]
        assert [str(one.readlink()).partition(":")[0] for one in opened] == ["socket"]
        kept.open_room(bounds)
        seen = kept.fork()
        if seen == 0:
            _tell_what_is_there(kept)
        assert os.waitstatus_to_exitcode(os.waitpid(seen, 0)[1]) == 0
        kept.close_room()
    finally:
        kept.close()
    assert not Path(f"/proc/{kept.pid}").exists()


def _tell_what_is_there(kept):
    """Ends with 0 when this process is in the room."""
    try:
        kept.enter()
        os.chdir("/")
        there = Path("/scratch").is_dir() and not Path("/root").exists()
        os._exit(0 if there else 1)
    finally:
        os._exit(2)


@pytest.mark.parametrize("grown", [False, True])
def test_a_keeper_ends_with_the_process_that_started_it(grown):
    reading, writing = os.pipe()
    middle = os.fork()
    if middle == 0:
        kept = keeper.start_best((), UID, keeper.Bounds(1 << 20, 10), user=True, grown=grown)
        os.write(writing, f"{kept.pid}".encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(middle, 0)
    pid = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and not _is_dead(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_dead(pid):
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


# ---- the private root


def test_links_on_the_way_are_resolved_before_the_root_changes(tmp_path):
    (tmp_path / "real" / "library").mkdir(parents=True)
    (tmp_path / "short").symlink_to("real")
    (tmp_path / "far").symlink_to(tmp_path / "short" / "library")
    place = layout._Place.of(str(tmp_path / "far"))
    assert place.real == str(tmp_path / "real" / "library")
    assert (str(tmp_path / "far"), str(tmp_path / "short" / "library")) in place.links
    assert (str(tmp_path / "short"), "real") in place.links


def test_a_folder_is_there_though_a_link_leads_into_it(tmp_path, outside):
    """What a link leads to is in the folder, and its name comes before the folder's."""
    (outside / "z" / "lib").mkdir(parents=True)
    for name in ("z/module", "z/lib/module"):
        (outside / name).write_text("honest")
    (outside / "a").symlink_to("z/lib")
    paths = (*SYSTEM_READ_ONLY, sys.prefix, sys.base_prefix, f"{outside}/a", f"{outside}/z")
    try:
        with Host(uid=UID, read_only=paths, without=("cgroup memory",)) as host:
            for name in ("z/module", "z/lib/module", "a/module"):
                assert host.attempt("read", str(outside / name)).value == "honest", name
            assert host.attempt("append", f"{outside}/a/module").error
    finally:
        shutil.rmtree(outside / "z")


# ---- where user namespaces alone are forbidden


@pytest.fixture
def no_user_namespaces(monkeypatch):
    """As with the sysctl user.max_user_namespaces=0."""
    given = keeper.start

    def start(paths, uid, bounds, user, grown):
        if user:
            raise ContainmentError("[Errno 28] unshare: No space left on device")
        return given(paths, uid, bounds, user, grown)

    monkeypatch.setattr(keeper, "start", start)


def test_root_has_the_other_namespaces_then(no_user_namespaces):
    kept = keeper.start_best((), UID, keeper.Bounds(1 << 20, 10), user=True)
    kept.open_room(keeper.Bounds(1 << 20, 10))
    kept.close()
    assert kept.user is False


def test_and_the_doctor_says_which(no_user_namespaces):
    said = {layer.name: layer for layer in capabilities()}["namespaces"]
    assert said.available
    assert said.detail.startswith("mount, pid, net, ipc, uts;")


# ---- control groups


class Tree:
    """A made-up tree of control groups."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        monkeypatch.setattr(cgroups, "OWN", root / "own")
        monkeypatch.setattr(cgroups, "MOUNTS", root / "mounts")

    def own(self, *lines: str) -> None:
        (self.root / "own").write_text("".join(f"{line}\n" for line in lines))

    def mounts(self, *lines: str) -> None:
        (self.root / "mounts").write_text("".join(f"{line}\n" for line in lines))

    def group(self, name: str, **files: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file.replace("__", ".")).write_text(text)
        return folder


@pytest.fixture
def tree(tmp_path, monkeypatch):
    return Tree(tmp_path, monkeypatch)


def test_version_1_has_a_home_for_each_controller(tree):
    tree.own("5:pids:/mine", "4:memory:/other/mine", "0::/")
    tree.mounts(
        f"1 0 0:1 / {tree.root}/m rw - cgroup cgroup rw,memory",
        f"2 0 0:2 / {tree.root}/p rw - cgroup cgroup rw,pids",
    )
    memory, pids = tree.group("m/other/mine"), tree.group("p/mine")
    assert cgroups.homes() == (
        cgroups.Home(memory, 1, ("memory",)),
        cgroups.Home(pids, 1, ("pids",)),
    )


def test_a_container_sees_a_branch_of_the_tree(tree):
    tree.own("4:memory:/docker/abc/mine", "5:pids:/docker/abc/mine")
    tree.mounts(
        f"1 0 0:1 /docker/abc {tree.root}/m rw - cgroup cgroup rw,memory",
        f"2 0 0:2 /docker/abc {tree.root}/p rw - cgroup cgroup rw,pids",
    )
    tree.group("m/mine")
    tree.group("p/mine")
    assert cgroups.home_of("memory").folder == tree.root / "m" / "mine"


def _version_2(tree, **files):
    tree.own("0::/user.slice/run.scope")
    tree.mounts(f"1 0 0:1 / {tree.root}/c rw - cgroup2 cgroup2 rw")
    files = {"cgroup__controllers": "memory pids", "cgroup__type": "domain", **files}
    return tree.group("c/user.slice/run.scope", **files)


def test_a_delegated_group_of_version_2_hands_its_controllers_on(tree):
    folder = _version_2(tree, cgroup__subtree_control="memory pids cpu")
    assert cgroups.homes() == (cgroups.Home(folder, 2, ("memory", "pids")),)


def test_a_group_that_is_not_delegated_is_told(tree):
    _version_2(tree, cgroup__subtree_control="")
    with pytest.raises(OSError, match="memory is not delegated below"):
        cgroups.homes()


def test_the_grader_steps_aside_when_it_is_alone(tree):
    procs = f"{os.getpid()}\n"
    folder = _version_2(tree, cgroup__subtree_control="", cgroup__procs=procs)
    cgroups.step_aside()
    assert (folder / "grader-aside" / "cgroup.procs").read_text() == str(os.getpid())
    assert (folder / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_it_moves_nobody_elses_process(tree):
    procs = f"{os.getpid()}\n{os.getppid()}\n"
    folder = _version_2(tree, cgroup__subtree_control="", cgroup__procs=procs)
    cgroups.step_aside()
    assert not (folder / "grader-aside").exists()


def test_from_aside_groups_are_made_beside(tree):
    folder = _version_2(tree, cgroup__subtree_control="memory pids")
    tree.group("c/user.slice/run.scope/grader-aside", cgroup__controllers="", cgroup__type="domain")
    tree.own("0::/user.slice/run.scope/grader-aside")
    assert cgroups.home_of("pids").folder == folder


def test_groups_of_killed_graders_are_removed_and_no_others(tree):
    home = tree.group("home")
    born = cgroups.started(os.getpid())
    for name in (
        f"grader-run-{os.getpid()}-{born}",
        "grader-run-999999999-5",
        "grader-run-x",
        "mine",
    ):
        (home / name).mkdir()
    cgroups.tidy(home)
    left = sorted(path.name for path in home.iterdir())
    assert left == sorted(["grader-run-x", "mine", f"grader-run-{os.getpid()}-{born}"])


@pytest.mark.parametrize(
    ("uid", "version", "expected"),
    [
        (0, 2, "systemd-run --scope -p Delegate=yes grader ..."),
        (1000, 2, "systemd-run --user --scope -p Delegate=yes grader ..."),
        (0, 1, "mount /sys/fs/cgroup writable, with the controllers memory and pids"),
        (1000, 1, "start the grader as root"),
    ],
)
def test_how_to_get_groups_hangs_on_who_asks(tmp_path, monkeypatch, uid, version, expected):
    """In version 2 root, too, needs a group that no other process is in."""
    monkeypatch.setattr(advice, "_GROUPS", tmp_path)
    monkeypatch.setattr(advice, "in_container", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    if version == 2:
        (tmp_path / "cgroup.controllers").write_text("memory pids")
    assert advice.control_groups() == expected


def test_root_is_not_told_to_start_the_grader_as_root(tmp_path, monkeypatch):
    monkeypatch.setattr(advice, "_SETTINGS", tmp_path)
    monkeypatch.setattr(advice, "in_container", lambda: False)
    (tmp_path / "user").mkdir()
    (tmp_path / "user/max_user_namespaces").write_text("0")
    for uid, expected in ((0, "SYS_ADMIN"), (1000, "user.max_user_namespaces=10000, or start")):
        monkeypatch.setattr(os, "geteuid", lambda uid=uid: uid)
        assert expected in advice.namespaces()


@needs_root
def test_a_run_has_no_more_memory_than_its_group():
    """Many processes together, each of them modest: what no limit on a process bounds."""
    try:
        cgroups.homes()
    except OSError as error:
        pytest.skip(f"no control groups here: {error}")
    with Host(uid=UID, without=()) as host:
        small = {"group_memory": 96 << 20}
        assert host.attempt("allocate_in_processes", 4, 48 << 20, **small).value < 4
        assert host.attempt("allocate_in_processes", 2, 16 << 20, **small).value == 2
    with Host(uid=UID, without=("cgroup memory",)) as host:
        assert host.attempt("allocate_in_processes", 4, 48 << 20).value == 4
