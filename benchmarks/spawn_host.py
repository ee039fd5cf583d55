"""A warm process that measures its own children: plain forks and contained ones.

In: a word a line, ``plain``, ``contained`` or ``portable``. Out: seconds on the clock, a line each.
It is set up like the grader's own warm process. ``spawn`` starts it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from grader.sandbox import paths
from grader.sandbox.scratch import scratch_folder
from grader.sandbox.users import lease_uid
from grader.worker import containment
from grader.worker.warm import warm_up


def main(home: str, channel: int) -> None:
    lease = lease_uid()
    plan = containment.Plan(
        uid=lease.uid,
        read_only=paths.libraries(Path(home)),
        read_write=(containment.PRIVATE_SCRATCH,),
        keep_fds=(),
        memory=4 << 30,
        cpu=600,
        file_size=256 << 20,
        processes=64,
        open_files=256,
    )
    containment.separate(plan)
    containment.become_subreaper()
    prepared = containment.prepare(plan)
    warm_up()
    containment.settle()
    gc.collect()
    gc.freeze()
    _say(channel, {"layers": containment.layers_of(prepared, plan), "memory": _resident()})
    weaker = replace(plan, without=(containment.NAMESPACES,))
    for line in sys.stdin:
        kind = line.strip()
        if kind == "plain":
            _say(channel, _plain())
        elif kind == "contained":
            _say(channel, _contained(plan))
        else:
            with scratch_folder(lease.uid) as folder:
                _say(channel, _contained(replace(weaker, read_write=(str(folder),))))
    containment.put_away()
    lease.release()


def _plain() -> float:
    """A fork that ends at once, and is waited for."""
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return time.perf_counter() - began


def _contained(plan: containment.Plan) -> float:
    """The same behind every layer, until nothing of it is left."""
    began = time.perf_counter()
    pid = containment.fork(plan)
    if pid == 0:
        try:
            containment.close_sandbox(plan)
        except BaseException as error:
            os.write(2, f"{error}\n".encode())
            os._exit(1)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    containment.end(plan)
    assert status == 0, f"the sandbox did not close: {status}"
    return time.perf_counter() - began


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def _say(channel: int, message: object) -> None:
    os.write(channel, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    out = os.dup(1)
    os.dup2(2, 1)
    main(sys.argv[1], out)
