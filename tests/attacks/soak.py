"""Runs contained submissions in a row, honest and not, and shows that nothing stays behind.

    python tests/attacks/soak.py [-n RUNS]

In: how many. Out: figures at the beginning, on the way and at the end, and exit code 1 when
something was left: a process, a descriptor, a mount, a control group, a file, or memory that grows.
``make soak`` does ten thousand.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from course_helpers import course_home  # noqa: E402

from grader.model import Call, Case, Job, Limits  # noqa: E402
from grader.sandbox import WarmSandbox  # noqa: E402
from grader.worker.containment.kinship import parent_of  # noqa: E402
from grader.worker.containment.leftovers import descendants  # noqa: E402

_TOP = "import os, signal, socket, tempfile, threading, time\nimport torch\n"
_BODIES = {
    "honest": "return x * 2",
    "writes": "open('left', 'w').write('left'); tempfile.mkdtemp(); return x",
    "leaves a daemon": "os.fork() or os.setsid() or time.sleep(60)\n    return x",
    "leaves a thread": "threading.Thread(target=time.sleep, args=(60,)).start(); return x",
    "raises": "raise ValueError(x)",
    "leaves": "os._exit(3)",
    "crashes": "os.kill(os.getpid(), signal.SIGSEGV)",
    "is refused": "socket.socket()",
    "allocates": "return [torch.ones(1 << 20).sum(), bytearray(8 << 20)[0]]",
    "leaves memory": "os.memfd_create('left'); return x",
}
# What may grow by so much, as a share: the first runs map and cache what later ones share.
_ROOM = 0.05


@dataclass(frozen=True)
class Figures:
    """What is there at one moment. Memory is of this process, the warm process and the keeper, in
    MB that no other process shares."""

    runs: int
    processes: int
    descriptors: int
    mounts: int
    groups: int
    files: int
    own_memory: float
    warm_memory: float
    keeper_memory: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("-n", type=int, default=10_000, help="runs (10000)")
    asked = arguments.parse_args()
    seen = soak(asked.n, print_row)
    problems = left(seen)
    print("\n".join(problems) or f"{asked.n} runs: nothing is left, memory is flat")
    sys.exit(bool(problems))


def soak(runs: int, tell: Callable[[Figures], None]) -> list[Figures]:
    """Figures after the first runs, at ten moments on the way, and at the end."""
    first = max(20, runs // 20)
    moments = {first, runs, *(runs * tenth // 10 for tenth in range(1, 10))}
    jobs = [_job(body) for body in _BODIES.values()]
    found = []
    with tempfile.TemporaryDirectory() as folder, WarmSandbox(course_home()) as sandbox:
        Path(folder).chmod(0o711)
        tempfile.tempdir = folder
        sandbox.layers()
        for number in range(1, runs + 1):
            sandbox.run(jobs[number % len(jobs)])
            if number in moments and number >= first:
                time.sleep(0.2)  # until the next run's namespaces are made
                found.append(figures(number, sandbox, Path(folder)))
                tell(found[-1])
        tempfile.tempdir = None
    return found


def left(seen: list[Figures]) -> list[str]:
    """What is more at the end than after the first runs."""
    first, last = seen[0], seen[-1]
    found = []
    for field in fields(Figures):
        before, after = getattr(first, field.name), getattr(last, field.name)
        if field.name == "runs":
            continue
        bound = before * (1 + _ROOM) + 2 if field.name.endswith("memory") else before
        if after > bound:
            found.append(f"{field.name.replace('_', ' ')}: {before:g}, then {after:g}")
    return found


def figures(runs: int, sandbox: WarmSandbox, folder: Path) -> Figures:
    """What is there now."""
    below = descendants()
    warm = _warm_of(sandbox.pid)
    keeper = next((pid for pid in below if parent_of(f"/proc/{pid}") == warm), 0)
    # Its own: other graders of this machine have theirs.
    groups = [
        path for path in Path("/sys/fs/cgroup").rglob(f"grader-run-{warm}-*") if path.is_dir()
    ]
    return Figures(
        runs=runs,
        processes=len(below),
        descriptors=sum(_descriptors(pid) for pid in (os.getpid(), warm, keeper) if pid),
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        groups=len(groups),
        files=sum(1 for _ in folder.rglob("*")) + len(list(Path("/dev/shm").iterdir())),
        own_memory=_memory(os.getpid()),
        warm_memory=_memory(warm),
        keeper_memory=_memory(keeper) if keeper else 0.0,
    )


def _warm_of(pid: int) -> int:
    """As an ordinary user the process that was started stays for its fork."""
    below = [one for one in descendants() if parent_of(f"/proc/{one}") == pid]
    return max((pid, *below), key=_memory)


def _descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    values = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    # Clean pages are of files, and private or not by who else has mapped these libraries now.
    return values["Private_Dirty"] / 1024


def print_row(figures: Figures) -> None:
    row = (
        f"{field.name.replace('_', ' ')} {getattr(figures, field.name):g}"
        for field in fields(figures)
    )
    print(", ".join(row), flush=True)


def _job(body: str) -> Job:
    source = f"{_TOP}\n\ndef f(x):\n    {body}\n"
    case = Case("c", {"x": 1}, public=True, seed=1)
    call = Call("f", (case,), parameters=("x",), limits=Limits(wall=20.0))
    return Job("soak", source, "s.py", (call,))


if __name__ == "__main__":
    main()
