"""Runs the honest programs in one configuration, as whoever starts it.

In (arguments): JSON with the configuration's name, the layers to leave out, a folder, and a file of
what the same programs gave without any sandbox; without that file, this is what is made. Out: a
JSON line for each program: whether its result is the same, bit for bit, and what was stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent)]

from course_helpers import course_home  # noqa: E402
from honest import PROGRAMS, Program  # noqa: E402

from grader.archive import dump_observation  # noqa: E402
from grader.model import Broken, Died, Observation, Outcome, Raised  # noqa: E402
from grader.sandbox import PlainSandbox, WarmSandbox  # noqa: E402
from grader.sandbox.starting import Zygote  # noqa: E402

ALL = (
    *("rlimits", "distinct user", "no new privileges", "namespaces", "cgroup memory"),
    *("landlock", "seccomp"),
)


def digest(observation: Observation) -> dict[str, str]:
    """What each case came to, by its bits; no times, and no layers."""
    found = {}
    for function, cases in observation.outcomes.items():
        for name, outcome in cases.items():
            alone = Observation("", {"f": {"c": _timeless(outcome)}})
            found[f"{function} {name}"] = hashlib.sha256(dump_observation(alone)).hexdigest()
    return found


def _timeless(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Broken):
        return outcome
    return replace(outcome, wall=0.0, cpu=0.0, output="", stopped=())


def outside() -> dict[str, dict[str, str]]:
    """The same programs without any layer: in forks of a warm process, and with ``GRADER_ALL`` in
    fresh processes, which takes minutes."""
    home = course_home()
    plain = PlainSandbox(home) if os.environ.get("GRADER_ALL") else WarmSandbox(home, without=ALL)
    with plain:
        return {one.name: digest(plain.run(one.job)) for one in PROGRAMS}


def inside(program: Program, sandbox: WarmSandbox, expected: dict[str, str]) -> dict[str, Any]:
    """One program's row."""
    observation = sandbox.run(program.job)
    found = digest(observation)
    differing = [case for case, bits in found.items() if expected[case] != bits]
    outcomes = [one for cases in observation.outcomes.values() for one in cases.values()]
    return {
        "name": program.name,
        "same": not differing,
        "why": "; ".join(f"{case}: {_said(observation, case)}" for case in differing[:3]),
        "stopped": sorted({kind for one in outcomes for kind in getattr(one, "stopped", ())}),
        "layers": observation.layers,
    }


def _said(observation: Observation, case: str) -> str:
    function, _, name = case.partition(" ")
    outcome = observation.outcome(function, name)
    if isinstance(outcome, Raised):
        return f"{outcome.type}: {outcome.message[:200]}"
    if isinstance(outcome, Died):
        return f"{outcome.reason} {outcome.detail}"
    return "another value"


def main() -> None:
    asked = json.loads(sys.argv[1])
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    folder = Path(asked["folder"], "tmp")
    folder.mkdir()
    folder.chmod(0o711)
    tempfile.tempdir = str(folder)
    if not asked["outside"]:
        channel.write(json.dumps(outside()) + "\n")
        channel.flush()
        return
    expected = json.loads(Path(asked["outside"]).read_text())
    zygote, without = Zygote(course_home()), tuple(asked["without"])
    with closing(zygote), WarmSandbox(zygote.home, without=without, zygote=zygote) as sandbox:
        for program in PROGRAMS:
            row = inside(program, sandbox, expected[program.name])
            channel.write(json.dumps(row) + "\n")
            channel.flush()


if __name__ == "__main__":
    main()
