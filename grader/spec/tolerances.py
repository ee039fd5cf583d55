"""The measured tolerances of a topic: ``tolerances.json`` beside its ``task.py``.

In: the file that ``grader verify --calibrate`` writes and people review. Out: the tasks with these
tolerances in their checks. A topic without the file keeps the tolerances of its declaration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from grader.model import EXACT, Check, Same, Task, Tolerance
from grader.spec.errors import SpecError
from grader.spec.files import read

FILE = "tolerances.json"


class Measure(BaseModel):
    """What was measured for one check, each as a distance relative to the wanted value (absolute
    where the check has no ``rtol``).

    ceiling: the furthest that right code came from the reference.
    floor: the nearest that a known mistake came; ``None`` when none differs by numbers alone.
    tolerance: what was chosen between them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ceiling: float = Field(ge=0)
    floor: float | None = Field(gt=0)
    tolerance: float = Field(gt=0)


Measures = Mapping[str, Mapping[str, Measure]]
_FILE = TypeAdapter(dict[str, dict[str, Measure]])


def measures(folder: Path) -> Measures:
    """By function and check; empty when nothing was measured. Raises ``SpecError``."""
    text = read(folder / FILE, optional=True)
    if not text:
        return {}
    try:
        return _FILE.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(map(str, first["loc"]))
        raise SpecError(folder / FILE, 0, f"{where}: {first['msg']}. {_AGAIN}") from None


def dump_measures(found: Measures) -> str:
    """The text of the file: one line a check, three digits, so that a review sees what moved."""
    blocks = []
    for function, checks in found.items():
        lines = [
            f"    {json.dumps(name, ensure_ascii=False)}: {json.dumps(_rounded(measure))}"
            for name, measure in checks.items()
        ]
        blocks.append(f"  {json.dumps(function)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def with_measures(tasks: tuple[Task, ...], folder: Path) -> tuple[Task, ...]:
    """The tasks with the measured tolerances. Raises ``SpecError`` for an unknown check."""
    found = measures(folder)
    known = {(task.function, check.name) for task in tasks for check in task.checks}
    for function, checks in found.items():
        for name in checks:
            if (function, name) not in known:
                raise SpecError(
                    folder / FILE, 0, f"{function} has no check named {name!r}. {_AGAIN}"
                )
    return tuple(
        replace(
            task,
            checks=tuple(
                _measured(check, found.get(task.function, {}).get(check.name))
                for check in task.checks
            ),
        )
        for task in tasks
    )


_AGAIN = (
    "Take it out or delete the file, run `grader verify --calibrate TOPIC`, and review what it "
    "writes."
)


def _measured(check: Check, measure: Measure | None) -> Check:
    rule = check.rule
    if measure is None or not isinstance(rule, Same) or rule.tolerance == EXACT:
        return check
    declared, measured = rule.tolerance, measure.tolerance
    tolerance = (
        Tolerance(measured, measured * declared.atol / declared.rtol)
        if declared.rtol
        else Tolerance(0.0, measured)
    )
    return replace(check, rule=replace(rule, tolerance=tolerance))


def _rounded(measure: Measure) -> dict[str, float | None]:
    return {
        name: None if value is None else float(f"{value:.2e}")
        for name, value in measure.model_dump().items()
    }
