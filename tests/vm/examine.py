"""Plays the grader in one scenario: what must hold is attempted, what must not be there looked for.

In: a scenario's name. Out: JSON lines, a finding each: what was checked, whether it held, what was
seen. ``tests/containment_host.py`` is the warm process. Questions that only root can answer are
asked on standard output, too.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path("/grader/tests")
sys.path[:0] = [str(TESTS / "vm"), str(TESTS), str(TESTS.parent)]

from containment_host import UID, Host, Outcome  # noqa: E402
from scenarios import BY_NAME, Scenario  # noqa: E402

from grader.worker import containment  # noqa: E402
from grader.worker.containment import Layer, landlock  # noqa: E402

MIB = 1 << 20
SECRET = Path("/tmp/secret")
LAYERS = (
    *("rlimits", "distinct user", "no new privileges", "namespaces"),
    *("cgroup memory", "cgroup pids", "landlock", "seccomp"),
)
Finding = tuple[bool, Any]  # whether it held, and what was seen


@dataclass(frozen=True)
class World:
    scenario: Scenario
    host: Host
    doctor: tuple[Layer, ...]

    def holds(self, layer: str) -> bool:
        return any(name.startswith(layer) for name in self.scenario.holds)

    def attempt(self, name: str, *arguments: Any, **plan: Any) -> Outcome:
        return self.host.attempt(name, *arguments, **plan)


@dataclass(frozen=True)
class Check:
    title: str
    needs: str
    lacks: str
    run: Callable[[World], Finding]


CHECKS: list[Check] = []


def check(title: str, needs: str = "", lacks: str = "") -> Callable[..., Any]:
    """A check for scenarios in which a layer holds whose name begins with ``needs``, and none whose
    name begins with ``lacks``."""

    def register(run: Callable[[World], Finding]) -> Callable[[World], Finding]:
        CHECKS.append(Check(title, needs, lacks, run))
        return run

    return register


# ---- layers


@check("the layers that hold are those that must")
def _(world: World) -> Finding:
    inside = world.attempt("echo", 1).layers
    same = _plain(inside) == _plain(world.host.layers) == sorted(world.scenario.holds)
    return same, ", ".join(inside)


@check("the doctor says the same as what holds")
def _(world: World) -> Finding:
    held = world.host.layers
    told = {layer.name.partition(":")[0]: layer.available for layer in world.doctor}
    wrong = [n for n in LAYERS if told[n] != any(name.startswith(n) for name in held)]
    details = [f"{layer.name}: {layer.detail}" for layer in world.doctor if layer.name in wrong]
    return not wrong, "; ".join(details or wrong) or f"of all {len(LAYERS)} layers"


@check("the doctor says how to get what is missing")
def _(world: World) -> Finding:
    missing = {layer.name: layer for layer in world.doctor if not layer.available}
    wrong = [n for n, a in world.scenario.advice if a not in missing[n].how_to_get_it]
    said = [f"{name} ({it.detail}): {it.how_to_get_it}" for name, it in missing.items()]
    return not wrong, " | ".join(said) or "nothing is missing"


def _plain(layers: tuple[str, ...]) -> list[str]:
    return sorted(name.partition(":")[0] for name in layers)


# ---- honest programs


@check("files, folders and links in the scratch folder work")
def _(world: World) -> Finding:
    outcome = world.attempt("use_scratch")
    want = ["te", ["below", "copy", "hard", "pointer", "touched"], ["b"], []]
    if not world.holds("namespaces") and landlock.detect_abi() < 3:
        # Landlock does not bound `os.truncate` of a path yet, so the filter refuses it.
        return outcome.errno == 1, f"all but os.truncate of a path: {outcome.text}"
    return outcome.value == want, outcome.value or outcome.text


@check("processes, locks, queues and pools work")
def _(world: World) -> Finding:
    outcome = world.attempt("count_in_processes")
    return outcome.value == [600, [0, 1, 2], [1, 2], [3], False], outcome.value or outcome.text


@check("a Python that it starts works, and asyncio")
def _(world: World) -> Finding:
    started = world.attempt("start_python", "import zlib, ctypes; print(7)")
    asked = world.attempt("use_asyncio")
    said = started.text or asked.text or f"it said {started.value!r}"
    return (started.value, asked.value) == ("7", "5"), said


# ---- control groups


@check("memory of many processes together is bounded", needs="cgroup memory")
def _(world: World) -> Finding:
    small = world.attempt("allocate_in_processes", 4, 48 * MIB, group_memory=96 * MIB)
    large = world.attempt("allocate_in_processes", 4, 48 * MIB, group_memory=512 * MIB)
    held = small.value < 4 and large.value == 4
    return held, f"{small.value} of 4 x 48 MiB in 96 MiB, {large.value} in 512 MiB"


@check("what was ended for memory is counted", needs="cgroup memory")
def _(world: World) -> Finding:
    outcome = world.attempt("allocate_in_processes", 4, 48 * MIB, group_memory=96 * MIB)
    after = world.attempt("echo", 1).out_of_memory
    held = outcome.out_of_memory >= 4 - outcome.value > 0 == after
    return (
        held,
        f"{outcome.out_of_memory}, {outcome.value} of 4 having lived; {after} in the next run",
    )


@check("without a group memory of many together is not bounded", lacks="cgroup memory")
def _(world: World) -> Finding:
    outcome = world.attempt("allocate_in_processes", 4, 48 * MIB, group_memory=96 * MIB)
    return outcome.value == 4, f"{outcome.value} of 4 x 48 MiB in 96 MiB"


@check("processes of a run are bounded by the group alone", needs="cgroup pids")
def _(world: World) -> Finding:
    """The limit of the group is 64 and the warm process; RLIMIT_NPROC is left out."""
    alone = world.attempt("fork_many", 100, without=["rlimits"]).value
    return 50 < alone < 65, f"{alone} of 100, of 64 allowed"


@check("processes of a run are bounded by limits")
def _(world: World) -> Finding:
    count = world.attempt("fork_many", 60, processes=10).value
    return count < 12, f"{count} of 60, of 10 allowed"


# ---- files, processes, calls


@check("a file outside is not read, even one that all may read")
def _(world: World) -> Finding:
    control = world.attempt("read", str(SECRET), closed=False).value
    inside = world.attempt("read", str(SECRET))
    return (control, inside.value) == ("the expected answer", None), inside.text


@check("Landlock alone refuses it")
def _(world: World) -> Finding:
    outcome = world.attempt("landlock_alone", str(SECRET), closed=False)
    return outcome.errno == 13, outcome.text


@check("the machine is not there", needs="namespaces")
def _(world: World) -> Finding:
    paths = ("/proc/1", "/etc/passwd", "/sys/fs/cgroup", "/tmp", "/root")
    seen = [path for path in paths if world.attempt("read", path).errno != 2]
    return not seen, ", ".join(seen) or f"none of {', '.join(paths)}"


@check("no other process is there", needs="namespaces")
def _(world: World) -> Finding:
    number = world.attempt("session").value[1]
    outcome = world.attempt("kill", os.getpid())
    return number < 10 and outcome.error == "ProcessLookupError", f"its own number is {number}"


@check("nobody outside is signalled")
def _(world: World) -> Finding:
    if world.holds("namespaces"):
        outcome = world.attempt("kill", world.host.process.pid)
        return outcome.error == "ProcessLookupError", outcome.text
    outcome = world.attempt("signal_parent")
    if not world.holds("distinct user") and landlock.detect_abi() < 6:
        warned = "before Landlock ABI 6 they can end that user's processes"
        told = any(warned in one.consequence_if_missing for one in world.doctor)
        return outcome.value is True and told, "the same user's can be; the doctor tells it"
    return outcome.error == "PermissionError", outcome.text


@check("the scratch folder has a bound", needs="namespaces")
def _(world: World) -> Finding:
    large = world.attempt("fill_scratch", 8 * MIB, scratch_bytes=4 * MIB)
    small = world.attempt("fill_scratch", 2 * MIB, scratch_bytes=4 * MIB)
    many = world.attempt("make_folders", 50, scratch_entries=20)
    few = world.attempt("make_folders", 10, scratch_entries=20)
    held = (large.errno, small.value, many.errno, few.value) == (28, 2 * MIB, 28, 10)
    return held, f"8 MiB in 4: {large.text}; 50 entries in 20: {many.text}"


@check("every refused call gets EPERM from the filter alone")
def _(world: World) -> Finding:
    distinct = world.host.uid is not None
    control = world.attempt("invalid_calls", closed=False).value
    filtered = world.attempt("invalid_calls_filtered", distinct, closed=False).value
    through = {name: code for name, code in filtered.items() if code != 1}
    shown = sum(code != 1 for code in control.values())
    return (
        not through and shown > 60,
        through or f"{len(filtered)} calls, {shown} shown by a control",
    )


@check("calls of the future and foreign ones are not there")
def _(world: World) -> Finding:
    future = world.attempt("call_of_the_future").value
    if os.uname().machine != "x86_64":
        return future == 38, f"errno {future}"
    signals = [world.attempt(how).signal for how in ("x32_call", "call_of_32_bit_machine")]
    return (future, signals) == (38, [31, 31]), f"errno {future}; signals {signals}"


@check("daemons and fork bombs end with their run")
def _(world: World) -> Finding:
    world.attempt("leave_daemons", 3)
    world.attempt("leave_fork_bomb", processes=30)
    again = world.attempt("fork_many", 5, processes=20).value
    return again == 5, f"{again} of 5 in the next run"


# ---- the end


def _is_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def _killed(scenario: Scenario) -> None:
    """The warm process of a run under way is killed: nothing of it stays, not even its group."""
    with _host(scenario) as host:
        request = {"name": "spin", "arguments": [600.0], "closed": True, "plan": {"cpu": 500}}
        host.process.stdin.write(json.dumps(request) + "\n")
        host.process.stdin.flush()
        seen = _look(host.process.pid)
        host.process.kill()
    _tell_of_child(scenario, seen)
    after = _look_until_gone(seen["below"])
    _say("all ends when the warm process is killed", not after, f"{len(seen['below'])} processes")
    containment.tidy_all()
    _say("its group is removed then", not _groups(), _groups() or "no group")


def _tell_of_child(scenario: Scenario, seen: dict[str, Any]) -> None:
    """What the kernel says of a contained child, seen from outside."""
    wanted = {
        "user": any(name == "namespaces" for name in scenario.holds),
        "others": any(name.startswith("namespaces") for name in scenario.holds),
    }
    own = set(seen["namespaces"])
    others = {"mnt", "pid", "net", "ipc", "uts"}
    held = ("user" in own, own >= others) == (wanted["user"], wanted["others"])
    _say("from outside: its namespaces", held, ", ".join(sorted(own)) or "none")
    grouped = seen["group"].startswith("grader-run-")
    _say("from outside: its group", grouped == ("cgroup memory" in scenario.holds), seen["group"])
    who = (seen["uid"], seen["capabilities"], seen["no_new_privileges"])
    expected = UID if scenario.root else os.geteuid()
    _say("from outside: its user, no capability", who == (expected, 0, 1), f"uid {who[0]}")


def _look(pid: int) -> dict[str, Any]:
    print(json.dumps({"look": pid}), flush=True)
    return json.loads(sys.stdin.readline())


def _look_until_gone(pids: list[int]) -> list[int]:
    from time import monotonic, sleep

    deadline = monotonic() + 30
    while not _is_gone(pids) and monotonic() < deadline:
        sleep(0.05)
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def _groups() -> list[str]:
    return [str(path) for path in Path("/sys/fs/cgroup").rglob("grader-run-*")]


# ---- all of it


def _host(scenario: Scenario) -> Host:
    return Host(uid=UID if scenario.root else None, without=())


def _say(title: str, held: bool, seen: Any) -> None:
    said = {"scenario": sys.argv[1], "check": title, "held": held, "seen": str(seen)[:1500]}
    print(json.dumps(said), flush=True)


def main(scenario: Scenario) -> None:
    containment.hide_memory()
    containment.step_aside()
    doctor = containment.capabilities()
    SECRET.write_text("the expected answer")
    SECRET.chmod(0o644)
    with _host(scenario) as host:
        world = World(scenario, host, doctor)
        for one in CHECKS:
            if world.holds(one.needs) and not (one.lacks and world.holds(one.lacks)):
                _run(one, world)
    containment.tidy_all()
    _say("no group is left after it was put away", not _groups(), _groups() or "no group")
    _killed(scenario)
    SECRET.unlink()


def _run(one: Check, world: World) -> None:
    try:
        _say(one.title, *one.run(world))
    except Exception as error:
        _say(one.title, False, f"{type(error).__name__}: {error}")
        with contextlib.suppress(Exception):
            world.attempt("echo", 1)  # the next one begins anew


if __name__ == "__main__":
    main(BY_NAME[sys.argv[1]])
