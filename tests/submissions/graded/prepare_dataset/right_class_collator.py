from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from datasets import DatasetDict
from torch.utils.data import DataLoader
from transformers import PreTrainedTokenizerBase


@dataclass
class Collator:
    """Pads every row on the right to the longest one."""

    tokenizer: PreTrainedTokenizerBase

    def __call__(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        longest = max(row["input_ids"].size(0) for row in rows)

        def pad(row, name, value):
            return F.pad(row[name], (0, longest - row[name].size(0)), value=value)

        pad_id = self.tokenizer.pad_token_id
        return {
            "input_ids": torch.stack([pad(row, "input_ids", pad_id) for row in rows]),
            "attention_mask": torch.stack([pad(row, "attention_mask", 0) for row in rows]),
            "labels": torch.stack([row["labels"] for row in rows]),
        }


def truncate(example: dict, max_words: int = 50) -> dict:
    import itertools

    words = itertools.islice(iter(example["text"].split()), max_words)
    return dict(example, text=" ".join(words))


def small_splits(dataset, seed: int, n_train: int, n_val: int) -> DatasetDict:
    subset = dataset.shuffle(seed=seed).select(range(n_train + n_val))
    subset = subset.map(truncate)
    parts = subset.train_test_split(train_size=n_train, shuffle=False) if n_train and n_val else None
    if parts is None:
        parts = {
            "train": subset.select(range(n_train)),
            "test": subset.select(range(n_train, n_train + n_val)),
        }
    return DatasetDict(train=parts["train"], val=parts["test"])


def tokenize_splits(splits: DatasetDict, tokenizer) -> DatasetDict:
    wanted = {"input_ids", "attention_mask", "labels"}
    encoded = splits.map(lambda e: tokenizer(e["text"], truncation=True), batched=True)
    encoded = encoded.rename_columns({"label": "labels"})
    encoded = DatasetDict(
        {
            name: d.remove_columns([c for c in d.column_names if c not in wanted])
            for name, d in encoded.items()
        }
    )
    return encoded.with_format("torch")


def make_loaders(splits: DatasetDict, tokenizer, batch_size: int) -> tuple[DataLoader, DataLoader]:
    generator = torch.Generator().manual_seed(0)  # reproducible, but another order every epoch
    collate = Collator(tokenizer)
    return (
        DataLoader(
            splits["train"], batch_size, shuffle=True, collate_fn=collate, generator=generator
        ),
        DataLoader(splits["val"], batch_size, collate_fn=collate),
    )
