"""The fixtures of numbers: tensors, batches, and loaders of batches.

In: shapes, rows of ids, seeds. Out: torch tensors, mappings of them, and ``DataLoader``s. Random
numbers are numpy's: the same on every machine, and none taken from torch's generator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader
from transformers import BatchEncoding

from grader.worker.fixture_errors import FixtureError, as_dtype, one_of

KINDS = ("normal", "uniform", "integers", "ones", "zeros")
_TENSOR_STREAM, _LOADER_STREAM = 2, 3

Ids = Sequence[int]


def tensor(
    shape: Sequence[int] | None = None,
    seed: int = 0,
    dtype: str | None = None,
    kind: str = "normal",
    scale: float = 1.0,
    low: int = 0,
    high: int = 2,
    requires_grad: bool = False,
    values: Any = None,
) -> Any:
    """A tensor of ``shape`` from ``seed``, or of ``values``.

    ``kind`` "normal" has the standard deviation ``scale``, "uniform" lies in [0, ``scale``),
    "integers" in ``low`` up to ``high - 1``. ``dtype`` is "float64" unless given, and "int64" for
    integers.
    """
    one_of("kind", kind, KINDS)
    if (shape is None) == (values is None):
        raise FixtureError("give either shape or values")
    wanted = as_dtype(dtype or ("int64" if kind == "integers" else "float64"))
    if shape is None:
        made = torch.tensor(values, dtype=wanted)
    else:
        made = torch.from_numpy(_drawn(kind, tuple(shape), seed, scale, low, high)).to(wanted)
    return made.requires_grad_(requires_grad)


def batch(
    rows: Sequence[Ids],
    pad_id: int = 0,
    side: str = "right",
    labels: Any = None,
    kind: str = "BatchEncoding",
) -> Any:
    """``input_ids`` and ``attention_mask``, both int64 (rows, longest row), padded on ``side``
    with ``pad_id``; the mask is made from the rows' lengths. ``labels`` (int64) if given. ``kind``
    is "BatchEncoding" or "dict"."""
    one_of("kind", kind, ("BatchEncoding", "dict"))
    one_of("side", side, ("left", "right"))
    columns = _padded(rows, pad_id, side)
    if labels is not None:
        columns["labels"] = torch.tensor(labels, dtype=torch.int64)
    return BatchEncoding(columns) if kind == "BatchEncoding" else columns


def loader(
    rows: int = 11,
    batch_size: int = 4,
    seed: int = 1,
    vocab: int = 97,
    low: int = 3,
    high: int = 9,
    num_labels: int = 2,
    shuffle: bool = False,
) -> Any:
    """A ``DataLoader`` over ``rows`` labelled rows of ``low`` to ``high`` ids in 1..vocab-1.

    A batch is a dict of ``input_ids``, ``attention_mask`` (both batch, longest of the batch) and
    ``labels`` (batch,), padded with 0. Lengths and labels occur equally often. With ``shuffle``
    the order comes from a generator of its own, seeded with ``seed``.
    """
    rng = np.random.default_rng([seed, _LOADER_STREAM])
    lengths = rng.permutation(np.resize(np.arange(low, high + 1), rows))
    labels = rng.permutation(np.resize(np.arange(num_labels), rows))
    examples = [
        {"input_ids": rng.integers(1, vocab, length).tolist(), "labels": int(label)}
        for length, label in zip(lengths, labels, strict=True)
    ]
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(
        examples, batch_size, shuffle=shuffle, collate_fn=_collate, generator=generator
    )


def _drawn(kind: str, shape: tuple[int, ...], seed: int, scale: float, low: int, high: int) -> Any:
    rng = np.random.default_rng([seed, _TENSOR_STREAM])
    if kind == "normal":
        return np.asarray(rng.standard_normal(shape) * scale)
    if kind == "uniform":
        return np.asarray(rng.random(shape) * scale)
    if kind == "integers":
        return np.asarray(rng.integers(low, high, shape))
    return np.full(shape, 1.0 if kind == "ones" else 0.0)


def _padded(rows: Sequence[Ids], pad_id: int, side: str) -> dict[str, Any]:
    longest = max((len(row) for row in rows), default=0)
    ids = torch.full((len(rows), longest), pad_id, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        start = longest - len(row) if side == "left" else 0
        ids[number, start : start + len(row)] = torch.tensor(list(row), dtype=torch.int64)
        mask[number, start : start + len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _collate(examples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    columns = _padded([example["input_ids"] for example in examples], 0, "right")
    return columns | {"labels": torch.tensor([example["labels"] for example in examples])}
