"""The fixtures of numbers: tensors, batches, loaders."""

from __future__ import annotations

import pytest
import torch
from transformers import BatchEncoding

from grader.worker.fixture_tensors import batch, loader, tensor


def test_a_tensor_is_of_its_shape_and_float64():
    made = tensor([2, 3, 4])
    assert made.shape == (2, 3, 4)
    assert made.dtype == torch.float64
    assert not made.requires_grad
    assert tensor([], seed=1).shape == ()


def test_the_seed_decides_a_tensor():
    assert torch.equal(tensor([50], seed=1), tensor([50], seed=1))
    assert not torch.equal(tensor([50], seed=1), tensor([50], seed=2))
    assert abs(tensor([5000], seed=1, scale=3.0).std() - 3.0) < 0.2


def test_kinds():
    uniform = tensor([5000], kind="uniform", scale=2.0)
    assert 0 <= uniform.min() < 0.1 < 1.9 < uniform.max() < 2
    integers = tensor([5000], kind="integers", low=3, high=6)
    assert integers.dtype == torch.int64
    assert set(integers.tolist()) == {3, 4, 5}
    assert tensor([9], kind="integers", dtype="float32").dtype == torch.float32
    assert tensor([2], kind="ones", dtype="int64").tolist() == [1, 1]
    assert tensor([2], kind="zeros", dtype="bool").tolist() == [False, False]


def test_values_and_gradients():
    made = tensor(values=[[1, 2], [3, 4]], dtype="int64")
    assert made.tolist() == [[1, 2], [3, 4]]
    assert made.dtype == torch.int64
    assert tensor(values=[1, 0.5]).dtype == torch.float64
    leaf = tensor([2], dtype="float32", requires_grad=True)
    assert leaf.requires_grad
    assert leaf.is_leaf


@pytest.mark.parametrize(
    ("side", "ids", "mask"),
    [
        ("right", [[5, 0, 6], [7, 0, 0]], [[1, 1, 1], [1, 0, 0]]),
        ("left", [[5, 0, 6], [0, 0, 7]], [[1, 1, 1], [0, 0, 1]]),
    ],
)
def test_a_batch_is_padded_and_its_mask_is_of_lengths_not_of_ids(
    side: str, ids: list[list[int]], mask: list[list[int]]
):
    made = batch([[5, 0, 6], [7]], pad_id=0, side=side)
    assert isinstance(made, BatchEncoding)
    assert list(made) == ["input_ids", "attention_mask"]
    assert made["input_ids"].tolist() == ids
    assert made["attention_mask"].tolist() == mask
    assert made["input_ids"].dtype == made["attention_mask"].dtype == torch.int64


def test_a_batch_may_be_a_dictionary_with_labels():
    made = batch([[5], [6, 7]], pad_id=9, labels=[1, 0], kind="dict")
    assert type(made) is dict
    assert made["labels"].tolist() == [1, 0]
    assert made["labels"].dtype == torch.int64
    assert made["input_ids"].tolist() == [[5, 9], [6, 7]]


def test_a_loader_s_batches_are_padded_to_their_own_longest_and_the_last_is_short():
    batches = list(loader(rows=11, batch_size=4))
    assert [len(one["labels"]) for one in batches] == [4, 4, 3]
    widths = {one["input_ids"].shape[1] for one in batches}
    assert len(widths) > 1
    lengths = torch.cat([one["attention_mask"].sum(1) for one in batches])
    assert (lengths.min(), lengths.max()) == (3, 9)
    for one in batches:
        assert list(one) == ["input_ids", "attention_mask", "labels"]
        assert one["attention_mask"].sum(1).max() == one["input_ids"].shape[1]
        assert ((one["input_ids"] == 0) == (one["attention_mask"] == 0)).all()
        assert one["input_ids"].max() < 97
    assert {0, 1} == set(torch.cat([one["labels"] for one in batches]).tolist())


def test_a_loader_keeps_its_rows_whatever_the_batch_size_and_the_order():
    def rows(**arguments: object) -> list[list[int]]:
        made = loader(seed=3, **arguments)
        return [row[row > 0].tolist() for one in made for row in one["input_ids"]]

    assert rows() == rows() == rows(batch_size=1) == rows(batch_size=20)
    shuffled = rows(shuffle=True)
    assert shuffled == rows(shuffle=True) != rows()
    assert sorted(shuffled) == sorted(rows())
    both = loader(shuffle=True)
    first, second = ([one["input_ids"].tolist() for one in both] for _ in range(2))
    assert first != second
