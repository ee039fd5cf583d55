"""Loads topics from the reference folder.

In: ``reference/`` and the run's secret seed. Out: an ``Assignment``; ``SpecError`` with file and
line for whatever staff must mend. ``task.py`` is staff's own code and runs here; ``solution.py``,
``probe.py`` and the right solutions are text.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

from grader.model import Assignment, Topic
from grader.spec.declare import collecting
from grader.spec.errors import RuleError, SpecError, UnknownTopicError, line_in
from grader.spec.files import read
from grader.spec.freeze import frozen_task
from grader.spec.modules import module
from grader.spec.prove import POINTS, prove_names, prove_points, prove_right
from grader.spec.tolerances import with_measures

# Teaching order; a topic that is not named here comes after these, by its name.
_ORDER = (
    "load_model",
    "tokenize",
    "pad_batch",
    "embeddings",
    "attentions",
    "attention_plot",
    "prepare_dataset",
    "training_loop",
    "trainer",
    "freeze_encoder",
    "task_heads",
    "generate",
)


def new_seed() -> str:
    """A secret seed for one run's hidden cases."""
    return secrets.token_hex(8)


def derived_seed(seed: str, number: int) -> str:
    """A further seed, from which nobody can tell the first."""
    return hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:16]


def topic_names(reference: Path) -> tuple[str, ...]:
    """The topics that ``reference`` holds, in teaching order."""
    found = {path.parent.name for path in reference.glob("*/task.py")}
    rest = sorted(found.difference(_ORDER))
    return (*(name for name in _ORDER if name in found), *rest)


def load_assignment(reference: Path, seed: str, topics: Iterable[str] = ()) -> Assignment:
    """The whole course, or ``topics`` of it. Raises ``SpecError`` and ``UnknownTopicError``."""
    known = topic_names(reference)
    if not known:
        raise SpecError(reference, 0, "no topic is here: a topic is a folder with a task.py")
    unknown = sorted(set(topics).difference(known))
    if unknown:
        listed = ", ".join(known)
        raise UnknownTopicError(f"there is no topic {unknown[0]!r}. The topics are: {listed}.")
    wanted = [name for name in known if name in set(topics)] if topics else known
    return Assignment(tuple(load_topic(reference / name, seed) for name in wanted))


def load_topic(folder: Path, seed: str) -> Topic:
    """One topic from its folder. Raises ``SpecError``."""
    file = folder / "task.py"
    solution = module(folder / "solution.py")
    probe = module(folder / "probe.py", optional=True)
    oracle = module(folder / "oracle.py", optional=True)
    rights = {path.stem: module(path) for path in sorted(folder.glob("right/*.py"))}
    with collecting(str(file)) as declared:
        said = _run(file)
    if not declared:
        raise SpecError(file, 0, 'it declares nothing: write task("name of a function")')
    for one in declared:
        prove_names(one, [known.function for known in declared], probe, oracle)
    tasks = tuple(frozen_task(one, folder.name, solution, probe, seed) for one in declared)
    prove_points(file, tasks, said.get("POINTS", POINTS))
    for right in rights.values():
        prove_right(right, tasks)
    return Topic(
        name=folder.name,
        tasks=with_measures(tasks, folder),
        reference=solution.text,
        probes=probe.text,
        oracles=oracle.text,
        rights={name: right.text for name, right in rights.items()},
    )


def _run(file: Path) -> dict[str, object]:
    """Runs the declaration; its global names."""
    text = read(file)
    names: dict[str, object] = {"__name__": "task", "__file__": str(file)}
    try:
        exec(compile(text, str(file), "exec"), names)
    except SpecError:
        raise
    except RuleError as error:
        raise SpecError(file, line_in(file, error), str(error)) from error
    except SyntaxError as error:
        own = error.filename == str(file)
        line = (error.lineno or 0) if own else line_in(file, error)
        raise SpecError(file, line, f"it is not Python: {error.msg}") from error
    except (Exception, SystemExit) as error:
        raise SpecError(file, line_in(file, error), f"{type(error).__name__}: {error}") from error
    return names
