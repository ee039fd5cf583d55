"""A pack to the bytes of its file: the same bytes for the same pack, always.

In: a ``Pack``. Out: a zip of JSON and safetensors members, in order, with no time in it. The
manifest holds every member's hash, and a digest over itself, which is the pack's name by content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from grader.model import (
    Baseline,
    Case,
    Check,
    DrawnFrom,
    FunctionBaseline,
    Raises,
    Rule,
    Same,
    Task,
    Topic,
    Within,
)
from grader.pack.form import MANIFEST, SCHEMA
from grader.pack.pack import Pack
from grader.pack.patterns import names_of_patterns
from grader.pack.values import Table, dump_arrays
from grader.worker.jobs import dump_input
from grader.zipped import zipped

# The kinds of rules, each with the fields that it keeps under their own names.
RULES: Mapping[type[Rule], tuple[str, tuple[str, ...]]] = {
    Same: ("same", ("path", "dims", "dtype", "grad", "extra_keys", "ordered")),
    Raises: ("raises", ("exception",)),
    Within: ("within", ("path", "allowed")),
    DrawnFrom: ("drawn_from", ("path", "distribution")),
}


def dump(pack: Pack) -> bytes:
    """The pack's file."""
    members: dict[str, bytes] = {}
    for topic in pack.assignment.topics:
        members[f"{topic.name}/public.json"] = _json(_topic(topic))
        members |= _outcomes(topic, pack.baselines[topic.name])
    return zipped({MANIFEST: _manifest(pack, members), **members})


def digest_of(manifest: Mapping[str, Any]) -> str:
    """The digest over a manifest, whatever it says of its own digest."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _manifest(pack: Pack, members: Mapping[str, bytes]) -> bytes:
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "versions": dict(pack.versions),
        "topics": dict(pack.origins),
        "members": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in members.items()
        },
    }
    manifest["digest"] = digest_of(manifest)
    return json.dumps(manifest, indent=1).encode()


def _topic(topic: Topic) -> dict[str, Any]:
    return {"probes": topic.probes, "tasks": [_task(task) for task in topic.tasks]}


def _task(task: Task) -> dict[str, Any]:
    limits = {**asdict(task.limits), "wall": float(task.limits.wall)}
    return {
        "function": task.function,
        "parameters": task.parameters,
        "probe": task.probe,
        "needs": task.needs,
        "limits": {name: limits[name] for name in limits if name != "cpu"},  # no author sets it
        "cases": [_case(case) for case in task.cases],
        "checks": [_check(check) for check in task.checks],
    }


def _case(case: Case) -> dict[str, Any]:
    inputs = {name: dump_input(value) for name, value in case.inputs.items()}
    return {"name": case.name, "seed": case.seed, "inputs": inputs}


def _check(check: Check) -> dict[str, Any]:
    plain = {name: getattr(check, name) for name in ("name", "hint", "given")}
    cases = names_of_patterns(check.cases)
    return {**plain, "points": float(check.points), "cases": cases, "rule": _rule(check.rule)}


def _rule(rule: Rule) -> dict[str, Any]:
    kind, fields = RULES[type(rule)]
    plain = {"kind": kind, **{name: getattr(rule, name) for name in fields}}
    if isinstance(rule, Same):
        plain |= {"rtol": float(rule.tolerance.rtol), "atol": float(rule.tolerance.atol)}
    if isinstance(rule, DrawnFrom):
        plain["sigmas"] = float(rule.sigmas)
    return plain


def _outcomes(topic: Topic, baseline: Baseline) -> dict[str, bytes]:
    outcomes, answers = Table(), Table()
    functions = {
        task.function: _function(baseline.functions[task.function], outcomes, answers)
        for task in topic.tasks
    }
    tables = {"outcomes": outcomes.nodes, "answers": answers.nodes, "functions": functions}
    return {
        f"{topic.name}/outcomes.json": _json(tables),
        f"{topic.name}/arrays.safetensors": dump_arrays(outcomes.arrays | answers.arrays),
    }


def _function(known: FunctionBaseline, outcomes: Table, answers: Table) -> dict[str, Any]:
    add = outcomes.add_outcome
    return {
        "wanted": {case: add(outcome) for case, outcome in known.wanted.items()},
        "oracle": {case: answers.add_value(value) for case, value in known.oracle.items()},
        "mistakes": [
            {
                "sentence": mistake.sentence,
                "outcomes": {case: add(outcome) for case, outcome in mistake.outcomes.items()},
            }
            for mistake in known.mistakes
        ],
        "doubled": [
            {
                "doubles": doubles,
                "ways": [{case: add(one) for case, one in way.items()} for way in ways],
            }
            for doubles, ways in known.doubled.items()
        ],
    }


def _json(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()
