"""Runs the attacks in one configuration, as whoever starts it.

In (arguments): JSON with the configuration's name, the layers to leave out, a folder, which
attacks, and the configuration that shows the positive controls. Out: a JSON line for each attack on
standard output. The class around every attack is graded as well: an honest submission comes after
each, whose result must not change.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent)]

from catalogue import Attack, attacks  # noqa: E402
from configurations import ALL  # noqa: E402
from course_helpers import course_home  # noqa: E402
from handins import HANDINS, HandIn  # noqa: E402
from world import World  # noqa: E402

from grader.baseline import baselines  # noqa: E402
from grader.grade import Course, grade_submission  # noqa: E402
from grader.model import Assignment, Grade, Job, Observation, Source, Submission  # noqa: E402
from grader.report.audience import student_view  # noqa: E402
from grader.report.html import student_report  # noqa: E402
from grader.report.result import to_json  # noqa: E402
from grader.sandbox import WarmSandbox  # noqa: E402
from grader.sandbox.starting import Zygote  # noqa: E402
from grader.spec import load_assignment  # noqa: E402
from grader.worker.containment.kinship import parent_of  # noqa: E402
from grader.worker.containment.leftovers import descendants  # noqa: E402

TOPIC = "target"
PORTABLE = ("namespaces", "cgroup memory")
# Honest work that would notice a lock, a file or a process of the student before.
HONEST = """
import fcntl
import os

import torch

