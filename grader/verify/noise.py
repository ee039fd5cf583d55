"""Harmless changes of how the reference computes: what moves then is noise, never a mistake.

In: a topic. Out: jobs that run the reference otherwise, and environments to run it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.model import Case, Fixture, Input, Job, Topic
from grader.plan import plan

# Each gives ATen's kernels another instruction set; where the processor lacks it, ATen takes less.
ENVIRONMENTS = {
    "ATen without vectors": {"ATEN_CPU_CAPABILITY": "default"},
    "ATen with AVX2": {"ATEN_CPU_CAPABILITY": "avx2"},
}
_THREADS = """

import torch as _torch

_torch.set_num_threads({threads})
"""
# Products of a batch, row by row: what a model gives for each text alone.
_ALONE = """

import torch as _torch
import torch.nn.functional as _functional

_linear, _addmm = _functional.linear, _torch.addmm


def _each(product, rows):
    flat = rows.reshape(-1, rows.shape[-1])
    if len(flat) < 2:
        return product(rows)
    return _torch.stack([product(row) for row in flat]).reshape(*rows.shape[:-1], -1)


def _linear_alone(rows, weight, bias=None):
    return _each(lambda row: _linear(row, weight, bias), rows)


def _addmm_alone(bias, rows, weight):
    return _each(lambda row: _addmm(bias, row.reshape(-1, row.shape[-1]), weight).reshape(
        *row.shape[:-1], -1), rows)


_functional.linear, _torch.addmm = _linear_alone, _addmm_alone
"""
_APPENDED = {
    "two threads": _THREADS.format(threads=2),
    "four threads": _THREADS.format(threads=4),
    "each row alone": _ALONE,
}
ATTENTIONS = {"eager attention": "eager", "SDPA attention": "sdpa"}
_MODELS = ("model", "pretrained")


def noisy_jobs(topic: Topic) -> Iterator[tuple[str, Job]]:
    """(what is different, the reference's job with it)."""
    for name, text in _APPENDED.items():
        yield name, plan(topic, topic.reference + text)
    for name, attention in ATTENTIONS.items():
        job = plan(topic, topic.reference)
        calls = tuple(
            replace(call, cases=tuple(_with(case, attention) for case in call.cases))
            for call in job.calls
        )
        if calls != job.calls:
            yield name, replace(job, calls=calls)


def _with(case: Case, attention: str) -> Case:
    return replace(
        case, inputs={name: _attending(value, attention) for name, value in case.inputs.items()}
    )


def _attending(value: Input, attention: str) -> Input:
    """The input, every model in it with this attention implementation."""
    if isinstance(value, Fixture):
        arguments = {name: _attending(one, attention) for name, one in value.arguments.items()}
        if value.name in _MODELS:
            arguments["attn_implementation"] = attention
        return Fixture(value.name, arguments)
    if isinstance(value, list | tuple):
        return [_attending(one, attention) for one in value]
    if isinstance(value, dict):
        return {name: _attending(one, attention) for name, one in value.items()}
    return value
