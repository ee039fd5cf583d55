from typing import Any

import datasets
import torch
import transformers

Rows = list[dict[str, Any]]


def truncate(example: dict[str, Any], max_words: int = 50) -> dict[str, Any]:
    """The first words of the text; nothing else changes."""
    head, *_ = (" ".join(example["text"].split()[:max_words]),)
    return {name: head if name == "text" else field for name, field in example.items()}


def small_splits(
    dataset: datasets.Dataset, seed: int, n_train: int, n_val: int
) -> datasets.DatasetDict:
    dataset = dataset.shuffle(seed=seed)

    def rows(first: int, n: int) -> datasets.Dataset:
        return dataset.select(range(first, first + n)).map(truncate, desc=None)

    return datasets.DatasetDict(train=rows(0, n_train), val=rows(n_train, n_val))


def tokenize_splits(
    splits: datasets.DatasetDict, tokenizer: transformers.PreTrainedTokenizerBase
) -> datasets.DatasetDict:
    def encode(text: list[str], label: list[int]) -> dict[str, list]:
        encoded = tokenizer(text, truncation=True, return_attention_mask=True)
        columns = {name: encoded[name] for name in ("input_ids", "attention_mask")}
        return columns | {"labels": label}

    names = {column for split in splits.values() for column in split.column_names}
    return splits.map(
        encode, batched=True, input_columns=["text", "label"], remove_columns=sorted(names)
    ).with_format("torch")


def make_loaders(
    splits: datasets.DatasetDict,
    tokenizer: transformers.PreTrainedTokenizerBase,
    batch_size: int,
) -> tuple[torch.utils.data.DataLoader, torch.utils.data.DataLoader]:
    pad = transformers.DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8)

    def loader(name: str, shuffle: bool) -> torch.utils.data.DataLoader:
        return torch.utils.data.DataLoader(
            splits[name], batch_size=batch_size, shuffle=shuffle, collate_fn=pad, drop_last=False
        )

    return loader("train", True), loader("val", False)
