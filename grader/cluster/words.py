"""What coordinator and worker say to one another: bytes with a letter in front; a report in JSON.

In: values. Out: bytes, and the values again. Dask carries bytes and the names of two functions of
ours; no value of the grader's is ever left to Dask's own way from bytes to objects.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

Facts = tuple[tuple[str, str], ...]

OBSERVATION = b"o"
FAULT = b"f"  # a sentence: the sandbox could not do it
LEAVING = b"l"  # the worker ends, and hands the job back


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker says of itself: the versions it has, by name; the containment layers that its
    children get, and those they do not, with the reason; ``fault`` is why it can do nothing."""

    facts: Facts = ()
    layers: tuple[str, ...] = ()
    missing: Facts = ()
    fault: str = ""


def dump_report(report: Report) -> bytes:
    """The report as bytes."""
    return json.dumps(asdict(report)).encode()


def load_report(data: Any) -> Report:
    """The report again; one that is nothing but a fault when the bytes are no report."""
    try:
        plain = json.loads(data)
        return Report(
            facts=_pairs(plain["facts"]),
            layers=tuple(map(str, plain["layers"])),
            missing=_pairs(plain["missing"]),
            fault=str(plain["fault"]),
        )
    except (KeyError, TypeError, ValueError):
        return Report(fault=f"it reports what is no report: {str(data)[:300]}")


def _pairs(plain: Any) -> Facts:
    return tuple((str(name), str(value)) for name, value in plain)
