"""One split after the other, one step after the other; trims what was padded too much."""

import torch
from datasets import DatasetDict
from torch.utils.data import DataLoader
from transformers import default_data_collator


def truncate(example, max_words=50):
    text = example.pop("text")
    short = ""
    for position, word in enumerate(text.split()):
        if position < max_words:
            short += " " + word
    example["text"] = short.strip()
    return example


def small_splits(dataset, seed, n_train, n_val):
    dataset = dataset.shuffle(seed=seed).select(range(n_train + n_val))
    dataset = dataset.map(truncate, fn_kwargs={"max_words": 50}, load_from_cache_file=False)
    parts = dataset.train_test_split(train_size=n_train, test_size=n_val, shuffle=False)
    return DatasetDict({"train": parts["train"], "val": parts["test"]})


def tokenize_splits(splits, tokenizer):
    result = {}
    for name in splits:
        split = splits[name]
        ids, masks = [], []
        for text in split["text"]:
            encoded = tokenizer([text], truncation=True, padding="max_length", return_tensors="pt")
            ids.append(encoded["input_ids"].squeeze(0).tolist())
            masks.append(encoded["attention_mask"].squeeze(0).tolist())
        split = split.add_column("input_ids", ids).add_column("attention_mask", masks)
        split = split.rename_columns({"label": "labels"}).remove_columns("text")
        result[name] = split.with_format("torch")
    return DatasetDict(result)


def _trim(rows):
    batch = default_data_collator(rows)
    longest = int(batch["attention_mask"].sum(1).max())
    batch["input_ids"] = batch["input_ids"][:, :longest]
    batch["attention_mask"] = batch["attention_mask"][:, :longest]
    return batch


def make_loaders(splits, tokenizer, batch_size):
    torch.manual_seed(224)
    train = DataLoader(
        dataset=splits["train"], batch_size=batch_size, shuffle=True, collate_fn=_trim
    )
    return train, DataLoader(splits["val"], batch_size=batch_size, collate_fn=_trim)
