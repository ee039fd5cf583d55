"""``grader override``: points given by hand. In: whose, and how many. Out: the store and the files
of the results changed, and an exit code."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.cli.show import out, print_json, tell
from grader.cli.stored import open_class_store, publish_again
from grader.model import Grade, Override
from grader.override import OverrideError, fitting, overridden
from grader.report.result import loads, to_json
from grader.report.text import points
from grader.session import SessionError
from grader.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """What ``grader override`` was told. ``points`` is ``None`` when they are taken back."""

    folder: Path
    submission: str
    topic: str
    function: str
    check: str
    points: float | None
    reason: str
    author: str
    store: str


def override(asked: Asked, as_json: bool) -> int:
    """Gives points by hand, or takes them back."""
    with open_class_store(asked.folder, asked.store) as store:
        judged = _judged(store, asked)
        if asked.points is None:
            _take_back(store, asked)
        else:
            store.override(_fitting(judged, asked, asked.points))
        grade = overridden(judged, store.overrides(asked.submission))
    publish_again(asked.folder, [grade])
    if as_json:
        print_json(to_json(grade))
    else:
        _tell(judged, grade)
    return 0


def listed(folder: Path, where: str, as_json: bool) -> int:
    """Lists all that were given."""
    with open_class_store(folder, where) as store:
        found = store.overrides()
    if as_json:
        print_json([_plain(one) for one in found])
    elif not found:
        tell(out(), "No points were given by hand.")
    for one in found if not as_json else ():
        what = ".".join(filter(None, (one.topic, one.function)))
        check = f" ({one.check})" if one.check else ""
        tell(
            out(),
            f"{one.submission}: {what}{check}: {points(one.points)} points, by {one.author}, "
            f"{one.made}: {one.reason}",
        )
    return 0


def _judged(store: Store, asked: Asked) -> Grade:
    kept = store.result(asked.submission)
    if kept is not None:
        return loads(kept.grade)
    known = ", ".join(_some(name for name, _ in store.result_keys()))
    raise SessionError(
        f"{asked.folder} has no result of {asked.submission!r}. It has: {known or 'none at all'}."
    )


def _some(names: Iterable[str], most: int = 10) -> list[str]:
    found: list[str] = []
    for name in names:
        if len(found) == most:
            return [*found, "..."]
        found.append(name)
    return found


def _fitting(judged: Grade, asked: Asked, given: float) -> Override:
    if not asked.reason.strip():
        raise SessionError("say why, with --reason: the student reads it.")
    made = Override(
        submission=asked.submission,
        topic=asked.topic,
        function=asked.function,
        check=asked.check,
        points=given,
        reason=asked.reason.strip(),
        author=asked.author or getpass.getuser(),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    try:
        return fitting(judged, made)
    except OverrideError as error:
        raise SessionError(f"{asked.submission}: {error}") from None


def _take_back(store: Store, asked: Asked) -> None:
    if not store.remove_override(asked.submission, asked.topic, asked.function, asked.check):
        raise SessionError(
            f"no points were given by hand for this. `grader override {asked.folder}` lists them."
        )


def _tell(judged: Grade, grade: Grade) -> None:
    total = f"{points(grade.score)} of {points(grade.max_score)} points"
    tell(out(), f"{grade.submission}: {total} (the grader gave {points(judged.score)})")


def _plain(one: Override) -> dict[str, str | float]:
    return {
        "submission": one.submission,
        "topic": one.topic,
        "function": one.function,
        "check": one.check,
        "points": one.points,
        "reason": one.reason,
        "author": one.author,
        "made": one.made,
    }
