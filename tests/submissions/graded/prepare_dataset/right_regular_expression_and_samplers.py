import re
from functools import partial

from datasets import DatasetDict
from torch.utils.data import DataLoader, RandomSampler, SequentialSampler
from transformers import DataCollatorWithPadding


def truncate(example, max_words=50):
    result = {key: value for key, value in example.items() if key != "text"}
    result["text"] = " ".join(re.findall(r"\S+", example["text"])[:max_words])
    return result


def small_splits(dataset, seed, n_train, n_val):
    shuffled = dataset.shuffle(seed=seed)
    splits = {
        "train": shuffled.filter(lambda _, i: i < n_train, with_indices=True),
        "val": shuffled.filter(lambda _, i: n_train <= i < n_train + n_val, with_indices=True),
    }
    return DatasetDict(splits).map(partial(truncate, max_words=50))


def _encode(example, tokenizer):
    encoded = tokenizer(example["text"], truncation=True, return_token_type_ids=False)
    return {**encoded, "labels": example["label"]}


def tokenize_splits(splits, tokenizer):
    result = DatasetDict()
    for name, split in splits.items():
        result[name] = split.map(
            _encode, fn_kwargs={"tokenizer": tokenizer}, remove_columns=split.column_names
        )
    return result.with_format(type="torch")


def make_loaders(splits, tokenizer, batch_size):
    train, val = splits["train"], splits["val"]
    common = {"batch_size": batch_size, "collate_fn": DataCollatorWithPadding(tokenizer)}
    return (
        DataLoader(train, sampler=RandomSampler(train), **common),
        DataLoader(val, sampler=SequentialSampler(val), **common),
    )
