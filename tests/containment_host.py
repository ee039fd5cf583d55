"""A small warm process for the tests of containment: forks, closes the sandbox, attempts, reports.

In: requests, one JSON line each (``Host.attempt``). Out: what the attempt returned or raised, the
layers, how the child ended and what was swept. It runs in a process of its own because ``prepare``
changes the process that it is called in.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PORTABLE = ("namespaces", "cgroup memory")
ATTEMPTS = ("containment_attempts", "containment_attempts_kernel", "containment_attempts_run")
# Below the range that a running grader leases from, and another one for each process of tests: what
# runs as it is killed.
UID = 60_600 + os.getpid() % 500


@dataclass(frozen=True)
class Outcome:
    """``value`` is what the attempt returned; ``error`` and ``errno`` what it raised."""

    layers: tuple[str, ...] = ()
    value: Any = None
    error: str = ""
    errno: int = 0
    text: str = ""
    status: int = 0
    swept: int = 0
    out_of_memory: int = 0

    @property
    def signal(self) -> int:
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else 0


@dataclass
class Host:
    """A context manager. ``uid`` makes the children another user; root only. ``without`` are the
    layers left out: by default those that are not to be had everywhere."""

    uid: int | None = None
    read_only: tuple[str, ...] | None = None
    imports: tuple[str, ...] = ()
    abi: int | None = None
    without: tuple[str, ...] = PORTABLE
    scratch: Path = field(init=False)
    layers: tuple[str, ...] = field(init=False, default=())

    def __enter__(self) -> Host:
        outer = Path(tempfile.mkdtemp(prefix="contain-"))
        outer.chmod(0o711)
        self.scratch = outer / "scratch"
        self.scratch.mkdir(mode=0o700)
        if self.uid is not None:
            os.chown(self.scratch, self.uid, self.uid)
        first = {
            "uid": self.uid,
            "read_only": self.read_only,
            "scratch": str(self.scratch),
            "imports": self.imports,
            "abi": self.abi,
            "without": self.without,
        }
        self.process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(first)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"},
        )
        self.layers = tuple(json.loads(self._read())["layers"])
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)
        shutil.rmtree(self.scratch.parent)

    def attempt(self, name: str, *arguments: Any, closed: bool = True, **plan: Any) -> Outcome:
        """Runs a function of ``containment_attempts`` in a fork, behind the closed sandbox or
        (the positive control) without any."""
        request = {"name": name, "arguments": arguments, "closed": closed, "plan": plan}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self._read())
        if answer.get("fault"):
            raise AssertionError(f"the sandbox did not close: {answer['fault']}")
        return Outcome(**{**answer, "layers": tuple(answer.get("layers", ()))})

    def _read(self) -> str:
        line = self.process.stdout.readline()
        assert line, f"the host ended with {self.process.wait(timeout=10)}"
        return line


def serve(first: dict[str, Any]) -> None:
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    from grader.worker import containment
    from grader.worker.containment import landlock

    if first["abi"] is not None:  # an older kernel, as far as the layers can tell
        landlock.HIGHEST_ABI = first["abi"]
    plan = containment.Plan(
        uid=first["uid"],
        read_only=_read_only(first["read_only"]),
        read_write=(first["scratch"],),
        keep_fds=(),
        memory=1 << 30,
        cpu=20,
        file_size=64 << 20,
        processes=64,
        open_files=128,
        without=tuple(first["without"]),
    )
    containment.separate(plan)
    for module in first["imports"]:
        __import__(module)
    attempts = [importlib.import_module(name) for name in ATTEMPTS]
    containment.become_subreaper()
    prepared = containment.prepare(plan)
    containment.share_without_names()
    containment.settle()
    if prepared.keeper is not None:
        plan = replace(plan, read_write=(containment.PRIVATE_SCRATCH,))
    channel = os.dup(1)
    os.dup2(2, 1)  # what attempts print must not be taken for an answer
    _say(channel, {"layers": containment.layers_of(prepared, plan)})
    for line in sys.stdin:
        request = json.loads(line)
        wanted = replace(plan, **_tuples(request["plan"]))
        if not request["closed"]:  # the control: where the sandbox would not be
            outside = {"read_write": (first["scratch"],), "without": PORTABLE}
            wanted = replace(wanted, **outside)
        _say(channel, _serve_one(attempts, containment, wanted, request))
    containment.put_away()
    os._exit(0)  # taking down an interpreter full of libraries takes seconds


def _serve_one(attempts: Any, containment: Any, plan: Any, request: Any) -> dict[str, Any]:
    reading, writing = os.pipe()
    try:
        pid = containment.fork(plan) if request["closed"] else os.fork()
    except containment.ContainmentError as error:
        return {"fault": str(error)}
    if pid == 0:
        _child(attempts, containment, plan, request, writing)
    os.close(writing)
    # What the child leaves running may hold the pipe: its one message ends at the line's end.
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.readline()
    status = os.waitpid(pid, 0)[1]
    ended = containment.end(plan)
    counts = {"swept": ended.swept, "out_of_memory": ended.out_of_memory}
    return {**json.loads(said or b"{}"), "status": status, **counts}


def _child(attempts: Any, containment: Any, plan: Any, request: Any, writing: int) -> None:
    answer: dict[str, Any] = {}
    try:
        if request["closed"]:
            kept = replace(plan, keep_fds=(*plan.keep_fds, writing))
            answer["layers"] = containment.close_sandbox(kept).layers
        os.chdir(plan.read_write[0])
        os.environ.update(HOME=plan.read_write[0], TMPDIR=plan.read_write[0])
        tempfile.tempdir = None
    except BaseException as error:
        _say(writing, {"fault": f"{type(error).__name__}: {error}"})
        os._exit(1)
    try:
        attempt = next(vars(m)[request["name"]] for m in attempts if request["name"] in vars(m))
        answer["value"] = attempt(*request["arguments"])
    except BaseException as error:
        answer |= {"error": type(error).__name__, "text": str(error)[:2000]}
        answer["errno"] = getattr(error, "errno", None) or 0
    with contextlib.suppress(BaseException):
        _say(writing, answer)
    os._exit(0)


def _read_only(given: list[str] | None) -> tuple[str, ...]:
    from grader.worker.containment import SYSTEM_READ_ONLY

    if given is None:  # no whole environment: its data folder is root's alone
        found = sysconfig.get_paths()
        given = [found["stdlib"], found["platstdlib"], found["purelib"], found["platlib"]]
        given += [f"{sys.base_prefix}/bin", f"{sys.base_prefix}/lib", f"{sys.prefix}/bin"]
        given += [f"{sys.prefix}/pyvenv.cfg", str(HERE.parent / "grader")]
    return (*SYSTEM_READ_ONLY, *dict.fromkeys(given))


def _tuples(plain: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in plain.items()}


def _say(descriptor: int, answer: dict[str, Any]) -> None:
    os.write(descriptor, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
