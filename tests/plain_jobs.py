"""Jobs for plain processes, and what came of them."""

from __future__ import annotations

from dataclasses import replace

from grader.model import Call, Case, Died, Job, Limits, Outcome, Returned
from grader.sandbox import PlainSandbox

SHORT = Limits(wall=1.0, output=100_000, result=10_000)
IMPORTS = "import os, signal, subprocess, sys, time, ctypes\n"


def call(function: str, numbers: int, public: int | None = None, **more: object) -> Call:
    """``function`` on 0, 1, ...; the first ``public`` of them are public, by default all."""
    shown = numbers if public is None else public
    cases = tuple(Case(f"case {n}", {"n": n}, public=n < shown) for n in range(numbers))
    return replace(Call(function, cases, ("n",), limits=SHORT), **more)


def job(source: str, *calls: Call, **more: object) -> Job:
    return replace(Job("t", IMPORTS + source, "s.py", calls), **more)


def outcomes(sandbox: PlainSandbox, source: str, numbers: int = 1, **more: object) -> list[Outcome]:
    """What ``f`` does on each number."""
    found = sandbox.run(job(source, call("f", numbers, **more))).outcomes["f"]
    return [found[f"case {n}"] for n in range(numbers)]


def told(found: list[Outcome]) -> list[object]:
    return [
        one.value if isinstance(one, Returned) else one.reason if isinstance(one, Died) else one
        for one in found
    ]
