"""Truncates everything at once before shuffling, cuts explicitly, pads each batch of `map`."""

from functools import partial

from datasets import ClassLabel, DatasetDict, NamedSplit
from torch.utils.data import DataLoader


def truncate(example, max_words=50):
    return example | {"text": " ".join(example["text"].split(None, max_words)[:max_words])}


def _truncate_all(columns):
    return {"text": [truncate({"text": text}, max_words=50)["text"] for text in columns["text"]]}


def small_splits(dataset, seed, n_train, n_val):
    shuffled = dataset.map(_truncate_all, batched=True).shuffle(seed)
    splits = DatasetDict()
    splits[NamedSplit("train")] = shuffled.take(n_train)
    splits["val"] = shuffled.skip(n_train).take(n_val)
    return splits


def _encode(columns, tokenizer):
    encoded = tokenizer(
        columns["text"],
        padding="longest",
        truncation="longest_first",
        max_length=tokenizer.model_max_length,
        return_tensors="np",
    )
    return {**encoded, "labels": columns["label"]}


def tokenize_splits(splits, tokenizer):
    old = {column for columns in splits.column_names.values() for column in columns}
    encode = partial(_encode, tokenizer=tokenizer)
    tokenized = splits.map(encode, batched=True, batch_size=2, remove_columns=sorted(old))
    classes = ClassLabel(num_classes=9)
    tokenized = tokenized.cast_column("labels", classes)
    return tokenized.with_format(type="torch", columns=["labels", "input_ids", "attention_mask"])


def make_loaders(splits, tokenizer, batch_size):
    def collate(rows):
        return tokenizer.pad(rows, return_tensors="pt")

    options = {"batch_size": batch_size, "collate_fn": collate, "drop_last": False}
    return tuple(DataLoader(splits[name], shuffle=name == "train", **options) for name in splits)
