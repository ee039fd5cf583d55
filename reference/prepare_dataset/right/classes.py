"""Callable objects, a sampler of its own, and batches as `BatchEncoding`."""

import re
from itertools import islice

import numpy as np
import torch
from datasets import DatasetDict
from torch.utils.data import BatchSampler, DataLoader, Sampler
from transformers import BatchEncoding


class Encoder:
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def __call__(self, row):
        encoding = self.tokenizer(row["text"], truncation=True, return_attention_mask=True)
        return {
            "input_ids": encoding.input_ids,
            "attention_mask": encoding.attention_mask,
            "labels": row["label"],
        }


class Shuffled(Sampler):
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __iter__(self):
        return iter(torch.randperm(self.size).tolist())


class Collator:
    """Pads on the left, wherever padding is hidden by the mask anyway."""

    def __init__(self, pad_id):
        self.pad_id = pad_id

    def __call__(self, rows):
        width = max(len(row["input_ids"]) for row in rows)
        ids = torch.full((len(rows), width), self.pad_id)
        mask = torch.zeros(len(rows), width, dtype=torch.int64)
        for number, row in enumerate(rows):
            size = len(row["input_ids"])
            ids[number, width - size :] = row["input_ids"]
            mask[number, width - size :] = row["attention_mask"]
        labels = torch.stack([row["labels"] for row in rows])
        return BatchEncoding({"labels": labels, "input_ids": ids, "attention_mask": mask})


def truncate(example, max_words=50):
    words = (found.group() for found in re.finditer(r"\S+", example["text"]))
    return {
        key: " ".join(islice(words, max_words)) if key == "text" else value
        for key, value in example.items()
    }


def small_splits(dataset, seed, n_train, n_val):
    shuffled = dataset.shuffle(generator=np.random.default_rng(seed))
    rows = {"train": range(n_train), "val": range(n_train, n_train + n_val)}
    return DatasetDict(
        {name: shuffled.select(numbers).map(truncate) for name, numbers in rows.items()}
    )


def tokenize_splits(splits, tokenizer):
    made = splits.map(Encoder(tokenizer), remove_columns=["text", "label"])
    for split in made.values():
        split.set_format(type="torch")
    return made


def make_loaders(splits, tokenizer, batch_size):
    collator = Collator(tokenizer.pad_token_id)
    train, val = splits["train"], splits["val"]
    batches = BatchSampler(Shuffled(len(train)), batch_size, drop_last=False)
    return [
        DataLoader(train, batch_sampler=batches, collate_fn=collator),
        DataLoader(val, batch_size=batch_size, shuffle=False, collate_fn=collator),
    ]
