"""The result file: a Grade as JSON and back, format ``grader/result/v1``.

In: a Grade, or text that may come from anywhere. Out: the other of the two. The format is
published beside this file as ``result.schema.json``. It holds all that staff may see, so it is no
file for students: ``to_json(student_view(grade))`` is.
"""

from __future__ import annotations

import base64
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.model import (
    CheckResult,
    Difference,
    FunctionGrade,
    Grade,
    HeatMap,
    Tolerance,
    TopicGrade,
)
from grader.report.grouping import counts
from grader.report.json_text import encodable, inert_json, laid_out, one_line
from grader.report.recurring import RESULTS, TEXTS, OfTheSame, is_small, is_small_text
from grader.report.result_file import SCHEMA, ResultFile
from grader.report.result_text import parsed

SCHEMA_FILE = Path(__file__).with_name("result.schema.json")

# JSON has no NaN and no infinity; the schema names these three words instead.
_NOT_FINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}


class ResultError(ValueError):
    """A result file cannot be used. The message says which, where in it, and what to do."""


def to_json(grade: Grade) -> dict[str, Any]:
    """The grade as plain dicts, lists, strings and finite numbers, keys in the schema's order."""
    topics = [
        {**_topic(topic), "functions": [_whole(function) for function in topic.functions]}
        for topic in grade.topics
    ]
    tidy: dict[str, Any] = encodable({**_head(grade), "topics": topics})
    return tidy


def dumps(grade: Grade) -> str:
    """The result file's text: the same for the same grade, always; valid in UTF-8. A line a field,
    and a line a check on a case."""
    topics = (
        laid_out(_topic(topic), "functions", map(_kept_function_text, topic.functions), depth=2)
        for topic in grade.topics
    )
    return laid_out(_head(grade), "topics", topics, depth=0) + "\n"


def loads(text: str | bytes, file: str = "result.json") -> Grade:
    """Reads a result file's text. Raises ResultError, naming ``file``."""
    try:
        data = parsed(text)
    except (ValueError, RecursionError) as error:
        raise _broken(file, f"it is not JSON ({error})") from error
    return from_json(data, file)


def from_json(data: object, file: str = "result.json") -> Grade:
    """The Grade that ``to_json`` was given. Raises ResultError, naming ``file``.

    Unknown fields are passed over, so that a newer writer of the same format can add some.
    """
    written = data.get("schema") if isinstance(data, dict) else None
    if written != SCHEMA:
        raise _broken(file, f"its schema is {written!r}, and only {SCHEMA!r} can be read")
    try:
        return ResultFile.model_validate(data).grade()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole file"
        raise _broken(file, f"at {where}: {first['msg']}") from error


def _broken(file: str, what: str) -> ResultError:
    return ResultError(
        f"{file} cannot be used: {what}. Delete the file and grade the submission again, "
        "or put back the copy that the grader wrote."
    )


def _head(grade: Grade) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "submission": grade.submission,
        "score": grade.score,
        "max_score": grade.max_score,
        "problem": grade.problem,
        "notes": list(grade.notes),
        "counts": {str(status): amount for status, amount in counts(grade).items()},
        "versions": dict(grade.versions),
        "seed": grade.seed,
    }


def _topic(topic: TopicGrade) -> dict[str, Any]:
    return {
        "topic": topic.topic,
        "score": topic.score,
        "max_score": topic.max_score,
        "file": topic.file,
        "notes": list(topic.notes),
        "staff_notes": list(topic.staff_notes),
        "layers": list(topic.layers),
        "wall": _number(topic.wall),
        "cpu": _number(topic.cpu),
    }


def _function(function: FunctionGrade) -> dict[str, Any]:
    return {
        "function": function.function,
        "score": function.score,
        "max_score": function.max_score,
    }


def _whole(function: FunctionGrade) -> dict[str, Any]:
    return {**_function(function), "checks": [_check(result) for result in function.checks]}


def _function_text(function: FunctionGrade) -> str:
    checks = (f"     {_check_text(result)}" for result in function.checks)
    return laid_out(_function(function), "checks", checks, depth=4)


# Equal behaviour is judged once, and its verdict is the same object each time.
_kept_function_text = OfTheSame(_function_text, TEXTS, is_small_text)


def _check_text(result: CheckResult) -> str:
    return _kept_text(result) if is_small(result) else _new_text(result)


def _new_text(result: CheckResult) -> str:
    return inert_json(one_line(_check(result)))


# Most results of a class are the same as another student's, word for word.
_kept_text = lru_cache(maxsize=RESULTS)(_new_text)


def _check(result: CheckResult) -> dict[str, Any]:
    return {
        "check": result.check,
        "case": result.case,
        "public": result.public,
        "status": str(result.status),
        "score": float(result.score) + 0.0,
        "max_score": float(result.max_score) + 0.0,
        "message": result.message,
        "hint": result.hint,
        "mistake": result.mistake,
        "category": result.category,
        "staff": result.staff,
        "difference": _difference(result.difference) if result.difference else None,
        "traceback": list(result.traceback),
        "output": result.output,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    index = difference.index
    return {
        "category": difference.category,
        "message": difference.message,
        "path": difference.path,
        "index": None if index is None else [int(step) for step in index],
        "got": difference.got,
        "want": difference.want,
        "size": None if difference.size is None else _number(difference.size),
        "wrong": int(difference.wrong),
        "total": int(difference.total),
        "tolerance": _tolerance(difference.tolerance) if difference.tolerance else None,
        "heat_map": _heat_map(difference.heat_map) if difference.heat_map else None,
    }


def _tolerance(tolerance: Tolerance) -> dict[str, Any]:
    return {"rtol": _number(tolerance.rtol), "atol": _number(tolerance.atol)}


def _heat_map(heat_map: HeatMap) -> dict[str, Any]:
    return {
        "rows": heat_map.rows,
        "columns": heat_map.columns,
        "levels": base64.b64encode(heat_map.levels).decode("ascii"),
        "largest": _number(heat_map.largest),
        "caption": heat_map.caption,
    }


def _number(value: float) -> float | str:
    value = float(value) + 0.0  # no -0.0: equal grades have the same text
    return "NaN" if math.isnan(value) else _NOT_FINITE.get(value, value)