assert not os.listdir(os.environ["HOME"])
fcntl.flock(os.open("@LOCK@", os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)


def double(x):
    return x * 2


def ones(n):
    return torch.ones(n, n) / n
"""


@dataclass(frozen=True)
class Row:
    """What became of one attack. ``harms`` is empty when it was held."""

    name: str
    tries: str
    configuration: str
    harms: tuple[str, ...]
    told: str
    control: str
    layers: tuple[str, ...]
    seconds: float

    @property
    def held(self) -> bool:
        return not self.harms


class Recording:
    """A runner that keeps what it saw last."""

    def __init__(self, sandbox: WarmSandbox) -> None:
        self.sandbox = sandbox
        self.seen: list[Observation] = []

    def run(self, job: Job) -> Observation:
        found = self.sandbox.run(job)
        self.seen.append(found)
        return found


@dataclass
class Suite:
    """All that the attacks of one configuration share."""

    name: str
    world: World
    sandbox: WarmSandbox
    course: Course
    naive: subprocess.Popen[str]
    weak: WarmSandbox | None = None
    honest: Grade | None = None

    def row(self, attack: Attack | HandIn, controls: bool) -> Row:
        began = time.monotonic()
        harms, told, layers = self._attack(attack)
        control = self._control(attack) if controls else ""
        return Row(
            attack.name,
            attack.tries,
            self.name,
            tuple(harms),
            told,
            control,
            layers,
            round(time.monotonic() - began, 2),
        )

    def _attack(self, attack: Attack | HandIn) -> tuple[list[str], str, tuple[str, ...]]:
        before, own = self.world.look(), self._own()
        pid = self.sandbox.pid
        began = time.monotonic()
        grade, seen = self._grade(attack)
        elapsed = time.monotonic() - began
        harms = self.world.harm(before, self.world.look())
        harms += self._harms_of(attack, grade, seen)
        if elapsed > 4 * attack.limits.wall * 4 + 10:
            harms.append(f"it took {elapsed:.0f} seconds")
        if self.sandbox.pid != pid:
            harms.append("the warm process ended")
        now = self._own()
        if now != own:
            harms.append(f"the grader is not as it was: {own} {now}")
        harms += self._neighbour()
        if harms:
            self.world.mend()
        must = attack.told and self.name not in attack.untold
        missing = must and attack.told not in self._told(grade)
        told = f"the report does not say {attack.told!r}" if missing else ""
        return harms, told, grade.topics[0].layers

    def _grade(
        self, attack: Attack | HandIn, sandbox: WarmSandbox | None = None
    ) -> tuple[Grade, list[Observation]]:
        recording = Recording(sandbox or self.sandbox)
        if isinstance(attack, HandIn):
            submission = attack.collected(self.world)
        else:
            text = self.world.fill(attack.source)
            submission = Submission(
                attack.name.replace("/", "-"),
                {TOPIC: Source(TOPIC, "solution.py", text)},
            )
        return grade_submission(submission, self._bounded(attack), recording), recording.seen

    def _bounded(self, attack: Attack | HandIn) -> Course:
        (topic,) = self.course.assignment.topics
        tasks = tuple(replace(task, limits=attack.limits) for task in topic.tasks)
        return replace(self.course, assignment=Assignment((replace(topic, tasks=tasks),)))

    def _harms_of(
        self, attack: Attack | HandIn, grade: Grade, seen: list[Observation]
    ) -> Iterator[str]:
        if self.world.secret in repr(seen):
            yield "a secret was read"
        if re.search(r"'GOT ", repr([o.outcomes for o in seen])):
            yield "it got what it wanted"
        page = student_report(grade)
        shown = json.dumps(to_json(student_view(grade))) + page
        if any(number in shown for number in self._hidden()):
            yield "the student is told a hidden input"
        if "<script>alert(7431)" in page or "<img src=x" in page:
            yield "markup in the report"
        lines = [line for topic in grade.topics for one in topic.functions for line in one.checks]
        if any(line.status == "grader error" for line in lines):
            yield "a fault of the grader's own"
        earned = sum(one.score for topic in grade.topics for one in topic.functions)
        if earned > (4.0 if attack.right else 0.0):
            yield f"{earned:g} points"
        if attack.right and earned < 4.0:
            yield "right work lost points"

    def _hidden(self) -> tuple[str, ...]:
        """Numbers of the hidden inputs, as they would be printed."""
        (topic,) = self.course.assignment.topics
        cases = [case for case in topic.task("double").cases if not case.public]
        values: list[Any] = [case.inputs["x"].arguments["values"] for case in cases]
        return tuple(repr(number) for row in values for number in row)

    def _told(self, grade: Grade) -> str:
        view = student_view(grade)
        lines = [one for topic in view.topics for two in topic.functions for one in two.checks]
        notes = [note for topic in view.topics for note in topic.notes]
        return "\n".join((view.problem, *view.notes, *notes, *(line.message for line in lines)))

    def _own(self) -> tuple[int, int, tuple[str, ...]]:
        """What of this process, and below it, must be the same after an attack."""
        below = descendants()
        keeper = next((pid for pid in below if parent_of(f"/proc/{pid}") == self.sandbox.pid), 0)
        # The keeper makes the next run's namespaces ahead: what is below it comes and goes.
        folders = [path.name for path in Path(tempfile.gettempdir()).iterdir()]
        open_files = len(list(Path("/proc/self/fd").iterdir()))
        return open_files, len(descendants(keeper)), tuple(folders)

    def _neighbour(self) -> Iterator[str]:
        """Another student's honest work, right after."""
        source = {TOPIC: Source(TOPIC, "solution.py", self.world.fill(HONEST))}
        grade = grade_submission(Submission("honest", source), self.course, self.sandbox)
        plain = without_times(grade)
        if self.honest is None:
            self.honest = plain
            assert grade.score == grade.max_score == 6.0, to_json(grade)
        elif plain != self.honest:
            yield "another student's result changed"

    # ---- positive controls

    def _control(self, attack: Attack | HandIn) -> str:
        if not attack.has_control:
            return attack.control
        if isinstance(attack, HandIn):
            return attack.shown(self.world)
        harms = self._naive(attack) if attack.naive or not attack.without else self._without(attack)
        if attack.control == "a plain fork" and not harms:
            harms = self._naive(replace(attack, naive="a plain fork"))
        return "; ".join(harms) if harms else "NOT SHOWN"

    def _without(self, attack: Attack) -> list[str]:
        assert self.weak is not None
        before = self.world.look()
        self.weak.without = (*PORTABLE, *attack.without)
        grade, seen = self._grade(attack, self.weak)
        found = self.world.harm(before, self.world.look())
        found += self._harms_of(replace(attack, right=True), grade, seen)
        self.world.mend()
        return [one for one in found if one != "right work lost points"]

    def _naive(self, attack: Attack) -> list[str]:
        before = self.world.look()
        folder = self.world.folder / f"naive-{attack.name.replace('/', '-')}"
        folder.mkdir(exist_ok=True)
        file = folder / "solution.py"
        file.write_text(self.world.fill(attack.source))
        assert self.naive.stdin is not None
        assert self.naive.stdout is not None
        mode = attack.naive or "a plain fork"
        self.naive.stdin.write(json.dumps([mode, str(file), str(folder)]) + "\n")
        self.naive.stdin.flush()
        said = json.loads(self.naive.stdout.readline())
        time.sleep(0.05)
        found = self.world.harm(before, self.world.look())
        self.world.mend()
        return [*([said] if said else []), *found]


def without_times(grade: Grade) -> Grade:
    """A grade without what the clock says."""
    return replace(grade, topics=tuple(replace(topic, wall=0.0, cpu=0.0) for topic in grade.topics))


@contextmanager
def opened(name: str, folder: Path, without: tuple[str, ...], controls: bool) -> Iterator[Suite]:
    """A suite, its world, its warm process and its careless graders."""
    os.environ["GRADER_DATA"] = str(folder / "data")
    tempfile.tempdir = str(folder / "tmp")
    Path(tempfile.tempdir).mkdir()
    Path(tempfile.tempdir).chmod(0o711)
    reference = folder / "staff"
    with World(folder / "world") as world:
        # A library's file to lock: another one for each configuration, since they run at once.
        locked = ("colorsys.py", "cmd.py", "calendar.py", "chunk.py")
        number = [one.name for one in ALL].index(name)
        world.names |= {"DATA": str(folder), "LOCK": str(Path(os.__file__).parent / locked[number])}
        os.environ["CI_TOKEN"] = f"TOKEN-{world.secret}"
        _write_reference(reference, world.secret)
        assignment = load_assignment(reference, "attacks", (TOPIC,))
        naive = subprocess.Popen(
            [sys.executable, str(HERE / "naive.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "NAIVE_SECRET": world.secret, "OMP_NUM_THREADS": "1"},
        )
        try:
            leak = {"CONTROL_LEAK": f"REFERENCE-{world.secret}"} if controls else {}
            home = course_home()
            with (
                closing(Zygote(home)) as zygote,
                WarmSandbox(home, load_wall=2.0, without=without, zygote=zygote) as sandbox,
                WarmSandbox(home, load_wall=2.0, variables=leak, without=PORTABLE) as weak,
            ):
                sandbox.layers()
                if controls:
                    weak.layers()
                found = baselines(assignment, lambda: _remembering(sandbox), 1)
                course = Course(assignment, found)
                yield Suite(name, world, sandbox, course, naive, weak)
        finally:
            naive.kill()
            naive.wait()


@dataclass(frozen=True, slots=True)
class _Forgetful:
    """Leaves nothing of the answers on the disk."""

    sandbox: WarmSandbox

    def knows(self, _: Job) -> bool:
        return False

    def run(self, job: Job) -> Observation:
        return self.sandbox.run(job)


@contextmanager
def _remembering(sandbox: WarmSandbox) -> Iterator[Any]:
    yield _Forgetful(sandbox)


def _write_reference(folder: Path, secret: str) -> None:
    for file in (HERE / "reference" / TOPIC).rglob("*.*"):
        target = folder / file.relative_to(HERE / "reference")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text().replace("@SECRET@", f"REFERENCE-{secret}"))
        target.chmod(0o600)


def main() -> None:
    asked = json.loads(sys.argv[1])
    chosen = [one for one in (*attacks(), *HANDINS) if wanted(one.name, asked["names"])]
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    without = tuple(asked["without"])
    controls = asked["controls"] == asked["name"]
    with opened(asked["name"], Path(asked["folder"]), without, controls) as suite:
        list(suite._neighbour())
        for attack in chosen:
            row = suite.row(attack, controls)
            channel.write(json.dumps(asdict(row)) + "\n")
            channel.flush()


def wanted(name: str, names: list[str]) -> bool:
    """Whether a name is among, or begins as one of, those asked for; all by default."""
    return not names or any(name == one or name.startswith(f"{one}/") for one in names)


if __name__ == "__main__":
    main()
